// Selcom's odd answers: each through the public door, from a sandbox that is told what to say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { rejection, startOne } from './support/gateway.mjs';

const CHARGE = { amount: '1500', currency: 'TZS', phone: '0742345678', reference: 'ORD-1' };
const PAYOUT = { amount: '1500', currency: 'TZS', reference: 'PAY1', to: { phone: '0742345678', operator: 'M-Pesa' } };
const HOUR = 3_600_000;

const start = (t, switches = {}, more = {}) => startOne(t, 'selcom', { switches, ...more });
const body = (resultcode, result, message, more = {}) =>
  JSON.stringify({ reference: '0289999288', resultcode, result, message, data: [], ...more });
const skewOf = ({ headers }) => Math.round((Date.parse(headers.timestamp) - Date.now()) / HOUR) || 0;

test('only one answer says that an order is not there, and none that it may be sent again', async (t) => {
  const { sdk, sandbox } = await start(t, {}, { options: { maxRetries: 0 } });
  await sdk.charge(CHARGE);
  const row = { order_id: 'ORD-1', amount: '1500', payment_status: 'COMPLETED' };
  for (const [message, data] of [
    ['Endpoint not found', []],
    ['temporarily not found', []],
    ['ORD-7777 not found', []],
    [undefined, []],
    ['ORD-1 not found', [row]],
  ]) {
    for (const age of [0, 3, 60]) {
      sandbox.next({ route: 'order-status', status: 200, body: body('404', 'FAIL', message, { data }) });
      const { next, payment } = await sdk.recover('ORD-1', { since: Date.now() - age * 60_000 });
      assert.deepEqual([next, payment], ['ask-again', null], message);
    }
    sandbox.next({ route: 'order-status', status: 200, body: body('404', 'FAIL', message, { data }) });
    assert.equal((await rejection(sdk.getPaymentStatus('ORD-1'))).code, 'INVALID_RESPONSE', message);
  }
  const none = await sdk.recover('ORD-2', { since: Date.now() - HOUR });
  assert.deepEqual([none.next, none.payment.status], ['ask-again', 'pending']);
});

test('a time is learnt from a refusal of the time alone, and not from any time', async (t) => {
  const ago = new Date(Date.now() - 5 * HOUR).toUTCString();
  for (const [status, text, date, skew, words] of [
    [403, body('403', 'FAIL', 'Invalid digest'), ago, -5, /ahead of Selcom's: the next request is signed by/],
    [412, body('412', 'FAIL', 'Parameter timestamp is invalid or missing'), ago, -5, /the next request/],
    [200, body('403', 'FAIL', 'Timestamp expired'), ago, -5, /the next request/],
    [403, '<html>cdn</html>', ago, 0],
    [403, '', ago, 0],
    [403, body('403', 'FAIL', 'Invalid PIN'), ago, 0],
    [403, body('403', 'FAIL', 'Duplicate transid'), ago, 0],
    [403, body('403', 'FAIL', 'Invalid digest'), 'Fri, 31 Dec 9999 21:30:00 GMT', 0, /Nothing is signed by another/],
    [403, body('403', 'FAIL', 'Invalid digest'), 'Thu, 01 Jan 1970 00:00:00 GMT', 0, /Nothing is signed by another/],
    [403, body('403', 'FAIL', 'Invalid digest'), 'yesterday', 0],
  ]) {
    const { sdk, sandbox, requests } = await start(t, {}, { options: { maxRetries: 0 } });
    sandbox.next({ route: 'order-status', status, body: text, headers: { Date: date } });
    const error = await rejection(sdk.getPaymentStatus('ORD-1'));
    if (words) assert.match(error.message, words);
    else assert.doesNotMatch(error.message, /clock/);
    await sdk.getPaymentStatus('ORD-1');
    assert.equal(skewOf(requests.at(-1)), skew, `${status} ${text} ${date}`);
  }
});

test('a time that is refused too is forgotten', async (t) => {
  const { sdk, sandbox, requests } = await start(t, {}, { options: { maxRetries: 0 } });
  for (const [hours, words] of [
    [-5, /by Selcom's time\./],
    [0, /by this machine's again/],
  ]) {
    const headers = { Date: new Date(Date.now() + hours * HOUR).toUTCString() };
    sandbox.next({ route: 'order-status', status: 401, body: body('401', 'FAIL', 'Invalid timestamp'), headers });
    assert.match((await rejection(sdk.getPaymentStatus('ORD-1'))).message, words);
    await sdk.getPaymentStatus('ORD-1');
    assert.equal(skewOf(requests.at(-1)), hours);
  }
});

test('a customer is sent to no other page than a safe one', async (t) => {
  const { sdk, sandbox } = await start(t);
  const checkout = { ...CHARGE, phone: undefined, customer: { phone: CHARGE.phone } };
  const page = 'https://tza.selcom.online/paymentgw/checkout/abc?~>';
  const answer = (url) => body('000', 'SUCCESS', 'Order creation successful', { data: [{ payment_gateway_url: url }] });
  const encoded = Buffer.from(page).toString('base64');
  for (const url of [page, encoded, encoded.replace(/=+$/, ''), Buffer.from(page).toString('base64url')]) {
    sandbox.next({ route: 'create-order', status: 200, body: answer(url) });
    assert.equal((await sdk.checkout(checkout)).redirectUrl, page);
  }
  for (const url of [
    'http://shop.example/x',
    'https://a:b@shop.example/',
    'https://shop.example/\n',
    'https://a b/',
    'x',
  ]) {
    for (const told of [url, Buffer.from(url).toString('base64')]) {
      sandbox.next({ route: 'create-order', status: 200, body: answer(told) });
      assert.equal((await rejection(sdk.checkout(checkout))).code, 'INVALID_RESPONSE', url);
    }
  }
});

test('a PIN that Selcom repeats is in no answer, and a payout has no id of Selcom’s', async (t) => {
  const { sdk, sandbox } = await start(t);
  const { SELCOM_PIN: pin } = sandbox.config('selcom');
  const more = { transid: 'PAY1WC', pin, data: [{ receipt: 'R1' }] };
  for (const [route, ask] of [
    ['process', () => sdk.payout(PAYOUT)],
    ['query', () => sdk.getPayoutStatus('PAY1WC')],
  ]) {
    sandbox.next({ route, status: 200, body: body('000', 'SUCCESS', `PIN ${pin} ok`, more) });
    const told = await ask();
    assert.ok(!JSON.stringify(told).includes(pin), route);
    assert.deepEqual([told.message, told.transactionId], ['PIN [redacted] ok', null]);
    assert.deepEqual([told.raw.reference, told.raw.pin], ['0289999288', '[redacted]']);
  }
});

test('the sender’s phone is checked, and no phone is empty', async (t) => {
  const { sdk, sandbox, bodies } = await start(t);
  const config = { ...sandbox.config('selcom'), SELCOM_SENDER_PHONE: '0754 000 009' };
  await new FintechSDK({ provider: 'selcom', config }).payout(PAYOUT);
  assert.equal(bodies('walletcashin/process')[0].msisdn, '255754000009');
  for (const limits of [undefined, false]) {
    const wrong = { ...config, SELCOM_SENDER_PHONE: 'Duka' };
    assert.throws(() => new FintechSDK({ provider: 'selcom', config: wrong, limits }), { code: 'INVALID_CONFIG' });
    const one = new FintechSDK({ provider: 'selcom', config, limits });
    assert.equal((await rejection(one.charge({ ...CHARGE, phone: 'none' }))).code, 'INVALID_REQUEST');
  }
  assert.match(
    (await rejection(sdk.charge({ ...CHARGE, amount: 999, phone: '0652345678' }))).message,
    /at least 1000 TZS/,
  );
});

test('half a character is in no request', async (t) => {
  const { sdk, requests } = await start(t);
  for (const ask of [
    () => sdk.pay({ transid: 'T\ud800', order_id: 'O', msisdn: '255712345678' }),
    () => sdk.charge({ ...CHARGE, reference: 'A\ud800' }),
    () => sdk.getPaymentStatus('A\ud800'),
    () => sdk.cancel('A\ud800'),
    () => sdk.payout({ ...PAYOUT, reference: 'A\ud800' }),
  ])
    assert.equal((await rejection(ask())).code, 'INVALID_REQUEST', String(ask));
  assert.equal(requests.length, 0);
});

test('a payout that is ambiguous for two days is then found, and was sent once', async (t) => {
  const day = 86_400_000;
  const switches = { selcomPayout: '999-later', selcomLaterMs: 2 * day };
  const { sdk, sandbox, to } = await start(t, switches, { clock: 'manual' });
  assert.equal((await rejection(sdk.payout(PAYOUT))).outcome, 'unknown');
  for (const [ms, status] of [
    [0, 'unknown'],
    [day, 'unknown'],
    [day - 1, 'unknown'],
    [1, 'succeeded'],
  ]) {
    await sandbox.clock.advance(ms);
    assert.equal((await sdk.getPayoutStatus('PAY1WC')).status, status);
  }
  assert.equal(to(/process$/).length, 1);
});

test('a name is not looked up under another operator’s code', async (t) => {
  const { sdk } = await start(t);
  const look = (operator, phone = '0742345678') =>
    sdk.preview({ for: 'payout', currency: 'TZS', reference: 'L1', to: { phone, operator } });
  assert.equal((await look('M-Pesa')).accountName, 'Asha Juma');
  assert.equal((await look(undefined, '0652345678')).accountName, 'Asha Juma');
  assert.equal((await look('Zantel', '0772345678')).accountName, 'Asha Juma');
  const wrong = await rejection(look('Airtel'));
  assert.deepEqual([wrong.code, wrong.gatewayCode], ['REFUSED', '010']);
});

test('no PIN is in what the sandbox has recorded, in a query either', async (t) => {
  const { sandbox } = await start(t);
  const { baseUrl, SELCOM_PIN: pin } = sandbox.config('selcom');
  await fetch(`${baseUrl}/v1/vendor/balance?vendor=T&pin=${pin}&transid=B1`);
  const [{ query }] = sandbox.requests();
  assert.ok(query.includes('transid=B1') && !JSON.stringify(sandbox.requests()).includes(pin), query);
});
