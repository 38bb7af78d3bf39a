'use strict';

// CSV in and out, row by row, with as much in memory as one piece of it.

const PIECE = 65_536;
const BATCH = 500;
/** What spreadsheets take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

module.exports = ({ CsvReader }) => {
  /** Reads rows as objects by the names of the first row, or by those of `columns`. */
  async function* fromCsv(source, options) {
    const { columns } = optionsOf('fromCsv', options);
    const wanted = columns === undefined ? undefined : columnsOf('fromCsv', columns);
    const reader = new CsvReader();
    let names;
    for await (const piece of piecesOf(source)) {
      const { rows, fault } = JSON.parse(reader.read(piece));
      if (names === undefined && rows.length > 0) names = namesOf(rows.shift(), wanted);
      for (const row of rows) yield Object.fromEntries(names.map(([name, at]) => [name, row[at]]));
      if (fault !== null) throw unreadable(fault);
    }
  }

  return { fromCsv, toCsv };
};

/** Writes rows as text, some hundred at a time: names first, then of each row what `columns` names. */
async function* toCsv(rows, options) {
  const { columns } = optionsOf('toCsv', options);
  const wanted = columnsOf('toCsv', columns);
  if (typeof rows === 'string' || !(rows?.[Symbol.asyncIterator] ?? rows?.[Symbol.iterator]))
    throw new TypeError('toCsv takes a list of rows, or something else that can be gone through.');
  // A single empty field alone would be a blank line, which is no row.
  const lineOf = (values) => `${values.map(fieldOf).join(',') || '""'}\r\n`;
  let text = lineOf(wanted.map(([, heading]) => heading));
  let count = 0;
  for await (const row of rows) {
    text += lineOf(wanted.map(([name]) => row?.[name]));
    count += 1;
    if (count % BATCH !== 0) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function fieldOf(value) {
  const text = textOf(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(value) {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The pieces of any source as text, and an empty one at the end. */
async function* piecesOf(source) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decoded = (...piece) => {
    try {
      return decoder.decode(...piece);
    } catch (cause) {
      throw unreadable('it is not UTF-8', cause);
    }
  };
  let isFirst = true;
  for await (const chunk of chunksOf(source)) {
    let text = typeof chunk === 'string' ? chunk : decoded(bytesOf(chunk), { stream: true });
    if (isFirst && text !== '') {
      text = text.replace(/^\uFEFF/, '');
      isFirst = false;
    }
    yield* cut(text);
  }
  const rest = decoded();
  if (rest !== '') yield rest;
  yield '';
}

/** Never within a pair of surrogates, which are one character. */
function* cut(text) {
  for (let at = 0; at < text.length; ) {
    const end = at + PIECE - (/[\uD800-\uDBFF]/.test(text[at + PIECE - 1] ?? '') ? 1 : 0);
    yield text.slice(at, end);
    at = end;
  }
}

function chunksOf(source) {
  if (typeof source === 'string' || ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return [source];
  if (source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator]) return source;
  throw new TypeError('fromCsv takes text, bytes, or a stream of them.');
}

function bytesOf(chunk) {
  if (ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) return chunk;
  throw new TypeError('fromCsv takes text, bytes, or a stream of them.');
}

/** By name, where its column stands. A column without a name is nobody's. */
function namesOf(header, wanted) {
  const headings = header.map((heading) => heading.trim());
  const twice = headings.find((heading, at) => heading !== '' && headings.indexOf(heading) !== at);
  if (twice !== undefined) throw unreadable(`two columns are called ${twice}`);
  if (wanted === undefined) return headings.map((heading, at) => [heading, at]).filter(([name]) => name !== '');
  return wanted.map(([name, heading]) => {
    const at = headings.indexOf(heading);
    if (at < 0) throw unreadable(`there is no column ${heading}; there are ${headings.join(', ').slice(0, 500)}`);
    return [name, at];
  });
}

/** Columns as `[name, heading]`: from a list of names, or from an object of headings by name. */
function columnsOf(who, columns) {
  const pairs = Array.isArray(columns) ? columns.map((name) => [name, name]) : Object.entries(Object(columns));
  if (pairs.length === 0 || pairs.some((pair) => pair.some((part) => typeof part !== 'string' || part === '')))
    throw new TypeError(
      `${who}: columns must be a list of names, or an object of headings by name, such as { reference: 'Order' }.`,
    );
  return pairs;
}

function optionsOf(who, { columns, ...others } = {}) {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`${who} has no option ${unknown}; there is columns.`);
  return { columns };
}

function unreadable(why, cause) {
  const error = new Error(`The CSV cannot be read: ${why}. Correct the file; reading it moves no money.`, { cause });
  return Object.assign(error, { code: 'INVALID_CSV' });
}
