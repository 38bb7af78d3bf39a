// What `webhooks` is given, and which handler hears of which callback.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { AzampayProvider, FintechSDK } from 'finconnect';
import { webhooks } from 'finconnect/webhooks';
import { AZAMPAY, azampay } from '../support/azampay.mjs';
import { orderPaid, requestOf, shopOf } from './shop.mjs';

const onPayment = () => {};
const KEY = 'CHK-0123456789abcdef';
const clickpesa = () =>
  new FintechSDK({
    provider: 'clickpesa',
    config: {
      baseUrl: 'http://127.0.0.1:9',
      CLICKPESA_CLIENT_ID: 'id-0123456789',
      CLICKPESA_API_KEY: 'key-0123456789',
      CLICKPESA_CHECKSUM_KEY: KEY,
    },
  });

test('what is missing, wrong or not known is told at once, by its name', () => {
  const sdk = azampay();
  for (const [given, options, words] of [
    [sdk, {}, /needs onPayment/],
    [sdk, undefined, /takes options/],
    [sdk, { onPayment: 'handler' }, /onPayment must be a function/],
    [sdk, { onPayment, onPaymnt: onPayment }, /no option onPaymnt/],
    [sdk, { onPayment, expect: { amount: 5 } }, /expect must be a function/],
    [
      sdk,
      { onPayment, on: { success: onPayment } },
      /on has no option success; there is pending, processing, succeeded/,
    ],
    [sdk, { onPayment, on: { failed: 5 } }, /on\.failed must be a function/],
    [sdk, { onPayment, timeoutMs: 99 }, /timeoutMs must be a number of milliseconds from 100 to 3600000/],
    [sdk, { onPayment, timeoutMs: '8000' }, /timeoutMs must be/],
    [sdk, { onPayment, timeoutMs: 20_000, leaseMs: 19_999 }, /leaseMs must be a number of milliseconds from 20000/],
    [{ mpesa: sdk }, { onPayment }, /no gateway mpesa; that SDK object is azampay/],
    [{ azampay: {} }, { onPayment }, /azampay is no FintechSDK object/],
    [{ azampay: undefined }, { onPayment }, /azampay is no FintechSDK object/],
    [{}, { onPayment }, /takes a FintechSDK object/],
    [undefined, { onPayment }, /takes a FintechSDK object/],
    ['azampay', { onPayment }, /takes a FintechSDK object/],
  ])
    assert.throws(() => webhooks(given, options), { name: 'TypeError', message: words });
});

test('options are copied: what is changed later counts no more', async () => {
  const calls = [];
  const options = { onPayment: () => void calls.push('first'), on: { failed: () => void calls.push('failed') } };
  const sdks = { azampay: azampay({ replay: 'memory' }) };
  const hooks = webhooks(sdks, options);
  options.onPayment = options.on.failed = options.on.succeeded = () => void calls.push('changed');
  sdks.azampay = undefined;
  await hooks.handle(requestOf(orderPaid()));
  await hooks.handle(requestOf(orderPaid({ transactionstatus: 'failure' })));
  assert.deepEqual(calls, ['first', 'failed']);
});

test('a provider class will do', async () => {
  const { hooks, handled } = shopOf({ sdk: new AzampayProvider(AZAMPAY, { replay: 'memory' }) });
  assert.equal((await hooks.handle(requestOf(orderPaid()))).status, 200);
  assert.equal(handled.length, 1);
});

test('payouts, deposits and control numbers are told apart, and expect is asked about payments alone', async () => {
  const signed = (event, data) => {
    const body = Object.fromEntries(Object.entries({ data, event }).sort());
    const sorted = { ...body, data: Object.fromEntries(Object.entries(data).sort()) };
    return { ...sorted, checksum: createHmac('sha256', KEY).update(JSON.stringify(sorted)).digest('hex') };
  };
  const asked = [];
  const calls = [];
  const keep =
    (name) =>
    (subject, { eventId, raw }) =>
      void calls.push([name, subject.kind ?? subject.status, subject.reference, raw.event, typeof eventId]);
  const expect = (_callback, payment) => void asked.push(payment.kind);
  const payout = { id: 'PAY1', orderReference: 'OUT1', amount: '1000.00', currency: 'TZS', status: 'SUCCESS' };
  const told = [
    ['PAYOUT INITIATED', payout],
    ['DEPOSIT RECEIVED', { depositAmount: '50000', depositCurrency: 'TZS', paymentReference: 'r1' }],
    ['BILL PAID', { ...payout, orderReference: 'BILL1' }],
  ];
  const { hooks, events } = shopOf({ sdk: clickpesa(), expect, onPayment: keep('onPayment') });
  for (const one of told) assert.equal((await hooks.handle(requestOf(signed(...one)))).status, 200, one[0]);
  assert.deepEqual(
    events.map(({ outcome, kind }) => [outcome, kind]),
    [
      ['ignored', 'payout'],
      ['ignored', 'deposit'],
      ['ignored', 'bill'],
    ],
  );
  const all = shopOf({ sdk: clickpesa(), expect, onPayout: keep('onPayout'), onOther: keep('onOther') });
  const [[event, data], ...others] = told.map(([event, data]) => [event, { ...data, message: 'again' }]);
  await all.hooks.handle(requestOf(signed(event, { ...data, orderReference: 'OUT2' })));
  for (const [other, told] of others)
    await all.hooks.handle(requestOf(signed(other, { ...told, paymentReference: 'r2', orderReference: 'BILL2' })));
  assert.deepEqual(calls, [
    ['onPayout', 'succeeded', 'OUT2', 'PAYOUT INITIATED', 'string'],
    ['onOther', 'deposit', 'BILL2', 'DEPOSIT RECEIVED', 'string'],
    ['onOther', 'bill', 'BILL2', 'BILL PAID', 'string'],
  ]);
  const unknown = await all.hooks.handle(requestOf(signed('PAYMENT RECEIVED', { ...payout, orderReference: 'NO' })));
  assert.deepEqual([unknown.status, asked], [400, ['payment']]);
});

test('an AzamPay callback that names no payer is a payment to an order with its reference', async () => {
  const books = new Map();
  const options = { expect: (_callback, { reference }) => books.get(reference) };
  const { hooks, handled, events } = shopOf(options);
  const paid = orderPaid({ msisdn: null, utilityref: 'PAGE-1' });
  // It comes before the shop has stored the order, and then again.
  assert.equal((await hooks.handle(requestOf(paid))).status, 400);
  assert.deepEqual([events[0].outcome, events[0].reason], ['refused', 'REFERENCE_MISMATCH']);
  books.set('PAGE-1', { reference: 'PAGE-1', amount: 1000 });
  assert.equal((await hooks.handle(requestOf(paid))).status, 200);
  assert.deepEqual([handled[0].payment.kind, handled[0].payment.status], ['payment', 'succeeded']);
  const other = shopOf({ ...options, onOther: () => {} });
  assert.equal((await other.hooks.handle(requestOf(orderPaid({ msisdn: '' })))).status, 200);
  assert.deepEqual([other.events[0].outcome, other.events[0].kind], ['handled', 'other']);
});

test('a payout that AzamPay tells unsigned is acknowledged, and nobody acts on it', async () => {
  const { hooks, handled, events } = shopOf({ onPayout: () => handled.push('payout') });
  const body = {
    initiatorReferenceId: 'R1',
    fspReferenceId: 'F',
    pgReferenceId: 'P1',
    amount: '1000',
    status: 'success',
  };
  assert.equal((await hooks.handle(requestOf({ ...body, operator: 'Airtel', message: 'ok' }))).status, 200);
  assert.deepEqual([events[0].outcome, events[0].reason, events[0].kind], ['ignored', 'MISSING_SIGNATURE', 'payout']);
  assert.equal(handled.length, 0);
});
