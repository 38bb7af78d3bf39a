import express from 'express';
import finconnect from '../../index.js';
import { listen } from '../support/shop.mjs';

/**
 * A shop on the built addon: `/buy/:gateway` opens an order, callbacks turn it paid or failed.
 * PesaPal's IPNs and returns are believed only when its status says the same.
 */
export async function startAddonShop(sandbox, pesapalStatus) {
  const orders = new Map();
  const refused = [];
  const sdks = Object.fromEntries(
    ['azampay', 'pesapal'].map((provider) => [
      provider,
      new finconnect.FintechSDK({ provider, config: sandbox.config(provider) }),
    ]),
  );
  const app = express();
  app.use(express.json());

  app.get('/buy/azampay/:id', async (request, response) => {
    const { id } = request.params;
    orders.set(id, 'pending');
    try {
      await sdks.azampay.pay({
        accountNumber: '255712345678',
        amount: '45000',
        currency: 'TZS',
        externalId: id,
        provider: 'Mpesa',
      });
      response.send('look at your phone');
    } catch (error) {
      orders.set(id, error.code);
      response.status(502).send(error.code);
    }
  });
  app.post('/azampay', async (request, response) => {
    const { isValid, data } = await sdks.azampay.handleCallback(request.body);
    if (!isValid) {
      refused.push(data);
      return response.status(400).send('Invalid Signature');
    }
    orders.set(data.utilityref, data.transactionstatus === 'success' ? 'paid' : 'failed');
    response.send('OK');
  });

  app.get('/buy/pesapal/:id', async (request, response) => {
    const { id } = request.params;
    orders.set(id, 'pending');
    const ipnId = await sdks.pesapal.registerIpn(`${url}/ipn`, 'GET');
    const order = {
      id,
      currency: 'KES',
      amount: 1500,
      description: 'Kitenge',
      callback_url: `${url}/return`,
      cancellation_url: `${url}/cancelled`,
      billing_address: { phone_number: '254712345678' },
    };
    response.redirect((await sdks.pesapal.pay(order, ipnId)).redirect_url);
  });
  const confirm = async ({ OrderTrackingId }) => {
    const { status_code, merchant_reference } = await pesapalStatus(OrderTrackingId);
    if (status_code) orders.set(merchant_reference, status_code === 1 ? 'paid' : 'failed');
    return status_code;
  };
  app.get('/ipn', async (request, response) => {
    const {
      OrderTrackingId: orderTrackingId,
      OrderMerchantReference: orderMerchantReference,
      OrderNotificationType: orderNotificationType,
    } = request.query;
    const known = (await confirm(request.query)) !== undefined;
    response
      .status(known ? 200 : 400)
      .json({ orderNotificationType, orderTrackingId, orderMerchantReference, status: known ? 200 : 500 });
  });
  app.get('/return', async (request, response) => {
    await confirm(request.query);
    response.send(
      `<h1>Order ${request.query.OrderMerchantReference}: ${orders.get(request.query.OrderMerchantReference)}</h1>`,
    );
  });
  app.get('/cancelled', (_request, response) => response.send('<h1>You left the payment page</h1>'));

  const { url, close } = await listen(app);
  sandbox.setWebhook('azampay', `${url}/azampay`);
  return {
    url,
    orders,
    refused,
    close,
  };
}
