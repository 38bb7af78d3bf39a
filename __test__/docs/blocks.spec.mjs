// The TypeScript and JavaScript of every document that is published compiles under `strict`.
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { root, runNode } from '../support/child.mjs';
import { blocksOf, buildFolder, documents, moduleOf } from './blocks.mjs';

test('the code in the documents compiles under strict', async (t) => {
  const folder = buildFolder(t);
  cpSync(new URL('given.d.ts', import.meta.url), join(folder, 'given.d.ts'));
  // pg has no types of its own.
  writeFileSync(join(folder, 'untyped.d.ts'), "declare module 'pg';\n");
  // What comes from a file is a part of it, and compiled where that is.
  const blocks = documents().flatMap((file) => blocksOf(file, ['ts', 'js']).filter(({ from }) => from === undefined));
  assert.ok(blocks.length > 60, `only ${blocks.length} blocks`);
  for (const block of blocks)
    writeFileSync(join(folder, `${block.file.replaceAll('/', '-')}.${block.line}.mts`), moduleOf(block));
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
