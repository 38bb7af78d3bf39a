// The page about moving from the TypeScript package says what the tables prove.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { page } from '../../tasks/docs/migrating.mjs';

test('docs/guide/migrating.md is made of the tables', () => {
  const file = new URL('../../docs/guide/migrating.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), page(), 'run node tasks/docs/migrating.mjs');
});
