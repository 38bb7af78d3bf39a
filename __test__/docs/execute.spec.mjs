// Every fenced block of the documents is run, read, or shown from a file that is run; a block that is none of these
// fails.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { strayMarkers, textOf } from '../../tasks/docs/fences.mjs';
import { blocksOf, buildFolder, documents, OPERATIONS } from './blocks.mjs';
import { CASES } from './cases.mjs';
import { GIVEN, lacksOf } from './given.mjs';
import { prove } from './ways.mjs';

const folder = buildFolder({ after });
const blocks = documents().flatMap((page) => blocksOf(page));

for (const page of documents()) {
  describe(page, () => {
    test('no marker is without its fence', () => assert.deepEqual(strayMarkers(textOf(page)), []));
    for (const block of blocks.filter(({ file }) => file === page)) {
      const own = join(folder, `${page.replaceAll('/', '-')}-${block.line}`);
      const lacks = block.run?.endsWith('.spec.mjs') ? false : lacksOf(block);
      test(`line ${block.line}, ${block.language}`, { skip: lacks }, async () => {
        mkdirSync(own);
        await prove(own, block);
      });
    }
  });
}

test('the blocks of the operations are those of docs/methods', () => {
  const ofMethods = new Set(blocks.filter(({ file }) => file.startsWith('docs/methods/')).map(({ code }) => code));
  const others = blocksOf(OPERATIONS).filter(({ code }) => !ofMethods.has(code));
  assert.deepEqual(
    others.map(({ line }) => line),
    [],
  );
});

test('what given.d.ts declares is given', () => {
  const declared = [...textOf('__test__/docs/given.d.ts').matchAll(/^ {2}(?:const|function) (\w+)/gm)];
  assert.deepEqual(
    declared.map(([, name]) => name).sort(),
    Object.keys(GIVEN)
      .filter((name) => name !== 'require')
      .sort(),
  );
});

test('every case is some block’s', () => {
  const used = new Set(blocks.map(({ run }) => run));
  assert.deepEqual(
    Object.keys(CASES).filter((name) => !used.has(name)),
    [],
  );
});
