// What each call that fails says of the money: one row for each way to fail, one column for each method.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinConnectError } from 'finconnect';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, rejection, startGateway } from './support/gateway.mjs';

const STATUS = '/api/Transactions/GetTransactionStatus';
const ID = '11111111-2222-4333-8444-555555555555';
const ORDER = { ...PAYMENTS.pesapal, notification_id: ID };
const IPN = { OrderTrackingId: ID, OrderNotificationType: 'IPNCHANGE', OrderMerchantReference: 'ORDER-1' };

/** PesaPal has every method. Each is called with options, and `broken` with an argument that breaks a rule. */
const METHODS = {
  pay: { route: PAY_ROUTES.pesapal, call: (sdk, options) => sdk.pay(ORDER, options), broken: (sdk) => sdk.pay(5) },
  registerIpn: {
    route: '/api/URLSetup/RegisterIPN',
    call: (sdk, options) => sdk.registerIpn('https://shop.example/ipn', 'GET', options),
    broken: (sdk) => sdk.registerIpn(5),
  },
  getPaymentStatus: {
    route: STATUS,
    call: (sdk, options) => sdk.getPaymentStatus(ID, options),
    broken: (sdk) => sdk.getPaymentStatus(5),
  },
  waitForPayment: {
    route: STATUS,
    call: (sdk, options) => sdk.waitForPayment(ID, { pollMs: 10, timeoutMs: 400, ...options }),
    broken: (sdk) => sdk.waitForPayment(5),
  },
  handleCallback: {
    route: STATUS,
    call: (sdk, options) => sdk.handleCallback(IPN, options),
    broken: (sdk) => sdk.handleCallback(IPN, { timeoutMs: -1 }),
  },
};

const refusal = (status) => ({ status, body: '{"message":"no"}', headers: { 'content-type': 'application/json' } });

/**
 * The failure, and `CODE outcome`, with `+` where the same call may be made again; `null` where it does not fail. A
 * wait goes on after what may pass.
 */
const FAILURES = [
  // The fault, and what it makes of: pay, registerIpn, getPaymentStatus, waitForPayment, handleCallback.
  [
    { name: 'reset-after' },
    'CONNECTION_FAILED unknown',
    'CONNECTION_FAILED unknown +',
    'CONNECTION_FAILED not_sent +',
    'TIMEOUT unknown',
    'CONNECTION_FAILED not_sent +',
  ],
  [
    { name: '502-html' },
    'GATEWAY_ERROR unknown',
    'GATEWAY_ERROR unknown +',
    'GATEWAY_ERROR not_sent +',
    'TIMEOUT unknown',
    'GATEWAY_ERROR not_sent +',
  ],
  [
    { name: '200-empty' },
    'INVALID_RESPONSE unknown',
    'INVALID_RESPONSE unknown +',
    'INVALID_RESPONSE not_sent +',
    'TIMEOUT unknown',
    'INVALID_RESPONSE not_sent +',
  ],
  [
    { name: '429' },
    'RATE_LIMITED refused +',
    'RATE_LIMITED refused +',
    'RATE_LIMITED not_sent +',
    'TIMEOUT unknown',
    'RATE_LIMITED not_sent +',
  ],
  [
    { name: 'hang' },
    'TIMEOUT unknown',
    'TIMEOUT unknown +',
    'TIMEOUT not_sent +',
    'TIMEOUT unknown',
    'TIMEOUT not_sent +',
  ],
  [
    { abort: true },
    'ABORTED unknown',
    'ABORTED unknown +',
    'ABORTED not_sent +',
    'ABORTED unknown',
    'ABORTED not_sent +',
  ],
  [refusal(400), 'REFUSED refused', 'REFUSED refused', 'REFUSED not_sent', 'REFUSED not_sent', null],
  [
    { login: refusal(400) },
    'AUTHENTICATION_FAILED not_sent',
    'AUTHENTICATION_FAILED not_sent',
    'AUTHENTICATION_FAILED not_sent',
    'AUTHENTICATION_FAILED not_sent',
    'AUTHENTICATION_FAILED not_sent',
  ],
  [
    { login: { name: '502-html' } },
    'GATEWAY_ERROR not_sent +',
    'GATEWAY_ERROR not_sent +',
    'GATEWAY_ERROR not_sent +',
    'TIMEOUT unknown',
    'GATEWAY_ERROR not_sent +',
  ],
  [
    { broken: true },
    'INVALID_REQUEST not_sent',
    'INVALID_REQUEST not_sent',
    'INVALID_REQUEST not_sent',
    'INVALID_REQUEST not_sent',
    'INVALID_REQUEST not_sent',
  ],
];

/** Makes a call fail in one of these ways; the error. */
async function failed(t, method, failure) {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal', {}, { timeoutMs: failure.name === 'hang' ? 250 : 5000 });
  const { route, call, broken } = METHODS[method];
  if (failure.broken) return rejection(broken(sdk));
  if (failure.login) gateway.sandbox.next({ route: LOGIN_ROUTES.pesapal, times: 100, ...failure.login });
  else gateway.sandbox.next({ route, times: 100, ...(failure.abort ? { name: 'hang' } : failure) });
  if (!failure.abort) return rejection(call(sdk));
  const controller = new AbortController();
  const error = rejection(call(sdk, { signal: controller.signal, timeoutMs: 5000 }));
  while (gateway.to(route).length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  controller.abort(new Error('enough'));
  return error;
}

for (const [column, method] of Object.keys(METHODS).entries()) {
  test(`${method}: every failure says what is known of the money`, async (t) => {
    for (const [failure, ...expected] of FAILURES) {
      if (expected[column] === null) continue;
      const what = JSON.stringify(failure);
      await t.test(what, async () => {
        const error = await failed(t, method, failure);
        assert.ok(error instanceof FinConnectError, `${what}: ${error}`);
        assert.equal(
          [error.code, error.outcome, ...(error.retryable ? ['+'] : [])].join(' '),
          expected[column],
          `${what}: ${error.message}`,
        );
        assert.deepEqual([error.operation, error.provider], [method, 'pesapal'], what);
        if (method !== 'registerIpn') assert.ok(!(error.outcome === 'unknown' && error.retryable), what);
        // One or two sentences on one line, which end as sentences do, and say what became of the money where that is
        // in doubt.
        assert.match(error.message, /^[A-Z][^\n]+$/, what);
        if (error.outcome === 'unknown' && method === 'pay')
          assert.match(error.message, /may have been made: let recover\(\) say what is safe before you try again\.$/);
        if (error.outcome === 'unknown' && method === 'waitForPayment')
          assert.match(error.message, /may still go through: ask again before you charge again\.$/);
        if (error.code === 'ABORTED') assert.equal(error.cause.message, 'enough', what);
      });
    }
  });
}
