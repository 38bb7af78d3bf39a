// A shop with some payments, and its dashboard on a server.
import express from 'express';
import { CHARGE, MINUTE_MS, openShop } from '../ledger/shop.mjs';
import { listen } from '../support/shop.mjs';

export const NASTY = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;

/**
 * Payments: PAID, WRONG (a PIN), OPEN (for two hours, and needs a person) and NASTY. `options` are the dashboard's;
 * `reported` holds what the handlers heard.
 */
export async function openDashboard(t, options) {
  let now = Date.now();
  const shop = await openShop(t, { names: ['azampay', 'clickpesa'], clock: () => now });
  const { ledger, sandbox } = shop;
  const charge = (reference, more) => ledger.charge({ ...CHARGE, reference, ...more });
  now -= 120 * MINUTE_MS;
  await charge('OPEN', { via: 'clickpesa', amount: '7000' });
  now += 110 * MINUTE_MS;
  const paid = await charge('PAID', { via: 'clickpesa', phone: '0754321987', description: 'call 0712345678' });
  const wrong = await charge('WRONG', { via: 'azampay', amount: '1234567' });
  await charge('NASTY', { via: 'clickpesa', amount: '500', description: NASTY });
  await sandbox.approve(paid.gatewayReference);
  await sandbox.decline(wrong.gatewayReference, 'wrong-pin');
  for (let tries = 0; (await ledger.get('WRONG')).status !== 'failed' && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  now += 10 * MINUTE_MS;
  await ledger.sweep();
  const app = express();
  app.use('/admin/money', ledger.dashboard(options));
  const { url, close } = await listen(app);
  t.after(close);
  const home = `${url}/admin/money`;
  const get = async (path, init) => {
    const response = await fetch(`${home}${path}`, { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  /** Sends a form as a browser does that shows this dashboard. */
  const post = (path, fields, headers = { 'sec-fetch-site': 'same-origin' }) =>
    get(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  return { ...shop, url, home, get, post, pass: (ms) => (now += ms) };
}
