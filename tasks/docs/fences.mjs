// The pages of this project, and the fenced blocks in them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const AT_THE_TOP = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md'];
const FOLDERS = ['docs', 'docs/gateways', 'docs/guide', 'docs/methods'];

const OPENING = /^( *)(`{3,}|~{3,}) *([^\s`{[]*)[^`]*$/;
const MARKER = /^\s*<!--\s*(from|run):\s*(.*?)\s*-->\s*$/;

/** The pages whose blocks are looked after: those that are there. Decisions and records tell of their own day. */
export function pages() {
  const markdown = (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `${folder}/${name}`);
  const isThere = (path) => existsSync(join(root, path));
  return [...AT_THE_TOP.filter(isThere), ...FOLDERS.filter(isThere).flatMap(markdown)];
}

/** The text of a file of the checkout; `undefined` where there is none. */
export function textOf(file) {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/**
 * The fenced blocks of a page. `code` has lost the indent of its fence, and begins on line `line`; `lines` is how many
 * it has. `from` and `run` are what a marker on the line before the fence says.
 */
export function fencesOf(text) {
  const lines = text.split('\n');
  const fences = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent, fence, language] = OPENING.exec(lines[at]) ?? [];
    if (fence === undefined) continue;
    const closing = new RegExp(`^ *${fence[0]}{${fence.length},} *$`);
    const begins = at + 1;
    const ends = lines.findIndex((line, index) => index >= begins && closing.test(line));
    const code = lines.slice(begins, ends === -1 ? undefined : ends);
    const [, marker, said] = MARKER.exec(lines[at - 1] ?? '') ?? [];
    fences.push({
      language,
      code: code.map((line) => `${line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()}\n`).join(''),
      indent,
      fence,
      line: begins + 1,
      lines: code.length,
      isClosed: ends !== -1,
      ...(marker && { [marker]: said }),
    });
    at = begins + code.length;
  }
  return fences;
}

/** The lines of markers that no fence follows: they would be believed, and do nothing. */
export function strayMarkers(text) {
  const marked = new Set(fencesOf(text).map(({ line }) => line - 2));
  const inside = fencesOf(text).flatMap(({ line, lines }) => Array.from({ length: lines }, (_, at) => line + at));
  return text
    .split('\n')
    .map((line, at) => ({ line, number: at + 1 }))
    .filter(({ line, number }) => /<!--\s*(from|run)\b/.test(line) && !inside.includes(number))
    .filter(({ line, number }) => !(MARKER.test(line) && marked.has(number)))
    .map(({ number }) => number);
}
