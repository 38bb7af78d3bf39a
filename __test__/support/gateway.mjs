import { createRequire } from 'node:module';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';

/** The addon's own exports, with the hooks that the package hides. */
export const binding = createRequire(import.meta.url)('../../binding.js');

/** What each gateway's payment needs to be accepted by the sandbox. */
export const PAYMENTS = {
  pesapal: {
    id: 'ORDER-1',
    currency: 'KES',
    amount: 1500,
    description: 'Order 1',
    callback_url: 'https://shop.example/back',
    billing_address: { phone_number: '0712345678', country_code: 'KE' },
  },
  clickpesa: { amount: '1000', currency: 'TZS', orderReference: 'ORDER1', phoneNumber: '255712345678' },
  azampay: { accountNumber: '255712345678', amount: '1000', currency: 'TZS', externalId: 'ORDER-1', provider: 'Mpesa' },
};

export const PAY_ROUTES = {
  pesapal: '/api/Transactions/SubmitOrderRequest',
  clickpesa: '/third-parties/payments/initiate-ussd-push-request',
  azampay: '/azampay/mno/checkout',
};

export const LOGIN_ROUTES = {
  pesapal: '/api/Auth/RequestToken',
  clickpesa: '/third-parties/generate-token',
  azampay: '/AppRegistration/GenerateToken',
};

export const PROVIDERS = Object.keys(PAYMENTS);

/** A sandbox for one test, which records every request as it came, and SDK objects that talk to it. */
export async function startGateway(t, options = {}) {
  const requests = [];
  const sandbox = await startSandbox({ seed: 'specs', ...options, onRequest: (request) => requests.push(request) });
  t.after(() => sandbox.close());
  return {
    sandbox,
    requests,
    /** The requests to a route, in order; PesaPal's base has a path of its own in front. */
    to: (route) => requests.filter((request) => request.path.endsWith(route)),
    /** Without retries, unless the test is about them, so that each fault meets one request. */
    sdk: (provider, config = {}, more = {}) =>
      new FintechSDK({ provider, config: { ...sandbox.config(provider), ...config }, maxRetries: 0, ...more }),
    /** Scripts the next answers to a gateway's payment route, whatever a payment is there. */
    answer: (route, status, body, headers = { 'content-type': 'application/json' }) =>
      sandbox.next({ route, status, body: typeof body === 'string' ? body : JSON.stringify(body), headers }),
  };
}

/** Pays with the ids that PesaPal needs beside. */
export async function pay(sdk, provider, payment = {}) {
  const ipnId = provider === 'pesapal' ? '11111111-2222-4333-8444-555555555555' : undefined;
  return sdk.pay({ ...PAYMENTS[provider], ...payment }, ipnId);
}

/** The error a promise rejects with; fails when it resolves. */
export async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`resolved with ${JSON.stringify(value)}`);
}
