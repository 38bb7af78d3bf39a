// What a merchant's server asks of the library, each with the request that a fault is to strike.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import Database from 'better-sqlite3';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import { webhooks } from 'finconnect/webhooks';
import { ARGUMENTS, ask, MOVES } from '../support/arguments.cjs';
import { GATEWAYS, PROVIDERS, WITH_LOGIN } from '../support/gateways.cjs';

// Node loads its own fetch with the first: that is no cell's time.
new Response();

const addon = createRequire(import.meta.url)('../../binding.js');

/** An order that no other cell of the run makes. */
export const newOrder = (provider) => GATEWAYS[provider].order(`T${randomUUID().replaceAll('-', '').slice(0, 19)}`);

const sandbox = await startSandbox();
const sdks = PROVIDERS.map((provider) => new FintechSDK({ provider, config: sandbox.config(provider) }));
await sandbox.close();

const having = (operation) => PROVIDERS.filter((_, at) => sdks[at].supports(operation));

const CANCELS = { pesapal: 'CancelOrder', selcom: 'cancel-order' };

/**
 * Each operation: which request a fault of the answer strikes (`route`), what comes before the fault
 * (`paid`: a payment that its customer has approved; `opened`: one that
 * nobody has paid; `fresh`: not even a login), and the call itself, which
 * resolves with a word on what it found. `moves`: where the request ends that moves money, or ends an order.
 * `isHarmless`: what it asks for may be asked again, for no money moves.
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
    providers: WITH_LOGIN,
    fresh: true,
    route: (gateway) => gateway.login,
    run: async ({ sdk, order, options }) => {
      await sdk.pay(order, undefined, options);
      return 'accepted';
    },
  },
  order: {
    title: '`charge`, in the order before its push',
    providers: ['selcom'],
    fresh: true,
    moves: () => 'wallet-payment',
    route: () => 'create-order-minimal',
    run: async ({ sdk, reference, options }) => {
      await ask(sdk, 'charge', ARGUMENTS.charge(reference), options);
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
  verifyCredentials: {
    title: 'verifyCredentials',
    providers: PROVIDERS,
    fresh: true,
    route: (gateway) => gateway.login ?? gateway.status,
    run: async ({ sdk, options }) => {
      await sdk.verifyCredentials(options);
      return 'answered';
    },
  },
  refund: {
    title: 'refund',
    providers: having('refund'),
    paid: true,
    moves: () => 'RefundRequest',
    route: () => 'RefundRequest',
    run: async ({ sdk, order, lookUp, options }) => {
      const why = { reason: 'Not there', requestedBy: 'Asha Juma' };
      await sdk.refund({ transactionId: lookUp, amount: order.amount, ...why }, options);
      return 'accepted';
    },
  },
  cancel: {
    title: 'cancel',
    providers: having('cancel'),
    opened: true,
    moves: (provider) => CANCELS[provider],
    isHarmless: true,
    route: (_, provider) => CANCELS[provider],
    run: async ({ sdk, lookUp, options }) => {
      await sdk.cancel(lookUp, options);
      return 'accepted';
    },
  },
  getPayoutStatus: {
    title: 'getPayoutStatus',
    providers: having('getPayoutStatus'),
    route: () => /\/payouts\/|transactionstatus|\/query$/,
    run: async ({ sdk, reference, options }) =>
      (await sdk.getPayoutStatus(reference, { operator: 'Mpesa', ...options })).status,
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
  webhooks: {
    title: '`webhooks` of `finconnect/webhooks`',
    providers: PROVIDERS,
    paid: true,
    route: (gateway) => gateway.proof,
    run: async ({ sdk, callbacks, expect, options: { timeoutMs } }) => {
      if (callbacks.length === 0) return 'none came';
      const handled = [];
      const onPayment = ({ status }) => void handled.push(status);
      const hooks = webhooks(sdk, { expect: () => expect, onPayment, timeoutMs });
      const statuses = [];
      for (const callback of callbacks) {
        const request = new Request('http://shop.example/', { method: 'POST', body: JSON.stringify(callback) });
        statuses.push((await hooks.handle(request)).status);
      }
      return `${statuses.join(', ')}; handled: ${handled.join(', ') || 'nothing'}`;
    },
  },
};

/** Callbacks that a shop has had, and then an hour and a day of sweeps, tell what became of a charge. */
KNOWN.ledger = {
  title: '`charge` of `finconnect/ledger`, its callbacks and sweeps',
  providers: PROVIDERS,
  moves: (provider) => MOVES[provider].charge,
  route: (_, provider) => MOVES[provider].charge,
  run: async (known) => {
    const { sdk, sandbox: gateway, order, reference, options } = known;
    const { provider } = sdk.capabilities();
    const db = new Database(':memory:');
    const fulfilled = [];
    const onPayment = ({ status }) => void (status === 'succeeded' && fulfilled.push(status));
    const ledger = await openLedger(sqlite(db), { gateways: { [provider]: sdk }, onPayment });
    try {
      const [request] = ARGUMENTS.charge(reference, order.notification_id);
      const { outcome, gatewayReference, rail } = await ledger.charge({ ...request, reference }, options);
      // The customer of an order that is not pushed yet was given no page of it.
      const isAsked = ({ reference: name, kind }) => name === gatewayReference && (rail === 'page' || kind === 'push');
      if (gateway.payments().some(isAsked)) await gateway.approve(gatewayReference).catch(() => {});
      const hooks = ledger.webhooks();
      for (const callback of known.callbacks)
        await hooks.handle(new Request('http://shop.example/', { method: 'POST', body: JSON.stringify(callback) }));
      for (const hours of [0.1, 1, 2, 25, 50]) await ledger.sweep({ now: Date.now() + hours * 3_600_000 });
      const { status, attention } = await ledger.get(reference);
      const paid = gateway.payments().filter(({ receipt }) => receipt !== '').length;
      return `${outcome}; ${status}; paid ${paid}, fulfilled ${fulfilled.length}; ${attention}`;
    } finally {
      await ledger.close();
      db.close();
    }
  },
};

/** All others of the addon's table: struck in what moves money, else in whatever they send beside the login. */
const others = JSON.parse(addon.operations())
  .map(([name]) => name)
  .filter((name) => !Object.hasOwn(KNOWN, name));

export const OPERATIONS = {
  ...KNOWN,
  ...Object.fromEntries(
    others.map((name) => [
      name,
      {
        title: name,
        providers: having(name),
        moves: (provider) => MOVES[provider][name],
        route: (gateway, provider) => MOVES[provider][name] ?? new RegExp(`^(?!.*${gateway.login ?? ' '})`),
        run: async ({ sdk, reference, order, options }) => {
          await ask(sdk, name, ARGUMENTS[name]?.(reference, order.notification_id) ?? [], options);
          return MOVES[sdk.capabilities().provider][name] ? 'accepted' : 'answered';
        },
      },
    ]),
  ),
};
