// The TypeScript and JavaScript of every document that is published compiles under `strict`.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { test } from 'node:test';
import { root, runNode } from '../support/child.mjs';
import { blocksOf, buildFolder } from './blocks.mjs';

const IMPORTED = {
  FintechSDK: 'finconnect',
  FinConnectError: 'finconnect',
  mayBecome: 'finconnect',
  startSandbox: 'finconnect/sandbox',
  generateTestCallback: 'finconnect/sandbox',
  webhooks: 'finconnect/webhooks',
  returned: 'finconnect/webhooks',
};
const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs/guide'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/guide/${name}`),
];

test('the code in the documents compiles under strict', async (t) => {
  const folder = buildFolder(t);
  cpSync(new URL('given.d.ts', import.meta.url), join(folder, 'given.d.ts'));
  // pg has no types of its own.
  writeFileSync(join(folder, 'untyped.d.ts'), "declare module 'pg';\n");
  const blocks = documents.flatMap((file) => blocksOf(file, ['ts', 'js']));
  assert.ok(blocks.length > 10, `only ${blocks.length} blocks`);
  for (const block of blocks) writeFileSync(join(folder, `${basename(block.file)}.${block.line}.mts`), moduleOf(block));
  const tsconfig = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: 'es2022',
      lib: ['es2022'],
      types: ['node'],
      module: 'nodenext',
      esModuleInterop: true,
    },
    include: ['*'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const { code, stdout } = await runNode([join(root, 'node_modules/typescript-latest/bin/tsc'), '-p', folder], {
    timeout: 120_000,
  });
  assert.equal(code, 0, stdout.replaceAll(`${relative(root, folder)}/`, ''));
});

/**
 * A block as a module, its lines under their numbers in the document, with the package's own names where it does not
 * import them.
 */
function moduleOf({ code, line }) {
  const missing = Object.entries(IMPORTED).filter(
    ([name]) => new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`import .*\\b${name}\\b`).test(code),
  );
  const imports = missing.map(([name, from]) => `import { ${name} } from '${from}';`).join(' ');
  return `${imports}${'\n'.repeat(line - 1)}${code}export {};\n`;
}
