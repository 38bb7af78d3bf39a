// Questions to which no advice could be right, and what must not end a process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { runNode } from './support/child.mjs';
import { rejection } from './support/gateway.mjs';

const LATER = new Date(Date.now() - 3_600_000);

/** A ClickPesa that answers as `answer(path, body)` says, and what it was asked. */
function clickpesa(answer, options = {}) {
  const asked = [];
  const fetch = async (url, init) => {
    const [, path] = url.split('/third-parties');
    if (path === '/generate-token') return { status: 200, body: '{"success":true,"token":"Bearer t"}' };
    asked.push(path);
    const given = answer(path, init.body && JSON.parse(init.body));
    return { status: 200, ...given, body: JSON.stringify(given.body) };
  };
  const config = { baseUrl: 'https://gateway.example', CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' };
  return { sdk: new FintechSDK({ provider: 'clickpesa', config, fetch, maxRetries: 0, ...options }), asked };
}

const MISSING = { status: 404, body: { statusCode: 404, message: 'Invalid or missing payout: X' } };

test('recover gives no advice about what it cannot mean', async () => {
  const { sdk, asked } = clickpesa(() => MISSING);
  for (const [what, options] of [
    ['A', { since: Number.NaN }],
    ['A', { since: '2026-01-01' }],
    ['A', { since: new Date('x') }],
    ['A', { since: null }],
    ['A', { since: Math.floor(Date.now() / 1000) }],
    ['A', { since: Date.now() + 1e9 }],
    [{ reference: 'A', kind: 'PAYOUT' }],
    [{ reference: 'A', provider: 'azampay' }],
    [{ reference: ['A'] }],
  ]) {
    assert.equal((await rejection(sdk.recover(what, options))).code, 'INVALID_REQUEST', JSON.stringify(what));
  }
  assert.deepEqual(asked, []);
});

test('recover asks by an id, and a page that failed stays open', async (t) => {
  const told = { status_code: 2, payment_status_description: 'Failed', amount: 1, currency: 'KES', status: '200' };
  const fetch = async (url) => {
    if (url.endsWith('/RequestToken'))
      return { status: 200, body: JSON.stringify({ token: 't', expiryDate: '2099-01-01T00:00:00Z', status: '200' }) };
    return { status: 200, body: JSON.stringify(told) };
  };
  const config = { baseUrl: 'https://gateway.example', PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's' };
  const sdk = new FintechSDK({ provider: 'pesapal', config, fetch });
  const { payment, next, why } = await sdk.recover('b945e4af-80a5-4ec1-8706-e03f8332fb04', { since: LATER });
  assert.deepEqual([payment.status, next], ['failed', 'ask-again']);
  assert.match(why, /may still pay on the same page/);
  t.diagnostic(why);
});

test('reconcile asks for payouts as payouts, and an abort is no unhandled rejection', async () => {
  const { sdk, asked } = clickpesa(() => ({ body: [{ id: '1', status: 'SUCCESS', orderReference: 'OUT1' }] }));
  const rows = sdk.reconcile([{ reference: 'OUT1', kind: 'payout', status: 'authorized' }]);
  const { value } = await rows.next();
  assert.deepEqual([value.was, value.now, asked], ['authorized', 'succeeded', ['/payouts/OUT1']]);
  for (const options of [{ foo: 1 }, { signal: {} }, { onProgress: 5 }])
    assert.equal((await rejection(sdk.reconcile([], options).next())).code, 'INVALID_REQUEST');

  const script = `
    const { FintechSDK } = require('finconnect');
    const config = { baseUrl: 'https://gateway.example', CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' };
    const sdk = new FintechSDK({ provider: 'clickpesa', config, fetch: () => new Promise(() => {}) });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 20);
    (async () => {
      try {
        for await (const one of sdk.reconcile(['A1', 'A2', 'A3'], { signal: controller.signal })) void one;
      } catch (error) {
        console.log('caught', error.message);
      }
    })();`;
  const { code, stdout, stderr } = await runNode(['-e', script]);
  assert.deepEqual([code, stdout, stderr], [0, 'caught enough\n', '']);
});
