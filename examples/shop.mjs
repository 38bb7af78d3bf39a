// A small real shop on finconnect: one order page, the webhooks of all gateways, and a ledger as its books.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isBuiltin } from 'node:module';
import express from 'express';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { returned } from 'finconnect/webhooks';
import { homePage, orderPage, problemPage } from './shop-pages.mjs';

const GATEWAYS = ['pesapal', 'clickpesa', 'azampay'];
const SWEEP_MS = 60_000;

/**
 * @param {{
 *   configs: Record<'pesapal' | 'clickpesa' | 'azampay', object>,
 *   url: string,
 *   file?: string,
 *   password?: string,
 *   log?: (line: string) => void,
 * }} options
 *   Each gateway's config as for `new FintechSDK`, the address under which this shop is reached, and where its books
 *   are; without a file they are gone with it. With a password its owner has a dashboard.
 */
export async function createShop({ configs, url, file = ':memory:', password, log = () => {} }) {
  const gateways = Object.fromEntries(
    GATEWAYS.map((provider) => [provider, new FintechSDK({ provider, config: configs[provider] })]),
  );
  const ledger = await openLedger(await storeOf(file), {
    gateways,
    // In the transaction of the status: what a shop writes here by `tx` happens once.
    onPayment: ({ reference, status }) => log(`shop: order ${reference} is ${status}`),
  });
  const sweeps = setInterval(() => ledger.sweep().catch((error) => log(`shop: ${error.message}`)), SWEEP_MS);
  sweeps.unref();

  /** Starts a payment; the order is paid when the gateway says so. */
  async function order(gateway, { amount, phone = '255712345678' }) {
    const reference = `ORD${randomBytes(4).toString('hex').toUpperCase()}`;
    const page = gateway === 'pesapal' && {
      callbackUrl: `${url}/thanks`,
      ipnId: await gateways.pesapal.ensureIpn(`${url}/hooks/pesapal`),
    };
    const description = `Order ${reference}`;
    return ledger.charge({ reference, amount, currency: 'TZS', phone, description, via: gateway, ...page });
  }

  const app = express();
  app.use(express.json());
  app.use(express.urlencoded({ extended: false }));

  app.post('/orders', async (req, res) => {
    const { gateway, amount, phone } = req.body ?? {};
    if (!GATEWAYS.includes(gateway) || !(Number(amount) > 0)) {
      return res.status(400).send(problemPage('A gateway and an amount, please.'));
    }
    try {
      const payment = await order(gateway, { amount: Number(amount), ...(phone && { phone }) });
      res.redirect(303, payment.redirectUrl ?? `/orders/${payment.reference}`);
    } catch (error) {
      log(`shop: ${error.message}`);
      res.status(502).send(problemPage('We could not start your payment. Nothing was taken.'));
    }
  });

  // /hooks/pesapal, /hooks/clickpesa and /hooks/azampay.
  const onEvent = ({ reference, outcome, status, paymentStatus, reason, error }) =>
    log(
      `shop: callback for ${reference ?? 'nobody'}, ${outcome} (${status}): ${error?.message ?? reason ?? paymentStatus}`,
    );
  app.use('/hooks', ledger.webhooks({ onEvent }));

  app.get(
    '/thanks',
    returned(gateways.pesapal, { onReturn: (payment, _req, res) => res.redirect(303, `/orders/${payment.reference}`) }),
  );

  // Behind the owner's login: the dashboard has none of its own.
  if (password) app.use('/dashboard', loginOf(password), ledger.dashboard({ act: true, user: () => 'owner' }));

  app.get('/orders/:reference', async (req, res) => {
    const payment = await ledger.get(req.params.reference);
    if (!payment) return res.status(404).send(problemPage('No such order.'));
    const { reference, gateway, amount, status, advice } = payment;
    if (req.accepts(['json', 'html']) === 'json') return res.json({ reference, gateway, amount, status, advice });
    res.send(orderPage(payment));
  });

  app.get('/', async (_req, res) => {
    const payments = [];
    for await (const payment of ledger.find()) payments.push(payment);
    res.send(homePage(payments));
  });

  async function close() {
    clearInterval(sweeps);
    await ledger.close();
  }
  return { app, order, ledger, close };
}

/** Lets in who knows the password. A real shop has sessions, and limits how often one may guess. */
function loginOf(password) {
  const hash = (text) => createHash('sha256').update(text).digest();
  const right = hash(`Basic ${Buffer.from(`owner:${password}`).toString('base64')}`);
  return (req, res, next) => {
    if (timingSafeEqual(hash(req.headers.authorization ?? ''), right)) return next();
    res.set('www-authenticate', 'Basic realm="Duka la Kitenge"').status(401).send('For the owner of this shop.');
  };
}

/** Node's own SQLite, or better-sqlite3 12 before Node 22.13. */
async function storeOf(file) {
  if (isBuiltin('node:sqlite')) return sqlite(file);
  const { default: Database } = await import('better-sqlite3');
  return sqlite(new Database(file));
}
