import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, noBrowser } from '../sandbox/browser.mjs';
import { faintTexts, narrowTexts, oddHeadings, smallTargets, sticksOut } from '../sandbox/looks.mjs';
import { openDashboard } from './shop.mjs';

describe('the dashboard in a browser', { skip: process.env.CI ? false : noBrowser }, () => {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  /** A page of the browser, and what it met. */
  async function open(t, context) {
    const shop = await openDashboard(t, { act: true });
    const own = await browser.newContext(context);
    own.setDefaultTimeout(20_000);
    const page = await own.newPage();
    const met = { foreign: [], errors: [] };
    page.on('request', (request) => !request.url().startsWith(shop.home) && met.foreign.push(request.url()));
    page.on('pageerror', (error) => met.errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && met.errors.push(message.text()));
    page.on('dialog', (dialog) => (met.errors.push('a dialog'), dialog.dismiss()));
    t.after(() => own.close());
    return { ...shop, page, met };
  }

  for (const width of [390, 1280, 1920])
    for (const colorScheme of ['light', 'dark'])
      test(`every page can be read and touched, at ${width} px, ${colorScheme}`, async (t) => {
        const viewport = { width, height: 900 };
        const { page, home, met } = await open(t, { viewport, colorScheme });
        for (const path of ['', '/?days=30', '/payments', '/attention', '/payment?reference=NASTY', '/search?q=5678']) {
          await page.goto(home + path);
          for (const details of await page.locator('details:not([open]) summary').all()) await details.click();
          assert.ok((await page.evaluate(sticksOut)) <= 0, `${path} sticks out sideways`);
          for (const check of [faintTexts, smallTargets, oddHeadings, narrowTexts])
            assert.deepEqual(await page.evaluate(check), [], path);
        }
        assert.deepEqual(met, { foreign: [], errors: [] });
      });

  test('it is used by the keyboard alone, without a script', async (t) => {
    const { page, home, ledger, met } = await open(t, { javaScriptEnabled: false });
    await page.goto(home);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.match(page.url(), /#main$/);
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('OPEN');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'OPEN', level: 1 }).waitFor();
    await page.getByLabel('It is').focus();
    await page.keyboard.type('fail');
    await page.getByLabel('Your name').focus();
    await page.keyboard.type('Asha');
    await page.getByLabel('Why').focus();
    await page.keyboard.type('Support, ticket 12');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('It is written down.').waitFor();
    const { status, events } = await ledger.get('OPEN');
    assert.deepEqual([status, events.at(-1).by, events.at(-1).note], ['failed', 'Asha', 'Support, ticket 12']);
    assert.deepEqual(met, { foreign: [], errors: [] });
  });

  test('pictures have words, and everything has a name', async (t) => {
    const { page, home } = await open(t, {});
    await page.goto(home);
    await page.getByRole('img', { name: /TZS received each day; the most on .*: TZS 25,000/ }).waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Overview' }).waitFor();
    assert.equal(await page.locator('[aria-current=page]').textContent(), 'Overview');
    await page.goto(`${home}/attention`);
    await page.getByRole('button', { name: 'Ask again about OPEN' }).click();
    await page.getByRole('alert').or(page.getByRole('status')).first().waitFor();
    for (const box of await page.locator('input:not([type=hidden]), select, textarea').all())
      assert.equal(await box.evaluate((element) => element.labels.length), 1);
  });

  test('a form of another site is not obeyed by a real browser', async (t) => {
    const { page, home, ledger } = await open(t, {});
    const fields = { reference: 'OPEN', status: 'failed', by: 'M', note: 'x' };
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
    await page.route('http://localhost:1/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${home}/resolve">${inputs.join('')}<button>Win</button></form>`,
      }),
    );
    await page.goto('http://localhost:1/');
    await page.getByRole('button', { name: 'Win' }).click();
    await page.getByText('This form was sent from another site').waitFor();
    assert.notEqual((await ledger.get('OPEN')).status, 'failed');
  });
});
