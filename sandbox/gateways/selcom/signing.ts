import { createHmac, timingSafeEqual, verify } from 'node:crypto';

/** A field's name and its text, as it is signed. */
export type Field = [name: string, value: string];

export const signedText = (timestamp: string, fields: Field[]): string =>
  `timestamp=${timestamp}${fields.map(([name, value]) => `&${name}=${value}`).join('')}`;

export const hmacDigest = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text, 'utf8').digest('base64');

export function isHmac(digest: string, secret: string, text: string): boolean {
  const [given, own] = [Buffer.from(digest), Buffer.from(hmacDigest(secret, text))];
  return given.length === own.length && timingSafeEqual(given, own);
}

export function isRsa(digest: string, publicKey: string, text: string): boolean {
  try {
    return verify('sha256', Buffer.from(text, 'utf8'), publicKey, Buffer.from(digest, 'base64'));
  } catch {
    return false;
  }
}

/** One member of a flat JSON object: its name and its value, a number as it is written. */
const MEMBER = /\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"|[-\d][\d.eE+-]*)\s*([,}])/y;

/** The fields of a body, each number as it is written; undefined for what is no flat object of texts and numbers. */
export function fieldsIn(body: string): Field[] | undefined {
  const start = /^\s*\{/.exec(body);
  if (!start) return undefined;
  const fields: Field[] = [];
  MEMBER.lastIndex = start[0].length;
  for (;;) {
    const [, name, value, end] = MEMBER.exec(body) ?? [];
    if (name === undefined || value === undefined) return undefined;
    fields.push([text(name), value.startsWith('"') ? text(value) : value]);
    if (end === '}') return fields;
  }
}

function text(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
