// A reporter of Node's test runner for people: a line for each file, then every failure in full.
import { relative } from 'node:path';
import { inspect } from 'node:util';
import { causedBelow, countedAs, countsLine, noCounts } from './counts.mjs';

const colours = process.stdout.hasColors?.() ?? false;
const paint = (code, text) => (colours ? `\u001b[${code}m${text}\u001b[39m` : text);
const RED = 31;
const GREEN = 32;

export default async function* report(events) {
  const files = new Map();
  const failures = [];
  let current;
  for await (const { type, data } of events) {
    const about = fileOf(files, data);
    // What a file writes comes at once; what its tests did, one file after the other.
    if (about && data.message !== undefined) about.written += `${data.message.trimEnd()}\n`;
    if (about && type === 'test:start') about.titles[data.nesting] = data.name;
    const counted = countedAs({ type, data });
    if (!counted) continue;
    if (current && about !== current) yield fileLine(current);
    current = about;
    about.counts[counted]++;
    if (counted === 'failed' && !causedBelow(data)) failures.push({ about, text: failureText(about, data) });
  }
  if (current) yield fileLine(current);
  for (const { text } of failures) yield text;
  for (const { name, written } of new Set(failures.map(({ about }) => about))) {
    if (written) yield `\nWritten by ${name}:\n${indented(written)}`;
  }
}

/** What is known of the file that an event is about; some runners name it by its whole path, some do not. */
function fileOf(files, { file }) {
  if (file === undefined) return undefined;
  const name = relative(process.cwd(), file);
  if (!files.has(name)) files.set(name, { name, counts: noCounts(), titles: [], written: '' });
  return files.get(name);
}

const indented = (text) => `${text.trimEnd().replace(/^(?=.)/gm, '  ')}\n`;

function fileLine({ name, counts }) {
  const mark = counts.failed ? paint(RED, '✖') : paint(GREEN, '✔');
  return `  ${mark} ${name.padEnd(44)} ${countsLine(counts)}\n`;
}

function failureText({ name, titles }, { name: own, nesting, line, column, details: { error } }) {
  const title = [...titles.slice(0, nesting), own].join(' › ');
  // Only a file that ended badly as a whole has one of these.
  const ended = error.signal ?? error.exitCode;
  const cause = ended == null ? (error.cause ?? error) : `The process of this file ended with ${ended}.`;
  const what = typeof cause === 'string' ? cause : inspect(cause, { colors: colours });
  return `\n${paint(RED, `✖ ${title}`)}\n  ${name}:${line}:${column}\n${indented(what)}`;
}
