import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, runNode } from './support/child.mjs';
import { startGateway } from './support/gateway.mjs';
import { listen } from './support/shop.mjs';

/** The documented call sites, compiled with `tsc --strict` into the repository, where `finconnect` resolves to it. */
async function compile(t) {
  const outDir = mkdtempSync(join(root, '__test__', 'dropin-build-'));
  t.after(() => rmSync(outDir, { recursive: true }));
  const tsc = join(root, 'node_modules/typescript-latest/bin/tsc');
  const flags = [
    '--strict',
    '--module',
    'node16',
    '--target',
    'es2022',
    '--esModuleInterop',
    '--types',
    'node',
    '--rootDir',
    '.',
    '--outDir',
    outDir,
  ];
  const { code, stdout } = await runNode([tsc, ...flags, '__test__/dropin/callsites.ts']);
  assert.equal(code, 0, stdout);
  return createRequire(import.meta.url)(join(outDir, '__test__/dropin/callsites.js'));
}

test('the documented call sites compile with tsc --strict and run unchanged', async (t) => {
  const gateway = await startGateway(t);
  const { sandbox } = gateway;
  const [pesapal, clickpesa, azampay] = ['pesapal', 'clickpesa', 'azampay'].map((name) => sandbox.config(name));
  Object.assign(process.env, {
    ...pesapal,
    ...clickpesa,
    PESAPAL_BASE_URL: pesapal.baseUrl,
    CLICKPESA_BASE_URL: clickpesa.baseUrl,
    AZAMPAY_BASE_URL: azampay.baseUrl,
    AZAMPAY_APP_NAME: azampay.AZAMPAY_APP_NAME,
    AZAMPAY_CLIENT_ID: azampay.AZAMPAY_CONSUMER_KEY,
    AZAMPAY_API_KEY: azampay.AZAMPAY_CONSUMER_SECRET,
  });
  const site = await compile(t);
  const { url: shop, close } = await listen(site.app);
  t.after(close);
  sandbox.setWebhook('azampay', `${shop}/azampay/callback`);

  const { ipnId, redirect } = await site.payByPesapal(`${shop}/ipn`);
  assert.match(ipnId, /^[0-9a-f-]{36}$/);
  const returned = await fetch(redirect, {
    method: 'POST',
    body: new URLSearchParams({ action: 'pay' }),
    redirect: 'manual',
  });
  assert.match(returned.headers.get('location'), /^https:\/\/yourapp\.com\/callback\?OrderTrackingId=/);
  assert.equal(site.seen.shift().OrderMerchantReference, 'ORD-2024-001');

  const push = { amount: '1000', currency: 'TZS', orderReference: 'ORDER9', phoneNumber: '255712345678' };
  assert.equal(await site.payByClickpesa(push, 'ignored'), 'PROCESSING');

  const transactionId = await site.payByAzampay();
  assert.match(transactionId, /^[0-9a-f]{32}$/);
  await sandbox.approve(transactionId);
  assert.deepEqual(site.seen.splice(0), ['ORDER-9', 'success']);

  const [callback] = sandbox.webhooks().filter((webhook) => webhook.gateway === 'azampay');
  const forged = await sandbox.redeliver(callback.id, { tamper: true });
  assert.equal(forged.attempts.at(-1).status, 400);
  assert.deepEqual(site.seen, []);

  const mno = { accountNumber: '255712345678', amount: '1000', currency: 'TZS', externalId: 'A2', provider: 'Mpesa' };
  const order = {
    id: 'A2',
    currency: 'KES',
    amount: 1,
    description: 'A2',
    callback_url: 'https://yourapp.com/callback',
  };
  const billed = { ...order, billing_address: { phone_number: '0712345678' } };
  const { token, key, id, page, ...classes } = await site.payByClasses(mno, billed, `${shop}/ipn`);
  assert.deepEqual(classes, { isValid: false, scheme: 'Bearer' });
  assert.match(token, /^\S{20,}$/);
  assert.match(key, /^-----BEGIN PUBLIC KEY-----\n/);
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.ok(page.startsWith(sandbox.url), page);

  assert.equal(await site.registerElsewhere(), 'IPN registration not supported by this provider');
  assert.match(site.misconfigured(), /^Invalid configuration: Missing required fields for Pesapal\./);
});
