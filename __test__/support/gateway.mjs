import { createRequire } from 'node:module';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { column, IPN_ID, PROVIDERS } from './gateways.cjs';

/** The addon's own exports, with the hooks that the package hides. */
export const binding = createRequire(import.meta.url)('../../binding.js');

export const PAYMENTS = column('payment');
export const PAY_ROUTES = column('pay');
export const LOGIN_ROUTES = column('login');
export { PROVIDERS };

/** An answer that each gateway would give to a payment that it accepts. */
export const ACCEPTED = {
  success: true,
  transactionId: 'x',
  order_tracking_id: 'x',
  redirect_url: 'x',
  id: 'x',
  status: 'PROCESSING',
};

/** A sandbox for one test, which records every request as it came, and SDK objects that talk to it. */
export async function startGateway(t, options = {}) {
  const requests = [];
  const sandbox = await startSandbox({ seed: 'specs', ...options, onRequest: (request) => requests.push(request) });
  t.after(() => sandbox.close());
  return {
    sandbox,
    requests,
    /** The requests to a route, in order; PesaPal's base has a path of its own in front. */
    to: (route) => requests.filter(({ path }) => (typeof route === 'string' ? path.endsWith(route) : route.test(path))),
    /** Without retries, unless the test is about them, so that each fault meets one request. */
    sdk: (provider, config = {}, more = {}) =>
      new FintechSDK({ provider, config: { ...sandbox.config(provider), ...config }, maxRetries: 0, ...more }),
    /** Scripts the next answers to a gateway's payment route, whatever a payment is there. */
    answer: (route, status, body, headers = { 'content-type': 'application/json' }) =>
      sandbox.next({ route, status, body: typeof body === 'string' ? body : JSON.stringify(body), headers }),
  };
}

/** The same with one gateway's SDK object, and the bodies that the sandbox got at a route. */
export async function startOne(t, provider, { config, options, ...sandbox } = {}) {
  const gateway = await startGateway(t, sandbox);
  const bodies = (route) => gateway.to(route).map(({ body }) => JSON.parse(body));
  return { ...gateway, sdk: gateway.sdk(provider, config, options), bodies };
}

/** Pays with the ids that PesaPal needs beside. */
export async function pay(sdk, provider, payment = {}) {
  const ipnId = provider === 'pesapal' ? IPN_ID : undefined;
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
