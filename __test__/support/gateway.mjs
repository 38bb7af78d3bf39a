import { createRequire } from 'node:module';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { column, IPN_ID, PROVIDERS, WITH_LOGIN } from './gateways.cjs';

/** The addon's own exports, with the hooks that the package hides. */
export const binding = createRequire(import.meta.url)('../../binding.js');

export const PAYMENTS = column('payment');
export const PAY_ROUTES = column('pay');
export const LOGIN_ROUTES = column('login');
export { PROVIDERS, WITH_LOGIN };

/** An answer that each gateway would give to a payment that it accepts. */
export const ACCEPTED = {
  success: true,
  transactionId: 'x',
  order_tracking_id: 'x',
  redirect_url: 'x',
  id: 'x',
  status: 'PROCESSING',
  resultcode: '000',
  result: 'SUCCESS',
};

/** A sandbox for one test, which records every request as it came, and SDK objects that talk to it. */
export async function startGateway(t, options = {}) {
  const requests = [];
  // A push of Selcom's needs an order, which most tests are not about.
  const switches = { selcomUnknownOrder: 'open', ...options.switches };
  const sandbox = await startSandbox({
    seed: 'specs',
    ...options,
    switches,
    onRequest: (request) => requests.push(request),
  });
  t.after(() => sandbox.close());
  return {
    sandbox,
    requests,
    /** The requests to a route, in order; PesaPal's base has a path of its own in front. */
    to: (route) =>
      requests.filter(({ path }) => (typeof route === 'string' ? path.endsWith(route) : route?.test(path))),
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

/**
 * Does what must be done before a payment whose callback is to come to `url`: PesaPal's IPN, whose id it gives, or
 * Selcom's order.
 */
export async function prepared(sdk, provider, url, reference = PAYMENTS.selcom.order_id) {
  if (provider === 'pesapal') return sdk.registerIpn(url);
  if (provider !== 'selcom') return undefined;
  const customer = { phone: PAYMENTS.selcom.msisdn };
  await sdk.checkout({ amount: '1500', currency: 'TZS', reference, customer, callbackUrl: url });
  return undefined;
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
