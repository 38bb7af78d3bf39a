// A shop in one file: docs/start.md takes you through it.
import express from 'express';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';

const clickpesa = new FintechSDK({
  provider: 'clickpesa',
  config: {
    baseUrl: 'http://127.0.0.1:4010', // the sandbox; its keys are the same at every start, and open nothing else
    CLICKPESA_CLIENT_ID: 'IDXrUAMpAxGAv8z08SBNXJOkS1v8YPqZ',
    CLICKPESA_API_KEY: 'SKSFPYsBpifCdoR3JrCzxPmYpQODm5a2CIlXUpfdEw',
  },
});

// The books: each payment is written here before it is sent, and told to you once when it is known.
const ledger = await openLedger(sqlite('payments.db'), {
  gateways: { clickpesa },
  onPayment({ reference, status }) {
    if (status === 'succeeded') console.log(`${reference} is paid: send the shoes.`);
  },
});
setInterval(() => ledger.sweep().catch(console.error), 60_000); // asks about what no callback told of

const app = express();
app.use('/hooks', ledger.webhooks()); // the gateway calls /hooks/clickpesa

app.get('/', (_req, res) => {
  res.send('<h1>Shoes</h1><form method="post" action="/orders"><button>Pay TZS 25,000</button></form>');
});

app.post('/orders', async (_req, res) => {
  const reference = `ORDER${Date.now()}`;
  await ledger.charge({ reference, amount: '25000', currency: 'TZS', phone: '0712345678' });
  res.redirect(303, `/orders/${reference}`);
});

app.get('/orders/:reference', async (req, res) => {
  const payment = await ledger.get(req.params.reference);
  if (!payment) return res.sendStatus(404);
  const { status, advice } = payment;
  // The browser asks again every two seconds. `advice` tells the customer of a failed payment what to do.
  res.set('refresh', '2').send(`<h1>Your payment: ${status}</h1><p>${advice?.customer.en ?? ''}</p>`);
});

const port = process.env.PORT ?? 3000;
app.listen(port, () => console.log(`The shop: http://localhost:${port}`));
