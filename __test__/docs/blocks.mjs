// The code that documents show.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fencesOf, pages, textOf } from '../../tasks/docs/fences.mjs';
import { root } from '../support/child.mjs';

/** The package's own names, which a block need not import. */
const IMPORTED = {
  FintechSDK: 'finconnect',
  FinConnectError: 'finconnect',
  mayBecome: 'finconnect',
  startSandbox: 'finconnect/sandbox',
  generateTestCallback: 'finconnect/sandbox',
  webhooks: 'finconnect/webhooks',
  returned: 'finconnect/webhooks',
};

/** Made of docs/methods: its blocks are looked after there. */
export const OPERATIONS = 'docs/guide/operations.md';

/** Every page but the one that is made of others. */
export const documents = () => pages().filter((page) => page !== OPERATIONS);

/** The fenced blocks of a document, each with the line that its code begins on; of the given languages, or all. */
export const blocksOf = (file, languages) =>
  fencesOf(textOf(file))
    .filter(({ language }) => languages === undefined || languages.includes(language))
    .map((fence) => ({ file, ...fence }));

/**
 * A block as a module, its lines under their numbers in the document, with the package's own names where it does not
 * import them.
 */
export function moduleOf({ code, line }) {
  const missing = Object.entries(IMPORTED).filter(
    ([name]) => new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`import [^;]*\\b${name}\\b`).test(code),
  );
  const imports = missing.map(([name, from]) => `import { ${name} } from '${from}';`).join(' ');
  return `${imports}${'\n'.repeat(line - 1)}${code}export {};\n`;
}

/** A folder in the checkout, where `finconnect` is the checkout itself; gone with the test. */
export function buildFolder(t) {
  const folder = mkdtempSync(join(root, '__test__', 'docs-build-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
