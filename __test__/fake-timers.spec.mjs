// Under the fake timers of a test (Jest and sinon fake queueMicrotask, nextTick and all timers) every call settles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runNode } from './support/child.mjs';
import { startGateway } from './support/gateway.mjs';

const script = fileURLToPath(new URL('support/under-fake-timers.mjs', import.meta.url));
const SOME = [
  ['queueMicrotask'],
  ['nextTick'],
  ['setImmediate'],
  ['setTimeout'],
  ['Date'],
  ['performance'],
  ['nextTick', 'queueMicrotask'],
  ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'Date'],
];

test('every call settles, whatever is faked', async (t) => {
  const gateway = await startGateway(t);
  const config = JSON.stringify(gateway.sandbox.config('azampay'));
  // null: all that there is.
  for (const toFake of [null, ...SOME])
    await t.test(toFake?.join() ?? 'all', async () => {
      const { stdout, stderr } = await runNode([script, JSON.stringify(toFake), config]);
      assert.equal(stdout.trim(), 'all settled', `${toFake}: ${stderr}`);
    });
});
