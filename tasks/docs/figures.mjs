// Writes README's table of figures from docs/records/bench.md: run by `npm run bench`, held in step by a spec.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (file) => new URL(`../../${file}`, import.meta.url);
const TABLE = /(<!-- figures: docs\/records\/bench\.md -->\n)[\s\S]*?(<!-- \/figures -->)/;
const UNDICI = 'undici 7 Pool.request (HTTP/1.1) and token';
const TYPESCRIPT = 'original: axios (HTTP/1.1), a login per payment';

/** What README calls it, and the record's row beside undici and beside the package as it was in TypeScript. */
const ROWS = [
  ['64 at one time: payments a second', '64 in flight: payments/s', 'payments/s'],
  ['64 at one time: CPU', '64 in flight: CPU', 'CPU per payment'],
  [
    '64 at one time: CPU of the JavaScript thread',
    '64 in flight: JavaScript-thread CPU',
    'JavaScript-thread CPU per payment',
  ],
  ['16 at one time: payments a second', '16 in flight: payments/s'],
  ['16 at one time: CPU', '16 in flight: CPU'],
  ['4 at one time: p50', '4 in flight: p50'],
  ['4 at one time: CPU', '4 in flight: CPU'],
  ['one at a time: CPU', '1 in flight: CPU'],
  ['one at a time: p50', '1 in flight: p50'],
  ['one every 3 ms: CPU', '3 ms apart: CPU'],
  ['one every 3 ms: p50', '3 ms apart: p50'],
  ['load and first payment', undefined, 'load and first payment'],
  ['a callback: p50', undefined, 'handleCallback p50'],
];

/** The table, from the text of the record; throws where the record has no such row. */
export function figures(record) {
  const goals = record.slice(record.indexOf('\n## Goals\n'), record.indexOf('\n## Scenarios\n'));
  const rows = goals.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const measured = (what, against) => {
    if (!what) return '–';
    const row = rows.find((cells) => cells[1] === what && cells[2] === against);
    if (!row) throw new Error(`docs/records/bench.md has no goal ${what} against ${against}.`);
    return row[5];
  };
  return [
    '| | than undici 7 | than the TypeScript package |',
    '|---|---:|---:|',
    ...ROWS.map(([what, undici, typescript]) => {
      return `| ${what} | ${measured(undici, UNDICI)} | ${measured(typescript, TYPESCRIPT)} |`;
    }),
  ].join('\n');
}

/** README with the table of that record. */
export function withFigures(readme, record) {
  return readme.replace(TABLE, (_, begin, end) => `${begin}\n${figures(record)}\n\n${end}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = readFileSync(at('README.md'), 'utf8');
  writeFileSync(at('README.md'), withFigures(readme, readFileSync(at('docs/records/bench.md'), 'utf8')));
}
