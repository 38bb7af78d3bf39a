// A name or a value that does not exist is refused by name, wherever options are taken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinConnectError, FintechSDK, mayBecome } from 'finconnect';
import { postgresReplayStore, redisReplayStore } from 'finconnect/replay';
import { AZAMPAY, azampay, callback } from './support/azampay.mjs';
import { PAYMENTS, rejection, startGateway } from './support/gateway.mjs';

const CONFIGS = {
  azampay: AZAMPAY,
  clickpesa: { baseUrl: 'http://127.0.0.1:1', CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' },
  pesapal: { baseUrl: 'http://127.0.0.1:1', PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's' },
};

function thrown(options) {
  try {
    new FintechSDK(options);
  } catch (error) {
    assert.ok(error instanceof FinConnectError, String(error));
    return error;
  }
  throw new Error('did not throw');
}

test('the constructor refuses an option that does not exist, with the nearest one', async (t) => {
  const cases = {
    replays: 'replay',
    timeout: 'timeoutMs',
    timeoutMS: 'timeoutMs',
    maxRetry: 'maxRetries',
    fetcher: 'fetch',
    Provider: 'provider',
    configs: 'config',
    cert: null,
  };
  for (const [name, near] of Object.entries(cases))
    await t.test(name, async () => {
      const error = thrown({ provider: 'azampay', config: AZAMPAY, [name]: 'memory' });
      assert.deepEqual([error.code, error.provider], ['INVALID_CONFIG', 'azampay']);
      assert.match(
        error.message,
        new RegExp(
          `^Invalid configuration: the options have ${name}, which does not exist; there are provider, config`,
        ),
      );
      if (near) assert.match(error.message, new RegExp(`Did you mean ${near}\\?$`));
      assert.ok(new FintechSDK({ provider: 'azampay', config: AZAMPAY, [name]: undefined }));
    });
  for (const name of ['baseUrl', 'AZAMPAY_API_KEY'])
    await t.test(`${name} belongs inside config`, () => {
      const { message } = thrown({ provider: 'azampay', config: AZAMPAY, [name]: 'x' });
      const place = `the options have ${name}, which belongs inside config: { provider, config: { ${name} } }.`;
      assert.equal(message, `Invalid configuration: ${place}`);
    });
  for (const value of ['true', 1, {}])
    assert.match(
      thrown({ provider: 'azampay', config: AZAMPAY, allowInsecureHttp: value }).message,
      /allowInsecureHttp must be true or false/,
    );
});

test('config refuses a key that is meant for this gateway and does not exist', async (t) => {
  const cases = [
    ['azampay', 'AZAMPAY_PUBLICKEY', 'AZAMPAY_PUBLIC_KEY'],
    ['azampay', 'azampay_public_key', 'AZAMPAY_PUBLIC_KEY'],
    ['azampay', 'authBaseURL', 'authBaseUrl'],
    ['azampay', 'AZAMPAY_APIKEY', 'AZAMPAY_API_KEY'],
    ['azampay', 'AZAMPAY_WEBHOOK_SECRET', null],
    ['clickpesa', 'CLICKPESA_CHECKSUM', 'CLICKPESA_CHECKSUM_KEY'],
    ['clickpesa', 'CLICKPESA_CHECKSUMKEY', 'CLICKPESA_CHECKSUM_KEY'],
    ['pesapal', 'PESAPAL_IPN_ID', null],
    ['pesapal', 'BaseURL', 'baseUrl'],
    ['pesapal', 'base_url', 'baseUrl'],
  ];
  for (const [provider, name, near] of cases)
    await t.test(`${provider}: ${name}`, async () => {
      const error = thrown({ provider, config: { ...CONFIGS[provider], [name]: 'a-secret-value' } });
      assert.match(
        error.message,
        new RegExp(`^Invalid configuration: config has ${name}, which does not exist; there are baseUrl, `),
      );
      if (near) assert.match(error.message, new RegExp(`Did you mean ${near}\\?$`));
      assert.ok(!error.message.includes('a-secret-value'));
      assert.ok(new FintechSDK({ provider, config: { ...CONFIGS[provider], [name]: undefined } }));
    });
});

test('config refuses an option that stands beside it', () => {
  const options = { timeoutMs: 5, maxRetries: 0, allowInsecureHttp: true, ca: 'x', replay: 'memory', fetch };
  for (const [provider, config] of Object.entries(CONFIGS)) {
    for (const [name, value] of Object.entries(options)) {
      const error = thrown({ provider, config: { ...config, [name]: value } });
      assert.equal(
        error.message,
        `Invalid configuration: config has ${name}, which stands beside config: { provider, config, ${name} }.`,
      );
      assert.ok(new FintechSDK({ provider, config: { ...config, [name]: undefined } }));
    }
  }
});

test("config takes what documented call sites bring along: other gateways' keys, settings, a spread environment", () => {
  const everything = {
    ...CONFIGS.clickpesa,
    ...CONFIGS.pesapal,
    ...CONFIGS.azampay,
    port: 3000,
    logger: console,
    PATH: '/bin',
    PESAPAL_BASE_URL: 'x',
    AZAMPAY_BASE_URL: 'x',
    CLICKPESA_BASE_URL: 'x',
    AZAMPAY_CLIENT_ID: 'x',
  };
  for (const provider of Object.keys(CONFIGS)) assert.ok(new FintechSDK({ provider, config: everything }));
  class Settings {
    constructor() {
      Object.assign(this, AZAMPAY);
    }
    get AZAMPAY_OTHER() {
      return 'x';
    }
  }
  assert.ok(new FintechSDK({ provider: 'azampay', config: new Settings() }));
});

test('every method refuses an option that does not exist, and what is no options object', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const methods = {
    pay: (options) => sdk.pay(PAYMENTS.azampay, undefined, options),
    'pay, in the place of ipnId': (options) => sdk.pay(PAYMENTS.azampay, options),
    registerIpn: (options) => gateway.sdk('pesapal').registerIpn('https://shop.example/ipn', 'GET', options),
    getPaymentStatus: (options) => sdk.getPaymentStatus('x', options),
    waitForPayment: (options) => sdk.waitForPayment('x', options),
    handleCallback: (options) => sdk.handleCallback({}, options),
  };
  const wrong = [
    { timeout: 5000 },
    { timeoutMS: 5000 },
    { abortSignal: new AbortController().signal },
    { idempotencyKey: 'x' },
    { expects: { amount: 1 } },
    { header: {} },
    { polMs: 50 },
    { operators: 'Mpesa' },
    { 'a\0b': 5 },
  ];
  const shapes = [
    new AbortController().signal,
    [],
    [5000],
    new Map([['timeoutMs', 5]]),
    new Date(),
    Promise.resolve({}),
    /x/,
  ];
  for (const [method, call] of Object.entries(methods))
    await t.test(method, async () => {
      for (const options of wrong) {
        const [name] = Object.keys(options);
        const error = await rejection(call(options));
        assert.deepEqual([error.code, error.outcome], ['INVALID_REQUEST', 'not_sent'], `${method}: ${name}`);
        assert.match(
          error.message,
          name.includes('\0')
            ? /options have a.?b, which/
            : new RegExp(`options have ${name}, which does not exist; there are signal, timeoutMs`),
          method,
        );
      }
      for (const options of shapes) {
        const error = await rejection(call(options));
        assert.deepEqual([error.code, error.outcome], ['INVALID_REQUEST', 'not_sent'], `${method}: ${options}`);
      }
    });
  assert.equal(
    (await rejection(sdk.pay(PAYMENTS.azampay, { expect: { amount: 1 } }))).code,
    'INVALID_REQUEST',
    'an option of another method',
  );
  for (const provider of ['azampay', 'clickpesa', 'pesapal']) {
    const both = await rejection(gateway.sdk(provider).pay(PAYMENTS[provider], { timeoutMs: 5 }, { timeoutMs: 5000 }));
    assert.equal(both.code, 'INVALID_REQUEST', 'options twice');
  }
  assert.equal(gateway.requests.length, 0);
  class Options {
    timeoutMs = 5000;
    get signal() {
      return new AbortController().signal;
    }
  }
  const good = [
    null,
    undefined,
    {},
    { timeoutMs: 5000, retries: undefined },
    Object.assign(Object.create(null), { timeoutMs: 5000 }),
    new Options(),
    new Proxy({ timeoutMs: 5000 }, {}),
  ];
  for (const options of good) assert.equal((await sdk.pay(PAYMENTS.azampay, options)).success, true);
  assert.equal((await sdk.pay(PAYMENTS.azampay, 'an ipnId that AzamPay ignores')).success, true);
});

test('expect refuses a member that does not exist, given or answered by a function', async (t) => {
  const sdk = azampay();
  const cases = {
    refrence: 'reference',
    transaction_id: 'transactionId',
    amout: 'amount',
    Amount: 'amount',
    currencies: 'currency',
    customer: null,
    status: null,
    0: null,
  };
  for (const [name, near] of Object.entries(cases))
    await t.test(name, async () => {
      const expect = { amount: 1000, [name]: 'x' };
      const given = await rejection(sdk.handleCallback(callback(), { expect }));
      const answered = await rejection(sdk.handleCallback(callback(), { expect: () => expect }));
      assert.deepEqual([given.code, answered.code], ['INVALID_REQUEST', 'CALLER_ERROR']);
      for (const { message } of [given, answered]) {
        assert.match(
          message,
          new RegExp(
            `expect has ${name}, which does not exist; there are amount, currency, reference, transactionId\\.`,
          ),
        );
        if (near) assert.match(message, new RegExp(`Did you mean ${near}\\?`));
      }
    });
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x${i}`, i]));
  assert.equal((await rejection(sdk.handleCallback(callback(), { expect: many }))).code, 'INVALID_REQUEST');
});

test('expect compares the currency, without regard to case', async () => {
  const sdk = azampay();
  const reasonOf = async (expect) => (await sdk.handleCallback(callback(), { expect })).reason;
  for (const currency of ['TZS', 'tzs']) assert.equal(await reasonOf({ amount: 1000, currency }), null);
  for (const currency of ['USD', 'KES']) assert.equal(await reasonOf({ amount: 1000, currency }), 'AMOUNT_MISMATCH');
  assert.equal(await reasonOf(() => ({ currency: 'USD' })), 'AMOUNT_MISMATCH');
  for (const currency of ['TZ', 'shillings', '', 5, null, undefined])
    assert.equal(
      (await rejection(sdk.handleCallback(callback(), { expect: { amount: 1000, currency } }))).code,
      'INVALID_REQUEST',
    );
});

test('mayBecome refuses what is no status', () => {
  for (const wrong of [
    'PENDING',
    'SUCCESS',
    'paid',
    '',
    undefined,
    null,
    5,
    {},
    Symbol('x'),
    new String('pending'),
    Object.create(null),
  ]) {
    assert.throws(() => mayBecome(wrong, 'succeeded'), TypeError);
    assert.throws(() => mayBecome('pending', wrong), TypeError);
  }
  assert.throws(
    () => mayBecome('PENDING', 'succeeded'),
    /mayBecome was given PENDING, which does not exist; there are pending, processing, succeeded, .*Did you mean pending\?/,
  );
  assert.throws(() => mayBecome('pending'), /undefined/);
});

test('the stores of finconnect/replay refuse options that do not exist', () => {
  const client = { query() {} };
  assert.throws(
    () => postgresReplayStore(client, { tabel: 'x' }),
    /postgresReplayStore has no option tabel; there is table/,
  );
  assert.throws(() => postgresReplayStore(client, 'x'), TypeError);
  assert.throws(() => postgresReplayStore(client, null), TypeError);
  assert.ok(postgresReplayStore(client, { table: undefined, schema: undefined }));
  assert.throws(() => redisReplayStore({ defineCommand() {} }, { prefix: 'x' }), /takes a client and nothing else/);
});
