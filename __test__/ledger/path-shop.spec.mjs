// What holds of a ledger on the shop's own SQLite handle holds of one with a file and a thread of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runNode } from '../support/child.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';

test('a ledger in a file', { timeout: 300_000 }, async () => {
  const specs = ['charge', 'settle'].map((name) => fileURLToPath(new URL(`./${name}.spec.mjs`, import.meta.url)));
  const env = { LEDGER_STORE: 'path', NODE_TEST_CONTEXT: undefined };
  const { code, stdout } = await runNode(['--test', ...specs], { env, program: nodeWithSqlite(), timeout: 240_000 });
  assert.equal(code, 0, stdout);
});
