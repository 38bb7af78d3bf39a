// What holds of a ledger on the shop's own SQLite handle holds of one with a file and a thread of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../support/child.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';

test('a ledger in a file', { timeout: 300_000 }, async () => {
  const specs = ['charge', 'settle', 'attacks', 'neighbours', 'health'].map((name) =>
    fileURLToPath(new URL(`./${name}.spec.mjs`, import.meta.url)),
  );
  const env = { LEDGER_STORE: 'path' };
  const { code, stdout } = await run(nodeWithSqlite(), ['--test', ...specs], { env, timeout: 240_000 });
  assert.equal(code, 0, stdout);
});
