import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createShop } from '../../examples/shop.mjs';
import { startSandbox } from '../../sandbox/dist/index.js';
import { listen } from '../support/shop.mjs';
import { launch, noBrowser } from './browser.mjs';
import { faintTexts, oddHeadings, smallTargets, sticksOut } from './looks.mjs';

const GATEWAYS = ['pesapal', 'clickpesa', 'azampay'];

/** The example shop, with the sandbox behind it; both end with the test. */
async function open(t) {
  const server = http.createServer();
  const { url, close } = await listen(server);
  const sandbox = await startSandbox({
    webhooks: { azampay: `${url}/hooks/azampay`, clickpesa: `${url}/hooks/clickpesa` },
  });
  const configs = Object.fromEntries(GATEWAYS.map((gateway) => [gateway, sandbox.config(gateway)]));
  const shop = await createShop({ configs, url, password: 'jembe' });
  server.on('request', shop.app);
  t.after(async () => {
    await sandbox.close();
    await close();
    await shop.close();
  });
  return { url, sandbox, shop };
}

test('the example shop answers programs in JSON', async (t) => {
  const { url, shop } = await open(t);
  const { reference } = await shop.order('azampay', { amount: 2000 });
  assert.equal((await (await fetch(`${url}/orders/${reference}`)).json()).status, 'pending');
  assert.equal((await fetch(`${url}/orders/none`)).status, 404);
  const unpaid = await fetch(`${url}/orders`, {
    method: 'POST',
    body: new URLSearchParams({ gateway: 'azampay', amount: '<b>' }),
  });
  assert.deepEqual([unpaid.status, (await unpaid.text()).includes('A gateway and an amount, please.')], [400, true]);
});

test('the owner of the example shop sees the money behind a login, and nobody else does', async (t) => {
  const { url, shop, sandbox } = await open(t);
  const { reference } = await shop.order('azampay', { amount: 2000 });
  await sandbox.approve(reference);
  const as = (login) => ({ headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } });
  for (const init of [{}, as('owner:wrong'), as('jembe'), as('owner:')])
    assert.equal((await fetch(`${url}/dashboard`, init)).status, 401);
  const page = await fetch(`${url}/dashboard/payments`, as('owner:jembe'));
  assert.equal(page.status, 200);
  assert.ok((await page.text()).includes(reference));
  const form = new URLSearchParams({ reference, status: 'reversed', by: 'Mallory', note: 'The customer came back' });
  const { headers } = as('owner:jembe');
  const resolved = await fetch(`${url}/dashboard/resolve`, {
    method: 'POST',
    body: form,
    headers: { ...headers, origin: url },
    redirect: 'manual',
  });
  assert.equal(resolved.status, 303);
  const { status, events } = await shop.ledger.get(reference);
  assert.deepEqual([status, events.at(-1).by], ['reversed', 'owner']);
});

describe('the example shop in a browser', { skip: process.env.CI ? false : noBrowser, concurrency: true }, () => {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  for (const [width, colorScheme] of [
    [390, 'light'],
    [390, 'dark'],
    [1440, 'light'],
  ]) {
    test(`takes an order by each gateway and shows it paid, at ${width} px, ${colorScheme}`, async (t) => {
      const { url, sandbox } = await open(t);
      const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
      t.after(() => context.close());
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      const looks = async () => {
        assert.ok((await page.evaluate(sticksOut)) <= 0, 'nothing sticks out sideways');
        for (const check of [faintTexts, smallTargets, oddHeadings])
          assert.deepEqual(await page.evaluate(check), [], page.url());
      };
      for (const gateway of ['AzamPay', 'ClickPesa', 'PesaPal']) {
        await page.goto(url);
        await looks();
        await page.getByLabel(gateway).check();
        await page.getByRole('button', { name: 'Order and pay' }).click();
        if (gateway === 'PesaPal') await page.getByRole('button', { name: /^Pay/ }).click();
        else {
          await page.getByText('Waiting for you to pay').waitFor();
          await looks();
          await sandbox.approve(new URL(page.url()).pathname.split('/').at(-1));
        }
        await page.getByText('Paid, asante!').waitFor();
        await looks();
        await page.getByRole('link', { name: 'Back to the shop' }).click();
        await page.getByRole('heading', { name: 'Your orders' }).waitFor();
      }
      await looks();
      assert.equal(await page.getByText('succeeded').count(), 3);
    });
  }
});
