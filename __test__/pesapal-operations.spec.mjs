import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection, startGateway } from './support/gateway.mjs';

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
  assert.deepEqual(limits, { currencies: 1, wholeAmounts: null, referenceLength: 50, descriptionLength: null });
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
