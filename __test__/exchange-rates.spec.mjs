// Exchange rates, which ClickPesa tells: what is asked, what is believed, and where the options may stand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { rejection } from './support/gateway.mjs';

const DATE = '2026-02-28';
const rate = (source, target, rate) => ({ source, target, rate, date: DATE });

/** A ClickPesa whose answer to the question for rates is `answer`, and the paths that were asked for. */
function answering(answer) {
  const asked = [];
  const sdk = new FintechSDK({
    provider: 'clickpesa',
    config: { baseUrl: 'https://gateway.example', CLICKPESA_CLIENT_ID: 'id', CLICKPESA_API_KEY: 'key' },
    fetch: async (url) => {
      const { pathname, search } = new URL(url);
      if (pathname.endsWith('/generate-token')) return Response.json({ success: true, token: 'Bearer a-token' });
      asked.push(pathname + search);
      return Response.json(answer);
    },
  });
  return { sdk, asked };
}

test('the sandbox tells the rates that are asked for', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
  const [one] = await sdk.exchangeRates('USD', 'TZS');
  assert.deepEqual([one.source, one.target, typeof one.rate], ['USD', 'TZS', 'number']);
  assert.ok((await sdk.exchangeRates()).length >= 1);
  assert.ok(sdk.supports('exchangeRates') && sdk.capabilities().operations.includes('exchangeRates'));
});

test('a currency that is left out is not asked for, and the options may stand in its place', async () => {
  const options = { timeoutMs: 5_000 };
  for (const [given, query] of [
    [[], ''],
    [['USD'], '?source=USD'],
    [[null, 'TZS'], '?target=TZS'],
    [['USD', 'TZS', options], '?source=USD&target=TZS'],
    [['USD', options], '?source=USD'],
    [[options], ''],
    [[undefined, options], ''],
    [[undefined, undefined, options], ''],
  ]) {
    const { sdk, asked } = answering([]);
    await sdk.exchangeRates(...given);
    assert.deepEqual(asked, [`/third-parties/exchange-rates/all${query}`]);
  }
});

test('the options count where they stand in the place of a currency', async () => {
  const { sdk, asked } = answering([]);
  for (const given of [[{ timeoutMs: 0 }], ['USD', { timeoutMs: 0 }]]) {
    assert.match((await rejection(sdk.exchangeRates(...given))).message, /: timeoutMs must be a number/);
  }
  const error = await rejection(sdk.exchangeRates('USD', { signal: AbortSignal.abort() }));
  assert.equal(error.name, 'AbortError');
  assert.deepEqual(asked, []);
});

test('what is no currency is refused by name, and nothing is sent', async () => {
  const { sdk, asked } = answering([]);
  for (const [given, names] of [
    [['usd'], 'source'],
    [['USD', 'TZ'], 'target'],
    [['', 'TZS&x=1'], 'source and target'],
    [[5], 'source'],
    [['USD', {}], 'target'],
    [[[]], 'source'],
  ]) {
    const { code, outcome, message } = await rejection(sdk.exchangeRates(...given));
    assert.deepEqual([code, outcome], ['INVALID_REQUEST', 'not_sent'], message);
    assert.ok(message.startsWith(`Exchange rates request failed: ${names} must be three capital letters`), message);
  }
  assert.deepEqual(asked, []);
});

for (const [what, given, answer] of [
  ['rates of another pair', ['USD', 'TZS'], [rate('KES', 'UGX', 28)]],
  ['one rate of another pair', ['USD'], [rate('USD', 'TZS', 2510), rate('KES', 'TZS', 19)]],
  ['a rate of 0', [], [rate('USD', 'TZS', 0)]],
  ['a rate that is text', [], [rate('USD', 'TZS', '2510')]],
  ['no list', [], { rates: [] }],
]) {
  test(`${what}: no answer`, async () => {
    const error = await rejection(answering(answer).sdk.exchangeRates(...given));
    assert.deepEqual([error.code, error.outcome, error.operation], ['INVALID_RESPONSE', 'not_sent', 'exchangeRates']);
  });
}

test('the other gateways have no exchange rates', async () => {
  const config = { PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's', baseUrl: 'https://gateway.example' };
  const sdk = new FintechSDK({ provider: 'pesapal', config });
  assert.equal(sdk.supports('exchangeRates'), false);
  const { code, outcome } = await rejection(sdk.exchangeRates('USD', 'TZS'));
  assert.deepEqual([code, outcome], ['NOT_SUPPORTED', 'not_sent']);
});
