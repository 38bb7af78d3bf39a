// What a merchant's server asks of the library, each with the request that a fault is to strike.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';

const addon = createRequire(import.meta.url)('../../binding.js');

export const PAYER = '255712345678';

/** What is particular to each gateway. */
export const GATEWAYS = {
  pesapal: {
    brand: 'PesaPal',
    login: '/api/Auth/RequestToken',
    pay: '/api/Transactions/SubmitOrderRequest',
    status: 'GetTransactionStatus',
    proof: 'GetTransactionStatus',
    amount: 1500,
    order: (reference) => ({
      id: reference,
      currency: 'KES',
      amount: 1500,
      description: 'Order',
      callback_url: 'https://shop.example/back',
      billing_address: { phone_number: `+${PAYER}`, country_code: 'TZ' },
      notification_id: '11111111-2222-4333-8444-555555555555',
    }),
    id: (answer) => answer.order_tracking_id,
    reference: (order) => order.id,
    lookUp: (_order, answer) => answer.order_tracking_id,
  },
  clickpesa: {
    brand: 'ClickPesa',
    login: '/third-parties/generate-token',
    pay: '/third-parties/payments/initiate-ussd-push-request',
    status: /\/third-parties\/payments\/(?!initiate)/,
    proof: /\/third-parties\/payments\/(?!initiate)/,
    amount: 1000,
    order: (reference) => ({ amount: '1000', currency: 'TZS', orderReference: reference, phoneNumber: PAYER }),
    id: (answer) => answer.id,
    reference: (order) => order.orderReference,
    lookUp: (order) => order.orderReference,
  },
  azampay: {
    brand: 'AzamPay',
    login: '/AppRegistration/GenerateToken',
    pay: '/azampay/mno/checkout',
    status: 'gettransactionstatus',
    proof: /public-?key/i,
    amount: 1000,
    order: (reference) => ({
      accountNumber: PAYER,
      amount: '1000',
      currency: 'TZS',
      externalId: reference,
      provider: 'Mpesa',
    }),
    id: (answer) => answer.transactionId,
    reference: (order) => order.externalId,
    lookUp: (_order, answer) => answer.transactionId,
  },
};

export const PROVIDERS = Object.keys(GATEWAYS);

/** An order that no other cell of the run makes. */
export const newOrder = (provider) => GATEWAYS[provider].order(`T${randomUUID().replaceAll('-', '').slice(0, 19)}`);

/**
 * Each operation: which request a fault of the answer strikes (`route`), what comes before the fault
 * (`paid`: a payment that its customer has approved; `fresh`: not even a login), and the call itself, which
 * resolves with a word on what it found.
 */
const KNOWN = {
  pay: {
    title: 'pay',
    providers: PROVIDERS,
    route: (gateway) => gateway.pay,
    run: async ({ sdk, order, options }) => {
      await sdk.pay(order, undefined, options);
      return 'accepted';
    },
  },
  login: {
    title: 'login, of a first `pay`',
    providers: PROVIDERS,
    fresh: true,
    route: (gateway) => gateway.login,
    run: async ({ sdk, order, options }) => {
      await sdk.pay(order, undefined, options);
      return 'accepted';
    },
  },
  registerIpn: {
    title: 'registerIpn',
    providers: ['pesapal'],
    route: () => 'RegisterIPN',
    run: async ({ sdk, options }) => {
      await sdk.registerIpn('https://shop.example/ipn', 'GET', options);
      return 'registered';
    },
  },
  getPaymentStatus: {
    title: 'getPaymentStatus',
    providers: PROVIDERS,
    paid: true,
    route: (gateway) => gateway.status,
    run: async ({ sdk, lookUp, options }) =>
      (await sdk.getPaymentStatus(lookUp, { operator: 'Mpesa', ...options })).status,
  },
  waitForPayment: {
    title: 'waitForPayment',
    providers: PROVIDERS,
    paid: true,
    route: (gateway) => gateway.status,
    run: async ({ sdk, lookUp, options }) =>
      (await sdk.waitForPayment(lookUp, { operator: 'Mpesa', pollMs: 20, ...options })).status,
  },
  handleCallback: {
    title: 'handleCallback',
    providers: PROVIDERS,
    paid: true,
    route: (gateway) => gateway.proof,
    run: async ({ sdk, callbacks, expect, options }) => {
      if (callbacks.length === 0) return 'none came';
      const words = [];
      for (const callback of callbacks) {
        const { isValid, reason, payment } = await sdk.handleCallback(callback, { expect, ...options });
        words.push(isValid ? `valid, ${payment.status}` : reason);
      }
      return words.join('; ');
    },
  },
};

/** All others of the addon's table: asked without arguments, and struck in whatever they send beside the login. */
const others = JSON.parse(addon.operations())
  .map(([name]) => name)
  .filter((name) => !Object.hasOwn(KNOWN, name));

const sandbox = await startSandbox();
const sdks = PROVIDERS.map((provider) => new FintechSDK({ provider, config: sandbox.config(provider) }));
await sandbox.close();

export const OPERATIONS = {
  ...KNOWN,
  ...Object.fromEntries(
    others.map((name) => [
      name,
      {
        title: name,
        providers: PROVIDERS.filter((_, at) => sdks[at].supports(name)),
        route: (gateway) => new RegExp(`^(?!.*${gateway.login})`),
        run: async ({ sdk, options }) => {
          await sdk[name](undefined, undefined, options);
          return 'answered';
        },
      },
    ]),
  ),
};
