// A shop of bus tickets on Fastify, with a table of its own for the orders and no ledger.
import { DatabaseSync } from 'node:sqlite';
import fastify from 'fastify';
import { FintechSDK, mayBecome } from 'finconnect';
import { webhooks } from 'finconnect/webhooks';

const { CLICKPESA_BASE_URL, CLICKPESA_CLIENT_ID, CLICKPESA_API_KEY, CLICKPESA_CHECKSUM_KEY } = process.env;
const { SHOP_DB = 'shop.db', PORT = '3000' } = process.env;
const PRICE = 25_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const clickpesa = new FintechSDK({
  provider: 'clickpesa',
  config: { baseUrl: CLICKPESA_BASE_URL, CLICKPESA_CLIENT_ID, CLICKPESA_API_KEY, CLICKPESA_CHECKSUM_KEY },
});

const db = new DatabaseSync(SHOP_DB);
db.exec(`CREATE TABLE IF NOT EXISTS booking
  (reference TEXT PRIMARY KEY, amount INTEGER NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS ticket (number INTEGER PRIMARY KEY, reference TEXT NOT NULL)`);
const insert = db.prepare("INSERT INTO booking VALUES (?, ?, 'pending', ?) ON CONFLICT DO NOTHING");
const select = db.prepare('SELECT * FROM booking WHERE reference = ?');
const open = db.prepare(
  "SELECT * FROM booking WHERE status IN ('pending', 'processing', 'unknown') AND created_at BETWEEN ? AND ?",
);
const remove = db.prepare('DELETE FROM booking WHERE reference = ?');
const update = db.prepare('UPDATE booking SET status = ? WHERE reference = ?');
const issue = db.prepare('INSERT INTO ticket (reference) VALUES (?)');
const tickets = db.prepare('SELECT number FROM ticket WHERE reference = ?');

/** Moves a booking on, and issues its ticket in the same transaction. What comes again, or late, changes nothing. */
function settle(reference, status) {
  const booking = select.get(reference);
  if (!booking || !mayBecome(booking.status, status)) return;
  db.exec('BEGIN');
  try {
    update.run(status, reference);
    if (status === 'succeeded') issue.run(reference);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

const app = fastify({ logger: { level: 'warn' } });

const schema = {
  body: {
    type: 'object',
    required: ['reference', 'phone'],
    properties: {
      // The browser makes it when it shows the form. These characters ClickPesa carries as they are.
      reference: { type: 'string', pattern: '^[A-Z0-9]{6,20}$' },
      phone: { type: 'string' },
    },
  },
};

app.post('/orders', { schema }, async (request, reply) => {
  const { reference, phone } = request.body;
  // It is written down before the phone is asked. A second click finds it here, and asks nobody.
  if (insert.run(reference, PRICE, Date.now()).changes === 1) {
    try {
      await clickpesa.charge({ reference, amount: PRICE, currency: 'TZS', phone, description: 'One ticket' });
    } catch (error) {
      if (error.code === 'INVALID_REQUEST') {
        remove.run(reference); // nothing was sent: the customer may mend the number
        return reply.code(400).send({ error: error.message });
      }
      request.log.warn(error);
      // After an unknown outcome the customer may still pay: the booking stays open.
      if (error.outcome === 'not_sent' || error.outcome === 'refused') settle(reference, 'failed');
    }
  }
  return reply.code(201).send(viewOf(select.get(reference)));
});

app.get('/orders/:reference', async (request, reply) => {
  const booking = select.get(request.params.reference);
  return booking ? viewOf(booking) : reply.code(404).send({ error: 'There is no such order.' });
});

const viewOf = ({ reference, status }) => ({ reference, status, tickets: tickets.all(reference) });

// #region webhook
const hooks = webhooks(
  { clickpesa },
  {
    expect: (_callback, { reference }) => {
      const booking = select.get(reference);
      return booking && { reference, amount: booking.amount, currency: 'TZS' };
    },
    onPayment: ({ reference, status }) => settle(reference, status),
    onEvent: (event) => event.status >= 400 && app.log.warn(event, 'callback'),
  },
);

app.all('/hooks/:gateway', async (request, reply) => {
  const { method, headers, url, body } = request;
  const asked = new Request(new URL(url, 'http://shop.example'), { method, headers });
  return reply.send(await hooks.handle(asked, { body: body ?? undefined }));
});
// #endregion webhook

/**
 * Asks about what no callback has told of, for a day; a person looks at what is open then. A ledger does this by
 * itself, and without asking too often.
 */
async function ask() {
  const now = Date.now();
  for (const { reference, amount } of open.all(now - DAY, now - MINUTE)) {
    try {
      const payment = await clickpesa.getPaymentStatus(reference, { expect: { reference, amount, currency: 'TZS' } });
      settle(reference, payment.status);
    } catch (error) {
      app.log.warn(error);
    }
  }
}
const asks = setInterval(ask, MINUTE);
app.addHook('onClose', async () => clearInterval(asks));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close());

console.log(`The shop is at ${await app.listen({ port: Number(PORT), host: '127.0.0.1' })}`);
