// The documented call sites, as applications of the TypeScript package have them. Nothing here may
// need a change when the package is replaced.
import express from 'express';
import { AzampayProvider, ClickpesaProvider, FintechSDK, PesapalProvider } from 'finconnect';

export const app = express();
app.use(express.json());

const pesapal = new FintechSDK({
  provider: 'pesapal',
  config: {
    baseUrl: process.env.PESAPAL_BASE_URL!,
    PESAPAL_CONSUMER_KEY: process.env.PESAPAL_CONSUMER_KEY!,
    PESAPAL_CONSUMER_SECRET: process.env.PESAPAL_CONSUMER_SECRET!,
  },
});

const azampay = new FintechSDK({
  provider: 'azampay',
  config: {
    baseUrl: process.env.AZAMPAY_BASE_URL || 'https://sandbox.azampay.co.tz',
    AZAMPAY_APP_NAME: process.env.AZAMPAY_APP_NAME,
    AZAMPAY_CONSUMER_KEY: process.env.AZAMPAY_CLIENT_ID,
    AZAMPAY_CONSUMER_SECRET: process.env.AZAMPAY_API_KEY,
  },
});

// Settings that an application reads from elsewhere are often untyped.
const settings: any = {
  baseUrl: process.env.CLICKPESA_BASE_URL,
  CLICKPESA_CLIENT_ID: process.env.CLICKPESA_CLIENT_ID,
  CLICKPESA_API_KEY: process.env.CLICKPESA_API_KEY,
  pesapal: { ...process.env, baseUrl: process.env.PESAPAL_BASE_URL },
};
const provider: string = process.env.GATEWAY ?? 'ClickPesa';
const clickpesa = new FintechSDK({ provider, config: settings });

export async function payByPesapal(ipnUrl: string) {
  const ipnId = await pesapal.registerIpn(ipnUrl, 'GET');
  const result = await pesapal.pay(
    {
      id: 'ORD-2024-001',
      currency: 'KES',
      amount: 1500,
      description: 'Order #2024-001',
      callback_url: 'https://yourapp.com/callback',
      billing_address: {
        email_address: 'customer@example.com',
        phone_number: '254712345678',
        first_name: 'Jane',
        last_name: 'Doe',
      },
    },
    ipnId,
  );
  return { ipnId, redirect: result.redirect_url };
}

export async function payByClickpesa(paymentData: any, ipnId?: string) {
  const result = await clickpesa.pay(paymentData, ipnId);
  return result.status;
}

export async function payByAzampay() {
  const { transactionId } = await azampay.pay({
    accountNumber: '255712345678',
    amount: '1000',
    currency: 'TZS',
    externalId: 'ORDER-9',
    provider: 'Mpesa',
  });
  return transactionId;
}

export async function payByClasses(payload: any, order: any, notification: string) {
  const mno = new AzampayProvider({
    baseUrl: process.env.AZAMPAY_BASE_URL || 'https://sandbox.azampay.co.tz',
    AZAMPAY_APP_NAME: process.env.AZAMPAY_APP_NAME,
    AZAMPAY_CONSUMER_KEY: process.env.AZAMPAY_CLIENT_ID,
    AZAMPAY_CONSUMER_SECRET: process.env.AZAMPAY_API_KEY,
  });
  const token: string = await mno.authenticate();
  const key: string = await mno.getPublicKey();
  const pushed = await mno.initiateUssdPushRequest(payload);
  const verdict = await mno.handleCallback({ ...pushed, signature: 'AAAA' });
  const page = new PesapalProvider(settings.pesapal);
  const ipnId = await page.registerIpn(notification, 'POST');
  const opened = await page.initiateUssdPushRequest({ payload: order, ipnId });
  const scheme = (await new ClickpesaProvider(settings).authenticate()).split(' ')[0];
  return { token, key, id: pushed.transactionId, isValid: verdict.isValid, page: opened.redirect_url, scheme };
}

export async function registerElsewhere() {
  try {
    return await clickpesa.registerIpn('https://yourapp.com/ipn', 'POST');
  } catch (error: any) {
    return error.message;
  }
}

export function misconfigured(): string {
  try {
    new FintechSDK({ provider: 'pesapal', config: { baseUrl: process.env.NOT_SET } });
    return '';
  } catch (error: any) {
    return error.message;
  }
}

export const seen: unknown[] = [];

app.get('/ipn', (req, res) => {
  const { OrderTrackingId, OrderMerchantReference } = req.query;
  seen.push({ OrderTrackingId, OrderMerchantReference });
  res.status(200).send('OK');
});

app.post('/azampay/callback', async (req, res) => {
  try {
    const result = await azampay.handleCallback(req.body);
    if (result.isValid) {
      const transactionData = result.data;
      seen.push(transactionData.utilityref, transactionData.transactionstatus);
      res.status(200).send('OK');
    } else {
      res.status(400).send('Invalid Signature');
    }
  } catch (error: any) {
    seen.push(error.message);
    res.status(500).send('Internal Server Error');
  }
});
