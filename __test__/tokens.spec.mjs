// Access tokens that processes share: one login for all of them, and a store that may fail in every way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { start } from './support/child.mjs';
import { ACCEPTED, LOGIN_ROUTES, PAY_ROUTES, pay, rejection, startGateway, WITH_LOGIN } from './support/gateway.mjs';
import { startShop } from './support/shop.mjs';
import { KEY, MemoryStore, sharing } from './tokens/stores.mjs';

const ROUTE = LOGIN_ROUTES.azampay;
const order = (at) => ({ id: `N${at}`, orderReference: `N${at}`, externalId: `N${at}` });
const azampay = (gateway, store, count = 1, more = {}) => sharing(gateway, 'azampay', () => store, count, more);
/** Accepts so many payments, whatever they are. */
const accept = (gateway, provider, times) =>
  gateway.sandbox.next({
    route: PAY_ROUTES[provider],
    times,
    status: 200,
    body: JSON.stringify(ACCEPTED),
    headers: { 'content-type': 'application/json' },
  });

for (const provider of WITH_LOGIN) {
  test(`${provider}: fifty SDK objects with one store log in once, and what it keeps tells nothing`, async (t) => {
    const gateway = await startGateway(t);
    accept(gateway, provider, 50);
    const store = new MemoryStore();
    const { sdks, from } = sharing(gateway, provider, () => store, 50);
    await Promise.all(sdks.map((sdk, at) => pay(sdk, provider, order(at))));
    assert.deepEqual(from(), ['gateway', ...Array(49).fill('store')]);
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 1);
    const sent = new Set(gateway.to(PAY_ROUTES[provider]).map(({ headers }) => headers.authorization));
    assert.equal(sent.size, 1);

    const [[name, text], ...others] = store.kept;
    assert.deepEqual(others, []);
    assert.match(name, /^finconnect:token:[0-9a-f]{64}$/);
    const [token] = sent;
    const told = [name, text, Buffer.from(text, 'base64').toString('latin1')].join('\n');
    const secrets = Object.values(gateway.sandbox.config(provider)).filter((value) => value.length > 6);
    for (const secret of [...secrets, token, token.replace('Bearer ', '').slice(0, 12), KEY])
      assert.ok(!told.includes(secret));
    assert.equal(store.locks.size, 0);
    assert.equal(store.calls.set, 1);
  });

  test(`${provider}: a token that the gateway refuses to all is replaced by one login`, async (t) => {
    const gateway = await startGateway(t, { clock: 'manual' });
    const store = new MemoryStore();
    const { sdks } = sharing(gateway, provider, () => store, 20);
    const ipnId = provider === 'pesapal' ? await sdks[0].registerIpn('https://shop.example/ipn') : undefined;
    const all = (round) => Promise.all(sdks.map((sdk, at) => sdk.pay(payload(provider, `${round}N${at}`), ipnId)));
    await all(1);
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 1);
    gateway.sandbox.clock.advance(7 * 3600_000);
    await all(2);
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 2);
    assert.equal(gateway.sandbox.payments().length, 40);
  });
}

const payload = (provider, name) =>
  ({
    pesapal: {
      id: name,
      currency: 'KES',
      amount: 1,
      description: name,
      callback_url: 'https://shop.example/back',
      billing_address: { phone_number: '0712345678' },
    },
    clickpesa: { amount: '1000', currency: 'TZS', orderReference: name, phoneNumber: '255712345678' },
    azampay: { accountNumber: '255712345678', amount: '1', currency: 'TZS', externalId: name, provider: 'Tigo' },
  })[provider];

test('processes log in once, too', async (t) => {
  const gateway = await startGateway(t);
  const store = new MemoryStore();
  const releases = new Map();
  const asked = async (name, given) => {
    if (name === 'release') return releases.get(given[0])?.();
    const answer = await store[name](...given);
    if (typeof answer !== 'function') return answer;
    releases.set(given[0], answer);
    return true;
  };
  const server = await startShop(async ({ text }) => {
    const [name, ...given] = JSON.parse(text);
    return { body: JSON.stringify((await asked(name, given)) ?? null) };
  });
  t.after(server.close);
  const script = `
    const { FintechSDK } = require('finconnect');
    const ask = async (...asked) => (await fetch(process.env.STORE, { method: 'POST', body: JSON.stringify(asked) })).json();
    const store = {
      get: (key) => ask('get', key),
      set: (key, value, ttlMs) => ask('set', key, value, ttlMs),
      lock: async (key, ttlMs) => (await ask('lock', key, ttlMs)) && (() => ask('release', key)),
    };
    const { config, key, order } = JSON.parse(process.env.GIVEN);
    const sdk = new FintechSDK({ provider: 'azampay', config, tokens: { store, key } });
    sdk.on('login', ({ from, storeFailure }) => console.log(from, storeFailure));
    // A first request of a process may take longer than the store may.
    store.get('warm').then(() => sdk.pay(order));`;
  const children = Array.from({ length: 4 }, (_, at) => {
    const given = { config: gateway.sandbox.config('azampay'), key: KEY, order: payload('azampay', `CHILD${at}`) };
    return start(process.execPath, ['--eval', script], {
      env: { STORE: server.url, GIVEN: JSON.stringify(given) },
    }).ended;
  });
  const ended = await Promise.all(children);
  assert.deepEqual([...new Set(ended.map(({ code, stderr }) => `${code} ${stderr}`))], ['0 ']);
  // One to which this machine gives no time for 2 s logs in by itself, as it must.
  const from = ended.map(({ stdout }) => stdout.trim()).filter((words) => words !== 'gateway late');
  assert.deepEqual(from.sort(), ['gateway null', ...Array(from.length - 1).fill('store null')]);
  assert.ok(from.length > 1);
  assert.equal(gateway.to(ROUTE).length, 5 - from.length);
  assert.equal(gateway.sandbox.payments().length, 4);
});

const throws = () => {
  throw new Error('redis://user:password@host');
};
const rejects = async () => throws();
const hangs = () => new Promise(() => {});
const WRONG = { get: [5, {}, true, []], lock: [null, undefined, 'OK', 1, {}] };

for (const [name, broken, failure] of [
  ['get throws', { get: throws }, 'failed'],
  ['get rejects', { get: rejects }, 'failed'],
  ['get hangs', { get: hangs }, 'late'],
  ['lock throws', { lock: throws }, 'failed'],
  ['lock rejects', { lock: rejects }, 'failed'],
  ['lock hangs', { lock: hangs }, 'late'],
  ['set throws', { set: throws }, null],
  ['set rejects', { set: rejects }, null],
  ['set hangs', { set: hangs }, null],
  ['what releases the lock throws', { lock: async () => throws }, null],
  ['what releases the lock hangs', { lock: async () => hangs }, null],
  ['the lock is true alone', { lock: async () => true }, null],
  ['get answers undefined', { get: () => undefined }, null],
  ...WRONG.get.map((answer) => [`get answers ${JSON.stringify(answer)}`, { get: () => answer }, 'failed']),
  ...WRONG.lock.map((answer) => [`lock answers ${JSON.stringify(answer)}`, { lock: () => answer }, 'failed']),
  ['get answers text of somebody else', { get: () => 'hello' }, 'unreadable'],
  ['get answers an empty text', { get: () => '' }, 'unreadable'],
  ['get answers far too much', { get: () => 'A'.repeat(70_000) }, 'unreadable'],
]) {
  test(`${name}: the payment is made, with a login of its own`, async (t) => {
    const gateway = await startGateway(t);
    const store = Object.assign(new MemoryStore(), broken);
    const { sdks, logins } = azampay(gateway, store, 1, { timeoutMs: 8_000 });
    await pay(sdks[0], 'azampay');
    assert.deepEqual(
      logins.map(({ outcome, from, storeFailure }) => [outcome, from, storeFailure]),
      [['success', 'gateway', failure]],
    );
    assert.equal(gateway.to(ROUTE).length, 1);
  });
}

test('a token that was changed, or put in another place, is replaced', async (t) => {
  const gateway = await startGateway(t);
  const store = new MemoryStore();
  const first = azampay(gateway, store);
  await pay(first.sdks[0], 'azampay', order(1));
  const [[name, text]] = store.kept;
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length - 1] ^= 1;
  const other = new MemoryStore();
  const elsewhere = sharing(gateway, 'clickpesa', () => other, 1);
  await pay(elsewhere.sdks[0], 'clickpesa');
  for (const [at, changed] of [bytes.toString('base64'), [...other.kept.values()][0]].entries()) {
    store.kept.set(name, changed);
    const { sdks, logins } = azampay(gateway, store);
    await pay(sdks[0], 'azampay', order(at + 2));
    assert.deepEqual([logins[0].from, logins[0].storeFailure], ['gateway', 'unreadable']);
    assert.notEqual(store.kept.get(name), changed);
  }
});

test('accounts, gateways, addresses and keys have a place of their own each', async (t) => {
  const gateway = await startGateway(t);
  const store = new MemoryStore();
  const config = gateway.sandbox.config('azampay');
  const grants = async () => Response.json({ success: true, data: { accessToken: 't', expire: '2099-01-01' } });
  const made = (config, key = KEY) =>
    new FintechSDK({ provider: 'azampay', config, tokens: { store, key }, fetch: grants });
  const check = (config, key) => made(config, key).verifyCredentials();
  await check(config);
  await check({ ...config, AZAMPAY_CONSUMER_KEY: 'another' });
  await check({ ...config, baseUrl: 'https://gateway.example' });
  await check({ ...config, authBaseUrl: 'https://gateway.example' });
  await check(config, `${KEY}!`);
  await check({ ...config, AZAMPAY_CONSUMER_SECRET: 'a new secret of the same account' });
  while (store.calls.set < 6) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(store.kept.size, 5);

  // A token under another key is not seen, and nothing is wrong with the store.
  const sdk = made(config, `${KEY}?`);
  const logins = [];
  sdk.on('login', ({ from, storeFailure }) => logins.push([from, storeFailure]));
  await pay(sdk, 'azampay').catch(() => {});
  assert.deepEqual(logins, [['gateway', null]]);
});

test('a token that has ended when it comes is not shared', async (t) => {
  const gateway = await startGateway(t);
  const store = new MemoryStore();
  gateway.answer(ROUTE, 200, { data: { accessToken: 'a', expire: '2020-01-01T00:00:00Z' }, success: true });
  accept(gateway, 'azampay', 1);
  await pay(azampay(gateway, store).sdks[0], 'azampay');
  while (store.calls.release === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(store.calls.set, 0);
});

test('whoever comes while another logs in waits for its token', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ name: 'delay', route: ROUTE, delayMs: 700 });
  const { sdks, from } = azampay(gateway, new MemoryStore(), 3);
  await Promise.all(sdks.map((sdk, at) => pay(sdk, 'azampay', order(at))));
  assert.deepEqual(from(), ['gateway', 'store', 'store']);
});

test('a token that comes between the look and the lock is used, and the lock given up', async (t) => {
  const gateway = await startGateway(t);
  const store = new MemoryStore();
  await pay(azampay(gateway, store).sdks[0], 'azampay', order(1));
  while (store.calls.release === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const [[name, text]] = store.kept;
  store.kept.delete(name);
  const { sdks, from } = azampay(gateway, store);
  const { lock } = store;
  store.lock = (...given) => {
    store.kept.set(name, text);
    return lock.apply(store, given);
  };
  await pay(sdks[0], 'azampay', order(2));
  assert.deepEqual(from(), ['store']);
  while (store.calls.release === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(store.locks.size, 0);
});

test('a lock that is never given up is waited for in half the time of the call', async (t) => {
  const gateway = await startGateway(t);
  const store = Object.assign(new MemoryStore(), { lock: async () => false });
  const { sdks, logins } = azampay(gateway, store, 1, { timeoutMs: 3_000 });
  const begun = performance.now();
  await pay(sdks[0], 'azampay');
  assert.ok(performance.now() - begun > 1_400);
  assert.deepEqual([logins[0].from, logins[0].storeFailure], ['gateway', 'busy']);
});

test('after a login that failed the next process has its turn at once', async (t) => {
  const gateway = await startGateway(t);
  gateway.answer(ROUTE, 503, '');
  const { sdks, from } = azampay(gateway, new MemoryStore(), 10);
  const paid = await Promise.allSettled(sdks.map((sdk, at) => pay(sdk, 'azampay', order(at))));
  assert.equal(paid.filter(({ status }) => status === 'rejected').length, 1);
  assert.deepEqual(from(), ['gateway', 'gateway', ...Array(8).fill('store')]);
});

test('verifyCredentials() logs in whatever the store has, and shares its token', async (t) => {
  const gateway = await startGateway(t);
  const store = new MemoryStore();
  const { sdks } = azampay(gateway, store, 3);
  await pay(sdks[0], 'azampay', order(1));
  await sdks[1].verifyCredentials();
  assert.equal(gateway.to(ROUTE).length, 2);
  while (store.calls.set < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await pay(sdks[2], 'azampay', order(2));
  await pay(sdks[1], 'azampay', order(3));
  const [, checked, other] = gateway.to(PAY_ROUTES.azampay).map(({ headers }) => headers.authorization);
  assert.equal(checked, other);
  assert.equal(gateway.to(ROUTE).length, 2);
});

test('callbacks that come at once use the shared token, too', async (t) => {
  const gateway = await startGateway(t);
  const store = new MemoryStore();
  const { sdks, from } = sharing(gateway, 'clickpesa', () => store, 2);
  const { orderReference } = await sdks[0].pay(payload('clickpesa', 'A1'));
  await gateway.sandbox.approve('A1');
  const data = { orderReference, status: 'SUCCESS', collectedAmount: '1000.00', collectedCurrency: 'TZS' };
  const verdicts = await Promise.all([1, 2, 3].map(() => sdks[1].handleCallback({ event: 'PAYMENT RECEIVED', data })));
  assert.deepEqual(
    verdicts.map(({ isValid }) => isValid),
    [true, true, true],
  );
  assert.deepEqual(from(), ['gateway', 'store']);
});

test('without tokens each SDK object logs in, and says so', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const logins = [];
  sdk.on('login', (event) => logins.push(event));
  await pay(sdk, 'azampay');
  assert.deepEqual([logins[0].from, logins[0].storeFailure], ['gateway', null]);
});

test('a call of its own short time does not wait for a store that hangs', async (t) => {
  const gateway = await startGateway(t);
  const store = Object.assign(new MemoryStore(), { get: hangs });
  const { sdks } = azampay(gateway, store);
  const answer = await sdks[0].pay(payload('azampay', 'A1'), undefined, { timeoutMs: 4_000 });
  assert.equal(answer.success, true);
});

test('tokens takes a store and a key, and nothing else', () => {
  const config = {
    baseUrl: 'http://127.0.0.1:1',
    AZAMPAY_APP_NAME: 'a',
    AZAMPAY_CONSUMER_KEY: 'k',
    AZAMPAY_CONSUMER_SECRET: 's',
  };
  const make = (tokens) => new FintechSDK({ provider: 'azampay', config, tokens });
  const store = new MemoryStore();
  for (const nothing of [undefined, null]) make(nothing);
  for (const [tokens, rule] of [
    ['memory', 'tokens must be { store, key }.'],
    [
      { key: KEY },
      /^tokens\.store must be a store with get\(key\), set\(key, value, ttlMs\) and lock\(key, ttlMs\)\.$/,
    ],
    [{ store: { get() {}, set() {} }, key: KEY }, /^tokens\.store must be a store/],
    [{ store: 'redis://127.0.0.1', key: KEY }, /^tokens\.store must be a store/],
    [{ store }, /^tokens\.key must be a secret text of at least 32 characters/],
    [{ store, key: 'x'.repeat(31) }, /^tokens\.key must be a secret text/],
    [{ store, key: Buffer.alloc(32) }, /^tokens\.key must be a secret text/],
    [{ store, key: KEY, ttl: 5 }, /^tokens has ttl, which does not exist; there are store, key\./],
    [store, /^tokens has kept, which does not exist/],
  ]) {
    assert.throws(
      () => make(tokens),
      ({ code, message }) => {
        assert.equal(code, 'INVALID_CONFIG');
        const told = message.replace(/^Invalid configuration: /, '');
        assert.match(told, typeof rule === 'string' ? new RegExp(`^${rule.replace(/[{}.]/g, '\\$&')}$`) : rule);
        return !message.includes('xxx');
      },
    );
  }
  assert.throws(() => new FintechSDK({ provider: 'azampay', config: { ...config, tokens: { store, key: KEY } } }), {
    message: /config has tokens, which stands beside config/,
  });
});

test('a refused login is told as ever', async (t) => {
  const gateway = await startGateway(t);
  const tokens = { store: new MemoryStore(), key: KEY };
  const sdk = gateway.sdk('azampay', { AZAMPAY_CONSUMER_SECRET: 'wrong' }, { tokens });
  const error = await rejection(pay(sdk, 'azampay'));
  assert.match(error.message, /^Payment request failed: Authentication failed: /);
  assert.equal(error.code, 'AUTHENTICATION_FAILED');
});
