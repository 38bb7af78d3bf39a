// `npm run docs:snippets` writes into the pages what they show of files. The line before such a fence is
// `<!-- from: examples/shop.mjs#webhook -->`, or names the file alone and shows the whole of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fencesOf, pages, textOf } from './fences.mjs';

const BEGIN = /^\s*(?:\/\/|#|--|\/\*|<!--)\s*#region\s+(\S+)/;
const END = /^\s*(?:\/\/|#|--|\/\*|<!--)\s*#endregion(?:\s+([^\s*>-][^\s*>]*))?/;

/** A page with what it shows of files, which `read` gives. Throws with page and line what is missing. */
export function written(page, text, read = textOf) {
  const lines = text.split('\n');
  // From the last one on, so that the lines before keep their numbers.
  for (const { from, indent, fence, line, lines: length } of fencesOf(text).reverse()) {
    if (from === undefined) continue;
    const shown = shownOf(from, read, `${page}:${line - 2}`);
    if (shown.some((row) => row.trimStart().startsWith(fence)))
      throw new Error(`${page}:${line - 2}: ${from} has a fence of its own; begin this one with more than ${fence}.`);
    lines.splice(line - 1, length, ...shown.map((row) => (row === '' ? '' : indent + row)));
  }
  return lines.join('\n');
}

function shownOf(from, read, where) {
  const [file, region] = from.split('#');
  const text = read(file);
  if (text === undefined) throw new Error(`${where}: there is no file ${file}.`);
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const chosen = region === undefined ? lines : regionOf(lines, region, file, where);
  const shown = dedented(chosen.filter((line) => !BEGIN.test(line) && !END.test(line)));
  if (shown.length === 0) throw new Error(`${where}: ${from} is empty.`);
  return shown;
}

/** The lines between `#region name` and its `#endregion`; other regions may stand within. */
function regionOf(lines, name, file, where) {
  const begins = lines.flatMap((line, at) => (BEGIN.exec(line)?.[1] === name ? [at] : []));
  if (begins.length === 0) throw new Error(`${where}: ${file} has no "#region ${name}".`);
  if (begins.length > 1) throw new Error(`${where}: ${file} has "#region ${name}" ${begins.length} times.`);
  const [begin] = begins;
  let depth = 1;
  const length = lines.slice(begin + 1).findIndex((line) => {
    if (BEGIN.test(line)) depth++;
    const ended = END.exec(line);
    if (ended) depth = ended[1] === name ? 0 : depth - 1;
    return depth === 0;
  });
  if (length === -1) throw new Error(`${where}: "#region ${name}" of ${file} has no end.`);
  return lines.slice(begin + 1, begin + 1 + length);
}

/** Without the indent that all lines share, and without blank lines around. */
function dedented(lines) {
  const filled = lines.flatMap((line, at) => (line.trim() === '' ? [] : [at]));
  const own = lines.slice(filled[0], filled.at(-1) + 1);
  const indents = own.filter((line) => line.trim() !== '').map((line) => /^\s*/.exec(line)[0].length);
  const shared = Math.min(...indents);
  return own.map((line) => (line.trim() === '' ? '' : line.slice(shared)));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    for (const page of pages()) {
      const text = textOf(page);
      const made = written(page, text);
      if (made === text) continue;
      writeFileSync(join(root, page), made);
      console.log(`${page} is written anew.`);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
