// Functions of the caller's: what they answer wrongly is their error at once, and they run where the call was made.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { test } from 'node:test';
import { FinConnectError } from 'finconnect';
import { azampay, callback } from './support/azampay.mjs';
import { PAYMENTS, PROVIDERS, rejection, startGateway } from './support/gateway.mjs';
import { GATEWAYS } from './support/gateways.cjs';

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const circular = { id: 1 };
circular.self = circular;
const throwing = () => {
  throw new Error('mine');
};
const hostile = new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing });
const lateProxy = new Proxy(
  {},
  { get: (_, name) => (name === 'then' ? undefined : throwing()), has: throwing, ownKeys: throwing },
);

/** What no JSON can say, or not as a text or a number. */
const NO_TEXTS = {
  bigint: { cents: 1n },
  circular,
  symbol: Symbol('x'),
  function: () => 1000,
  promise: Promise.resolve(1000),
  map: new Map(),
  nan: NaN,
  infinity: Infinity,
  null: null,
  undefined,
  list: [1000],
  // biome-ignore lint/suspicious/noSparseArray: a caller may bring one
  sparse: [, 1000],
  object: {},
  boolean: true,
  empty: '',
  'a toJSON that throws': { toJSON: throwing },
  'a toJSON that says nothing': { toJSON: () => undefined },
  'no prototype': Object.create(null),
  proxy: hostile,
};
const THROWN = {
  error: new Error('mine'),
  text: 'mine',
  undefined,
  null: null,
  bigint: 1n,
  symbol: Symbol('mine'),
  'no prototype': Object.create(null),
  'a message without a prototype': { message: Object.create(null) },
  'a getter that throws': {
    get message() {
      throw new Error('x');
    },
  },
  proxy: hostile,
  'a huge message': new Error('x'.repeat(1 << 20)),
  function: () => {},
};

async function callerError(promise, name) {
  const started = performance.now();
  const error = await rejection(promise);
  assert.ok(error instanceof FinConnectError, name);
  assert.deepEqual(
    [error.code, error.outcome],
    ['CALLER_ERROR', 'not_sent'],
    `${name}: ${error.message.slice(0, 200)}`,
  );
  assert.ok(error.message.length < 5000 && performance.now() - started < 2000, name);
  return error.message;
}

test("expect: a wrong answer is the caller's error at once, and names the member", async (t) => {
  const sdk = azampay();
  for (const member of ['amount', 'currency', 'reference', 'transactionId']) {
    for (const [name, value] of Object.entries(NO_TEXTS))
      await t.test(`${member}: ${name}`, async () => {
        const answer = { amount: 1000, [member]: value };
        assert.match(
          await callerError(sdk.handleCallback(callback(), { expect: () => answer }), name),
          new RegExp(`expect failed: expect\\.${member} must be`),
          name,
        );
        const given = await rejection(sdk.handleCallback(callback(), { expect: answer }));
        assert.equal(given.code, 'INVALID_REQUEST', name);
        assert.match(given.message, new RegExp(`expect\\.${member} must be`), name);
      });
  }
  for (const [name, answer] of Object.entries({
    bigint: 1n,
    number: 5,
    zero: 0,
    text: 'x',
    true: true,
    symbol: Symbol('x'),
    function: () => ({}),
    list: [],
    empty: {},
    map: new Map([['amount', 1000]]),
    date: new Date(),
    circular,
    proxy: hostile,
    'a proxy that is no thenable': lateProxy,
  })) {
    await callerError(sdk.handleCallback(callback(), { expect: () => answer }), name);
    await callerError(sdk.handleCallback(callback(), { expect: async () => answer }), name);
  }
  assert.equal(
    (
      await sdk.handleCallback(callback(), {
        expect: () => ({ amount: { toJSON: () => '1000.00' }, reference: 'ORDER/1', currency: 'tzs' }),
      })
    ).isValid,
    true,
    'a decimal of a library',
  );
});

test("expect and a replay store: what they throw is the caller's error at once", async (t) => {
  for (const [name, thrown] of Object.entries(THROWN))
    await t.test(name, async () => {
      for (const fails of [
        () => {
          throw thrown;
        },
        () => Promise.reject(thrown),
        () => ({
          then(_, reject) {
            reject(thrown);
          },
        }),
        () => ({
          then() {
            throw thrown;
          },
        }),
        () => ({
          get then() {
            throw thrown;
          },
        }),
      ]) {
        assert.match(
          await callerError(azampay().handleCallback(callback(), { expect: fails }), name),
          /expect failed: ./,
        );
        assert.match(
          await callerError(azampay({ replay: { setIfAbsent: fails } }).handleCallback(callback()), name),
          /the replay store failed: ./,
        );
      }
    });
});

test('a replay store answers true or false, and nothing is guessed from anything else', async () => {
  const answers = [
    undefined,
    null,
    'OK',
    'yes',
    '',
    0,
    1,
    1n,
    'true',
    [],
    {},
    circular,
    Symbol('x'),
    () => true,
    new Boolean(true),
    { changes: 1, lastInsertRowid: 7n },
    lateProxy,
  ];
  for (const answer of answers) {
    for (const setIfAbsent of [() => answer, async () => answer]) {
      const message = await callerError(azampay({ replay: { setIfAbsent } }).handleCallback(callback()), typeof answer);
      assert.match(message, /the replay store failed: setIfAbsent must answer true or false/);
    }
  }
  const keys = new Set();
  const store = { setIfAbsent: (key) => !keys.has(key) && Boolean(keys.add(key)) };
  const body = callback();
  assert.equal((await azampay({ replay: store }).handleCallback(body)).isValid, true);
  assert.equal((await azampay({ replay: store }).handleCallback(body)).reason, 'REPLAY');
});

test('a thenable that never settles ends with the deadline', async () => {
  const never = () => ({ then() {} });
  for (const [sdk, options] of [
    [azampay(), { expect: never }],
    [azampay({ replay: { setIfAbsent: never } }), {}],
  ]) {
    const error = await rejection(sdk.handleCallback(callback(), { ...options, timeoutMs: 100 }));
    assert.deepEqual([error.code, error.retryable], ['TIMEOUT', true]);
  }
});

test('options and payments whose own code throws are refused before anything is sent', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const throwsAt = (name) => Object.defineProperty({}, name, { get: throwing, enumerable: true });
  const calls = [
    () => sdk.pay(PAYMENTS.azampay, undefined, throwsAt('timeoutMs')),
    () => sdk.pay(PAYMENTS.azampay, throwsAt('signal')),
    () => sdk.pay(PAYMENTS.azampay, { signal: throwsAt('aborted') }),
    () =>
      sdk.pay(PAYMENTS.azampay, {
        signal: {
          addEventListener() {},
          get aborted() {
            return throwing();
          },
        },
      }),
    () => sdk.getPaymentStatus('x', throwsAt('operator')),
    () => sdk.waitForPayment('x', throwsAt('pollMs')),
    () => sdk.handleCallback({}, throwsAt('expect')),
    () => sdk.handleCallback({}, throwsAt('headers')),
    () => sdk.handleCallback({}, { expect: hostile }),
    () => sdk.pay({ toJSON: throwing }),
    () => sdk.pay(circular),
    () => sdk.pay({ amount: 1n }),
    () => sdk.pay(hostile),
    () =>
      sdk.pay({
        toJSON() {
          throw Object.create(null);
        },
      }),
    () => sdk.pay(PAYMENTS.azampay, undefined, hostile),
  ];
  for (const [i, call] of calls.entries()) {
    const error = await rejection(call());
    assert.ok(error instanceof FinConnectError, `call ${i}: ${error}`);
    assert.deepEqual([error.code, error.outcome], ['INVALID_REQUEST', 'not_sent'], `call ${i}`);
  }
  assert.equal(gateway.requests.length, 0);
});

test('a listener that throws, at once or later, costs nobody anything', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const heard = [];
  for (const listener of [
    throwing,
    async () => throwing(),
    () => Promise.reject(circular),
    () => ({ then: throwing }),
    () => ({
      get then() {
        return throwing();
      },
    }),
    () => hostile,
    () => {
      throw Object.create(null);
    },
  ])
    sdk.on('request', listener);
  sdk.on('request', ({ operation }) => heard.push(operation));
  assert.equal((await sdk.pay(PAYMENTS.azampay)).success, true);
  assert.deepEqual(heard, ['login', 'pay']);
});

test("the caller's AsyncLocalStorage is alive in each function of theirs, whoever else calls at the same time", async (t) => {
  const context = new AsyncLocalStorage();
  const gateway = await startGateway(t);
  const names = ['request', 'response', 'login', 'callback'];
  for (const provider of PROVIDERS) {
    const seen = new Map();
    const see = (what) => seen.set(what, (seen.get(what) ?? new Set()).add(context.getStore()));
    const own = async (url, init) => {
      see('fetch');
      await null;
      return fetch(url, init);
    };
    const store = { setIfAbsent: async () => (await null, see('setIfAbsent'), true) };
    const sdk = gateway.sdk(
      provider,
      { ...(provider === 'azampay' && { AZAMPAY_PUBLIC_KEY: undefined }) },
      { fetch: own, replay: store },
    );
    const unsubscribe = names.map((name) => {
      sdk.on(name, () => see(`on ${name}`));
      const hear = () => see(`channel ${name}`);
      diagnostics.subscribe(`finconnect:${name}`, hear);
      return () => diagnostics.unsubscribe(`finconnect:${name}`, hear);
    });
    const ipnId = provider === 'pesapal' ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
    const paid = await sdk.pay(PAYMENTS[provider], ipnId);
    const id = GATEWAYS[provider].asked(PAYMENTS[provider], paid);
    seen.clear();
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        context.run(name, async () => {
          await sdk.getPaymentStatus(id).catch(() => {});
          await sdk.waitForPayment(id, { pollMs: 10, timeoutMs: 30 }).catch(() => {});
          await sdk
            .handleCallback({ OrderTrackingId: id, order_id: id, data: { orderReference: id, status: 'SUCCESS' } })
            .catch(() => {});
          assert.equal(context.getStore(), name);
        }),
      ),
    );
    for (const [what, stores] of seen) assert.deepEqual([...stores].sort(), ['a', 'b', 'c'], `${provider}: ${what}`);
    assert.ok(seen.has('fetch') && seen.has('on request') && seen.has('channel response'), provider);
    unsubscribe.forEach((end) => end());
  }
  const seen = [];
  const see = () => seen.push(context.getStore());
  const sdk = azampay({ replay: { setIfAbsent: async () => (see(), true) } });
  sdk.on('callback', see);
  const judge = (name) =>
    context.run(name, () =>
      sdk.handleCallback(callback(), { expect: async () => (await null, see(), { amount: 1000 }) }),
    );
  await Promise.all([judge('x'), judge('y')]);
  assert.deepEqual(seen.sort(), ['x', 'x', 'x', 'y', 'y', 'y']);
});

test('none of this was an unhandled rejection', async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(unhandled, []);
});
