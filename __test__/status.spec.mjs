// A look-up answers about the payment that was asked for, and `expect` holds there as it does for a callback.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK, mayBecome } from 'finconnect';
import { rejection, startGateway } from './support/gateway.mjs';
import { column, GATEWAYS, PROVIDERS } from './support/gateways.cjs';

const GUID = 'b945e4af-80a5-4ec1-8706-e03f8332fb04';
const ROUTES = column('status');
const ASKED = { pesapal: GUID, clickpesa: 'ORDER1', azampay: '0a1b2c', selcom: 'ORDER-1' };

/** A look-up's answer: a payment of 1000, `id` and `reference` as asked for unless they are given. */
const paid = {
  pesapal: ({ id = GUID, reference = 'ORDER-1', amount = 1000, status = 1 } = {}) => ({
    status_code: status,
    order_tracking_id: id,
    merchant_reference: reference,
    amount,
    currency: 'KES',
    error: null,
    status: '200',
  }),
  clickpesa: ({ id = 'LCP1', reference = 'ORDER1', amount = 1000, status = 'SUCCESS' } = {}) => [
    { id, status, orderReference: reference, collectedAmount: amount, collectedCurrency: 'TZS' },
  ],
  azampay: ({ id = '0a1b2c', reference = 'ORDER-1', amount = '1000', status = 'success' } = {}) => ({
    data: status,
    success: true,
    transactionId: id,
    utilityref: reference,
    amount,
  }),
  selcom: ({ reference = 'ORDER-1', amount = '1000', status = 'COMPLETED' } = {}) => ({
    resultcode: '000',
    result: 'SUCCESS',
    data: [{ order_id: reference, amount, payment_status: status, transid: 'ABC1DEF2GH', phone: '255712345678' }],
  }),
};
const PENDING = { pesapal: 0, clickpesa: 'PROCESSING', azampay: 'pending', selcom: 'PENDING' };
const FAILED = { pesapal: 2, clickpesa: 'FAILED', azampay: 'failure', selcom: 'REJECTED' };
/** The gateway's own object of the payment in such an answer. */
const rawOf = {
  pesapal: (told) => told,
  clickpesa: ([row]) => row,
  azampay: (told) => told,
  selcom: ({ data }) => data[0],
};

const answering = async (t, provider) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk(provider);
  const answer = (body, status = 200, times = 1) =>
    gateway.sandbox.next({
      route: ROUTES[provider],
      status,
      times,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    gateway,
    sdk,
    answer,
    asks: () => gateway.requests.filter(({ path }) => ROUTES[provider].test(path)).length,
  };
};

for (const provider of PROVIDERS) {
  test(`${provider}: a status of another payment is never ours`, async (t) => {
    const { gateway, sdk, answer } = await answering(t, provider);
    const others = {
      pesapal: [
        paid.pesapal({ id: 'c045e4af-80a5-4ec1-8706-e03f8332fb04' }),
        { ...paid.pesapal(), order_tracking_id: undefined, OrderTrackingId: 'other' },
        { status_code: 1, call_back_url: 'https://shop.example/?OrderTrackingId=other' },
        { status_code: 1, error: { call_back_url: 'https://shop.example/?orderTrackingId=other' } },
        { status_code: 1, order_tracking_id: 5 },
      ],
      clickpesa: [
        paid.clickpesa({ reference: 'ORDER2' }),
        paid.clickpesa({ reference: null }),
        paid.clickpesa({ reference: 'order1' }),
        { status: 'SUCCESS' },
        { name: 'clickpesa-core', status: 'SUCCESS' },
      ],
      azampay: [
        paid.azampay({ id: 'ffff' }),
        { ...paid.azampay(), transactionId: undefined, pgReferenceId: 'ffff' },
        { ...paid.azampay(), transactionId: undefined, Transaction_Id: 'ffff' },
      ],
      selcom: [
        paid.selcom({ reference: 'ORDER-2' }),
        paid.selcom({ reference: null }),
        paid.selcom({ reference: 'order-1' }),
        { ...paid.selcom(), transid: 'T', data: [] },
      ],
    };
    for (const body of others[provider]) {
      answer(body);
      const error = await rejection(sdk.getPaymentStatus(ASKED[provider]));
      assert.deepEqual([error.code, error.outcome], ['INVALID_RESPONSE', 'not_sent'], JSON.stringify(body));
    }
    answer(others[provider][0]);
    answer(paid[provider]());
    const { status, transactionId } = await sdk.waitForPayment(ASKED[provider], { pollMs: 10 });
    assert.equal(status, 'succeeded');
    // Selcom's number of an order may stand on another too.
    assert.equal(transactionId === null, provider === 'selcom');
    if (provider === 'clickpesa') {
      answer([...paid.clickpesa({ reference: 'ORDER2' }), ...paid.clickpesa({ status: 'PENDING' })]);
      assert.equal((await sdk.getPaymentStatus('ORDER1')).status, 'pending');
    }
    if (provider === 'pesapal') {
      answer(paid.pesapal());
      assert.equal((await sdk.getPaymentStatus(GUID.toUpperCase())).status, 'succeeded');
    }
    gateway.sandbox.clearFaults();
  });

  test(`${provider}: expect holds for a look-up and for a wait`, async (t) => {
    const { sdk, answer, asks } = await answering(t, provider);
    const { reference, payment } = GATEWAYS[provider];
    const expect = { amount: 1000, reference: reference(payment) };
    for (const look of ['getPaymentStatus', 'waitForPayment']) {
      const ask = (asked) =>
        sdk[look](ASKED[provider], { expect: asked, ...(look === 'waitForPayment' && { pollMs: 10 }) });
      answer(paid[provider](), 200, 3);
      assert.equal((await ask(expect)).status, 'succeeded');
      const seen = [];
      assert.equal((await ask(async (raw, payment) => (seen.push([raw, payment.status]), expect))).status, 'succeeded');
      assert.deepEqual(seen, [[rawOf[provider](paid[provider]()), 'succeeded']]);
      const unknown = await rejection(ask(() => null));
      assert.equal(unknown.code, 'REFERENCE_MISMATCH');

      for (const [asked, code] of [
        [{ amount: 999 }, 'AMOUNT_MISMATCH'],
        [{ amount: '1000.01' }, 'AMOUNT_MISMATCH'],
        [{ reference: 'OTHER' }, 'REFERENCE_MISMATCH'],
        [{ ...expect, transactionId: 'other' }, 'REFERENCE_MISMATCH'],
      ]) {
        answer(paid[provider]());
        const before = asks();
        const error = await rejection(ask(asked));
        assert.deepEqual([error.code, error.operation, error.outcome, error.retryable], [code, look, 'unknown', false]);
        assert.ok(error.response, 'the error carries what the gateway told');
        assert.equal(asks() - before, 1, 'a mismatch ends it at once');
      }
      answer(paid[provider]({ amount: null }));
      const untold = await rejection(ask(expect));
      assert.equal(untold.code, 'AMOUNT_MISMATCH', 'an amount that is not told');
      assert.match(untold.message, /says that the payment is succeeded and does not tell its amount, which expect has/);
      answer(paid[provider]({ amount: null, status: FAILED[provider] }));
      assert.equal((await ask(expect)).status, 'failed', 'a failure need not tell its amount');
      for (const wrong of [null, {}, 5])
        assert.equal((await rejection(ask(wrong))).code, 'INVALID_REQUEST', JSON.stringify(wrong));
    }
    answer(paid[provider]({ amount: null, status: PENDING[provider] }), 200, 2);
    assert.notEqual((await sdk.getPaymentStatus(ASKED[provider], { expect })).status, 'succeeded');
    answer(paid[provider]());
    assert.equal((await sdk.waitForPayment(ASKED[provider], { expect, pollMs: 10 })).status, 'succeeded');
    answer(paid[provider]({ amount: 1, status: PENDING[provider] }));
    assert.equal(
      (await rejection(sdk.waitForPayment(ASKED[provider], { expect, pollMs: 10 }))).code,
      'AMOUNT_MISMATCH',
    );
  });

  test(`${provider}: a reference that no path or query can carry is refused by name, unsent`, async (t) => {
    const { gateway, sdk } = await answering(t, provider);
    const always = ['', '  ', 'a\0b', 'a\r\nX-Evil: 1', 'a\tb', 'a\u007fb', 'a\ud800b', 'x'.repeat(129)];
    const steps = [
      '.',
      '..',
      '../..',
      '%2e%2e',
      '..\\..',
      'a/../b',
      'ORD?x=1',
      'ORD#x',
      '..;/',
      '..;',
      ' .. ',
      '\u2024\u2024',
    ];
    for (const reference of provider === 'clickpesa' ? [...always, ...steps] : always) {
      for (const look of ['getPaymentStatus', 'waitForPayment']) {
        // By an object of its own, for ClickPesa is waited on at the pace that it allows.
        const error = await rejection(gateway.sdk(provider)[look](reference));
        assert.deepEqual([error.code, error.outcome], ['INVALID_REQUEST', 'not_sent'], JSON.stringify(reference));
        assert.match(error.message, /: reference must /);
      }
    }
    assert.equal(gateway.requests.length, 0);
    if (provider === 'clickpesa') return;
    for (const reference of steps) {
      gateway.sandbox.next({ route: ROUTES[provider], status: 500, body: '' });
      await sdk.getPaymentStatus(reference).catch(() => {});
      const { path, query } = gateway.requests.at(-1);
      assert.match(path, new RegExp(`${ROUTES[provider].source}$`), JSON.stringify(reference));
      assert.equal([...query.values()][0], reference.trim());
    }
  });

  test(`${provider}: a path that is not there is a wrong baseUrl, and not a payment to come`, async (t) => {
    const { gateway, sdk, answer, asks } = await answering(t, provider);
    const pages = ['<!DOCTYPE html><pre>Cannot GET /x</pre>', 'Not Found', ...(provider === 'azampay' ? [] : [''])];
    if (provider === 'clickpesa') pages.push('{"statusCode":404,"message":"Cannot GET /x","error":"Not Found"}', '{}');
    for (const page of pages) {
      for (const look of ['getPaymentStatus', 'waitForPayment']) {
        answer(page, 404);
        const before = asks();
        const error = await rejection(sdk[look](ASKED[provider]));
        assert.deepEqual(
          [error.code, error.statusCode, error.outcome, error.retryable],
          ['INVALID_RESPONSE', 404, 'not_sent', false],
          page,
        );
        assert.match(error.message, /check baseUrl/);
        assert.ok(error.message.includes(gateway.sandbox.url), error.message);
        assert.equal(asks() - before, 1);
      }
    }
  });
}

for (const provider of PROVIDERS) {
  test(`${provider}: a look-up that is answered by a page, or by more than a refusal, decides nothing`, async (t) => {
    const { sdk, answer } = await answering(t, provider);
    for (const body of [
      '<html>403 Forbidden</html>',
      { message: 'Forbidden', data: paid[provider]() },
      '{"message":"cut',
    ]) {
      answer(body, 403);
      const error = await rejection(sdk.getPaymentStatus(ASKED[provider]));
      assert.deepEqual(
        [error.code, error.outcome, error.retryable],
        ['INVALID_RESPONSE', 'not_sent', true],
        JSON.stringify(body),
      );
    }
    answer({ message: 'Forbidden' }, 403);
    assert.equal((await rejection(sdk.getPaymentStatus(ASKED[provider]))).code, 'REFUSED');
  });
}

test('ClickPesa: only its own 404 is a payment that is not there yet', async (t) => {
  const { sdk, answer } = await answering(t, 'clickpesa');
  for (const body of [
    { message: 'Invalid or missing payment: ORDER1' },
    { statusCode: 404, message: ['Invalid or missing payment: ORDER1'], error: 'Not Found' },
  ]) {
    answer(body, 404);
    assert.equal(
      (await sdk.getPaymentStatus(' ORDER1 ', { expect: { amount: 1000, reference: 'ORDER1' } })).status,
      'pending',
    );
  }
  for (const body of [
    { message: 'Invalid or missing payment: ORDER2' },
    { message: 'Account has no payment collection methods' },
    { message: 'Invalid or missing payment: ORDER1', id: 'X', status: 'SUCCESS' },
  ]) {
    answer(body, 404);
    assert.equal((await rejection(sdk.getPaymentStatus('ORDER1'))).code, 'REFUSED', JSON.stringify(body));
  }
  assert.equal((await sdk.getPaymentStatus('ORD.1')).reference, 'ORD.1');
  const { sandbox } = await startGateway(t);
  const wrong = new FintechSDK({
    provider: 'clickpesa',
    config: { ...sandbox.config('clickpesa'), baseUrl: `${sandbox.url}/v2` },
  });
  assert.notEqual((await wrong.getPaymentStatus('ORDER1').catch((error) => error)).status, 'pending');
});

test('AzamPay: an unknown transaction is not an account that cannot ask', async (t) => {
  const { sdk, answer } = await answering(t, 'azampay');
  for (const status of [402, 404]) {
    answer({ data: null, message: 'Transaction not found', success: false, statusCode: 404 }, status);
    const error = await rejection(sdk.getPaymentStatus('0a1b2c'));
    assert.deepEqual([error.code, error.gatewayMessage], ['REFUSED', 'Transaction not found']);
  }
  answer('', 404);
  assert.equal((await rejection(sdk.getPaymentStatus('0a1b2c'))).code, 'NOT_SUPPORTED');
});

test('a success is believed only where its answer says nothing else', async (t) => {
  const denied = {
    pesapal: [
      { payment_status_description: 'Pending' },
      { payment_status_description: 'Cancelled' },
      { payment_status_description: 'Not Completed' },
      { status: '500' },
      { error: { code: 'payment_details_not_found', message: 'Pending Payment' }, status: '500' },
    ].map((more) => ({ ...paid.pesapal(), ...more })),
    clickpesa: [
      [{ ...paid.clickpesa()[0], error: 'x' }],
      [{ ...paid.clickpesa()[0], statusCode: 500 }],
      { data: paid.clickpesa(), statusCode: 500 },
      { data: paid.clickpesa(), success: false },
      '[{"orderReference":"ORDER1","id":"X","status":"FAILED","status":"SUCCESS"}]',
    ],
    azampay: [
      { ...paid.azampay(), statusCode: 404 },
      { ...paid.azampay(), errors: ['x'] },
      '{"data":"failed","data":"success","success":true}',
    ],
    selcom: [
      { ...paid.selcom(), success: false },
      { ...paid.selcom(), statusCode: 500 },
      { ...paid.selcom(), result: 'FAIL' },
      { ...paid.selcom(), data: [{ ...paid.selcom().data[0], error: 'x' }] },
      { ...paid.selcom(), data: [{ ...paid.selcom().data[0], status: 'REJECTED' }] },
    ],
  };
  for (const provider of PROVIDERS) {
    const { sdk, answer } = await answering(t, provider);
    for (const body of denied[provider]) {
      answer(body);
      const { status = 'unknown' } = await sdk
        .getPaymentStatus(ASKED[provider])
        .catch(({ code }) => assert.equal(code, 'INVALID_RESPONSE') ?? {});
      assert.equal(status, 'unknown', JSON.stringify(body));
    }
  }
  const { sdk, answer } = await answering(t, 'pesapal');
  for (const [code, described, status] of [
    [1, 'COMPLETED', 'succeeded'],
    [2, 'Failed', 'failed'],
    [2, 'Completed', 'unknown'],
  ]) {
    answer({ ...paid.pesapal({ status: code }), payment_status_description: described });
    assert.equal((await sdk.getPaymentStatus(GUID)).status, status);
  }
});

test('ClickPesa: of several rows of one payment the newest counts', async (t) => {
  const { sdk, answer } = await answering(t, 'clickpesa');
  const row = (id, status, updatedAt) => ({ ...paid.clickpesa({ id, status })[0], updatedAt });
  answer([row('LCP1', 'SUCCESS', '2026-01-01T00:00:00Z'), row('LCP1', 'REVERSED', '2026-01-02T00:00:00Z')]);
  assert.equal((await sdk.getPaymentStatus('ORDER1')).status, 'reversed');
  answer([row('LCP1', 'SUCCESS', '2026-01-01T00:00:00Z'), row('LCP2', 'FAILED', '2026-01-02T00:00:00Z')]);
  assert.equal((await sdk.getPaymentStatus('ORDER1')).status, 'succeeded');
});

test('legal transitions', () => {
  // A payout stands at authorized where a payment is pending.
  assert.equal(mayBecome('authorized', 'succeeded'), true);
  assert.equal(mayBecome('unknown', 'authorized'), true);
  assert.equal(mayBecome('processing', 'authorized'), false);
  assert.equal(mayBecome('succeeded', 'authorized'), false);
  assert.equal(mayBecome('pending', 'succeeded'), true);
  assert.equal(mayBecome('failed', 'succeeded'), true);
  assert.equal(mayBecome('succeeded', 'reversed'), true);
  for (const [from, to] of [
    ['succeeded', 'failed'],
    ['succeeded', 'pending'],
    ['refunded', 'succeeded'],
    ['succeeded', 'succeeded'],
  ]) {
    assert.equal(mayBecome(from, to), false);
  }
});

test('an AzamPay look-up that tells the state alone says what it does not tell, and that is not another payment', async (t) => {
  const { sdk, answer } = await answering(t, 'azampay');
  const expect = { amount: 1000, reference: 'ORDER-1', transactionId: '0a1b2c' };
  for (const [asked, untold, code] of [
    [expect, 'amount and reference', 'REFERENCE_MISMATCH'],
    [{ amount: 1000, currency: 'TZS' }, 'amount and currency', 'AMOUNT_MISMATCH'],
  ]) {
    answer({ data: 'success', success: true });
    const error = await rejection(sdk.getPaymentStatus('0a1b2c', { expect: asked }));
    assert.deepEqual([error.code, error.outcome], [code, 'unknown']);
    assert.match(
      error.message,
      new RegExp(`AzamPay says that the payment is succeeded and does not tell its ${untold},`),
    );
  }
  answer({ data: 'success', success: true });
  const { status } = await sdk.getPaymentStatus('0a1b2c', { expect: { transactionId: '0a1b2c' } });
  assert.equal(status, 'succeeded');
});
