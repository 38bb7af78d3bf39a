// The page of payments, followed by somebody who has never seen the package, against the sandbox.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import express from 'express';
import { webhooks } from 'finconnect/webhooks';
import { root, runNode } from '../support/child.mjs';
import { rejection, startGateway } from '../support/gateway.mjs';
import { listen } from '../support/shop.mjs';
import { blocksOf, buildFolder } from './blocks.mjs';

const PAGE = 'docs/guide/payments.md';
const page = readFileSync(join(root, PAGE), 'utf8');
const [firstPayment, others, callback] = blocksOf(PAGE, ['ts']);
const AsyncFunction = (async () => {}).constructor;

/** Runs a block with what it takes from around it. */
const runBlock = (code, given) => new AsyncFunction(...Object.keys(given), code)(...Object.values(given));

test('the first payment is accepted', async (t) => {
  const { sandbox } = await startGateway(t);
  const { baseUrl, ...config } = sandbox.config('azampay');
  const file = join(buildFolder(t), 'pay.mjs');
  const address = 'https://sandbox.azampay.co.tz';
  assert.ok(firstPayment.code.includes(address));
  writeFileSync(file, firstPayment.code.replace(address, baseUrl));
  const env = {
    AZAMPAY_APP_NAME: config.AZAMPAY_APP_NAME,
    AZAMPAY_CLIENT_ID: config.AZAMPAY_CONSUMER_KEY,
    AZAMPAY_CLIENT_SECRET: config.AZAMPAY_CONSUMER_SECRET,
  };
  const { code, stdout, stderr } = await runNode([file], { env });
  assert.deepEqual([code, stderr], [0, '']);
  assert.ok(stdout.includes(sandbox.payments()[0].id), stdout);
});

test('the operators of the table are those that AzamPay takes, each spelt as it must be', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const [, ...names] = [...page.matchAll(/^\| [^|]+ \| `(\w+)` \|$/gm)].map(([, name]) => name);
  assert.deepEqual(names.sort(), ['Airtel', 'Azampesa', 'Halopesa', 'Mpesa', 'Tigo']);
  const payment = { accountNumber: '255712345678', amount: '1000', currency: 'TZS' };
  for (const provider of names) {
    assert.equal((await sdk.pay({ ...payment, externalId: provider, provider })).success, true);
    assert.equal(
      (await rejection(sdk.pay({ ...payment, externalId: 'X', provider: provider.toLowerCase() }))).outcome,
      'refused',
    );
  }
});

test('the payloads of the other gateways are accepted', async (t) => {
  const gateway = await startGateway(t);
  const opened = await runBlock(`${others.code} return redirect_url;`, {
    clickpesa: gateway.sdk('clickpesa'),
    pesapal: gateway.sdk('pesapal'),
    selcom: gateway.sdk('selcom'),
  });
  assert.ok(opened.startsWith(gateway.sandbox.url));
  assert.deepEqual(
    gateway.sandbox
      .payments()
      .map(({ gateway: name }) => name)
      .sort(),
    ['clickpesa', 'pesapal', 'selcom'],
  );
});

test('the callback ships the order that was paid, and no other', async (t) => {
  const gateway = await startGateway(t);
  const azampay = gateway.sdk('azampay');
  const { transactionId } = await azampay.pay({
    accountNumber: '255712345678',
    amount: '1000',
    currency: 'TZS',
    externalId: 'ORDER-1',
    provider: 'Tigo',
  });
  const shipped = [];
  const app = express();
  const code = callback.code.replace(/^import .*/, '');
  await runBlock(code, { app, webhooks, azampay, transactionId, ship: (reference) => shipped.push(reference) });
  const shop = await listen(app);
  t.after(shop.close);
  gateway.sandbox.setWebhook('azampay', `${shop.url}/azampay/callback`);
  await gateway.sandbox.approve(transactionId);
  assert.deepEqual(shipped, ['ORDER-1']);
  const [{ id }] = gateway.sandbox.webhooks();
  assert.equal((await gateway.sandbox.redeliver(id, { tamper: true })).attempts.at(-1).status, 400);
  assert.deepEqual(shipped, ['ORDER-1']);
});
