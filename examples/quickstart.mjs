// A shop in 25 lines, which README.md shows. It runs against `npx finconnect sandbox` as well.
// #region all
import express from 'express';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';

const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } = process.env;
const azampay = new FintechSDK({
  provider: 'azampay',
  config: { baseUrl: AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET },
});
const ledger = await openLedger(sqlite('shop.db'), {
  gateways: { azampay },
  // Told once of each status: fulfil the order here.
  onPayment: ({ reference, status }) => console.log(`${reference} is ${status}`),
});

const app = express();
app.use('/hooks/azampay', ledger.webhooks()); // the callback URL of AzamPay's portal
app.post('/orders/:reference/pay', express.json(), async (req, res) => {
  const asked = { reference: req.params.reference, amount: '25000', currency: 'TZS', phone: req.body.phone };
  const { status, advice } = await ledger.charge(asked); // the phone rings; a second time it answers the same
  res.json({ status, advice });
});
setInterval(() => ledger.sweep().catch(console.error), 60_000); // asks about what no callback told of
app.listen(process.env.PORT ?? 3000);
// #endregion all
