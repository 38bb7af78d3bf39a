// A shop of bus tickets on Hono and Bun, with a ledger in Bun's own SQLite.

import { Database } from 'bun:sqlite';
import { serve } from 'bun';
import { FinConnectError, FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { Hono } from 'hono';

const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } = process.env;
const { SHOP_DB = 'shop.db', PORT = '3000' } = process.env;

const azampay = new FintechSDK({
  provider: 'azampay',
  config: { baseUrl: AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET },
});

const db = new Database(SHOP_DB);
db.exec('CREATE TABLE IF NOT EXISTS ticket (number INTEGER PRIMARY KEY, reference TEXT NOT NULL)');
const tickets = db.query('SELECT number FROM ticket WHERE reference = ?');

const ledger = await openLedger(sqlite(db), {
  gateways: { azampay },
  // In the transaction of the status: a payment has one ticket, however often its callback comes.
  async onPayment({ reference, status }, tx) {
    if (status === 'succeeded') await tx.query('INSERT INTO ticket (reference) VALUES (?)', [reference]);
  },
  onError: console.error,
});
setInterval(() => ledger.sweep().catch(console.error), 60_000);

const app = new Hono();

app.post('/orders', async (c) => {
  const { reference, phone } = await c.req.json();
  const order = { reference, phone, amount: '25000', currency: 'TZS', description: 'One ticket' };
  const { status, advice } = await ledger.charge(order); // a second click has the first one's answer
  return c.json({ reference, status, advice }, 201);
});

app.get('/orders/:reference', async (c) => {
  const payment = await ledger.get(c.req.param('reference'));
  if (!payment) return c.json({ error: 'There is no such order.' }, 404);
  const { reference, status, advice } = payment;
  return c.json({ reference, status, advice, tickets: tickets.all(reference) });
});

// #region webhook
const hooks = ledger.webhooks({ onEvent: (event) => event.status >= 400 && console.warn('callback', event) });

app.all('/hooks/:gateway', (c) => hooks.handle(c.req.raw));
// #endregion webhook

const REFUSALS: Record<string, 400 | 409> = { INVALID_REQUEST: 400, REFERENCE_CONFLICT: 409 };
app.onError((error, c) => {
  const status = error instanceof FinConnectError ? REFUSALS[error.code] : undefined;
  if (status) return c.json({ error: error.message }, status);
  console.error(error);
  return c.json({ error: 'Please try again in a minute.' }, 503);
});

// A gateway may take a minute to answer, and Bun would hang up after ten seconds.
const server = serve({ port: Number(PORT), hostname: '127.0.0.1', idleTimeout: 90, fetch: app.fetch });
console.log(`The shop is at ${server.url}`);
