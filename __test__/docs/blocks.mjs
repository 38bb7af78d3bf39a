// The code that documents show.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/child.mjs';

/** The fenced blocks of a document in the given languages, each with the line that its code begins on. */
export function blocksOf(file, languages) {
  const text = readFileSync(join(root, file), 'utf8');
  const fences = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, language]) =>
    languages.includes(language),
  );
  return fences.map(({ 1: language, 2: code, index }) => ({
    file,
    language,
    code,
    line: text.slice(0, index).split('\n').length + 1,
  }));
}

/** A folder in the checkout, where `finconnect` is the checkout itself; gone with the test. */
export function buildFolder(t) {
  const folder = mkdtempSync(join(root, '__test__', 'docs-build-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
