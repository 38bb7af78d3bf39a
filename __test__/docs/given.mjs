// What the blocks of documents stand among: the names of given.d.ts as real objects, before a sandbox of their own.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { after } from 'node:test';
import express from 'express';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import { webhooks } from 'finconnect/webhooks';
import { noPostgres, noRedis, startPostgres, startRedis } from '../support/servers.mjs';
import { startShop } from '../support/shop.mjs';

const require = createRequire(import.meta.url);
const PHONE = '255712345678';
export const GATEWAYS = ['azampay', 'clickpesa', 'pesapal', 'selcom'];
/** Those whose callbacks come to an address of the portal; PesaPal's and Selcom's is named by the merchant. */
const BY_PORTAL = ['azampay', 'clickpesa'];

/** The gateways that a block names, or all. */
export function gatewaysIn(code) {
  const named = GATEWAYS.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(code));
  return named.length > 0 ? named : GATEWAYS;
}

/** Each name that a block may use without declaring it, and what makes it. `world.code` is the block's. */
export const GIVEN = {
  require: () => require,
  express: () => express,
  app: () => express(),
  ...Object.fromEntries(GATEWAYS.map((name) => [name, (world) => world.sdk(name)])),
  sdk: (world) => world.sdk('azampay'),
  config: (world) => world.sandbox.config(gatewaysIn(world.code)[0]),
  order: (world) => ({ ...world.orderOf('azampay'), transactionId: null, status: 'pending' }),
  orders: ({ orders }) => ({
    find: async (reference) => orders.get(reference),
    set: async (reference, status) => void orders.set(reference, { ...orders.get(reference), status }),
  }),
  payment: (world) => {
    const { reference, amount } = world.orderOf('azampay');
    return { accountNumber: PHONE, amount, currency: 'TZS', externalId: reference, provider: 'Mpesa' };
  },
  fieldsThatClickpesaGaveYou: () => ({ accountNumber: '0150123456789', amount: 1000 }),
  privateKey: () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return privateKey.export({ type: 'pkcs8', format: 'pem' });
  },
  // An order that waits for its customer.
  transactionId: async (world) =>
    (await world.charge(/\bpesapal\b/i.test(world.code) ? 'pesapal' : 'azampay')).transactionId,
  ipnId: (world) => world.sdk('pesapal').registerIpn('https://shop.example/pesapal/ipn', 'GET'),
  store: () => {
    const kept = new Set();
    return { setIfAbsent: async (key) => !kept.has(key) && Boolean(kept.add(key)) };
  },
  body: async (world) => JSON.parse((await world.callback('azampay')).text),
  expect: (world) => world.expect,
  onPayment: (world) => world.hear('payment'),
  hooks: (world) =>
    webhooks(Object.fromEntries(gatewaysIn('').map((name) => [name, world.sdk(name)])), {
      expect: world.expect,
      onPayment: world.hear('payment'),
    }),
  ledger: (world) => world.openLedger(),
  queue: (world) => ({ add: async (...words) => world.hear('queue')(...words) }),
  ship: (world) => world.hear('ship'),
  reconcileLater: (world) => world.hear('reconcileLater'),
};

/** Opens the world of one block. */
export async function openWorld(code = '') {
  const sandbox = await startSandbox();
  const closing = [() => sandbox.close()];
  const made = {};
  const world = {
    code,
    sandbox,
    /** What the shop's books hold, by the reference that the gateway was given. */
    orders: new Map(),
    /** What handlers were told. */
    told: [],
    hear:
      (kind) =>
      async (...words) =>
        void world.told.push([kind, ...words]),
    sdk: (name) => (made[name] ??= new FintechSDK({ provider: name, config: sandbox.config(name) })),
    /** A name of `GIVEN`, made once. */
    given: (name) => (made[`given ${name}`] ??= GIVEN[name](world)),
    /** Another value for that name. */
    give: (name, value) => (made[`given ${name}`] = value),
    /** A database of the app's, with its own table. */
    database(file = ':memory:') {
      const Database = require('better-sqlite3');
      const db = new Database(file);
      closing.unshift(() => db.close());
      db.exec('CREATE TABLE IF NOT EXISTS booking (reference text PRIMARY KEY, paid integer NOT NULL DEFAULT 0)');
      return db;
    },
    async openLedger() {
      const ledger = await openLedger(sqlite(world.database()), {
        gateways: Object.fromEntries(GATEWAYS.map((name) => [name, world.sdk(name)])),
        onPayment: world.hear('payment'),
        onPayout: world.hear('payout'),
        onRefund: world.hear('refund'),
      });
      closing.unshift(() => ledger.close());
      return ledger;
    },
    /** The order that a payment is for: as the block's own `expect` says it, where it says so by itself. */
    orderOf(gateway) {
      const [, reference] = /reference === '([^']+)'/.exec(code) ?? [null, `ORDER-${GATEWAYS.indexOf(gateway) + 1}`];
      const [, amount] = /expect\b[^;]*?\bamount: '?(\d+)/.exec(code) ?? [null, '1000'];
      return { reference, amount: Number(amount) };
    },
    /** Asks a gateway for that money, with callbacks to `url`, and writes the order into the books. */
    async charge(gateway, url = 'https://shop.example/hooks') {
      if (made[`charge ${gateway}`] && BY_PORTAL.includes(gateway)) return made[`charge ${gateway}`];
      const { reference, amount } = world.orderOf(gateway);
      const own = { ...sandbox.config(gateway), ...(gateway === 'selcom' && { SELCOM_WEBHOOK_URL: url }) };
      const sdk = new FintechSDK({ provider: gateway, config: own });
      const charge = await sdk.charge(await request(world, reference, amount, gateway, url));
      const { gatewayReference, transactionId } = charge;
      const order = { reference: gatewayReference, amount, transactionId, status: 'pending' };
      world.orders.set(gatewayReference, order);
      world.orders.set(reference, order);
      return (made[`charge ${gateway}`] = charge);
    },
    expect: async (_callback, { reference }) => {
      const order = world.orders.get(reference);
      return (
        order && { amount: order.amount, reference, ...(order.transactionId && { transactionId: order.transactionId }) }
      );
    },
    /** The customer pays; gives how the app at `url` answered the gateway. */
    async paid(gateway, url, charge = world.charge(gateway, url)) {
      if (BY_PORTAL.includes(gateway)) sandbox.setWebhook(gateway, url);
      const { transactionId, gatewayReference } = await charge;
      await sandbox.approve(transactionId ?? gatewayReference);
      const { id, attempts } = sandbox.webhooks().findLast((webhook) => webhook.gateway === gateway);
      return { id, ...attempts[0] };
    },
    /** The same by the ledger, which must know a payment whose callback it takes. */
    async paidByLedger(ledger, gateway, url) {
      const charge = await ledger.charge({
        ...(await request(world, `HOOK-${gateway}`, 1000, gateway, url)),
        via: gateway,
      });
      return world.paid(gateway, url, charge);
    },
    /** A callback as the gateway sends it. */
    async callback(gateway) {
      const shop = await startShop();
      await world.paid(gateway, shop.url);
      await shop.close();
      if (BY_PORTAL.includes(gateway)) sandbox.setWebhook(gateway, undefined);
      return shop.received[0];
    },
    async close() {
      for (const close of closing) await close();
    },
  };
  return world;
}

async function request(world, reference, amount, gateway, url) {
  return {
    reference,
    amount,
    currency: 'TZS',
    phone: PHONE,
    description: 'Shoes',
    callbackUrl: 'https://shop.example/thanks',
    ...(gateway === 'pesapal' && { ipnId: await world.sdk('pesapal').registerIpn(url, 'GET') }),
  };
}

const servers = {};
after(() => Promise.all(Object.values(servers).map(async (server) => (await server).stop())));

/** Why a block cannot run here; `false` when it can. */
export const lacksOf = ({ code, language }) =>
  ((language === 'sql' || needsPostgres(code)) && noPostgres) || (needsRedis(code) && noRedis);

const needsPostgres = (code) => /DATABASE_URL|from 'pg'|postgres:\/\//.test(code);
const needsRedis = (code) => /REDIS_URL/.test(code);

/** What a block finds in the environment: the keys of all gateways, and where its databases are. */
export async function environmentOf(world, code) {
  const env = { TOKENS_KEY: 'a secret text of more than 32 characters' };
  for (const name of gatewaysIn(code)) {
    const { baseUrl, ...keys } = world.sandbox.config(name);
    Object.assign(env, keys, { [`${name.toUpperCase()}_BASE_URL`]: baseUrl });
  }
  // As AzamPay's portal calls them.
  env.AZAMPAY_CLIENT_ID = env.AZAMPAY_CONSUMER_KEY;
  env.AZAMPAY_CLIENT_SECRET = env.AZAMPAY_CONSUMER_SECRET;
  if (needsPostgres(code)) {
    const { port, user } = await (servers.postgres ??= startPostgres());
    const parts = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: user, PGDATABASE: 'postgres' };
    Object.assign(env, parts, { DATABASE_URL: `postgres://${user}@127.0.0.1:${port}/postgres` });
  }
  if (needsRedis(code)) env.REDIS_URL = `redis://127.0.0.1:${(await (servers.redis ??= startRedis())).port}`;
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** Hosts of the gateways, which a block writes out. */
const HOSTS = {
  azampay: /https:\/\/(?:sandbox|checkout)\.azampay\.co\.tz/g,
  clickpesa: /https:\/\/api\.clickpesa\.com/g,
  pesapal: /https:\/\/(?:cybqa|pay)\.pesapal\.com\/\w+/g,
  selcom: /https:\/\/apigw\.selcommobile\.com/g,
};

/** A text with this machine's addresses in place of the gateways'. */
export const atHome = (world, text) =>
  Object.entries(HOSTS).reduce(
    (left, [name, host]) => left.replace(host, () => world.sandbox.config(name).baseUrl),
    text,
  );
