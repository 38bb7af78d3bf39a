import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinConnectError } from 'finconnect';
import {
  LOGIN_ROUTES,
  PAY_ROUTES,
  PAYMENTS,
  PROVIDERS,
  pay,
  prepared,
  rejection,
  startGateway,
} from './support/gateway.mjs';
import { column, GATEWAYS } from './support/gateways.cjs';
import { membersOf, startShop } from './support/shop.mjs';

const STATUS_ROUTES = column('status');

/** A gateway with a payment of each provider, and what its callbacks say when it is approved. */
async function paid(t, provider, options = {}, more = {}, config = {}) {
  const shop = await startShop();
  t.after(shop.close);
  const url = `${shop.url}/hook`;
  const gateway = await startGateway(t, { webhooks: { azampay: url, clickpesa: url }, ...options });
  const sdk = gateway.sdk(provider, config, more);
  const ipnId = await prepared(sdk, provider, url);
  const answer = await sdk.pay(PAYMENTS[provider], ipnId);
  const id = GATEWAYS[provider].id(answer);
  const asked = GATEWAYS[provider].asked(PAYMENTS[provider], answer);
  await gateway.sandbox.approve(asked);
  const received = shop.received.map((request) => ({ body: membersOf(request), headers: request.headers }));
  assert.equal(received.length, 1);
  return { gateway, sdk, id, asked, callback: received[0].body, received };
}

for (const provider of PROVIDERS) {
  test(`${provider}: a genuine callback is valid and tells one payment`, async (t) => {
    const { sdk, id, callback } = await paid(t, provider);
    const result = await sdk.handleCallback(callback);
    assert.equal(result.isValid, true);
    assert.equal(result.reason, null);
    assert.equal(result.data, callback);
    const { payment } = result;
    assert.equal(payment.provider, provider);
    assert.equal(payment.status, 'succeeded');
    assert.equal(Number(payment.amount), GATEWAYS[provider].amount);
    assert.equal(payment.currency, provider === 'pesapal' ? 'KES' : 'TZS');
    assert.equal(payment.reference, GATEWAYS[provider].reference(PAYMENTS[provider]));
    assert.equal(payment.transactionId, id);
    assert.ok(payment.payer === null || /^\d{4}\*{4}\d{4}$/.test(payment.payer), payment.payer);
    assert.equal(typeof payment.raw, 'object');
    if (provider === 'pesapal') {
      assert.deepEqual(result.acknowledgement, {
        orderNotificationType: 'IPNCHANGE',
        orderTrackingId: id,
        orderMerchantReference: 'ORDER-1',
        status: 200,
      });
    } else {
      assert.equal(result.acknowledgement, null);
    }
  });

  test(`${provider}: expectations are compared, decimal-exact, and fail closed`, async (t) => {
    const { sdk, id, callback } = await paid(t, provider);
    const reasonOf = async (expect) => (await sdk.handleCallback(callback, { expect })).reason;
    const { amount } = GATEWAYS[provider];
    const reference = GATEWAYS[provider].reference(PAYMENTS[provider]);
    for (const same of [amount, `${amount}`, `${amount}.00`, BigInt(amount), amount + 0.0]) {
      assert.equal(await reasonOf({ amount: same, reference, ...(id && { transactionId: id }) }), null);
    }
    assert.equal(await reasonOf({ amount: amount + 0.01 }), 'AMOUNT_MISMATCH');
    assert.equal(await reasonOf({ amount: 9_999_999 }), 'AMOUNT_MISMATCH');
    assert.equal(await reasonOf({ reference: 'ORDER-2' }), 'REFERENCE_MISMATCH');
    assert.equal(await reasonOf({ amount, transactionId: 'other' }), 'REFERENCE_MISMATCH');

    const asked = [];
    const books = async (data, payment) => {
      asked.push([data, payment.reference]);
      return payment.reference === reference ? { amount } : null;
    };
    assert.equal(await reasonOf(books), null);
    assert.deepEqual(asked, [[callback, reference]]);
    for (const none of [() => null, async () => undefined, () => false])
      assert.equal(await reasonOf(none), 'REFERENCE_MISMATCH');

    for (const expect of [
      null,
      undefined,
      5,
      {},
      { amount: undefined },
      { amount: NaN },
      { amount: '1,000' },
      { amount: null },
      { reference: undefined },
      { ammount: 5 },
    ]) {
      const error = await rejection(sdk.handleCallback(callback, { expect }));
      assert.equal(error.code, 'INVALID_REQUEST', JSON.stringify(expect));
      const late = await rejection(
        sdk.handleCallback(callback, { expect: () => (expect == null ? { amount: expect } : expect) }),
      );
      assert.equal(late.code, 'CALLER_ERROR', JSON.stringify(expect));
    }
    const failing = await rejection(
      sdk.handleCallback(callback, { expect: () => Promise.reject(new Error('database down')) }),
    );
    assert.deepEqual([failing.code, failing.retryable], ['CALLER_ERROR', true]);
    assert.match(failing.message, /^Callback handling failed: expect failed: database down/);
  });

  test(`${provider}: of fifty copies at once one is valid, and none later`, async (t) => {
    for (const replay of ['memory', 'own']) {
      const seen = new Map();
      const store = { setIfAbsent: async (key, ttlMs) => (seen.has(key) ? false : (seen.set(key, ttlMs), true)) };
      const { sdk, callback } = await paid(t, provider, {}, { replay: replay === 'own' ? store : replay });
      const wrong = await sdk.handleCallback(callback, { expect: { amount: 1 } });
      assert.equal(wrong.reason, 'AMOUNT_MISMATCH', 'a refused callback is not remembered');
      const results = await Promise.all(
        Array.from({ length: 50 }, () => sdk.handleCallback(structuredClone(callback))),
      );
      assert.equal(results.filter((result) => result.isValid).length, 1);
      assert.ok(results.every((result) => result.isValid || result.reason === 'REPLAY'));
      const again = await sdk.handleCallback(callback);
      assert.equal(again.reason, 'REPLAY');
      if (provider === 'pesapal') assert.equal(again.acknowledgement.status, 200);
      if (replay === 'own') {
        const [[key, ttlMs]] = seen;
        assert.equal(seen.size, 1);
        assert.match(key, new RegExp(`^finconnect:${provider}:[0-9a-f]{64}$`));
        assert.equal(ttlMs, 7 * 24 * 3600_000);
      }
    }
  });

  test(`${provider}: a store that fails decides nothing`, async (t) => {
    const { sdk, callback } = await paid(
      t,
      provider,
      {},
      {
        replay: {
          setIfAbsent: async () => {
            throw new Error('redis down');
          },
        },
      },
    );
    const error = await rejection(sdk.handleCallback(callback));
    assert.deepEqual([error.code, error.retryable, error.operation], ['CALLER_ERROR', true, 'handleCallback']);
    const wrong = await paid(t, provider, {}, { replay: { setIfAbsent: () => 'yes' } });
    assert.match(
      (await rejection(wrong.sdk.handleCallback(wrong.callback))).message,
      /setIfAbsent must answer true or false/,
    );
    const hung = await paid(t, provider, {}, { replay: { setIfAbsent: () => new Promise(() => {}) } });
    assert.equal((await rejection(hung.sdk.handleCallback(hung.callback, { timeoutMs: 200 }))).code, 'TIMEOUT');
  });

  test(`${provider}: where a payment stands`, async (t) => {
    const { gateway, sdk, id, asked: reference } = await paid(t, provider);
    const payment = await sdk.getPaymentStatus(reference, { operator: 'Mpesa' });
    assert.equal(payment.status, 'succeeded');
    assert.equal(payment.transactionId, id);
    gateway.sandbox.next({
      route: STATUS_ROUTES[provider],
      status: 200,
      body: {
        pesapal: '{"status_code":9}',
        clickpesa: '[{"status":"NOVEL","orderReference":"ORDER1"}]',
        azampay: '{"data":"novel","success":true}',
        selcom: '{"resultcode":"000","result":"SUCCESS","data":[{"order_id":"ORDER-1","payment_status":"NOVEL"}]}',
      }[provider],
    });
    assert.equal((await sdk.getPaymentStatus(reference)).status, 'unknown');
    for (const wrong of [undefined, null, '', '   ', 5, {}, 'x'.repeat(129)]) {
      const error = await rejection(sdk.getPaymentStatus(wrong));
      assert.match(error.message, /^Payment status check failed: reference must be a string/);
    }
  });

  test(`${provider}: waiting ends at a final status, a time-out, or an abort`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    const ipnId = provider === 'pesapal' ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
    const answer = await sdk.pay(PAYMENTS[provider], ipnId);
    const reference = GATEWAYS[provider].asked(PAYMENTS[provider], answer);
    const late = await rejection(sdk.waitForPayment(reference, { timeoutMs: 300, pollMs: 20 }));
    assert.deepEqual(
      [late.code, late.operation, late.outcome, late.retryable],
      ['TIMEOUT', 'waitForPayment', 'unknown', false],
    );
    assert.match(late.message, /still (pending|processing) after 300 ms/);

    const controller = new AbortController();
    const aborted = rejection(sdk.waitForPayment(reference, { signal: controller.signal, pollMs: 5000 }));
    setTimeout(() => controller.abort(new Error('closed')), 50);
    assert.equal((await aborted).code, 'ABORTED');
    assert.equal((await aborted).cause.message, 'closed');

    gateway.sandbox.next({ name: '502-html', route: STATUS_ROUTES[provider] });
    const waiting = sdk.waitForPayment(reference, { timeoutMs: 20_000, pollMs: 20 });
    setTimeout(() => gateway.sandbox.approve(reference), 60);
    assert.equal((await waiting).status, 'succeeded');
  });

  test(`${provider}: an abort settles at once and says what is known`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    const reason = new Error('the customer left');
    const gone = await rejection(
      pay(sdk, provider).then(
        () => sdk.pay(PAYMENTS[provider], { signal: AbortSignal.abort(reason) }),
        () => sdk.pay(PAYMENTS[provider], { signal: AbortSignal.abort(reason) }),
      ),
    );
    assert.equal(gone, reason);
    assert.equal((await rejection(sdk.pay({}, undefined, { signal: AbortSignal.abort() }))).name, 'AbortError');

    const abortedAfter = async (route) => {
      gateway.sandbox.next({ name: 'hang', route });
      const before = gateway.to(route).length;
      const controller = new AbortController();
      const fresh = gateway.sdk(provider);
      const promise = rejection(
        fresh.pay({ ...PAYMENTS[provider], notification_id: 'x' }, undefined, { signal: controller.signal }),
      );
      while (gateway.to(route).length === before) await new Promise((resolve) => setTimeout(resolve, 2));
      const started = performance.now();
      controller.abort(reason);
      const error = await promise;
      return { error, took: performance.now() - started };
    };
    const login = LOGIN_ROUTES[provider] === null ? undefined : await abortedAfter(LOGIN_ROUTES[provider]);
    if (login)
      assert.deepEqual([login.error.code, login.error.outcome, login.error.cause], ['ABORTED', 'not_sent', reason]);
    const payment = await abortedAfter(PAY_ROUTES[provider]);
    assert.deepEqual(
      [payment.error.code, payment.error.outcome, payment.error.retryable],
      ['ABORTED', 'unknown', false],
    );
    assert.ok(payment.error instanceof FinConnectError);
    for (const { took } of [login ?? payment, payment]) assert.ok(took < 250, `${took} ms`);
  });
}

test('options of a call are checked before anything is sent', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  for (const options of [5, 'x', { timeoutMs: 0 }, { timeoutMs: '5' }, { signal: {} }, { signal: 'x' }]) {
    const error = await rejection(sdk.pay(PAYMENTS.azampay, undefined, options));
    assert.equal(error.code, 'INVALID_REQUEST', JSON.stringify(options));
  }
  assert.equal((await rejection(sdk.waitForPayment('x', { pollMs: 1 }))).code, 'INVALID_REQUEST');
  assert.equal((await rejection(sdk.getPaymentStatus('x', { operator: 5 }))).code, 'INVALID_REQUEST');
  assert.equal(gateway.requests.length, 0);
  gateway.sandbox.next({ name: 'hang', route: PAY_ROUTES.azampay });
  const started = performance.now();
  assert.equal((await rejection(sdk.pay(PAYMENTS.azampay, { timeoutMs: 400 }))).code, 'TIMEOUT');
  assert.ok(performance.now() - started >= 390);
});

test('a payment made while another is being answered does not get its answer', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const { signal } = new AbortController();
  let second;
  signal.removeEventListener = (...args) => {
    second ??= sdk.pay({ ...PAYMENTS.azampay, externalId: 'second' });
    AbortSignal.prototype.removeEventListener.apply(signal, args);
  };
  const first = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'first' }, undefined, { signal });
  const ids = [first, await second].map(({ transactionId }) => transactionId);
  const made = gateway.sandbox.payments().map(({ id, reference }) => [reference, id]);
  assert.deepEqual(made.sort(), [
    ['first', ids[0]],
    ['second', ids[1]],
  ]);
});

test('a signal that outlives its calls keeps no listener', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = function (...args) {
    listeners++;
    return add.apply(this, args);
  };
  signal.removeEventListener = function (...args) {
    listeners--;
    return remove.apply(this, args);
  };
  await sdk.pay(PAYMENTS.azampay, { signal });
  assert.equal(listeners, 0);
  controller.abort();
});

test('ClickPesa: a checksum is checked, and without one ClickPesa is asked', async (t) => {
  const signed = await paid(t, 'clickpesa', { checksum: true });
  const before = signed.gateway.requests.length;
  assert.equal((await signed.sdk.handleCallback(signed.callback)).isValid, true);
  const forged = { ...signed.callback, data: { ...signed.callback.data, collectedAmount: '9999999' } };
  assert.equal((await signed.sdk.handleCallback(forged)).reason, 'BAD_SIGNATURE');
  assert.equal(signed.gateway.requests.length, before, 'a checksum needs no request');

  const plain = await paid(t, 'clickpesa');
  const reasonOf = async (data) =>
    (await plain.sdk.handleCallback({ ...plain.callback, data: { ...plain.callback.data, ...data } })).reason;
  assert.equal(await reasonOf({}), null);
  assert.equal(await reasonOf({ collectedAmount: '9999999' }), 'UNCONFIRMED');
  assert.equal(await reasonOf({ id: 'other' }), 'UNCONFIRMED');
  assert.equal(await reasonOf({ status: 'FAILED' }), 'UNCONFIRMED');
  const pending = await startGateway(t);
  const sdk = pending.sdk('clickpesa');
  await sdk.pay(PAYMENTS.clickpesa);
  assert.equal(
    (await rejection(sdk.handleCallback(plain.callback))).code,
    'NOT_CONFIRMED_YET',
    'claimed before it was paid',
  );
  assert.equal((await rejection(reasonOf({ orderReference: 'OTHER' }))).code, 'NOT_CONFIRMED_YET');
  plain.gateway.sandbox.next({ name: '500-empty', route: STATUS_ROUTES.clickpesa });
  assert.equal((await rejection(plain.sdk.handleCallback(plain.callback))).code, 'GATEWAY_ERROR');
});

test('ClickPesa: a payment that is not indexed yet is pending', async (t) => {
  const gateway = await startGateway(t);
  const payment = await gateway.sdk('clickpesa').getPaymentStatus('NEVER1');
  assert.deepEqual(
    [payment.status, payment.reference, payment.transactionId, payment.raw],
    ['pending', 'NEVER1', null, null],
  );
});

test('AzamPay: an account without status calls says so', async (t) => {
  const gateway = await startGateway(t);
  gateway.answer('gettransactionstatus', 404, '');
  const error = await rejection(gateway.sdk('azampay').getPaymentStatus('0a1b'));
  assert.equal(error.code, 'NOT_SUPPORTED');
});

test('PesaPal: an IPN is valid when PesaPal says the same', async (t) => {
  const { gateway, sdk, id } = await paid(t, 'pesapal');
  const ipn = { OrderTrackingId: id, OrderMerchantReference: 'ORDER-1', OrderNotificationType: 'IPNCHANGE' };
  for (const body of [
    ipn,
    new URLSearchParams(ipn).toString(),
    JSON.stringify(ipn),
    Buffer.from(JSON.stringify(ipn)),
    { OrderTrackingId: id.toUpperCase(), OrderNotificationType: 'CALLBACKURL' },
  ]) {
    assert.equal((await sdk.handleCallback(body)).isValid, true);
  }
  const forged = await sdk.handleCallback({ ...ipn, OrderMerchantReference: 'ORDER-2' });
  assert.deepEqual([forged.isValid, forged.reason, forged.acknowledgement.status], [false, 'UNCONFIRMED', 500]);
  const unknown = { ...ipn, OrderTrackingId: '11111111-2222-4333-8444-555555555555' };
  const { code, retryable } = await rejection(sdk.handleCallback(unknown));
  assert.deepEqual([code, retryable], ['NOT_CONFIRMED_YET', true], 'it may come before the books of PesaPal show it');
  const before = gateway.requests.length;
  for (const body of [{}, '', { OrderTrackingId: '' }])
    assert.equal((await sdk.handleCallback(body)).reason, 'UNCONFIRMED');
  assert.equal(gateway.requests.length, before);
});

test('AzamPay: why a callback is not valid', async (t) => {
  const { sdk, callback } = await paid(t, 'azampay');
  const { signature, ...unsigned } = callback;
  const reasonOf = async (body) => {
    const { reason, payment } = await sdk.handleCallback(body);
    assert.equal(payment, null);
    return reason;
  };
  assert.equal(await reasonOf(unsigned), 'MISSING_SIGNATURE');
  assert.equal(await reasonOf({}), 'MISSING_SIGNATURE');
  assert.equal(await reasonOf({ ...callback, signature: 'AAAA' }), 'BAD_SIGNATURE');
  assert.equal(await reasonOf({ ...callback, transactionstatus: 'failure' }), 'BAD_SIGNATURE');
  const judged = async (body, expect) => (await sdk.handleCallback(body, expect && { expect })).reason;
  const inflated = { ...callback, amount: '9999999' };
  assert.equal((await sdk.handleCallback(inflated)).isValid, true, 'the signature does not cover the amount');
  assert.equal((await sdk.handleCallback(inflated, { expect: { amount: 1000 } })).reason, 'AMOUNT_MISMATCH');
  const shifted = {
    ...callback,
    utilityref: callback.utilityref + callback.externalreference[0],
    externalreference: callback.externalreference.slice(1),
  };
  assert.equal(await judged(shifted), 'AMBIGUOUS', "nor where a field ends, but an id of AzamPay's shows that");
  assert.equal(await judged(shifted, { reference: shifted.utilityref }), 'AMBIGUOUS');
  assert.equal((await sdk.handleCallback(shifted, { expect: { reference: 'ORDER-1' } })).reason, 'REFERENCE_MISMATCH');
});
