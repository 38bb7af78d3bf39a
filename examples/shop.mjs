// A small real shop on finconnect: one order page, and the webhooks of all gateways.
import { randomBytes } from 'node:crypto';
import express from 'express';
import { FintechSDK, mayBecome } from 'finconnect';
import { returned, webhooks } from 'finconnect/webhooks';
import { homePage, orderPage, problemPage } from './shop-pages.mjs';

/**
 * @param {{
 *   configs: Record<'pesapal' | 'clickpesa' | 'azampay', object>,
 *   url: string,
 *   log?: (line: string) => void,
 * }} options
 *   Each gateway's config as for `new FintechSDK`, and the address under which this shop is reached.
 */
export function createShop({ configs, url, log = () => {} }) {
  const sdkOf = (provider) => new FintechSDK({ provider, config: configs[provider], replay: 'memory' });
  const pesapal = sdkOf('pesapal');
  const clickpesa = sdkOf('clickpesa');
  const azampay = sdkOf('azampay');
  const orders = new Map();
  let ipnId;

  const app = express();
  app.use(express.json());
  app.use(express.urlencoded({ extended: false }));

  /** Starts a payment; the order is paid when the gateway says so, below. */
  async function order(gateway, { amount, phone = '255712345678' }) {
    const reference = `ORD${randomBytes(4).toString('hex').toUpperCase()}`;
    const entry = { reference, gateway, amount, status: 'pending' };
    orders.set(reference, entry);
    if (gateway === 'pesapal') {
      ipnId ??= await pesapal.registerIpn(`${url}/hooks/pesapal`, 'GET');
      const answer = await pesapal.pay(
        {
          id: reference,
          currency: 'TZS',
          amount,
          description: `Order ${reference}`,
          callback_url: `${url}/thanks`,
          billing_address: { phone_number: phone, country_code: 'TZ', first_name: 'Asha', last_name: 'Juma' },
        },
        ipnId,
      );
      return Object.assign(entry, { id: answer.order_tracking_id, redirectUrl: answer.redirect_url });
    }
    if (gateway === 'clickpesa') {
      const answer = await clickpesa.pay({
        amount: String(amount),
        currency: 'TZS',
        orderReference: reference,
        phoneNumber: phone,
      });
      return Object.assign(entry, { id: answer.id });
    }
    const answer = await azampay.pay({
      accountNumber: phone,
      amount: String(amount),
      currency: 'TZS',
      externalId: reference,
      provider: 'Mpesa',
    });
    return Object.assign(entry, { id: answer.transactionId });
  }

  /** What this shop's books say of the order that a callback names; nothing for one it does not know. */
  function expect(_callback, payment) {
    const entry = orders.get(payment.reference);
    if (!entry) return undefined;
    // An answer that was lost told no id.
    return { amount: entry.amount, reference: entry.reference, ...(entry.id && { transactionId: entry.id }) };
  }

  /** Only what is genuine, expected and new comes here; what this throws makes the gateway come again. */
  function onPayment(payment) {
    const entry = orders.get(payment.reference);
    if (entry && mayBecome(entry.status, payment.status)) entry.status = payment.status;
  }

  const onEvent = ({ reference, outcome, status, paymentStatus, reason, error }) =>
    log(
      `shop: callback for ${reference ?? 'nobody'}, ${outcome} (${status}): ${error?.message ?? reason ?? paymentStatus}`,
    );

  app.post('/orders', async (req, res) => {
    const { gateway, amount, phone } = req.body ?? {};
    if (!['pesapal', 'clickpesa', 'azampay'].includes(gateway) || !(Number(amount) > 0)) {
      return res.status(400).send(problemPage('A gateway and an amount, please.'));
    }
    try {
      const entry = await order(gateway, { amount: Number(amount), ...(phone && { phone }) });
      res.redirect(303, entry.redirectUrl ?? `/orders/${entry.reference}`);
    } catch (error) {
      log(`shop: ${error.message}`);
      const words = error.outcome === 'unknown' ? 'We are checking your payment.' : 'Payment failed, please try again.';
      res.status(502).send(problemPage(words));
    }
  });

  // /hooks/pesapal, /hooks/clickpesa and /hooks/azampay.
  app.use('/hooks', webhooks({ pesapal, clickpesa, azampay }, { expect, onPayment, onEvent }));

  app.get(
    '/thanks',
    returned(pesapal, { onReturn: (payment, _req, res) => res.redirect(303, `/orders/${payment.reference}`) }),
  );

  app.get('/orders/:reference', (req, res) => {
    const entry = orders.get(req.params.reference);
    if (!entry) return res.status(404).send(problemPage('No such order.'));
    if (req.accepts(['json', 'html']) === 'json') return res.json(entry);
    res.send(orderPage(entry));
  });

  app.get('/', (_req, res) => res.send(homePage([...orders.values()])));

  return { app, order, orders };
}
