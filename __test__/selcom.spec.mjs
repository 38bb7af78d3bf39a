// Selcom: requests that are signed, an order and then its push, and webhooks that are asked about.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { PaymentRouter } from 'finconnect';
import { generateTestCallback } from 'finconnect/sandbox';
import { rejection, startOne } from './support/gateway.mjs';
import { membersOf, startShop } from './support/shop.mjs';

const CHARGE = { amount: '1500', currency: 'TZS', phone: '0742345678', reference: 'ORD-1' };
const PAYOUT = { amount: '1500', currency: 'TZS', reference: 'PAY1', to: { phone: '0742345678', operator: 'M-Pesa' } };
const PUSH = 'wallet-payment';
const ORDER = 'create-order-minimal';

const start = (t, switches = {}, more = {}) => startOne(t, 'selcom', { switches, ...more });

/** A sandbox whose orders call a shop, and what that got. */
async function withShop(t, switches = {}, more = {}) {
  const shop = await startShop();
  t.after(shop.close);
  const config = { SELCOM_WEBHOOK_URL: `${shop.url}/hook`, ...more.config };
  const gateway = await start(t, switches, { ...more, config });
  const received = () => shop.received.map((request) => ({ body: membersOf(request), headers: request.headers }));
  return { ...gateway, received };
}

test('each request is signed over what it carries, its own values, at its own time', async (t) => {
  const { sdk, requests, sandbox } = await start(t, {}, { options: { maxRetries: 1 } });
  await sdk.charge({ ...CHARGE, customer: { name: 'Asha  Juma & Co – Ünï', email: 'asha@example.com' } });
  sandbox.next({ name: '502-html', route: 'order-status' });
  await sdk.getPaymentStatus('ORD-1');
  const secret = sandbox.config('selcom').SELCOM_API_SECRET;
  for (const { headers, body, query, method } of requests) {
    const fields = method === 'POST' ? JSON.parse(body) : Object.fromEntries(query);
    assert.equal(headers['signed-fields'], Object.keys(fields).join(','));
    assert.match(headers.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/);
    const text = `timestamp=${headers.timestamp}${Object.entries(fields)
      .map(([n, v]) => `&${n}=${v}`)
      .join('')}`;
    assert.equal(headers.digest, createHmac('sha256', secret).update(text).digest('base64'));
    assert.equal(headers['digest-method'], 'HS256');
  }
  assert.deepEqual(
    requests.map(({ path }) => path.split('/').at(-1)),
    [ORDER, PUSH, 'order-status', 'order-status'],
  );
});

test('with a private key each request is signed by RSA, in either form of the key', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (type) => privateKey.export({ type, format: 'pem' });
  const selcomPublicKey = publicKey.export({ type: 'spki', format: 'pem' });
  const gateway = await start(t, {}, { selcomPublicKey });
  for (const [at, key] of [pem('pkcs8'), pem('pkcs1'), pem('pkcs8').replaceAll('\n', '\\n')].entries()) {
    const sdk = gateway.sdk.constructor;
    const one = new sdk({
      provider: 'selcom',
      config: { ...gateway.sandbox.config('selcom'), SELCOM_PRIVATE_KEY: key },
    });
    const { status } = await one.charge({ ...CHARGE, reference: `RSA-${at}` });
    assert.equal(status, 'pending');
    assert.equal(gateway.requests.at(-1).headers['digest-method'], 'RS256');
  }
});

test('a charge is an order and its push, and its state is the order’s', async (t) => {
  const { sdk, sandbox, bodies } = await start(t);
  const charge = await sdk.charge({ ...CHARGE, description: '2 nights' });
  assert.deepEqual(
    [charge.status, charge.reference, charge.gatewayReference, charge.payer, charge.transactionId],
    ['pending', 'ORD-1', 'ORD-1', '2557****5678', null],
  );
  const [order] = bodies(ORDER);
  assert.deepEqual([order.amount, order.no_of_items, order.merchant_remarks], ['1500', '1', '2 nights']);
  assert.deepEqual(bodies(PUSH), [{ transid: 'ORD-1', order_id: 'ORD-1', msisdn: '255742345678' }]);
  assert.equal((await sdk.getPaymentStatus('ORD-1')).status, 'pending', 'a look-up that worked is no payment');
  await sandbox.approve('ORD-1');
  const paid = await sdk.waitForPayment('ORD-1', { expect: { amount: 1500, currency: 'TZS', reference: 'ORD-1' } });
  assert.deepEqual([paid.status, paid.amount, paid.receipt.length], ['succeeded', '1500', 10]);
  await sandbox.reverse('ORD-1');
  assert.equal((await sdk.getPaymentStatus('ORD-1')).status, 'reversed');
});

test('a customer may pay after the prompt ran out, and recover() and reconcile() see it', async (t) => {
  const { sdk, sandbox } = await start(t, { selcomExpiredWord: 'PENDING' });
  await sdk.charge(CHARGE);
  await sandbox.expire('ORD-1');
  const waiting = await sdk.recover('ORD-1', { since: Date.now() - 600_000 });
  assert.deepEqual([waiting.next, waiting.payment.status], ['ask-again', 'pending']);
  await sandbox.approve('ORD-1');
  assert.equal((await sdk.recover('ORD-1')).next, null);
  const told = [];
  const pending = [{ reference: 'ORD-1', status: 'pending' }, { reference: 'PAY-1', kind: 'payout' }, 'NONE'];
  for await (const { reference, now, error } of sdk.reconcile(pending)) told.push([reference, now, error?.code]);
  assert.deepEqual(told, [
    ['ORD-1', 'succeeded', undefined],
    ['PAY-1', null, 'INVALID_REQUEST'],
    ['NONE', 'pending', undefined],
  ]);
  // Of one that Selcom does not know it is only asked.
  for (const minutes of [0, 10, 23 * 60])
    assert.equal((await sdk.recover('NONE', { since: Date.now() - minutes * 60_000 })).next, 'ask-again');
  assert.equal((await sdk.recover('NONE', { since: Date.now() - 25 * 3_600_000 })).next, 'ask-support');
  const { payment, payout } = sdk.capabilities().recovery;
  assert.deepEqual([payment.resend, payout.resend], ['never', 'never']);
});

test('a reference that Selcom cannot carry goes out as another, by which it is found', async (t) => {
  const { sdk, sandbox } = await start(t);
  const { gatewayReference } = await sdk.charge({ ...CHARGE, reference: 'INVOICE/2026/7' });
  assert.match(gatewayReference, /^[A-Za-z0-9]{20}$/);
  await sandbox.approve(gatewayReference);
  for (const asked of ['INVOICE/2026/7', gatewayReference])
    assert.deepEqual([(await sdk.getPaymentStatus(asked)).status], ['succeeded'], asked);
});

test('a lost order asked for no money and may be repeated; a lost push is never sent again', async (t) => {
  const { sdk, sandbox, to } = await start(t, { selcomDuplicateOrder: 'accept' }, { options: { maxRetries: 5 } });
  sandbox.next({ name: 'reset-after', route: ORDER });
  const order = await rejection(sdk.charge(CHARGE));
  assert.deepEqual([order.outcome, order.retryable], ['not_sent', true]);
  assert.match(order.message, /may have been registered, and no payment was requested\.$/);
  assert.equal(to(/wallet-payment/).length, 0);

  sandbox.next({ name: 'reset-after', route: PUSH });
  const push = await rejection(sdk.charge(CHARGE));
  assert.deepEqual([push.outcome, push.retryable, to(/wallet-payment/).length], ['unknown', false, 1]);
  await sandbox.approve('ORD-1');
  const { payment, next } = await sdk.recover('ORD-1');
  assert.deepEqual([payment.status, next], ['succeeded', null]);
  assert.equal(to(/wallet-payment/).length, 1);
});

test('an order that is there already may have been paid', async (t) => {
  const { sdk, to } = await start(t);
  await sdk.charge(CHARGE);
  const error = await rejection(sdk.charge(CHARGE));
  assert.deepEqual([error.code, error.outcome, error.retryable], ['DUPLICATE_REFERENCE', 'unknown', false]);
  assert.equal(to(/wallet-payment/).length, 1);
  const { next } = await sdk.recover({ reference: 'ORD-1', error });
  assert.equal(next, 'ask-again');
});

test('what Selcom refuses comes in its words, with what to ask it for, and is not tried again', async (t) => {
  const cases = [
    [{ selcomAddressRefused: true }, 'Source IP not whitelisted (4032)', /ask Selcom to allow the address/],
    [{ selcomProducts: ORDER }, 'API endpoint not enabled for the vendor (4035)', /ask Selcom to enable this product/],
  ];
  for (const [switches, words, advice] of cases) {
    const { sdk, requests } = await start(t, switches, { options: { maxRetries: 5 } });
    const error = await rejection(sdk.charge(CHARGE));
    assert.deepEqual([error.code, error.outcome, error.statusCode], ['REFUSED', 'refused', 403]);
    assert.deepEqual([error.gatewayMessage, error.gatewayCode], [words, '403']);
    assert.match(error.message, advice);
    assert.ok(requests.length <= 2, 'each step once');
    assert.equal((await rejection(sdk.verifyCredentials())).code, 'REFUSED', 'the keys are right');
  }
  const { sdk, sandbox } = await start(t);
  await sdk.checkout({ ...CHARGE, phone: undefined, customer: { phone: CHARGE.phone } });
  const missing = await rejection(sdk.pay({ transid: 'T1', order_id: 'ORD-1' }));
  assert.deepEqual(
    [missing.outcome, missing.statusCode, missing.gatewayMessage],
    ['refused', 412, 'Parameter msisdn is invalid or missing'],
  );
  for (const [fault, code, outcome] of [
    ['502-html', 'GATEWAY_ERROR', 'unknown'],
    ['200-empty', 'INVALID_RESPONSE', 'unknown'],
    ['truncated', 'INVALID_RESPONSE', 'unknown'],
    ['error-in-200', 'REFUSED', 'refused'],
    ['401', 'REFUSED', 'refused'],
  ]) {
    sandbox.next({ name: fault, route: PUSH });
    const error = await rejection(sdk.pay({ transid: fault, order_id: 'ORD-1', msisdn: '255742345678' }));
    assert.deepEqual([error.code, error.outcome], [code, outcome], fault);
  }
  const generic = { resultcode: '403', result: 'FAIL', message: 'No reponse from upstream system', data: [] };
  sandbox.next({ status: 403, route: PUSH, body: JSON.stringify(generic) });
  const error = await rejection(sdk.pay({ transid: 'T9', order_id: 'ORD-1', msisdn: '255742345678' }));
  assert.equal(error.outcome, 'unknown', 'nobody knows what was done behind it');
});

test('wrong credentials are refused once, by name', async (t) => {
  for (const selcomRefusedStatus of [403, 401]) {
    const gateway = await start(t, { selcomRefusedStatus }, { config: { SELCOM_API_SECRET: 'wrong-secret' } });
    const error = await rejection(gateway.sdk.verifyCredentials());
    assert.deepEqual([error.code, error.gatewayMessage], ['AUTHENTICATION_FAILED', 'Invalid digest']);
    assert.equal(gateway.requests.length, 1);
    assert.ok(!inspect(error, { depth: 9 }).includes('wrong-secret'));
    assert.doesNotMatch(error.message, /clock/, 'it is right');
  }
  const { sdk } = await start(t, {}, { config: { SELCOM_API_KEY: 'nobody' } });
  const error = await rejection(sdk.verifyCredentials());
  assert.deepEqual([error.code, error.gatewayMessage], ['AUTHENTICATION_FAILED', 'API User not found']);
});

test('a clock that differs is learnt from a refusal, told, and used', async (t) => {
  for (const own of [false, true]) {
    for (const [hours, word] of [
      [2, 'behind'],
      [-3, 'ahead of'],
    ]) {
      const options = own ? { fetch } : {};
      const startAt = Date.now() + hours * 3_600_000;
      const gateway = await start(t, { selcomSkewMs: 300_000 }, { startAt, options });
      const error = await rejection(gateway.sdk.charge(CHARGE));
      assert.equal(error.outcome, 'refused');
      assert.match(error.message, new RegExp(`clock is \\d{4,5} s ${word} Selcom's: the next request is signed by`));
      assert.equal((await gateway.sdk.charge(CHARGE)).status, 'pending');
      assert.equal((await gateway.sdk.getPaymentStatus('ORD-1')).status, 'pending');
    }
  }
});

test('a webhook is asked about; what it says itself proves nothing', async (t) => {
  for (const switches of [
    {},
    { selcomResultName: 'resulcode' },
    { selcomWebhookTransid: 'push' },
    { selcomPaidWord: 'COMPLETE' },
  ]) {
    const { sdk, sandbox, received } = await withShop(t, switches, { options: { replay: 'memory' } });
    await sdk.charge(CHARGE);
    await sandbox.approve('ORD-1');
    const [{ body, headers }] = received();
    assert.equal(headers['user-agent'], 'SelcomPay 1.0');
    assert.equal(headers.digest, undefined);
    const forged = await sdk.handleCallback({ ...body, amount: '9999' }, { headers });
    assert.equal(forged.reason, 'UNCONFIRMED');
    const { isValid, payment } = await sdk.handleCallback(body, {
      headers,
      expect: { amount: 1500, reference: 'ORD-1' },
    });
    assert.deepEqual([isValid, payment.status, payment.reference], [true, 'succeeded', 'ORD-1']);
    // Its transid and reference are no identity: another of each is the same callback.
    const copy = await sdk.handleCallback({ ...body, transid: 'OTHER', reference: '0' }, { headers });
    assert.equal(copy.reason, 'REPLAY');
  }
});

test('a webhook that comes early is not confirmed yet, and one of nobody’s order never', async (t) => {
  const { sdk } = await start(t);
  await sdk.charge(CHARGE);
  const { body } = generateTestCallback('selcom', { order_id: 'ORD-1', amount: '1500' });
  assert.equal((await rejection(sdk.handleCallback(body))).code, 'NOT_CONFIRMED_YET');
  const stranger = generateTestCallback('selcom', { order_id: 'ORD-9' });
  assert.equal((await rejection(sdk.handleCallback(stranger.body))).code, 'NOT_CONFIRMED_YET');
  assert.equal((await sdk.handleCallback({ transid: 'AB' })).reason, 'UNCONFIRMED');
});

test('a digest, where one comes, must be right', async (t) => {
  const { sdk, sandbox, received, to } = await withShop(t, { selcomWebhook: 'signed' });
  await sdk.charge(CHARGE);
  await sandbox.approve('ORD-1');
  const [{ body, headers }] = received();
  assert.ok(headers.digest);
  const asked = () => to(/order-status/).length;
  const before = asked();
  for (const wrong of [
    { ...headers, digest: headers.digest.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) },
    { ...headers, timestamp: '2026-01-01T00:00:00+03:00' },
    { ...headers, 'signed-fields': 'order_id' },
    { ...headers, digest: 'x' },
  ])
    assert.equal((await sdk.handleCallback(body, { headers: wrong })).reason, 'BAD_SIGNATURE');
  assert.equal((await sdk.handleCallback({ ...body, order_id: 'ORD-2' }, { headers })).reason, 'BAD_SIGNATURE');
  assert.equal(asked(), before, 'nobody was asked');
  assert.equal((await sdk.handleCallback(body, { headers })).reason, null);
  // The digest does not cover the amount.
  assert.equal((await sdk.handleCallback({ ...body, amount: '1' }, { headers })).reason, 'UNCONFIRMED');
});

test('checkout gives the page, plain or as base64; a card takes an address', async (t) => {
  for (const selcomPageUrl of ['base64', 'plain']) {
    const { sdk, sandbox, bodies } = await start(t, { selcomPageUrl });
    const back = { returnUrl: 'https://shop.example/back?order=1', cancelUrl: 'https://shop.example/no' };
    const customer = { name: 'Asha Juma', email: 'asha@example.com', phone: CHARGE.phone };
    const page = await sdk.checkout({ ...CHARGE, phone: undefined, customer, ...back });
    assert.equal((await fetch(page.redirectUrl)).status, 200);
    const paid = await fetch(page.redirectUrl, { method: 'POST', redirect: 'manual' });
    assert.match(
      paid.headers.get('location'),
      /^https:\/\/shop\.example\/back\?order=1&payment_status=COMPLETED&transid=/,
    );
    assert.equal((await sdk.getPaymentStatus('ORD-1')).status, 'succeeded');
    const [order] = bodies(ORDER);
    assert.equal(Buffer.from(order.redirect_url, 'base64').toString(), back.returnUrl);
    const billing = {
      address: 'Plot 1, Samora Ave',
      city: 'Mwanza',
      region: 'Mwanza',
      postcode: '33000',
      country: 'TZ',
    };
    const card = await sdk.checkout({
      ...CHARGE,
      phone: undefined,
      reference: 'CARD-1',
      method: 'card',
      customer,
      billing,
    });
    assert.ok(card.redirectUrl.startsWith(sandbox.url));
    assert.equal(bodies('checkout/create-order')[0]['billing.address_1'], 'Plot 1, Samora Ave');
  }
});

test('a pending order is cancelled, a paid one is not', async (t) => {
  const { sdk, sandbox } = await start(t);
  await sdk.charge(CHARGE);
  const { transactionId } = await sdk.cancel('ORD-1');
  assert.equal(transactionId, 'ORD-1');
  assert.equal((await sdk.getPaymentStatus('ORD-1')).status, 'failed');
  await sdk.charge({ ...CHARGE, reference: 'ORD-2' });
  await sandbox.approve('ORD-2');
  assert.equal((await rejection(sdk.cancel('ORD-2'))).code, 'REFUSED');
  const rows = [];
  for await (const row of sdk.listPayments({ startDate: '2026-01-01', endDate: '2099-01-01' })) rows.push(row);
  assert.deepEqual(
    rows.map(({ reference, status }) => [reference, status]),
    [
      ['ORD-1', 'failed'],
      ['ORD-2', 'succeeded'],
    ],
  );
  assert.match((await rejection(first(sdk.listPayments()))).message, /startDate is missing/);
});

const first = (list) => list[Symbol.asyncIterator]().next();

test('no PIN and no key is in any error, whatever Selcom repeats', async (t) => {
  const { sdk, sandbox } = await start(t);
  const { SELCOM_PIN: pin, SELCOM_API_SECRET: secret, SELCOM_API_KEY: key } = sandbox.config('selcom');
  const encoded = Buffer.from(key).toString('base64');
  for (const [status, code] of [
    [200, '010'],
    [403, '403'],
    [500, '500'],
  ]) {
    const message = `Invalid PIN ${pin}, ${secret}, ${key}, SELCOM ${encoded}`;
    sandbox.next({
      status,
      route: 'process',
      body: JSON.stringify({ resultcode: code, result: 'FAIL', message, pin }),
    });
    const error = await rejection(sdk.payout(PAYOUT));
    const shown = `${error.message} ${JSON.stringify(error)} ${error.gatewayMessage}`;
    for (const part of [` ${pin},`, `"${pin}"`, secret, key, encoded]) assert.ok(!shown.includes(part), shown);
    assert.match(error.message, /Invalid PIN \[redacted\]/);
  }
  const events = [];
  for (const name of ['request', 'response', 'retry']) sdk.on(name, (event) => events.push(event));
  await sdk.payout(PAYOUT);
  for (const part of [`"${pin}"`, secret, key, encoded]) assert.ok(!JSON.stringify(events).includes(part));
  for (const part of [`"${pin}"`, secret, encoded])
    assert.ok(!JSON.stringify(sandbox.requests().at(-1)).includes(part));
});

test('answers in other shapes are read, and one reference on two orders is no matter', async (t) => {
  for (const switches of [
    { selcomData: 'object' },
    { selcomNumbers: true },
    { selcomSameReference: true },
    { selcomPushCode: '927' },
  ]) {
    const { sdk, sandbox } = await start(t, switches);
    for (const reference of ['A-1', 'A-2']) await sdk.charge({ ...CHARGE, reference });
    await sandbox.approve('A-1');
    assert.deepEqual(
      [await sdk.getPaymentStatus('A-1'), await sdk.getPaymentStatus('A-2')].map(({ status, amount }) => [
        status,
        amount,
      ]),
      [
        ['succeeded', '1500'],
        ['pending', '1500'],
      ],
      JSON.stringify(switches),
    );
  }
  const { sdk } = await start(t, { selcomData: 'missing' });
  await sdk.charge(CHARGE);
  assert.equal((await rejection(sdk.getPaymentStatus('ORD-1'))).code, 'INVALID_RESPONSE');
});

test('a router goes on from Selcom only where it did nothing', async (t) => {
  const { sdk, sandbox, to } = await start(t);
  const router = new PaymentRouter([sdk, sdk]);
  sandbox.next({ name: 'reset-before', route: PUSH });
  const error = await rejection(router.charge(CHARGE));
  assert.deepEqual([error.outcome, error.asked.length], ['unknown', 1]);
  assert.equal(to(/create-order/).length, 1);
});
