import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startSandbox } from '../../sandbox/dist/index.js';
import { startShop } from '../support/shop.mjs';
import { startAddonShop } from './addon-shop.mjs';
import { launch, noBrowser } from './browser.mjs';
import { clickpesa, pesapal, until } from './helpers.mjs';
import { faintTexts, narrowTexts, oddHeadings, smallTargets, sticksOut } from './looks.mjs';

// In CI a missing browser is a failure, not an excuse.
const skip = process.env.CI ? false : noBrowser;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const NARROW = { width: 360, height: 740 };

describe('the page', { skip }, () => {
  let browser;
  let page;
  /** What the page of the present test met. */
  let met;
  before(async () => {
    browser = await launch();
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    context.setDefaultTimeout(20_000);
    page = await context.newPage();
    page.on('request', (request) => met.asked.push(request.url()));
    page.on('pageerror', (error) => met.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        met.errors.push(message.text());
    });
  });
  after(() => browser?.close());

  /** A sandbox, a shop on the addon, and the sandbox's page, which lives at an origin of its own in each test. */
  async function open(t, { viewport = WIDE, colorScheme = 'light', options = {} } = {}) {
    const sandbox = await startSandbox(options);
    const client = pesapal(sandbox);
    const shop = await startAddonShop(sandbox, async (id) => (await client.status(id)).json);
    met = { asked: [], errors: [] };
    t.after(async () => {
      await page.unrouteAll();
      await page.goto('about:blank');
      await Promise.all([sandbox.close(), shop.close()]);
    });
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(`${sandbox.url}/`);
    await page.getByRole('status').getByText('live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Send a test push' }).waitFor();
    return { sandbox, shop };
  }

  const buy = (shop, id) => fetch(`${shop.url}/buy/azampay/${id}`);

  /**
   * Presses a button that leads to a page below `url`, and waits for that page: what navigates next would meet it on
   * its way.
   */
  async function leave(page, name, url) {
    await Promise.all([page.waitForURL((at) => at.href.startsWith(url)), page.getByRole('button', { name }).click()]);
  }

  test('a push appears on the phone, the PIN is entered, and the shop has its money', async (t) => {
    const { shop, sandbox } = await open(t);
    await buy(shop, 'ORDER-1');
    const prompt = page.getByRole('dialog', { name: 'M-Pesa payment request' });
    await prompt.getByText('TZS 45,000').waitFor();
    await prompt.getByText('Duka la Mfano').waitFor();
    await page.getByLabel('PIN').fill('4821');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText(/confirmed\. You have paid TZS 45,000 to Duka la Mfano\. Ref ORDER-1/).waitFor();
    await until(() => shop.orders.get('ORDER-1') === 'paid');
    assert.equal(sandbox.payments()[0].status, 'paid');
    await page.locator('.row', { hasText: 'success' }).locator('.pill', { hasText: '200' }).waitFor();
    assert.ok(!JSON.stringify([sandbox.requests(), sandbox.webhooks()]).includes('4821'));
    const isOwn = (url) => url.startsWith(sandbox.url) || url.startsWith(shop.url);
    assert.deepEqual([met.errors, met.asked.filter((url) => !isOwn(url))], [[], []]);
  });

  test('the keyboard alone does it: the PIN has the focus, Enter sends, Escape cancels', async (t) => {
    const { shop } = await open(t);
    await buy(shop, 'ORDER-1');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('1234');
    await page.keyboard.press('Enter');
    await until(() => shop.orders.get('ORDER-1') === 'paid');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await buy(shop, 'ORDER-2');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await until(() => shop.orders.get('ORDER-2') === 'failed');
    await page.getByText('You cancelled the request.').waitFor();
    await page.locator('.row').first().locator('.head').focus();
    await page.keyboard.press('Enter');
    await page.locator('.row').first().getByRole('button', { name: 'Redeliver' }).waitFor();
  });

  test('a wrong PIN fails the payment; several pushes wait in line', async (t) => {
    const { shop } = await open(t);
    await Promise.all(['A', 'B', 'C'].map((id) => buy(shop, id)));
    await page.getByText('2 more waiting').waitFor();
    await page.getByLabel('PIN').fill('0000');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('The PIN was wrong.').waitFor();
    await page.getByText('1 more waiting').waitFor();
    await until(() => [...shop.orders.values()].filter((status) => status === 'failed').length === 1);
  });

  test('the hosted checkout pays and lands on the shop; declines; cancels', async (t) => {
    const { shop } = await open(t);
    await page.goto(`${shop.url}/buy/pesapal/ORDER-1`);
    await page.getByRole('heading', { name: 'KES 1,500' }).waitFor();
    await page.getByRole('button', { name: 'Pay KES 1,500' }).click();
    await page.getByRole('heading', { name: 'Order ORDER-1: paid' }).waitFor();
    assert.match(page.url(), /\/return\?OrderTrackingId=[0-9a-f-]{36}&OrderMerchantReference=ORDER-1$/);
    await page.goto(`${shop.url}/buy/pesapal/ORDER-2`);
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByRole('heading', { name: 'Order ORDER-2: failed' }).waitFor();
    await page.goto(`${shop.url}/buy/pesapal/ORDER-3`);
    await page.getByRole('button', { name: /Cancel/ }).click();
    await page.getByRole('heading', { name: 'You left the payment page' }).waitFor();
    assert.equal(shop.orders.get('ORDER-3'), 'pending');
  });

  test('a tampered redelivery is refused by the shop, an honest one is taken', async (t) => {
    const { shop, sandbox } = await open(t);
    await buy(shop, 'ORDER-1');
    await sandbox.approve('ORDER-1');
    const row = page.locator('.row.azampay', { hasText: 'success' }).last();
    await row.locator('.head').click();
    await row.getByText('"utilityref": "ORDER-1"').waitFor();
    await row.getByRole('button', { name: 'Redeliver' }).click();
    await page.getByText('Redelivered: your app answered 200').waitFor();
    await row.getByRole('button', { name: 'Send a tampered copy' }).click();
    await page.getByText('Tampered copy: your app answered 400').waitFor();
    assert.equal(shop.refused.length, 1);
    assert.equal(shop.orders.get('ORDER-1'), 'paid');
    await page.locator('.row', { hasText: 'tampered' }).locator('.pill', { hasText: '400' }).waitFor();
  });

  test('the key is rotated, and the shop follows', async (t) => {
    const { shop, sandbox } = await open(t);
    await buy(shop, 'ORDER-1');
    await sandbox.approve('ORDER-1');
    const before = await sandbox.publicKey();
    await page.getByRole('button', { name: 'Rotate AzamPay key' }).click();
    await page.getByText('AzamPay signs with a new key').waitFor();
    assert.notEqual(await sandbox.publicKey(), before);
    await buy(shop, 'ORDER-2');
    await sandbox.approve('ORDER-2');
    assert.equal(shop.orders.get('ORDER-2'), 'paid');
  });

  test('the next fault is picked, met and shown', async (t) => {
    const { shop } = await open(t);
    await buy(shop, 'ORDER-0');
    await page.getByRole('button', { name: 'Cancel' }).click();
    // The shop has its key and token by then, and asks for nothing else.
    await until(() => shop.orders.get('ORDER-0') === 'failed');
    await page.getByLabel('Next fault').selectOption('502-html');
    await page.getByLabel('Only at this gateway').selectOption('azampay');
    await page.getByRole('button', { name: 'Set', exact: true }).click();
    await page.locator('.armed').getByText('502-html at azampay').waitFor();
    const answer = await buy(shop, 'ORDER-1');
    assert.equal(answer.status, 502);
    await page.locator('.row').getByText('502-html').waitFor();
    await page.locator('.armed .tag').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Problems' }).click();
    const shown = await page.locator('.row:visible').count();
    assert.equal(shown, await page.locator('.row[data-problem=yes]').count());
    assert.ok(shown >= 1);
  });

  test('a push that comes while the state is on its way is shown, though the state does not know it', async (t) => {
    const { sandbox, shop } = await open(t);
    let asked;
    const isAsked = new Promise((resolve) => (asked = resolve));
    let goOn;
    const mayGoOn = new Promise((resolve) => (goOn = resolve));
    await page.route('**/_sandbox/api/state', async (route) => {
      const before = await route.fetch();
      asked();
      await mayGoOn;
      await route.fulfill({ response: before });
    });
    await page.goto(`${sandbox.url}/`);
    await isAsked;
    assert.equal((await buy(shop, 'ORDER-1')).status, 200);
    await page.locator('#book').getByText('ORDER-1').first().waitFor({ state: 'attached' });
    goOn();
    await page.getByRole('button', { name: 'Send a test push' }).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await until(() => shop.orders.get('ORDER-1') === 'failed');
  });

  test('a test push needs no app; a webhook URL can be entered; a reload forgets nothing', async (t) => {
    const { shop, sandbox } = await open(t);
    sandbox.setWebhook('azampay', undefined);
    await page.locator('#connect summary').click();
    await page.getByRole('tab', { name: 'AzamPay' }).click();
    await page.getByLabel('Callbacks go to').fill(`${shop.url}/azampay`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`AzamPay calls ${shop.url}/azampay`).waitFor();
    await page.getByRole('button', { name: 'Send a test push' }).click();
    await page.getByLabel('PIN').fill('1234');
    await page.keyboard.press('Enter');
    await until(() => [...shop.orders.values()].includes('paid'));
    await page.reload();
    await page.getByText(/confirmed\. You have paid TZS 2,000/).waitFor();
    assert.equal(await page.locator('.row').count(), sandbox.requests().length + sandbox.webhooks().length);
  });

  test('the payments stand with state and amount; the phone tells whose it is and how many wait', async (t) => {
    const { shop, sandbox } = await open(t);
    await buy(shop, 'ORDER-1');
    await sandbox.approve('ORDER-1');
    await buy(shop, 'ORDER-2');
    await sandbox.decline('ORDER-2', 'insufficient-funds');
    await Promise.all(['ORDER-3', 'ORDER-4'].map((id) => buy(shop, id)));
    await page.getByText('4 in all, 2 waiting').waitFor();
    const entry = (reference) => page.locator('.entry', { hasText: reference });
    await entry('ORDER-1').getByText('paid', { exact: true }).waitFor();
    await entry('ORDER-1').getByText('TZS 45,000').waitFor();
    await entry('ORDER-1').getByText(sandbox.payments()[0].receipt).waitFor();
    await entry('ORDER-2').getByText('failed', { exact: true }).waitFor();
    await entry('ORDER-2').getByText('too little money').waitFor();
    await entry('ORDER-3').getByText('waiting', { exact: true }).waitFor();
    await page.getByText('Phone of 2557****5678').waitFor();
    await page.getByText('1 more waiting').waitFor();
  });

  test('the SMS has the receipt and the amount of the webhook, in Swahili too', async (t) => {
    const { shop, sandbox } = await open(t);
    await buy(shop, 'ORDER-1');
    await sandbox.approve('ORDER-1');
    const { mnoreference, amount } = JSON.parse(sandbox.webhooks()[0].body);
    assert.equal(amount, '45000');
    await page.getByText(`${mnoreference} confirmed. You have paid TZS 45,000`).waitFor();
    const swahili = page.getByRole('switch', { name: 'Kiswahili' });
    await swahili.click();
    await page
      .getByText(`${mnoreference} imethibitishwa. Umelipa TZS 45,000 kwa Duka la Mfano. Kumb. ORDER-1.`)
      .waitFor();
    assert.equal(await swahili.getAttribute('aria-checked'), 'true');
    assert.equal(await page.locator('.note p').first().getAttribute('lang'), 'sw');
    await page.reload();
    await page.getByText('imethibitishwa').waitFor();
    await clickpesa(sandbox).push();
    await sandbox.approve('ORD1');
    await sandbox.clock.advance(60_000);
    await page.reload();
    await page.getByText(`${sandbox.payments()[1].receipt} imethibitishwa`).waitFor();
    assert.equal(await page.locator('.note').count(), 2, 'settling brings no SMS');
  });

  test('messages stay in reach beneath a prompt', async (t) => {
    const { shop } = await open(t);
    await fetch(`${shop.url}/buy/pesapal/ORDER-1`, { redirect: 'manual' });
    await buy(shop, 'ORDER-2');
    await page.getByRole('dialog').waitFor();
    const [checkout] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Open the payment page' }).click(),
    ]);
    await checkout.getByRole('heading', { name: 'KES 1,500' }).waitFor();
    await checkout.close();
  });

  test('an answer that the sandbox refuses is told, and what waits no more makes room for the next', async (t) => {
    const { shop, sandbox } = await open(t);
    await buy(shop, 'ORDER-1');
    await buy(shop, 'ORDER-2');
    await page.getByText('1 more waiting').waitFor();
    // The page missed that the first was paid elsewhere.
    const once = { times: 1 };
    await page.route('**/answer', (route) => route.fulfill({ status: 409, json: { error: 'No such payment' } }), once);
    const withoutFirst = async (route) => {
      const state = await (await route.fetch()).json();
      await route.fulfill({
        json: { ...state, payments: state.payments.filter(({ reference }) => reference !== 'ORDER-1') },
      });
    };
    await page.route('**/api/state', withoutFirst, once);
    await page.getByLabel('PIN').fill('1234');
    await page.keyboard.press('Enter');
    await page.getByText('ORDER-1: No such payment.').waitFor();
    await page.getByRole('dialog').getByText('ref ORDER-2?').waitFor();
    await page.getByLabel('PIN').fill('1234');
    await page.keyboard.press('Enter');
    await until(() => shop.orders.get('ORDER-2') === 'paid');
    assert.equal(sandbox.payments()[0].status, 'pending');
  });

  test('an answer that is refused while the payment still waits can be given again', async (t) => {
    const { shop } = await open(t);
    await buy(shop, 'ORDER-1');
    await page.getByRole('dialog').waitFor();
    await page.route('**/answer', (route) => route.fulfill({ status: 500, body: '' }), { times: 1 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('ORDER-1: The sandbox answered 500.').waitFor();
    await page.getByLabel('PIN').fill('1234');
    await page.keyboard.press('Enter');
    await until(() => shop.orders.get('ORDER-1') === 'paid');
  });

  test('the fault picker has groups, and tells what the chosen one does', async (t) => {
    await open(t);
    const groups = await page
      .locator('#fault optgroup')
      .evaluateAll((all) => all.map(({ label, children }) => [label, children.length]));
    assert.deepEqual(groups, [
      ['The answer to your app', 14],
      ['The callback to your app', 9],
      ['What the customer does', 3],
    ]);
    await page.getByLabel('Next fault').selectOption('wrong-pin');
    await page.getByLabel('Only at this gateway').selectOption('pesapal');
    await page
      .getByText('Declined for a wrong PIN. Without this page: a phone that ends in 000024, or the amount 990024.')
      .waitFor();
    assert.equal(await page.locator('#fault').getAttribute('aria-describedby'), 'fault-about');
    await page.getByLabel('Next fault').selectOption('two-field');
    await page.getByText('Signed over two fields in place of four, only at AzamPay. Without').waitFor();
    const places = page.getByLabel('Only at this gateway');
    assert.equal(await places.inputValue(), '');
    assert.deepEqual(await places.locator('option:not([disabled])').allTextContents(), ['any gateway', 'AzamPay']);
  });

  test('the hosted page is done with when it is paid, and leads back to the shop', async (t) => {
    const { shop } = await open(t);
    await page.goto(`${shop.url}/buy/pesapal/ORDER-1`);
    const { pathname, search } = new URL(page.url());
    const hosted = page.url();
    assert.match(pathname, /PesapalIframe3/);
    await page.getByLabel('Card').check();
    await leave(page, 'Decline', shop.url);
    await page.goto(hosted);
    await page.getByText('The payment failed. Nothing was taken.').waitFor();
    await leave(page, 'Try again: pay KES 1,500', shop.url);
    await page.goto(hosted);
    await page.getByText('Paid. Thank you.').waitFor();
    assert.equal(await page.getByRole('button').count(), 0);
    await page.getByRole('link', { name: 'Return to the shop' }).click();
    await page.getByRole('heading', { name: 'Order ORDER-1: paid' }).waitFor();
    assert.ok(search);
  });

  test("ClickPesa's page shows what became of the order, and returns where the switch says", async (t) => {
    const thanks = await startShop();
    t.after(() => thanks.close());
    for (const clickpesaReturnUrl of ['', `${thanks.url}/thanks`]) {
      const { sandbox } = await open(t, { options: { switches: { clickpesaReturnUrl } } });
      const { json } = await clickpesa(sandbox).post('checkout-link/generate-checkout-url', {
        orderReference: 'LINK1',
        orderCurrency: 'TZS',
        totalPrice: '1000',
        callbackUrl: 'http://127.0.0.1:1/webhook',
      });
      await page.goto(json.checkoutLink);
      assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), clickpesaReturnUrl ? 1 : 0);
      if (clickpesaReturnUrl) await leave(page, 'Pay TZS 1,000', clickpesaReturnUrl);
      else await page.getByRole('button', { name: 'Pay TZS 1,000' }).click();
      await until(() => sandbox.payments()[0].status === 'paid');
      if (clickpesaReturnUrl) await page.goto(json.checkoutLink);
      await page.getByText('Paid. Thank you.').waitFor();
      const back = page.getByRole('link', { name: 'Return to the shop' });
      assert.equal(await back.count(), clickpesaReturnUrl ? 1 : 0);
      if (clickpesaReturnUrl) assert.equal(await back.getAttribute('href'), clickpesaReturnUrl);
    }
  });

  test('whatever has the focus shows it, the PIN too', async (t) => {
    const { shop } = await open(t);
    await buy(shop, 'ORDER-1');
    await page.getByLabel('PIN').waitFor();
    await until(() => page.evaluate(() => document.activeElement.id === 'pin'));
    for (let stop = 0; stop < 25; stop++) {
      const { style, width, name } = await page.evaluate(() => {
        const { outlineStyle: style, outlineWidth: width } = getComputedStyle(document.activeElement);
        return { style, width, name: document.activeElement.outerHTML.slice(0, 60) };
      });
      assert.ok(name.startsWith('<body') || (style === 'solid' && parseFloat(width) >= 2), name);
      await page.keyboard.press('Tab');
    }
  });

  for (const [name, viewport] of Object.entries({ '360 px': NARROW, '390 px': PHONE, '1440 px': WIDE })) {
    for (const colorScheme of ['light', 'dark']) {
      test(`is readable at ${name}, ${colorScheme}`, async (t) => {
        const { shop, sandbox } = await open(t, { viewport, colorScheme });
        await buy(shop, 'ORDER-1');
        await sandbox.approve('ORDER-1');
        await buy(shop, 'ORDER-2');
        await buy(shop, 'ORDER'.padEnd(128, '-LONG'));
        sandbox.next({ name: 'huge', gateway: 'clickpesa' });
        await page.getByRole('dialog').waitFor();
        await page.locator('#connect summary').click();
        await page.locator('.row .head').first().click();
        await page.locator('.row .head').last().click();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme);
        assert.ok((await page.evaluate(sticksOut)) <= 0, 'nothing sticks out sideways');
        assert.deepEqual(await page.evaluate(faintTexts), []);
        assert.deepEqual(await page.evaluate(smallTargets), []);
        assert.deepEqual(await page.evaluate(oddHeadings), []);
        assert.deepEqual(await page.evaluate(narrowTexts), []);
        const client = pesapal(sandbox);
        const { ipn_id } = await client.registerIpn(shop.url);
        const { json: largest } = await client.order({
          notification_id: ipn_id,
          id: 'X'.repeat(50),
          amount: 999_999_999_999_999,
          description: 'W'.repeat(100),
        });
        await page.goto(largest.redirect_url);
        assert.ok((await page.evaluate(sticksOut)) <= 0, 'the largest amount and the longest texts fit');
        await page.goto(`${shop.url}/buy/pesapal/ORDER-3`);
        await page.getByRole('heading', { name: 'KES 1,500' }).waitFor();
        assert.ok((await page.evaluate(sticksOut)) <= 0);
        assert.deepEqual(await page.evaluate(faintTexts), []);
        assert.deepEqual(await page.evaluate(smallTargets), []);
        assert.deepEqual(await page.evaluate(oddHeadings), []);
      });
    }
  }
});
