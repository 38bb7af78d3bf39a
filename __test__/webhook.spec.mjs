import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { FintechSDK, mayBecome } from 'finconnect';
import { rejection } from './support/gateway.mjs';
import { GATEWAYS } from './support/gateways.cjs';
import { listen } from './support/shop.mjs';

const KEY = 'CHK-0123456789abcdef';

const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, sorted(value[name])]),
        )
      : value;
const canonical = (value) => JSON.stringify(sorted(value));
const hmac = (text) => createHmac('sha256', KEY).update(text).digest('hex');
const signed = (object) => ({ ...object, checksum: hmac(canonical(object)) });

const DATA = {
  id: 'ORD123LCP456',
  status: 'SUCCESS',
  orderReference: 'ORD123',
  collectedAmount: '10000',
  collectedCurrency: 'TZS',
  message: 'success',
  channel: 'TIGO-PESA',
  customer: { customerName: 'ORDBIG 9500000', customerPhoneNumber: '255700000000' },
};
const PAYOUT = {
  id: 'PAY1',
  orderReference: 'ORDER1',
  amount: '1000.00',
  currency: 'TZS',
  fee: '10.00',
  status: 'SUCCESS',
  channel: 'BANK TRANSFER',
  beneficiary: { accountNumber: '1' },
};
const PAYMENT_EVENT = { event: 'PAYMENT RECEIVED', data: DATA };

function sdkOf(baseUrl = 'http://127.0.0.1:9', config = { CLICKPESA_CHECKSUM_KEY: KEY }, options = {}) {
  const own = { baseUrl, CLICKPESA_CLIENT_ID: 'id-0123456789', CLICKPESA_API_KEY: 'key-0123456789', ...config };
  return new FintechSDK({ provider: 'clickpesa', config: own, maxRetries: 0, ...options });
}

/** A gateway that answers each path with a status and a body; what it is not told of is 404. */
async function startBooks(t, answers) {
  const asked = [];
  const server = await listen((request, response) => {
    const path = request.url.replace('/third-parties', '');
    if (request.url === GATEWAYS.clickpesa.login) return response.end(JSON.stringify(GATEWAYS.clickpesa.loggedIn));
    asked.push(path);
    const [status, body] = answers[path] ?? [404, { message: `Invalid or missing payment: ${path}` }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  t.after(server.close);
  return { asked, answers, url: server.url };
}

test('a signed webhook is what its event says, and only a payment succeeds', async (t) => {
  const sdk = sdkOf();
  const table = [
    ['PAYMENT RECEIVED', DATA, 'payment', 'succeeded', null],
    ['PAYMENT FAILED', { ...DATA, status: 'FAILED' }, 'payment', 'failed', null],
    ['PAYOUT INITIATED', PAYOUT, 'payout', 'unknown', 'succeeded'],
    ['PAYOUT INITIATED', { ...PAYOUT, status: 'AUTHORIZED' }, 'payout', 'unknown', 'authorized'],
    ['PAYOUT REFUNDED', { ...PAYOUT, status: 'REFUNDED' }, 'payout', 'unknown', 'refunded'],
    ['PAYOUT REVERSED', { ...PAYOUT, status: 'REVERSED' }, 'payout', 'unknown', 'reversed'],
    [
      'PAYOUT SUCCESS',
      { orderReference: 'ORDER1', status: 'SUCCESS', collectedAmount: '1' },
      'payout',
      'unknown',
      'succeeded',
    ],
    [
      'DEPOSIT RECEIVED',
      { depositAmount: '50000', depositCurrency: 'TZS', paymentReference: 'r1' },
      'deposit',
      'unknown',
      null,
    ],
    ['DEPOSIT RECEIVED', { ...DATA }, 'deposit', 'unknown', null],
    ['BILL PAID', { ...DATA }, 'bill', 'unknown', null],
    ['CHECKOUT COMPLETED', { ...DATA }, 'other', 'unknown', null],
    ['PAYMENT LINK CREATED', { ...DATA }, 'other', 'unknown', null],
    // What contradicts itself tells no state.
    ['PAYMENT FAILED', DATA, 'payment', 'unknown', null],
    ['PAYMENT REVERSED', DATA, 'payment', 'unknown', null],
    ['PAYMENT REFUNDED', { ...DATA, status: 'SETTLED' }, 'payment', 'unknown', null],
    ['PAYMENT PENDING', DATA, 'payment', 'unknown', null],
    ['PAYMENT SUCCESS', { ...DATA, status: 'FAILED' }, 'payment', 'unknown', null],
    ['PAYOUT REFUNDED', PAYOUT, 'payout', 'unknown', 'unknown'],
    ['PAYOUT REVERSED', PAYOUT, 'payout', 'unknown', 'unknown'],
  ];
  for (const [event, data, kind, status, payoutStatus] of table)
    await t.test(`${event}, ${data?.status}`, async () => {
      for (const name of ['event', 'eventType']) {
        const { isValid, payment, payout } = await sdk.handleCallback(signed({ [name]: event, data }));
        assert.deepEqual(
          [isValid, payment.kind, payment.status, payout?.status ?? null],
          [true, kind, status, payoutStatus],
          event,
        );
        assert.equal(mayBecome('failed', payment.status), status === 'succeeded', event);
        assert.deepEqual(payment.raw, data);
      }
    });
});

test('nothing beside the signed part turns a payout into a payment, or a failure into a success', async (t) => {
  const books = await startBooks(t, {});
  const sdk = sdkOf(books.url);
  const beside = [
    {},
    { event: 'PAYMENT RECEIVED' },
    { eventType: 'PAYMENT RECEIVED', status: 'SUCCESS', collectedAmount: '1000', orderReference: 'ORDER1' },
  ];
  for (const more of beside) {
    const { payment, payout } = await sdk.handleCallback({ ...more, data: signed(PAYOUT) });
    assert.deepEqual([payment.kind, payment.status, payout.status], ['payout', 'unknown', 'succeeded']);
    const failed = await sdk.handleCallback({ ...more, data: signed({ ...DATA, status: 'FAILED' }) });
    assert.deepEqual([failed.payment.status, failed.payment.reference], ['failed', 'ORD123']);
    const text = JSON.stringify(signed({ ...DATA, status: 'FAILED' }));
    for (const last of [
      '"status":"SUCCESS"',
      '"__proto__":{"status":"SUCCESS"}',
      '"constructor":{"status":"SUCCESS"}',
    ]) {
      const body = `{"data":${text},${last},"event":"PAYMENT RECEIVED"}`;
      assert.equal((await sdk.handleCallback(body)).payment.status, 'failed');
      const inside = `{"event":"PAYMENT RECEIVED","data":${text.replace(/}$/, `,${last}}`)}}`;
      assert.equal((await sdk.handleCallback(inside)).reason, 'BAD_SIGNATURE', inside);
    }
  }
  assert.equal(books.asked.length, 0);
  // The members do not show what it is, and the event is not signed: ClickPesa is asked.
  const plain = {
    event: 'PAYMENT RECEIVED',
    data: signed({ orderReference: 'ORDER1', amount: '1000.00', status: 'SUCCESS' }),
  };
  assert.equal((await rejection(sdk.handleCallback(plain))).code, 'NOT_CONFIRMED_YET');
  books.answers['/payouts/ORDER1'] = [200, [PAYOUT]];
  const { isValid, payout } = await sdk.handleCallback({ ...plain, event: 'PAYOUT INITIATED' });
  assert.deepEqual([isValid, payout.status], [true, 'succeeded']);
  assert.deepEqual(books.asked, ['/payments/ORDER1', '/payouts/ORDER1']);
});

test('a signed text that is cut anew is refused, or still the same callback', async (t) => {
  const books = await startBooks(t, {});
  for (const method of [undefined, 'canonical', 'legacy']) {
    const make = () =>
      sdkOf(
        books.url,
        { CLICKPESA_CHECKSUM_KEY: KEY, CLICKPESA_CHECKSUM_METHOD: method },
        { replay: { setIfAbsent: seenOnce() } },
      );
    const text = canonical(PAYMENT_EVENT);
    const checksum = hmac(text);
    const cut = (...at) => Object.fromEntries(at.map((from, i) => [`${i}`, text.slice(from, at[i + 1])]));
    const expect = { amount: 10000, reference: 'ORD123', transactionId: 'ORD123LCP456' };
    const pieces = {};
    let rest = text;
    for (const [junk, name, value] of [
      ['a', 'collectedAmount', '10000'],
      ['d', 'id', 'ORD123LCP456'],
      ['j', 'orderReference', 'ORD123'],
      ['r', 'status', 'SUCCESS'],
    ]) {
      const at = rest.indexOf(value);
      pieces[junk] = rest.slice(0, at);
      pieces[name] = value;
      rest = rest.slice(at + value.length);
    }
    pieces.zz = rest;
    for (const data of [cut(0), cut(0, 5), cut(0, 1, 20), pieces]) {
      for (const body of [
        { event: 'PAYMENT RECEIVED', data: { ...data, checksum } },
        { ...data, checksum },
        { event: 'x', data, checksum },
      ]) {
        assert.equal((await make().handleCallback(body, { expect })).reason, 'BAD_SIGNATURE', JSON.stringify(body));
        const headers = { 'x-clickpesa-signature': checksum };
        assert.equal(
          (await make().handleCallback({ ...body, checksum: undefined }, { expect, headers })).isValid,
          false,
        );
      }
    }
    // The same text where another place is looked for.
    const sdk = make();
    assert.equal((await sdk.handleCallback(signed(PAYMENT_EVENT), { expect })).isValid, true);
    for (const body of [
      signed(PAYMENT_EVENT),
      { data: signed(PAYMENT_EVENT) },
      { event: 'PAYMENT FAILED', data: signed(PAYMENT_EVENT) },
      { ...PAYMENT_EVENT, data: { ...DATA, checksum } },
    ]) {
      assert.equal((await sdk.handleCallback(body, { expect })).reason, 'REPLAY');
    }
    assert.equal(
      (
        await sdk.handleCallback(PAYMENT_EVENT, {
          expect,
          headers: { 'X-ClickPesa-Signature': checksum.toUpperCase() },
        })
      ).reason,
      'REPLAY',
    );
    const settled = { event: 'PAYMENT RECEIVED', data: { ...DATA, status: 'SETTLED' } };
    assert.equal((await sdk.handleCallback(signed(settled), { expect })).reason, 'REPLAY', 'one success');
  }
  assert.equal(books.asked.length, 0);
});

test('a legacy checksum is one only where it is configured, and then ClickPesa is asked what it says', async (t) => {
  const data = {
    channel: 'TIGO-PESA',
    id: 'ORD1LCP1',
    message: 'declined SUCCESS',
    orderReference: 'ORD1',
    status: 'FAILED',
  };
  const checksum = hmac(
    Object.keys(data)
      .sort()
      .map((name) => data[name])
      .join(''),
  );
  const books = await startBooks(t, { '/payments/ORD1': [200, [data]] });
  const genuine = { event: 'PAYMENT FAILED', data: { ...data, checksum } };
  const recut = {
    event: 'PAYMENT RECEIVED',
    data: { a: 'TIGO-PESAORD1LCP1declined ', status: 'SUCCESS', orderReference: 'ORD1', sz: 'ORD1FAILED', checksum },
  };
  recut.data.a = 'TIGO-PESA';
  const exact = {
    channel: 'TIGO-PESA',
    id: 'ORD1LCP1',
    message: 'declined ',
    orderReference: 'SUCCESSORD1',
    status: 'FAILED',
  };
  for (const body of [
    genuine,
    { ...genuine, checksumMethod: 'legacy' },
    { event: 'PAYMENT FAILED', data: { ...genuine.data, checksumMethod: 'legacy' } },
  ]) {
    assert.equal((await sdkOf(books.url).handleCallback(body)).reason, 'BAD_SIGNATURE');
  }
  const sdk = sdkOf(books.url, { CLICKPESA_CHECKSUM_KEY: KEY, CLICKPESA_CHECKSUM_METHOD: 'legacy' });
  assert.equal((await sdk.handleCallback(genuine)).payment.status, 'failed');
  assert.equal((await sdk.handleCallback(recut)).reason, 'BAD_SIGNATURE');
  assert.equal(
    (await rejection(sdk.handleCallback({ ...genuine, data: { ...exact, checksum } }))).code,
    'NOT_CONFIRMED_YET',
  );
  assert.throws(() => sdkOf(books.url, { CLICKPESA_CHECKSUM_METHOD: 'md5' }), {
    code: 'INVALID_CONFIG',
    message: /CLICKPESA_CHECKSUM_METHOD/,
  });
  const sent = [];
  const fetch = async (url, { body }) => {
    sent.push(JSON.parse(body));
    return Response.json(
      url.endsWith('/generate-token')
        ? { success: true, token: 'Bearer t' }
        : { id: 'x', status: 'PROCESSING', orderReference: 'A' },
    );
  };
  await sdkOf(
    'http://127.0.0.1:9',
    { CLICKPESA_CHECKSUM_KEY: KEY, CLICKPESA_CHECKSUM_METHOD: 'legacy' },
    { fetch },
  ).pay({ orderReference: 'A', amount: '5' });
  assert.deepEqual(sent[1], { orderReference: 'A', amount: '5', checksumMethod: 'legacy', checksum: hmac('5A') });
});

test('a flat body is read, and each is a callback of its own', async () => {
  const sdk = sdkOf(undefined, undefined, { replay: { setIfAbsent: seenOnce() } });
  for (const reference of ['ORD1', 'ORD2']) {
    const flat = signed({ amount: '5000', orderReference: reference, status: 'SUCCESS' });
    const { isValid, payment } = await sdk.handleCallback(flat, { expect: { amount: 5000, reference } });
    assert.deepEqual(
      [isValid, payment.kind, payment.status, payment.reference, payment.amount],
      [true, 'payment', 'succeeded', reference, '5000'],
    );
    assert.deepEqual(payment.raw, flat);
    assert.equal((await sdk.handleCallback(flat)).reason, 'REPLAY');
  }
  const { payment } = await sdk.handleCallback(signed({ eventType: 'PAYOUT INITIATED', ...PAYOUT }));
  assert.deepEqual([payment.kind, payment.status], ['payout', 'unknown']);
  assert.equal((await sdk.handleCallback(signed(PAYOUT))).payment.kind, 'payout', 'by its members');
});

test('what names nothing, and what is no callback, is not valid and not remembered', async () => {
  const kept = [];
  const sdk = sdkOf(undefined, undefined, { replay: { setIfAbsent: async (key) => kept.push(key) > 0 } });
  for (const data of [
    {},
    { status: 'SUCCESS' },
    { status: 'SUCCESS', orderReference: '', id: ' ' },
    { paymentReference: 'r', status: 'SUCCESS' },
    [DATA],
    'text',
    null,
    5,
  ]) {
    const { isValid, reason } = await sdk.handleCallback(signed({ event: 'PAYMENT RECEIVED', data }));
    assert.deepEqual([isValid, reason], [false, 'MALFORMED'], JSON.stringify(data));
  }
  const one = signed(PAYMENT_EVENT);
  const many = [[one], [], [one, one], Object.assign([one], one)];
  for (const body of [...many, ...many.map((body) => JSON.stringify(body)), Buffer.from(` ${JSON.stringify([one])}`)]) {
    const { isValid, reason, payment } = await sdk.handleCallback(body);
    assert.deepEqual([isValid, reason, payment], [false, 'MALFORMED', null]);
  }
  assert.deepEqual(kept, []);
});

test('a payout without a checksum is asked for where payouts are', async (t) => {
  const books = await startBooks(t, {
    '/payouts/ORDER1': [
      200,
      [
        { ...PAYOUT, status: 'AUTHORIZED', updatedAt: '1' },
        { ...PAYOUT, updatedAt: '2' },
      ],
    ],
  });
  const sdk = sdkOf(books.url, {});
  const told = (data, event = 'PAYOUT INITIATED') => sdk.handleCallback({ event, data: { ...PAYOUT, ...data } });
  const { isValid, payment, payout } = await told({}, 'PAYOUT SUCCESS');
  assert.deepEqual([isValid, payment.kind, payment.status], [true, 'payout', 'unknown']);
  assert.deepEqual(
    [payout.status, payout.amount, payout.reference, payout.transactionId],
    ['succeeded', '1000.00', 'ORDER1', 'PAY1'],
  );
  assert.equal((await told({ amount: '2000' })).reason, 'UNCONFIRMED');
  assert.equal((await told({ status: 'REVERSED' })).reason, 'UNCONFIRMED');
  assert.equal((await told({ id: 'PAY2' })).reason, 'UNCONFIRMED');
  assert.equal((await rejection(told({ orderReference: 'ORDER2' }))).code, 'NOT_CONFIRMED_YET');
  books.answers['/payouts/ORDER1'] = [200, { ...PAYOUT, status: 'PROCESSING' }];
  assert.equal((await rejection(told({}))).code, 'NOT_CONFIRMED_YET');
  assert.ok(books.asked.every((path) => path.startsWith('/payouts/')));
});

test('what ClickPesa cannot be asked about is not signed, rather than not confirmed', async (t) => {
  const books = await startBooks(t, {});
  const bodies = [
    { event: 'DEPOSIT RECEIVED', data: { depositAmount: '5', paymentReference: 'r' } },
    { event: 'NEW', data: DATA },
    { event: 'BILL PAID', data: DATA },
  ];
  for (const body of bodies)
    assert.equal((await sdkOf(books.url, {}).handleCallback(body)).reason, 'MISSING_SIGNATURE');
  assert.equal(books.asked.length, 0);
});

test('a webhook that comes before the books show it is asked for again, and one that they contradict is not confirmed', async (t) => {
  const path = '/payments/ORD123';
  const row = { ...DATA, collectedAmount: 10000 };
  const books = await startBooks(t, {});
  const sdk = sdkOf(books.url, {}, { replay: 'memory' });
  const ahead = [
    [404, { message: 'Invalid or missing payment: ORD123' }],
    [200, [{ ...row, status: 'PROCESSING' }]],
    [200, [{ ...row, status: 'PENDING' }]],
    [200, [{ ...row, status: 'ON-HOLD' }]],
  ];
  for (const answer of ahead) {
    books.answers[path] = answer;
    const error = await rejection(sdk.handleCallback(PAYMENT_EVENT));
    assert.deepEqual(
      [error.code, error.retryable, error.outcome, error.operation],
      ['NOT_CONFIRMED_YET', true, 'not_sent', 'handleCallback'],
    );
  }
  const contradictions = [
    { status: 'FAILED' },
    { orderReference: 'OTHER' },
    { collectedAmount: 9999 },
    { collectedCurrency: 'USD' },
    { id: 'other' },
    { status: 'PROCESSING', collectedAmount: 5 },
  ];
  for (const other of contradictions) {
    books.answers[path] = [200, [{ ...row, ...other }]];
    assert.equal((await sdk.handleCallback(PAYMENT_EVENT)).reason, 'UNCONFIRMED', JSON.stringify(other));
  }
  books.answers[path] = [
    400,
    { message: 'Invalid Order Reference, should only contain alphanumeric characters and cannot be blank' },
  ];
  assert.equal((await sdk.handleCallback(PAYMENT_EVENT)).reason, 'UNCONFIRMED');
  books.answers[path] = [200, [row]];
  assert.equal((await sdk.handleCallback(PAYMENT_EVENT)).isValid, true);
});

test('a store that fails after it kept a callback loses none', async () => {
  const kept = new Set();
  let calls = 0;
  const setIfAbsent = async (key) => {
    if (++calls === 2) throw new Error('gone');
    return !kept.has(key) && !!kept.add(key);
  };
  const sdk = sdkOf(undefined, undefined, { replay: { setIfAbsent } });
  assert.equal((await sdk.handleCallback(signed(PAYMENT_EVENT))).isValid, true);
  assert.equal((await sdk.handleCallback(signed(PAYMENT_EVENT))).reason, 'REPLAY');
});

function seenOnce() {
  const seen = new Set();
  return async (key) => !seen.has(key) && !!seen.add(key);
}
