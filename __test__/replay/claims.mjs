// What every store that claims must do, asked of the store itself and through `handleCallback`.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { azampay, callback } from '../support/azampay.mjs';

const LEASE_MS = 60_000;
const SHORT_MS = 300;

/** `stores`: the same store through several connections, as several processes have it. */
export async function claimsOnce(stores) {
  const key = `finconnect:${randomUUID()}`;
  const tokens = Array.from({ length: 50 }, randomUUID);
  const answers = await Promise.all(tokens.map((token, at) => stores[at % stores.length].claim(key, LEASE_MS, token)));
  assert.equal(answers.filter((answer) => answer === 'claimed').length, 1);
  assert.ok(answers.every((answer) => answer === 'claimed' || answer === 'busy'));
  const mine = tokens[answers.indexOf('claimed')];
  const other = tokens[answers.indexOf('busy')];
  const [store] = stores;

  assert.equal(await store.claim(key, LEASE_MS, mine), 'claimed', 'its own again');
  assert.equal(await store.setIfAbsent(key, LEASE_MS), false);
  assert.deepEqual([await store.commit(key, LEASE_MS, other), await store.release(key, other)], [false, false]);
  assert.deepEqual([await store.release(key, mine), await store.release(key, mine)], [true, false]);

  assert.equal(await store.claim(key, LEASE_MS, other), 'claimed');
  assert.equal(await store.commit(key, LEASE_MS, mine), false, 'a late commit of a lost claim does nothing');
  assert.deepEqual([await store.commit(key, LEASE_MS, other), await store.commit(key, LEASE_MS, other)], [true, true]);
  for (const token of [mine, other]) assert.equal(await store.claim(key, LEASE_MS, token), 'committed');
  assert.equal(await store.commit(key, LEASE_MS, mine), false);
  assert.equal(await store.release(key, other), false, 'what is committed is not released');

  const kept = `finconnect:${randomUUID()}`;
  assert.equal(await store.setIfAbsent(kept, LEASE_MS), true);
  assert.equal(await store.claim(kept, LEASE_MS, mine), 'committed', 'what is kept counts as handled');
  for (const ms of [0, -1, NaN, Infinity, '1000', undefined]) {
    await assert.rejects(async () => store.claim('other', ms, mine), RangeError);
    await assert.rejects(async () => store.commit('other', ms, mine), RangeError);
  }
}

/** A lease that ended frees the key, once for all who wait for it. */
export async function leasesEnd(stores) {
  const [store] = stores;
  const key = `finconnect:${randomUUID()}`;
  assert.equal(await store.claim(key, SHORT_MS, 'dead'), 'claimed');
  let claimed = [];
  const begun = performance.now();
  while (claimed.length === 0) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => [
        at,
        await stores[at % stores.length].claim(key, LEASE_MS, `t${at}`),
      ]),
    );
    claimed = answers.filter(([, answer]) => answer === 'claimed');
    assert.ok(performance.now() - begun < 30_000, 'the lease does not end');
  }
  assert.ok(performance.now() - begun > SHORT_MS - 50);
  assert.equal(claimed.length, 1);
  assert.equal(await store.commit(key, LEASE_MS, 'dead'), false, 'its lease is lost');
  assert.equal(await store.release(key, 'dead'), false);
  assert.equal(await store.commit(key, LEASE_MS, `t${claimed[0][0]}`), true);

  const late = `finconnect:${randomUUID()}`;
  assert.equal(await store.claim(late, 1, 'late'), 'claimed');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await store.commit(late, LEASE_MS, 'late'), true, 'nobody else came');
  assert.equal(await store.claim(late, LEASE_MS, 'other'), 'committed');
}

/** Through `handleCallback`: claimed once, released, claimed again, committed. `replays`: one for each process. */
export async function handledOnce(replays) {
  const sdks = replays.map((replay) => azampay({ replay }));
  const body = callback();
  const judge = (sdk = sdks[0]) => sdk.handleCallback(body, { claim: true });
  const results = await Promise.all(Array.from({ length: 50 }, (_, at) => judge(sdks[at % sdks.length])));
  const [first, ...others] = results.filter(({ isValid }) => isValid);
  assert.ok(first && others.length === 0, `${others.length} others`);
  assert.ok(results.every(({ isValid, reason }) => isValid || reason === 'CLAIMED'));
  assert.equal(new Set(results.map(({ eventId }) => eventId)).size, 1);
  assert.match(first.eventId, /^finconnect:azampay:[0-9a-f]{64}$/);

  assert.deepEqual([await first.release(), await first.release(), await first.commit()], [true, false, true]);
  assert.equal((await judge()).reason, 'REPLAY', 'who was told too late that it was handled');
  const other = callback();
  const again = await sdks.at(-1).handleCallback(other, { claim: true });
  assert.equal((await sdks[0].handleCallback(other)).reason, 'REPLAY', 'without a claim of its own');
  assert.equal(await again.release(), true);
  const last = await sdks[0].handleCallback(other, { claim: { leaseMs: 5000 } });
  assert.deepEqual([first.duplicate, again.duplicate, last.duplicate], [false, false, true]);
  assert.deepEqual([last.isValid, await last.commit(), await last.release()], [true, true, false]);
  assert.deepEqual(
    [(await sdks.at(-1).handleCallback(other, { claim: true })).reason, last.payment.status],
    ['REPLAY', 'succeeded'],
  );
}
