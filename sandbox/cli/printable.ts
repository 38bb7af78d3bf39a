/**
 * What a terminal obeys in place of showing: controls (escape, newline, C1), direction marks, invisible signs, halves
 * of a pair.
 */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text from outside, fit for one line of a terminal: whatever a terminal would obey is spelt out, as in JSON. */
export const printable = (text: string): string => text.replace(OBEYED, spell);

function spell(sign: string): string {
  const inJson = JSON.stringify(sign).slice(1, -1);
  if (inJson !== sign) return inJson;
  return Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  );
}
