// ClickPesa's answers by which money could be told wrongly, sent twice, or lost from a list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { clickpesa } from './support/clickpesa.mjs';
import { rejection } from './support/gateway.mjs';

const CHARGE = { amount: '25000', currency: 'TZS', phone: '0712345678', reference: 'ORDER17' };
const PAYOUT = { amount: '1000', currency: 'TZS', reference: 'OUT1', to: { phone: '0712345678' } };

test('an answer about another payment, payout or amount is no answer', async () => {
  const row = { id: 'X9', status: 'SUCCESS', orderReference: 'ORDER17', collectedAmount: '25000.00' };
  for (const change of [
    { orderReference: 'OTHER' },
    { orderReference: ['ORDER17'] },
    { collectedAmount: '500.00' },
    { collectedCurrency: 'USD' },
  ]) {
    const { sdk } = clickpesa(() => ({ body: { ...row, ...change } }));
    assert.equal((await rejection(sdk.charge(CHARGE))).outcome, 'unknown', JSON.stringify(change));
  }
  const out = { id: 'P1', status: 'AUTHORIZED', orderReference: 'OUT1', order: { amount: '1000.00' }, currency: 'TZS' };
  for (const change of [{ orderReference: 'OTHER' }, { order: { amount: '1.00' } }, { currency: 'USD' }]) {
    const { sdk } = clickpesa(() => ({ body: { ...out, ...change } }));
    assert.equal((await rejection(sdk.payout(PAYOUT))).outcome, 'unknown', JSON.stringify(change));
  }
  const { sdk } = clickpesa(() => ({ body: { checkoutLink: 'javascript:alert(1)' } }));
  const page = { amount: 1000, currency: 'TZS', reference: 'A' };
  assert.equal((await rejection(sdk.checkout(page))).outcome, 'unknown');
});

test('a payout of which one row succeeded has not failed, and one that contradicts itself is unknown', async () => {
  const row = (id, status, more) => ({ id, status, orderReference: 'OUT1', updatedAt: `2026-01-0${id}`, ...more });
  for (const [rows, status] of [
    [[row('1', 'SUCCESS'), row('2', 'FAILED')], 'succeeded'],
    [[row('2', 'FAILED'), row('1', 'SUCCESS')], 'succeeded'],
    [[row('1', 'FAILED'), row('2', 'AUTHORIZED')], 'authorized'],
    [[row('1', 'SUCCESS', { error: 'x' })], 'unknown'],
    [[row('1', 'SUCCESS', { refund: { message: 'x' } })], 'unknown'],
    [[row('1', 'SUCCESS', { reverse: { message: 'x' } })], 'unknown'],
  ]) {
    for (const body of [rows, { data: rows }]) {
      const { sdk } = clickpesa(() => ({ body }));
      assert.equal((await sdk.getPayoutStatus('OUT1')).status, status, JSON.stringify(body));
    }
  }
});

test('a bill or mandate that may have been made is not made again', async () => {
  const { sdk } = clickpesa(() => ({ status: 500, body: {} }));
  const calls = [() => sdk.bills.create({}), () => sdk.bills.createMany([{}]), () => sdk.mandates.request({})];
  for (const call of calls) {
    const { outcome, retryable, message } = await rejection(call());
    assert.deepEqual([outcome, retryable], ['unknown', false]);
    assert.match(message, /The (bill|bills|mandate) may have been made/);
  }
  const used = { statusCode: 409, message: 'Bill reference A already used' };
  const repeated = clickpesa(() => ({ status: 409, body: used }));
  assert.equal((await rejection(repeated.sdk.bills.create({ reference: 'A' }))).code, 'DUPLICATE_REFERENCE');
});

test('the rules of a bill and of a target are checked', async () => {
  const { sdk, asked } = clickpesa(() => ({ body: {} }));
  for (const [call, rule] of [
    [() => sdk.bills.create({ amount: 5000, maximum: 900 }), 'maximum must be at least'],
    [() => sdk.bills.create({ amount: 5000, maximum: 9000, mode: 'exact' }), "maximum is for the mode 'any'"],
    [() => sdk.bills.create({ mode: 'exact' }), 'amount is missing'],
    [() => sdk.payout({ ...PAYOUT, to: { link: false } }), 'to.link must be true'],
    [() => sdk.payout({ ...PAYOUT, currency: 'USD', to: { link: true } }), 'currency must be TZS for a link'],
    [() => sdk.charge({ ...CHARGE, reference: ' A' }), 'must not begin or end with a blank'],
    [() => sdk.charge({ ...CHARGE, reference: 'A?B' }), 'must hold none of'],
    [() => sdk.charge({ ...CHARGE, reference: '\ud800' }), 'must hold a letter or a digit'],
    [() => sdk.getStatement({ currency: 'TZS', startDate: '2026-13-01' }), 'startDate must be a day'],
  ]) {
    const { code, message } = await rejection(call());
    assert.deepEqual([code, message.includes(rule)], ['INVALID_REQUEST', true], message);
  }
  assert.deepEqual(asked, []);
  const config = { baseUrl: 'https://gateway.example', CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' };
  assert.throws(() => new FintechSDK({ provider: 'clickpesa', config, limits: { referenceLength: 5 } }), /at least 20/);
  // The bounds of shillings are none of dollars.
  const dollars = clickpesa(() => ({ status: 400, body: { statusCode: 400, message: 'no' } }));
  assert.equal((await rejection(dollars.sdk.payout({ ...PAYOUT, amount: '50', currency: 'USD' }))).code, 'REFUSED');
});

test('a reference as invoices have is found by itself, whatever the gateway says of its form', async () => {
  const paid = (path) => ({
    body: [{ id: '1', status: 'SUCCESS', orderReference: path.split('/').pop(), collectedAmount: 1 }],
  });
  const invoice = clickpesa(paid);
  const payment = await invoice.sdk.getPaymentStatus('INV/2026/17');
  assert.deepEqual([payment.status, payment.reference], ['succeeded', 'INV/2026/17']);
  assert.match(invoice.asked[0], /^\/payments\/[A-Za-z0-9]{20}$/);
  const message = 'Invalid Order Reference, should only contain alphanumeric characters and cannot be blank';
  const strict = clickpesa((path) =>
    path.includes('-') ? { status: 400, body: { statusCode: 400, message } } : paid(path),
  );
  assert.equal((await strict.sdk.getPaymentStatus('BOOKING-17')).status, 'succeeded');
  for (const wrong of ['a/../b', '/', 'a//b', './b']) {
    assert.equal((await rejection(invoice.sdk.getPaymentStatus(wrong))).code, 'INVALID_REQUEST', wrong);
  }
});

test('a list ends, tells when it is not whole, and takes no error for an empty one', async () => {
  const rows = (from, count) => Array.from({ length: count }, (_, i) => ({ id: `${from + i}`, status: 'SUCCESS' }));
  const gather = async ({ sdk }, filter) => {
    const ids = [];
    for await (const { transactionId } of sdk.listPayments(filter)) ids.push(transactionId);
    return ids.length;
  };
  const skipOf = (path) => Number(/skip=(\d+)/.exec(path)[1]);
  const whole = (total) => (path) => ({
    body: { data: rows(skipOf(path), Math.max(0, Math.min(100, 250 - skipOf(path)))), totalCount: total },
  });
  for (const total of [250, 5, 0, undefined]) assert.equal(await gather(clickpesa(whole(total))), 250, `${total}`);
  const capped = (path) => ({ body: { data: rows(skipOf(path), 20), totalCount: 60 } });
  assert.equal(
    await gather(clickpesa((path) => (skipOf(path) < 60 ? capped(path) : { body: { data: [], totalCount: 60 } }))),
    60,
  );
  const nameless = { body: { data: [{ status: 'SUCCESS' }, { status: 'FAILED' }], totalCount: 2 } };
  assert.equal(await gather(clickpesa(() => nameless)), 2);
  for (const answer of [
    () => ({ body: { data: rows(0, 100), totalCount: 1e9 } }),
    () => ({ body: { data: [], totalCount: 5 } }),
    () => ({ body: { data: [null], totalCount: 1 } }),
    () => ({ body: { success: false, data: [], totalCount: 0, message: 'db down' } }),
    () => ({ body: { data: [], totalCount: 0, error: 'x', statusCode: 500 } }),
  ]) {
    const server = clickpesa(answer);
    assert.equal((await rejection(gather(server))).code, 'INVALID_RESPONSE');
    assert.ok(server.asked.length <= 3);
  }
  const broken = clickpesa(() => ({ body: { balances: [], error: 'x' } }));
  assert.equal((await rejection(broken.sdk.getBalance())).code, 'INVALID_RESPONSE');
  for (const filter of [5, [], 'x', null])
    assert.equal((await rejection(gather(broken, filter))).code, 'INVALID_REQUEST');
});

test('a wrong base path is told as one, also to what moves money', async () => {
  const nowhere = (path) => ({
    status: 404,
    body: { statusCode: 404, message: `Cannot POST ${path}`, error: 'Not Found' },
  });
  const { sdk } = clickpesa(nowhere);
  const calls = [
    () => sdk.charge(CHARGE),
    () => sdk.payout(PAYOUT),
    () => sdk.bills.create({}),
    () => sdk.getBalance(),
  ];
  for (const call of calls) {
    const { message, outcome } = await rejection(call());
    assert.match(message, /check baseUrl/);
    assert.notEqual(outcome, 'unknown');
  }
});

test('a reference that went out as another is found by itself, the plain and long one too', async () => {
  for (const reference of ['ABCDEFGHIJKLMNOPQRSTUVWX', 'INV/2026/17', 'BOOKING-17']) {
    const sent = [];
    const { sdk } = clickpesa((path, body) => {
      if (body) {
        sent.push(body.orderReference);
        return { body: { id: 'X9', status: 'PROCESSING', channel: 'M-PESA', orderReference: body.orderReference } };
      }
      const asked = decodeURIComponent(path.split('/').pop());
      const isKnown = asked === sent.at(-1);
      if (!isKnown) return { status: 404, body: { statusCode: 404, message: `Invalid or missing payment: ${asked}` } };
      return { body: [{ id: 'X9', status: 'SUCCESS', orderReference: asked, collectedAmount: '25000.00' }] };
    });
    const { gatewayReference } = await sdk.charge({ ...CHARGE, reference });
    assert.deepEqual([gatewayReference !== reference, sent.at(-1)], [true, gatewayReference]);
    assert.equal((await sdk.getPaymentStatus(reference)).status, 'succeeded', reference);
  }
});
