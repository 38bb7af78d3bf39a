// What can be no callback: a value that is no body, and a body that is larger than any callback.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { FinConnectError, FintechSDK } from 'finconnect';
import { azampay, callback } from './support/azampay.mjs';
import { rejection } from './support/gateway.mjs';

const genuine = callback();
const text = JSON.stringify(genuine);
const form = new URLSearchParams(genuine).toString();

test('what can be no body is refused by name, never called unsigned', async () => {
  const throwing = () => {
    throw new Error('mine');
  };
  const cases = {
    undefined: [undefined, /not undefined/],
    null: [null, /not null/],
    'a number': [5, /not a number/],
    'a bigint': [1n, /not a bigint/],
    'a boolean': [true, /not a boolean/],
    'a function': [() => {}, /not a function/],
    'a symbol': [Symbol('x'), /not a symbol/],
    'a promise': [Promise.resolve(genuine), /promise: await it/],
    'a thenable': [{ then() {} }, /promise/],
    'a stream': [Readable.from([text]), /stream/],
    'a web stream': [new Blob([text]).stream(), /stream/],
    'a Request': [new Request('http://x.example', { method: 'POST', body: text }), /request\.text\(\)/],
    'a Response': [new Response(text), /text\(\)/],
    'a Blob': [new Blob([text]), /text\(\)/],
    'a Date': [new Date(), /a Date/],
    'a RegExp': [/x/, /a RegExp/],
    'a Set': [new Set([text]), /a Set/],
    'a WeakMap': [new WeakMap(), /a WeakMap/],
    'an Error': [new TypeError('parse'), /a TypeError/],
    'a Number object': [Object(5), /a Number/],
    'an iterator': [[text][Symbol.iterator](), /an iterator/],
    'a generator of its parts': [
      (async function* () {
        yield text;
      })(),
      /an iterator/,
    ],
    'the event of a cloud function': [{ body: text, headers: {}, isBase64Encoded: false }, /a request: pass its body/],
    "a framework's request": [
      new (class {
        get headers() {
          return {};
        }
        get body() {
          return genuine;
        }
      })(),
      /a request: pass its body/,
    ],
    'such an event without a body': [{ headers: {}, queryStringParameters: genuine }, /a request: pass its body/],
    "a framework's context": [{ request: { headers: {} }, query: genuine }, /a request: pass its body/],
    'a context around a Request': [
      { req: new Request('http://x.example'), url: `?${form}` },
      /a request: pass its body/,
    ],
    'a getter that throws': [
      Object.defineProperty({ ...genuine }, 'operator', { get: throwing }),
      /cannot be read: mine/,
    ],
    'a proxy that throws': [new Proxy({}, { get: throwing }), /cannot be read: mine/],
    'a toJSON that throws': [{ ...genuine, toJSON: throwing }, /cannot be read: mine/],
    'a getter that throws nothing': [
      {
        get then() {
          throw Object.create(null);
        },
      },
      /cannot be read/,
    ],
  };
  for (const sdk of [azampay(), azampay({ replay: { setIfAbsent: async () => true } })]) {
    for (const [name, [body, message]] of Object.entries(cases)) {
      for (const options of [undefined, { expect: { amount: 1 } }]) {
        const [error] = await Promise.all([
          rejection(sdk.handleCallback(body, options)),
          sdk.handleCallback(genuine),
          sdk.handleCallback(genuine),
        ]);
        assert.ok(error instanceof FinConnectError, name);
        assert.deepEqual(
          [error.code, error.outcome, error.operation, error.provider],
          ['INVALID_REQUEST', 'not_sent', 'handleCallback', 'azampay'],
          name,
        );
        assert.match(error.message, message, name);
      }
    }
  }
  for (const provider of ['clickpesa', 'pesapal']) {
    const keys = {
      clickpesa: ['CLICKPESA_CLIENT_ID', 'CLICKPESA_API_KEY'],
      pesapal: ['PESAPAL_CONSUMER_KEY', 'PESAPAL_CONSUMER_SECRET'],
    }[provider];
    const sdk = new FintechSDK({
      provider,
      config: { baseUrl: 'http://127.0.0.1:1', ...Object.fromEntries(keys.map((name) => [name, 'x'])) },
    });
    assert.match(
      (await rejection(sdk.handleCallback(undefined))).message,
      /^Callback handling failed: .*Is express\.json\(\) there\?$/,
    );
  }
});

test('what is too large for a callback is MALFORMED before it is written', async () => {
  const nested = (levels) => {
    let value = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };
  const unread = (value) => ({
    signature: [value],
    get last() {
      throw new Error('read');
    },
  });
  const gateways = [
    azampay(),
    new FintechSDK({
      provider: 'clickpesa',
      config: {
        baseUrl: 'http://127.0.0.1:1',
        CLICKPESA_CLIENT_ID: 'i',
        CLICKPESA_API_KEY: 'k',
        CLICKPESA_CHECKSUM_KEY: 'c',
      },
    }),
    new FintechSDK({
      provider: 'pesapal',
      config: { baseUrl: 'http://127.0.0.1:1', PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's' },
    }),
  ];
  for (const sdk of gateways) {
    for (const large of [
      nested(100),
      nested(20_000),
      Array(3000).fill(1),
      Array(300).fill('x'.repeat(1000)),
      Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [i, i])),
    ]) {
      const { isValid, reason, payment } = await sdk.handleCallback(unread(large));
      assert.deepEqual([isValid, reason, payment], [false, 'MALFORMED', null]);
    }
  }
});
