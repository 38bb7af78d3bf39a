// A shop in one file: docs/start.md takes you through it.
import { randomBytes } from 'node:crypto';
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
  // Made with the page: a button that is pressed twice is one order, and one push.
  const order = `/orders/ORDER${randomBytes(6).toString('hex')}`;
  const form = `<form method="post" action="${order}"><button>Pay TZS 25,000</button></form>`;
  res.set('cache-control', 'no-store').send(`<h1>Shoes</h1>${form}`);
});

app.post('/orders/:reference', async (req, res) => {
  const { reference } = req.params;
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
