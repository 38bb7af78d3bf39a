// Questions to which no advice could be right, and what must not end a process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { runNode } from './support/child.mjs';
import { clickpesa } from './support/clickpesa.mjs';
import { rejection } from './support/gateway.mjs';

const LATER = new Date(Date.now() - 3_600_000);

async function all(rows) {
  const list = [];
  for await (const row of rows) list.push(row);
  return list;
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

const GUID = 'b945e4af-80a5-4ec1-8706-e03f8332fb04';

/** A PesaPal whose status call answers as `answer()` says. */
function pesapal(answer) {
  const fetch = async (url) => {
    if (url.endsWith('/RequestToken'))
      return { status: 200, body: JSON.stringify({ token: 't', expiryDate: '2099-01-01T00:00:00Z', status: '200' }) };
    const { status = 200, ...body } = answer();
    return { status, body: JSON.stringify(body) };
  };
  const config = { baseUrl: 'https://gateway.example', PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's' };
  return new FintechSDK({ provider: 'pesapal', config, fetch, maxRetries: 0 });
}

const paid = (reference, code = 1) => ({
  status_code: code,
  payment_status_description: code === 1 ? 'Completed' : 'Reversed',
  order_tracking_id: GUID,
  merchant_reference: reference,
  amount: 5,
  currency: 'KES',
});

test('an answer about another reference is no news of this one', async () => {
  for (const code of [1, 3]) {
    const sdk = pesapal(() => paid('OTHER', code));
    const { payment, next, why } = await sdk.recover({ reference: 'ORDER-1', transactionId: GUID });
    assert.deepEqual([payment, next], [null, 'ask-support']);
    assert.match(why, /another payment under this id, not of ORDER-1/);
    const [row] = await all(sdk.reconcile([{ reference: 'ORDER-1', transactionId: GUID }]));
    assert.deepEqual([row.now, row.payment, row.error.code], [null, null, 'INVALID_RESPONSE']);
  }
  // The reference that PesaPal was given in place of one that it cannot carry is the same payment's.
  const sdk = pesapal(() => paid('BOOKISXZSZMHMW3C13F1'));
  assert.equal((await sdk.recover({ reference: 'BOOKING-17', transactionId: GUID })).next, null);
  const own = pesapal(() => paid('ORDER-1'));
  assert.equal((await own.recover({ reference: 'ORDER-1', transactionId: GUID })).next, null);
});

test('reconcile says which id is missing, and asks nothing', async () => {
  let asked = 0;
  const sdk = pesapal(() => (asked += 1) && paid('A'));
  const [row] = await all(sdk.reconcile([{ reference: 'ORDER-1', status: 'pending' }]));
  assert.equal(row.error.code, 'INVALID_REQUEST');
  assert.match(row.error.message, /transactionId is missing/);
  assert.equal(asked, 0);
});

test('recover: what cannot be told now is asked again, and what is refused is for support', async () => {
  for (const [answer, next] of [
    [{ status: 500, message: 'down' }, 'ask-again'],
    [{ status: 400, error: { code: 'x', message: 'no such order' } }, 'ask-support'],
  ]) {
    const advice = await pesapal(() => answer).recover({ reference: 'A', transactionId: GUID });
    assert.deepEqual([advice.payment, advice.next], [null, next]);
  }
});

test('recover: what has arrived is never sent again', async () => {
  const { sdk } = clickpesa((path) =>
    path.startsWith('/payments')
      ? { ...MISSING, body: { statusCode: 404, message: 'Invalid or missing payment: OUT1' } }
      : MISSING,
  );
  const error = { code: 'DUPLICATE_REFERENCE' };
  const payout = { reference: 'OUT1', kind: 'payout' };
  assert.equal((await sdk.recover(payout, { since: LATER })).next, 'safe-to-send-again');
  assert.equal((await sdk.recover({ ...payout, error }, { since: LATER })).next, 'ask-again');
  // A payout by link is accepted, and told of by nothing before the recipient acts.
  const link = { ...payout, transactionId: null, raw: { payoutLink: 'https://x.example' } };
  assert.equal((await sdk.recover(link, { since: LATER })).next, 'ask-again');
  assert.match((await sdk.recover('OUT1', { since: LATER })).why, /for a payout pass its kind/);
  const config = { baseUrl: 'https://gateway.example', AZAMPAY_APP_NAME: 'a', AZAMPAY_CONSUMER_KEY: 'k' };
  const azampay = new FintechSDK({
    provider: 'azampay',
    config: { ...config, AZAMPAY_CONSUMER_SECRET: 's' },
    fetch: () => Promise.reject(new Error('nothing is to be asked')),
  });
  assert.equal((await azampay.recover(payout)).next, 'safe-to-send-again');
  assert.equal((await azampay.recover({ ...payout, error })).next, 'wait-for-callback');
  assert.equal((await azampay.recover({ ...payout, error }, { since: LATER })).next, 'ask-support');
});
