import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { rejection, startGateway } from './support/gateway.mjs';
import { startShop } from './support/shop.mjs';

const IPN = 'https://shop.example/ipn';

/** A sandbox, an SDK object on it, what it got beside logins, and an IPN id. */
async function pesapal(t, { sdk: more, ...options } = {}) {
  const gateway = await startGateway(t, options);
  const sdk = gateway.sdk('pesapal', {}, more);
  const ipnId = await sdk.registerIpn(IPN);
  gateway.requests.length = 0;
  const paths = () => gateway.requests.map(({ path }) => path.split('/').at(-1).split('?')[0]);
  return { ...gateway, sdk, ipnId, paths };
}

const ORDER = '/api/Transactions/SubmitOrderRequest';
const charge = (ipnId, more) => ({
  amount: 1500,
  currency: 'KES',
  phone: '0712 345 678',
  reference: 'ORDER-1',
  description: 'Order 1',
  customer: { name: 'Asha Juma', email: 'asha@example.com' },
  callbackUrl: 'https://shop.example/back',
  ipnId,
  ...more,
});

test('a charge is an order, whose page the customer is sent to', async (t) => {
  const { sdk, ipnId, requests } = await pesapal(t);
  const { raw, transactionId, redirectUrl, ...told } = await sdk.charge(charge(ipnId));
  assert.deepEqual(JSON.parse(requests.at(-1).body), {
    id: 'ORDER-1',
    currency: 'KES',
    amount: 1500,
    description: 'Order 1',
    callback_url: 'https://shop.example/back',
    billing_address: {
      phone_number: '254712345678',
      email_address: 'asha@example.com',
      country_code: 'KE',
      first_name: 'Asha',
      last_name: 'Juma',
    },
    notification_id: ipnId,
  });
  assert.deepEqual(told, {
    provider: 'pesapal',
    kind: 'payment',
    status: 'pending',
    amount: '1500',
    currency: 'KES',
    reference: 'ORDER-1',
    receipt: null,
    payer: '2547****5678',
    message: null,
    gatewayReference: 'ORDER-1',
    operator: null,
  });
  assert.deepEqual([raw.order_tracking_id, raw.redirect_url], [transactionId, redirectUrl]);
  assert.equal((await sdk.getPaymentStatus(transactionId)).reference, 'ORDER-1');
});

test('all that is wrong with a charge is told at once, and nothing is sent', async (t) => {
  const { sdk, requests } = await pesapal(t);
  const error = await rejection(sdk.charge({ amount: '1,500', currency: 'EUR', reference: 'A', phone: '0712' }));
  assert.deepEqual([error.code, error.outcome], ['INVALID_REQUEST', 'not_sent']);
  for (const rule of ['currency must be', 'amount has a comma', 'description is missing', 'callbackUrl is missing'])
    assert.ok(error.message.includes(rule), error.message);
  assert.match(error.message, /^Charge failed: .*ipnId is missing: the id that ensureIpn\(\) gives/);
  assert.deepEqual(requests, []);
});

test('each bound of a charge is a setting', async (t) => {
  const { sdk, ipnId } = await pesapal(t, {
    sdk: { limits: { descriptionLength: false, wholeAmounts: false } },
    switches: { pesapalStrictOrders: false },
  });
  const long = charge(ipnId, { description: 'x'.repeat(200), currency: 'UGX', amount: '1500.50' });
  assert.equal((await sdk.charge(long)).amount, '1500.5');
  const { limits, minimum, maximum, reference } = sdk.capabilities();
  assert.deepEqual(limits, {
    currencies: 1,
    wholeAmounts: null,
    phones: 1,
    referenceCharacters: 1,
    referenceLength: 50,
    refundRules: 1,
    descriptionLength: null,
  });
  assert.deepEqual([minimum, maximum, reference.maxLength], [null, null, 50]);
});

test('a charge that PesaPal refuses is refused in its words', async (t) => {
  const { sdk, ipnId } = await pesapal(t, { switches: { pesapalAmountLimit: 1000 } });
  const error = await rejection(sdk.charge(charge(ipnId)));
  assert.deepEqual(
    [error.code, error.outcome, error.gatewayCode],
    ['REFUSED', 'refused', 'amount_exceeds_default_limit'],
  );
});

test('a charge whose answer is lost is unknown, and is not sent again', async (t) => {
  const { sdk, sandbox, ipnId, to } = await pesapal(t, { sdk: { maxRetries: 3 } });
  for (const kind of ['reset-after', '502-html', 'truncated']) {
    sandbox.next({ name: kind, route: ORDER });
    const before = to(ORDER).length;
    const error = await rejection(sdk.charge(charge(ipnId, { reference: `ORDER-${kind}` })));
    assert.deepEqual([error.outcome, error.retryable], ['unknown', false], kind);
    assert.equal(to(ORDER).length, before + 1);
  }
});

const checkout = (more) => ({
  amount: '1500',
  currency: 'KES',
  reference: 'ORDER-1',
  description: 'Order 1',
  customer: { email: 'asha@example.com' },
  returnUrl: 'https://shop.example/back',
  ...more,
});

test('a checkout is the same order, told as a page', async (t) => {
  const { sdk, ipnId, requests } = await pesapal(t);
  const { raw, ...told } = await sdk.checkout(checkout({ ipnId, cancelUrl: 'https://shop.example/no' }));
  const sent = JSON.parse(requests.at(-1).body);
  assert.deepEqual(
    [sent.callback_url, sent.cancellation_url, sent.notification_id],
    ['https://shop.example/back', 'https://shop.example/no', ipnId],
  );
  assert.deepEqual(told, {
    provider: 'pesapal',
    redirectUrl: raw.redirect_url,
    reference: 'ORDER-1',
    gatewayReference: 'ORDER-1',
    transactionId: raw.order_tracking_id,
  });
});

test('a page that is no web address is no answer: the customer is not sent there', async () => {
  for (const page of ['javascript:alert(1)', 'pay.pesapal.example/x', '']) {
    const answers = {
      RequestToken: { token: 't', expiryDate: '2099-01-01T00:00:00Z', status: '200', error: null },
      SubmitOrderRequest: { order_tracking_id: 'X9', merchant_reference: 'ORDER-1', redirect_url: page, status: '200' },
    };
    const fetch = async (url) => ({ status: 200, body: JSON.stringify(answers[url.split('/').at(-1)]) });
    const config = { baseUrl: 'https://gateway.example', PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's' };
    const sdk = new FintechSDK({ provider: 'pesapal', config, fetch, maxRetries: 0 });
    const calls = [() => sdk.charge(charge('I1')), () => sdk.checkout(checkout({ ipnId: 'I1' }))];
    for (const call of calls) assert.equal((await rejection(call())).outcome, 'unknown', page);
  }
});

test('a checkout with an IPN URL registers it where it is not registered yet', async (t) => {
  const { sdk, requests, paths } = await pesapal(t);
  const callbackUrl = 'https://shop.example/other-ipn';
  await sdk.checkout(checkout({ callbackUrl }));
  assert.deepEqual(paths(), ['GetIpnList', 'RegisterIPN', 'SubmitOrderRequest']);
  await sdk.checkout(checkout({ callbackUrl, reference: 'ORDER-2' }));
  assert.deepEqual(paths().slice(3), ['GetIpnList', 'SubmitOrderRequest']);
  const ids = requests.filter(({ path }) => path.endsWith(ORDER)).map(({ body }) => JSON.parse(body).notification_id);
  assert.equal(ids[0], ids[1]);
});

test('what was done is told, whichever step of a checkout loses its answer', async (t) => {
  const callbackUrl = 'https://shop.example/other-ipn';
  for (const [route, outcome, retryable, words] of [
    ['GetIpnList', 'not_sent', true, /No payment was requested\.$/],
    ['RegisterIPN', 'not_sent', true, /It may have been registered, and no payment was requested\.$/],
    ['SubmitOrderRequest', 'unknown', false, /The payment may have been made: let recover\(\) say/],
  ]) {
    const { sdk, sandbox, paths } = await pesapal(t);
    sandbox.next({ name: 'reset-after', route });
    const error = await rejection(sdk.checkout(checkout({ callbackUrl })));
    assert.deepEqual([error.operation, error.outcome, error.retryable], ['checkout', outcome, retryable], route);
    assert.match(error.message, words);
    assert.equal(paths().at(-1), route);
  }
  const { sdk, sandbox, ipnId } = await pesapal(t, { switches: { pesapalAmountLimit: 1000 } });
  const error = await rejection(sdk.checkout(checkout({ callbackUrl })));
  assert.deepEqual([error.code, error.outcome], ['REFUSED', 'refused']);
  sandbox.next({ name: '502-html', route: 'SubmitOrderRequest' });
  assert.equal((await rejection(sdk.checkout(checkout({ ipnId })))).outcome, 'unknown');
});

test('the IPN list is told in one vocabulary, in both shapes of its rows', async (t) => {
  const { sdk, ipnId } = await pesapal(t);
  await sdk.registerIpn(IPN, 'POST');
  const [get, post] = await sdk.listIpns();
  const { raw, ...told } = get;
  assert.deepEqual(told, { provider: 'pesapal', ipnId, url: IPN, type: 'GET', active: true });
  assert.equal(raw.ipn_status_decription, 'Active');
  assert.deepEqual([post.type, post.url], ['POST', IPN]);
  const documented = await pesapal(t, { switches: { pesapalIpnListShape: 'documented' } });
  const [bare] = await documented.sdk.listIpns();
  assert.deepEqual([bare.ipnId, bare.url, bare.type, bare.active], [documented.ipnId, IPN, null, null]);
});

test('ensureIpn looks before it registers, once for all who ask at one time', async (t) => {
  const { sdk, ipnId, paths, requests } = await pesapal(t);
  assert.equal(await sdk.ensureIpn(` ${IPN} `), ipnId);
  assert.deepEqual(paths(), ['GetIpnList']);
  requests.length = 0;
  const given = [
    [IPN, 'POST'],
    [IPN, 'post', {}],
    [` ${IPN}`, 'POST', { timeoutMs: 5_000 }],
  ];
  const ids = await Promise.all(Array.from({ length: 30 }, (_, i) => sdk.ensureIpn(...given[i % 3])));
  assert.equal(new Set(ids).size, 1);
  assert.deepEqual(paths(), ['GetIpnList', 'RegisterIPN']);
  assert.equal(await sdk.ensureIpn(IPN, 'POST'), ids[0]);
  assert.deepEqual([await sdk.ensureIpn(IPN), await sdk.ensureIpn(IPN, { timeoutMs: 5_000 })], [ipnId, ipnId]);
  assert.equal(requests.length, 2, 'answers are kept');
});

test('who stops waiting for ensureIpn leaves alone, with the errors of every call', async (t) => {
  const { sdk, sandbox, paths } = await pesapal(t);
  const url = 'https://shop.example/slow-ipn';
  sandbox.next({ name: 'delay', route: 'GetIpnList', delayMs: 400 });
  const aborts = new AbortController();
  const reason = new Error('enough');
  const first = rejection(sdk.ensureIpn(url, { signal: aborts.signal }));
  const second = rejection(sdk.ensureIpn(url, 'GET', { timeoutMs: 50 }));
  const third = sdk.ensureIpn(url);
  const late = await second;
  aborts.abort(reason);
  const aborted = await first;
  const told = ({ code, operation, provider, outcome, retryable }) => [code, operation, provider, outcome, retryable];
  assert.deepEqual(told(late), ['TIMEOUT', 'ensureIpn', 'pesapal', 'unknown', true]);
  assert.deepEqual(told(aborted), ['ABORTED', 'ensureIpn', 'pesapal', 'unknown', true]);
  assert.equal(aborted.cause, reason);
  assert.match(late.message, /^IPN registration failed: no answer from PesaPal within 50 ms\. It may have been reg/);
  assert.match(await third, /^[0-9a-f-]{36}$/);
  assert.deepEqual(paths(), ['GetIpnList', 'RegisterIPN']);
  assert.equal(await rejection(sdk.ensureIpn(url, { signal: AbortSignal.abort(reason) })), reason);
});

test('no failure of ensureIpn is kept, and a refusal drops what is', async (t) => {
  const { sdk, sandbox, ipnId, paths, requests } = await pesapal(t);
  sandbox.next({ name: '502-html', route: 'GetIpnList' });
  assert.equal((await rejection(sdk.ensureIpn(IPN))).code, 'GATEWAY_ERROR');
  assert.equal(await sdk.ensureIpn(IPN), ipnId);
  requests.length = 0;
  const unknown = '01234567-89ab-4def-8123-456789abcdef';
  assert.equal((await rejection(sdk.charge(charge(unknown)))).gatewayCode, 'InvalidIpnId');
  assert.equal(await sdk.ensureIpn(IPN), ipnId);
  assert.deepEqual(paths(), ['SubmitOrderRequest', 'GetIpnList']);
});

test('ensureIpn refuses what is none, and what it is called on, by a rejection', async (t) => {
  const { sdk, requests } = await pesapal(t);
  const wrong = await rejection(sdk.ensureIpn('shop.example', 'RECURRING'));
  assert.deepEqual([wrong.code, wrong.outcome], ['INVALID_REQUEST', 'not_sent']);
  assert.match(wrong.message, /url must be an absolute .*; the IPN notification type must be 'GET' or 'POST'/);
  const { ensureIpn } = sdk;
  for (const self of [undefined, null, {}, new Proxy(sdk, {})]) {
    const error = await rejection(ensureIpn.call(self, IPN));
    assert.equal(error.name, 'FinConnectError');
    assert.deepEqual([error.operation, error.outcome], ['ensureIpn', 'not_sent']);
  }
  assert.deepEqual(requests, []);
});

/** A payment that the customer has made on PesaPal's page. */
async function paid(t, method, { amount = 1500, ...more } = {}) {
  const gateway = await pesapal(t, more);
  const { transactionId, redirectUrl } = await gateway.sdk.charge(charge(gateway.ipnId, { amount }));
  const body = new URLSearchParams({ action: 'pay', ...(method && { method }) });
  await fetch(redirectUrl, { method: 'POST', redirect: 'manual', body });
  gateway.requests.length = 0;
  return { ...gateway, transactionId };
}

const REFUND = 'RefundRequest';
const refund = (transactionId, more) => ({
  transactionId,
  amount: '1500',
  reason: 'Service not offered',
  requestedBy: 'Asha Juma',
  ...more,
});

test('a refund looks at the payment, asks, is queued, and later the payment is reversed', async (t) => {
  const { sdk, transactionId, requests, paths } = await paid(t, 'Visa', { switches: { pesapalRefundAfterMs: 0 } });
  const { receipt } = await sdk.getPaymentStatus(transactionId);
  requests.length = 0;
  const { raw, ...told } = await sdk.refund(refund(transactionId, { amount: 100.5 }));
  assert.deepEqual(paths(), ['GetTransactionStatus', REFUND]);
  assert.deepEqual(JSON.parse(requests.at(-1).body), {
    confirmation_code: receipt,
    amount: '100.50',
    username: 'Asha Juma',
    remarks: 'Service not offered',
  });
  assert.deepEqual(told, {
    provider: 'pesapal',
    status: 'queued',
    transactionId,
    amount: '100.5',
    currency: 'KES',
    message: 'Refund request successfully',
  });
  assert.equal(raw.status, '200');
  while ((await sdk.getPaymentStatus(transactionId)).status !== 'reversed') await new Promise(setImmediate);
  const again = await rejection(sdk.refund(refund(transactionId)));
  assert.match(again.message, /the payment is reversed, and only one that has succeeded can be refunded/);
});

test('a refund that breaks a rule is not asked for', async (t) => {
  const mobile = await paid(t);
  for (const [more, rule] of [
    [{ amount: '100' }, /only cards are refunded in part, not 'MpesaKE'\. No refund was requested\.$/],
    [{ amount: '1500.01' }, /amount is 1500\.01, and only 1500 KES were paid/],
    [{ amount: { value: 1500, currency: 'TZS' } }, /amount is in 'TZS', not in KES/],
    [{ confirmationCode: 'AAAAAAAAAA' }, /confirmationCode is not that of this payment/],
  ]) {
    const error = await rejection(mobile.sdk.refund(refund(mobile.transactionId, more)));
    assert.deepEqual([error.code, error.outcome, error.retryable], ['INVALID_REQUEST', 'not_sent', false]);
    assert.match(error.message, rule);
  }
  const { sdk, ipnId, paths } = await pesapal(t);
  const { transactionId } = await sdk.charge(charge(ipnId));
  const unpaid = await rejection(sdk.refund(refund(transactionId)));
  assert.match(unpaid.message, /^Refund failed: the payment is pending, and only one that has succeeded/);
  const none = await rejection(sdk.refund({ amount: '1,000' }));
  assert.match(none.message, /transactionId is missing.*reason is missing.*requestedBy is missing.*amount has a comma/);
  for (const { paths: sent } of [mobile, { paths }]) assert.equal(sent().includes(REFUND), false);
});

for (const shape of ['status', 'error']) {
  test(`a second refund is refused, and may be the first one's doing; refusals by ${shape}`, async (t) => {
    const { sdk, sandbox, transactionId, paths } = await paid(t, 'Visa', {
      sdk: { maxRetries: 3 },
      switches: { pesapalRefusal: shape, pesapalRefundAfterMs: 60_000 },
    });
    sandbox.next({ name: 'reset-after', route: REFUND });
    const lost = await rejection(sdk.refund(refund(transactionId)));
    assert.deepEqual([lost.outcome, lost.retryable], ['unknown', false]);
    assert.match(lost.message, /The refund may have been requested\. One request is taken for each payment/);
    assert.equal(paths().filter((path) => path === REFUND).length, 1);
    const again = await rejection(sdk.refund(refund(transactionId)));
    assert.deepEqual([again.code, again.outcome], ['REFUSED', 'refused']);
    assert.match(again.message, /already requested\. If an earlier request had no answer, that one may have arrived/);
  });
}

test('a look before a refund that fails has asked for nothing', async (t) => {
  const { sdk, sandbox, transactionId, paths } = await paid(t, 'Visa');
  sandbox.next({ name: '502-html', route: 'GetTransactionStatus' });
  const lost = await rejection(sdk.refund(refund(transactionId)));
  assert.deepEqual([lost.outcome, lost.retryable], ['not_sent', true]);
  assert.match(lost.message, /No refund was requested\.$/);
  const unknown = await rejection(sdk.refund(refund('01234567-89ab-4def-8123-456789abcdef')));
  assert.deepEqual([unknown.code, unknown.outcome], ['REFUSED', 'not_sent']);
  assert.doesNotMatch(unknown.message, /earlier request/);
  assert.equal(paths().includes(REFUND), false);
});

test('an order that nobody has paid is cancelled, once', async (t) => {
  const { sdk, sandbox, ipnId, paths } = await pesapal(t);
  const { transactionId } = await sdk.charge(charge(ipnId));
  sandbox.next({ name: 'reset-before', route: 'CancelOrder' });
  const lost = await rejection(sdk.cancel(transactionId));
  assert.deepEqual([lost.outcome, lost.retryable], ['unknown', true]);
  assert.match(lost.message, /The order may have been cancelled; asking again is harmless\.$/);
  const { raw, ...told } = await sdk.cancel(transactionId);
  assert.deepEqual(told, { provider: 'pesapal', transactionId, message: 'Order successfully cancelled.' });
  assert.equal(raw.status, '200');
  const again = await rejection(sdk.cancel(transactionId));
  assert.deepEqual([again.code, again.outcome], ['REFUSED', 'refused']);
  assert.equal(paths().filter((path) => path === 'CancelOrder').length, 3);
  const none = await rejection(sdk.cancel());
  assert.match(none.message, /^Cancellation failed: transactionId must be a string of 1 to 128 characters/);
});

test('a later payment of a subscription is told by an IPN of its own kind, under the account', async (t) => {
  const shop = await startShop();
  t.after(() => shop.close());
  const { sdk, sandbox } = await pesapal(t, { clock: 'manual', switches: { pesapalRenewAfterMs: 60_000 } });
  const ipnId = await sdk.ensureIpn(`${shop.url}/ipn`);
  const subscription = { startDate: '2026-01-24', endDate: '2026-12-31', frequency: 'MONTHLY' };
  await sdk.charge(charge(ipnId, { accountNumber: '555-678', subscription }));
  await sandbox.approve('ORDER-1');
  await sandbox.clock.advance(60_000);
  const [first, renewal] = await Promise.all(shop.received.map(({ url }) => sdk.handleCallback(url)));
  assert.deepEqual(
    [first, renewal].map(({ isValid, payment }) => [isValid, payment.status, payment.reference]),
    [
      [true, 'succeeded', 'ORDER-1'],
      [true, 'succeeded', '555-678'],
    ],
  );
  assert.deepEqual(renewal.acknowledgement, {
    orderNotificationType: 'RECURRING',
    orderTrackingId: renewal.payment.transactionId,
    orderMerchantReference: '555-678',
    status: 200,
  });
  const { account_reference, amount } = renewal.payment.raw.subscription_transaction_info;
  assert.deepEqual([account_reference, amount], ['555-678', 1500]);
});
