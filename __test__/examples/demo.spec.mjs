// What `npm run demo` runs, to its end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNode } from '../support/child.mjs';

test('the demo books a room by each gateway, refuses a forgery, and ends', async () => {
  const { code, stdout, stderr } = await runNode(['examples/demo.mjs', '--once']);
  assert.deepEqual([code, stderr], [0, ''], stdout);
  assert.equal(stdout.match(/^ {2}booking BK[0-9A-F]{12}: CONFIRMED$/gm)?.length, 4, stdout);
  assert.match(stdout, /^ {2}the app answers 400$/m);
  assert.match(stdout, /^Four bookings paid, one forgery refused, \d+ API requests\.$/m);
});
