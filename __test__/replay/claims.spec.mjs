// `handleCallback(body, { claim: true })` over stores of every kind.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { azampay, callback } from '../support/azampay.mjs';
import { rejection } from '../support/gateway.mjs';

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
const claim = true;

const claims = ({ kept }) => [...kept.keys()].filter((key) => !key.endsWith(':begun'));

/** A store in memory, which keeps what it was asked. */
function storeOf(more = {}) {
  const kept = new Map();
  const asked = [];
  return {
    asked,
    kept,
    async setIfAbsent(key) {
      asked.push(['setIfAbsent', key]);
      return !kept.has(key) && !!kept.set(key, '');
    },
    async claim(key, leaseMs, token) {
      asked.push(['claim', key, leaseMs, token]);
      const held = kept.get(key) ?? token;
      if (held === '') return 'committed';
      if (held !== token) return 'busy';
      kept.set(key, token);
      return 'claimed';
    },
    async commit(key, ttlMs, token) {
      asked.push(['commit', key, ttlMs, token]);
      return kept.get(key) === token && !!kept.set(key, '');
    },
    async release(key, token) {
      asked.push(['release', key, token]);
      return kept.get(key) === token && kept.delete(key);
    },
    ...more,
  };
}

test('a store is asked for a lease, then for 7 days, by one token', async () => {
  const store = storeOf();
  const sdk = azampay({ replay: store });
  const { eventId, commit } = await sdk.handleCallback(callback(), { claim });
  assert.equal(await commit(), true);
  const [claimed, begun, committed] = store.asked;
  const token = claimed[3];
  assert.match(token, /^[0-9a-f]{32}$/);
  assert.deepEqual(claimed, ['claim', eventId, 60_000, token]);
  assert.deepEqual(begun, ['setIfAbsent', `${eventId}:begun`]);
  assert.deepEqual(committed, ['commit', eventId, 7 * 24 * 3600_000, token]);
  const other = await sdk.handleCallback(callback(), { claim: { leaseMs: 100 } });
  assert.notEqual(store.asked[3][3], token);
  assert.equal(store.asked[3][2], 100);
  assert.equal(await other.release(), true);
  assert.equal(claims(store).length, 1);
});

test('a ClickPesa callback is claimed as what it tells and by its checksum: both, or neither', async () => {
  const KEY = 'CHK-0123456789abcdef';
  const store = storeOf();
  const config = {
    baseUrl: 'http://127.0.0.1:9',
    CLICKPESA_CLIENT_ID: 'id-0123456789',
    CLICKPESA_API_KEY: 'key-0123456789',
    CLICKPESA_CHECKSUM_KEY: KEY,
  };
  const sdk = new FintechSDK({ provider: 'clickpesa', config, replay: store });
  const told = (status, message) => {
    const body = { collectedAmount: '10', message, orderReference: 'ORDER1', status };
    return { ...body, checksum: createHmac('sha256', KEY).update(JSON.stringify(body)).digest('hex') };
  };
  const first = await sdk.handleCallback(told('SUCCESS', 'a'), { claim });
  assert.equal(first.isValid, true);
  assert.equal(claims(store).length, 2);
  for (const copy of [told('SUCCESS', 'a'), told('SETTLED', 'a'), told('SUCCESS', 'b')]) {
    const { reason, eventId } = await sdk.handleCallback(copy, { claim });
    assert.deepEqual([reason, eventId], ['CLAIMED', first.eventId]);
  }
  assert.equal(claims(store).length, 2, 'a refused copy holds nothing');
  const checksum = claims(store).find((key) => key !== first.eventId);
  store.kept.delete(first.eventId);
  assert.equal((await sdk.handleCallback(told('SUCCESS', 'a'), { claim })).reason, 'CLAIMED', 'by its checksum');
  assert.deepEqual(claims(store), [checksum], 'what it had claimed is free again');
  assert.equal(await first.commit(), false, 'one of the two is lost');
});

test('a store that has no claims keeps a callback at once', async () => {
  const { setIfAbsent, kept } = storeOf();
  const sdk = azampay({ replay: { setIfAbsent } });
  const body = callback();
  const { isValid, commit, release } = await sdk.handleCallback(body, { claim });
  assert.deepEqual([isValid, await commit(), await release(), kept.size], [true, true, false, 1]);
  assert.equal((await sdk.handleCallback(body, { claim })).reason, 'REPLAY');
});

test('without the option nothing changes', async () => {
  const store = storeOf();
  const sdk = azampay({ replay: store });
  for (const options of [undefined, {}, { claim: false }, { claim: undefined }, { claim: null }]) {
    const result = await sdk.handleCallback(callback(), options);
    assert.deepEqual(Object.keys(result), ['isValid', 'data', 'reason', 'payment', 'payout', 'acknowledgement']);
  }
  assert.ok(store.asked.every(([name]) => name === 'setIfAbsent'));
  for (const options of [{ claim }, { claim, expect: { amount: 5 } }]) {
    const refused = await sdk.handleCallback({ ...callback(), ...(!options.expect && { signature: 'AAAA' }) }, options);
    assert.deepEqual([refused.isValid, 'eventId' in refused, 'commit' in refused], [false, false, false]);
  }
  assert.equal(store.asked.length, 5, 'what is not genuine, or not expected, is not claimed');
});

test('the event tells what the claim came to', async () => {
  const sdk = azampay({ replay: 'memory' });
  const told = [];
  sdk.on('callback', ({ isValid, reason }) => told.push([isValid, reason]));
  const body = callback();
  const { commit } = await sdk.handleCallback(body, { claim });
  await sdk.handleCallback(body, { claim });
  await commit();
  await sdk.handleCallback(body, { claim });
  assert.deepEqual(told, [
    [true, null],
    [false, 'CLAIMED'],
    [false, 'REPLAY'],
  ]);
});

test('a lease that is none is refused, and so is a store with half the functions', async () => {
  const sdk = azampay({ replay: 'memory' });
  for (const odd of [
    1,
    'yes',
    {},
    { leaseMs: 99 },
    { leaseMs: 3_600_001 },
    { leaseMs: '1000' },
    { leaseMs: NaN },
    () => 1,
  ]) {
    const error = await rejection(sdk.handleCallback(callback(), { claim: odd }));
    assert.deepEqual([error.code, /options\.claim must be true/.test(error.message)], ['INVALID_REQUEST', true]);
  }
  for (const missing of ['setIfAbsent', 'claim', 'commit', 'release']) {
    const replay = storeOf({ [missing]: undefined });
    assert.throws(() => azampay({ replay }), { code: 'INVALID_CONFIG', message: /all three/ }, missing);
  }
});

test('a store that fails, answers wrongly or hangs claims nothing, and is asked to let go', async () => {
  const failing = async () => {
    throw new Error('the store is down');
  };
  const wrong = async () => true;
  for (const [bad, words] of [
    [failing, /the store is down/],
    [wrong, /claim must answer/],
    [async () => null, /not null/],
  ]) {
    const store = storeOf({ claim: bad });
    const error = await rejection(azampay({ replay: store }).handleCallback(callback(), { claim }));
    assert.deepEqual([error.code, error.retryable], ['CALLER_ERROR', true]);
    assert.match(error.message, words);
    assert.deepEqual(
      store.asked.map(([name]) => name),
      ['release'],
    );
  }
  const hangs = azampay({ replay: storeOf({ claim: () => new Promise(() => {}) }) });
  assert.equal((await rejection(hangs.handleCallback(callback(), { claim, timeoutMs: 50 }))).code, 'TIMEOUT');

  for (const [bad, words] of [
    [failing, /failed to commit: the store is down/],
    [async () => 1, /commit must answer/],
  ]) {
    const { commit } = await azampay({ replay: storeOf({ commit: bad }) }).handleCallback(callback(), { claim });
    const error = await rejection(commit());
    assert.deepEqual([error.name, error.code, error.outcome], ['FinConnectError', 'CALLER_ERROR', 'not_sent']);
    assert.match(error.message, words);
  }
});

test('a commit that is never answered ends after ten seconds', async (t) => {
  const { commit } = await azampay({ replay: storeOf({ commit: () => new Promise(() => {}) }) }).handleCallback(
    callback(),
    { claim },
  );
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const late = rejection(commit());
  t.mock.timers.tick(10_000);
  assert.match((await late).message, /no answer within 10000 ms/);
});

test('the store sees the AsyncLocalStorage of whoever called', async () => {
  const requests = new AsyncLocalStorage();
  const seen = [];
  const own = storeOf();
  const spied = Object.fromEntries(
    ['setIfAbsent', 'claim', 'commit', 'release'].map((name) => [
      name,
      (...args) => (seen.push([name, requests.getStore()]), own[name](...args)),
    ]),
  );
  const sdk = azampay({ replay: spied });
  await requests.run('r1', async () => {
    const { commit, release } = await sdk.handleCallback(callback(), { claim });
    await commit();
    await release();
  });
  assert.deepEqual(seen, [
    ['claim', 'r1'],
    ['setIfAbsent', 'r1'],
    ['commit', 'r1'],
    ['release', 'r1'],
  ]);
});

test('no rejection was left alone', async () => {
  await new Promise(setImmediate);
  assert.deepEqual(unhandled, []);
});
