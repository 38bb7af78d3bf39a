'use strict';

// Tells what a code means.

const { errors, ledger, MONEY, reasons } = require('./codes.js');
const { printable, readArgs, UsageError } = require('./words.js');

const HELP = `Usage: npx finconnect explain [code]

Tells what a code means, whether money moved, and what to do: the "code" of an error, or the "reason" of a callback that
is not valid. Without a code it lists all of them.

Exit codes
  0  done
  2  there is no such code; the nearest ones are named
`;

/** What is known of a code: blocks of a title and lines. One code may be that of an error and that of a callback. */
const GROUPS = [
  ['code of an error', errors, ofError],
  ['code of the ledger', ledger, ofError],
  ['reason of a callback', reasons, ofReason],
];
const NEAREST = 3;

module.exports = function explain(args) {
  const { values, positionals } = readArgs('explain', args, {}, 1);
  if (values.help) return void process.stdout.write(HELP);
  const [given] = positionals;
  process.stdout.write(given === undefined ? list() : told(given));
};

function list() {
  const blocks = GROUPS.map(([title, codes]) => [`${title}:`, ...Object.keys(codes).map((code) => `  ${code}`)]);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function told(given) {
  const code = given.toUpperCase().replaceAll('-', '_');
  const found = GROUPS.filter(([, codes]) => Object.hasOwn(codes, code));
  if (found.length === 0)
    throw new UsageError(
      `There is no code ${printable(given.slice(0, 80))}. The nearest: ${nearest(code).join(', ')}.`,
      'explain ',
    );
  const blocks = found.map(([title, codes, lines]) => [`${code}, ${title}`, ...lines(codes[code]), '']);
  return blocks.flat().join('\n').replaceAll('`', '');
}

function ofError([calls, what, money, todo]) {
  return [
    `  Given by     ${calls}`,
    `  What         ${what}`,
    `  Money moved  ${MONEY[money]}`,
    `  To do        ${todo}`,
  ];
}

function ofReason([what, answer, todo]) {
  return [`  What         ${what}`, `  webhooks     answers ${answer}`, `  To do        ${todo}`];
}

/** The codes that differ by the fewest letters. */
function nearest(wanted) {
  const codes = [...new Set(GROUPS.flatMap(([, table]) => Object.keys(table)))];
  const far = Object.fromEntries(codes.map((code) => [code, distance(wanted.slice(0, 40), code)]));
  return codes.sort((one, two) => far[one] - far[two]).slice(0, NEAREST);
}

/** Letters to add, drop or change: Levenshtein's. */
function distance(one, two) {
  let row = Array.from({ length: two.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= two.length; j++)
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (one[i - 1] === two[j - 1] ? 0 : 1));
    row = next;
  }
  return row[two.length];
}
