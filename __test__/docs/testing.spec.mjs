// The tests that docs/guide/testing.md shows are tests that pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/child.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';

test('the file of docs/guide/testing.md', async () => {
  const { code, stdout } = await run(nodeWithSqlite(), ['--test', 'examples/testing/pay.test.mjs']);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /pass 6\b/);
});
