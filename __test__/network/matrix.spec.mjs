import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SANDBOX_FAULTS, SHORT_MS, WIRE_FAULTS } from '../matrix/faults.mjs';
import { cells, runMatrix, wrongs } from '../matrix/matrix.mjs';
import { startWatch } from '../matrix/watch.mjs';
import { PAYER } from '../support/gateways.cjs';

/** The part of `npm run faults` that moves money, for one gateway; the other parts are run there. */
test('no fault makes a payment come twice, or be told not_sent when it came', async () => {
  const watch = startWatch();
  const chosen = cells().filter(({ operation, provider }) => operation === 'pay' && provider === 'azampay');
  assert.equal(chosen.length, SANDBOX_FAULTS.length + WIRE_FAULTS.length);
  const results = await runMatrix(chosen, { watch });
  watch.end();
  assert.deepEqual(watch.leaks(), []);
  const [secret] = [...watch.secrets].slice(-1);
  assert.deepEqual(
    watch.leaks([`a ${secret} b`, PAYER, '2557****5678']),
    [`a ${secret} b`, PAYER],
    'a leak would be seen',
  );
  assert.ok(watch.counts.events > chosen.length && watch.counts.errors > 0);
  // How late a busy machine is, is measured by `npm run faults`.
  const found = results.flatMap((cell) => wrongs({ ...cell, ms: Math.min(cell.ms, SHORT_MS) }));
  assert.deepEqual(found, []);
  for (const wrong of [
    { pushes: 2 },
    { outcome: 'not_sent', pushes: 1 },
    { word: 'accepted', pushes: 0 },
    { outcome: 'unknown', retryable: true },
    { code: 'INTERNAL' },
    { met: false },
  ]) {
    assert.equal(
      wrongs({ ...results[0], word: null, ms: 0, ...wrong }).length,
      1,
      `${JSON.stringify(wrong)} would be seen`,
    );
  }
  assert.ok(
    results.some(({ outcome }) => outcome === 'unknown') && results.some(({ outcome }) => outcome === 'not_sent'),
  );
});
