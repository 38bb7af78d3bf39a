// The web server: it takes orders and callbacks, and leaves the charges to the workers.
import express from 'express';
import { normalizePhone } from 'finconnect';
import { boss, endWith, ledger, pool, within } from './shop.mjs';

const app = express();

// #region webhook
const hooks = ledger.webhooks({ onEvent: (event) => event.status >= 400 && console.warn('callback', event) });

app.use('/hooks', hooks);
// #endregion webhook

app.post('/orders', express.json(), async (req, res) => {
  const { reference, phone } = req.body ?? {};
  // A list of one text would pass for that text.
  if (typeof reference !== 'string' || !/^[A-Z0-9]{6,20}$/.test(reference))
    return res.status(400).json({ error: 'That is no reference.' });
  const order = { reference, phone: normalizePhone(phone, 'TZ') };
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const sql = 'INSERT INTO booking (reference) VALUES ($1) ON CONFLICT DO NOTHING';
    const { rowCount } = await client.query(sql, [reference]);
    // The order and its job are one transaction. A second click makes no second job.
    if (rowCount === 1) await boss.send('charge', order, within(client));
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  res.status(202).json(await viewOf(reference));
});

app.get('/orders/:reference', async (req, res) => {
  const order = await viewOf(req.params.reference);
  res.status(order ? 200 : 404).json(order ?? { error: 'There is no such order.' });
});

async function viewOf(reference) {
  const payment = await ledger.get(reference);
  if (payment) {
    const { rows: tickets } = await pool.query('SELECT number FROM ticket WHERE reference = $1', [reference]);
    return { reference, status: payment.status, advice: payment.advice, tickets };
  }
  const { rowCount } = await pool.query('SELECT FROM booking WHERE reference = $1', [reference]);
  return rowCount === 1 ? { reference, status: 'waiting', advice: null, tickets: [] } : undefined;
}

app.use((error, _req, res, _next) => {
  const isWrong = error.code === 'INVALID_REQUEST' || error.type === 'entity.parse.failed';
  if (!isWrong) console.error(error);
  res.status(isWrong ? 400 : 503).json({ error: isWrong ? error.message : 'Please try again in a minute.' });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`The shop is at http://127.0.0.1:${server.address().port}`);
});
endWith(() => new Promise((done) => server.close(done)));
