type Paint = (text: string) => string;

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** Colours for a terminal that wants them: none when piped, or when NO_COLOR is set. */
function styleFor(stream: NodeJS.WriteStream): Record<keyof typeof CODES, Paint> {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const coloured = !NO_COLOR && (Boolean(FORCE_COLOR && FORCE_COLOR !== '0') || stream.isTTY === true);
  const paint =
    ([on, off]: readonly [number, number]): Paint =>
    (text) =>
      coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, paint(codes)])) as Record<
    keyof typeof CODES,
    Paint
  >;
}

export const style = styleFor(process.stdout);
export const errorStyle = styleFor(process.stderr);
