const WIDTH = 30;
const REDRAW_MS = 100;

/**
 * Lets rows through and shows how many have come, of about so many. On a terminal it is a bar; in a log, where nothing
 * can be drawn over, one line at the end.
 */
export async function* withProgress(rows, expected, { title, stream = process.stderr, clock = Date.now }) {
  let count = 0;
  let drawn = 0;
  const draw = () => {
    drawn = clock();
    stream.write(`\r${lineOf(title, count, expected)}\x1b[K`);
  };
  for await (const row of rows) {
    count++;
    if (stream.isTTY && clock() - drawn >= REDRAW_MS) draw();
    yield row;
  }
  if (stream.isTTY) draw();
  stream.write(stream.isTTY ? '\n' : `${title}: ${count}\n`);
}

/** The gateway may have more rows than the ledger: then the bar is full, and the number goes on. */
export function lineOf(title, count, expected) {
  const full = expected > 0 ? Math.min(WIDTH, Math.floor((count / expected) * WIDTH)) : 0;
  return `${title} [${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}] ${count} of about ${expected}`;
}
