// The booking app in a browser: a guest's whole way on a phone and on a desk, light and dark, and the staff's page.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { openApp } from '../../examples/booking/app.mjs';
import { startSandbox } from '../../sandbox/dist/index.js';
import { launch, noBrowser } from '../sandbox/browser.mjs';
import { faintTexts, narrowTexts, oddHeadings, smallTargets, sticksOut } from '../sandbox/looks.mjs';
import { listen } from '../support/shop.mjs';
import { settingsOf } from './project.mjs';

const SCREENS = [
  [390, 'light'],
  [390, 'dark'],
  [1440, 'light'],
];
const TOKEN = 'jembe';

/** The app and the sandbox in this process; both end with the test. */
async function open(t) {
  const server = createServer();
  const { url, close } = await listen(server);
  const sandbox = await startSandbox({ webhooks: { azampay: `${url}/hooks/azampay` } });
  const settings = { ...settingsOf(sandbox, 'azampay'), ...settingsOf(sandbox, 'pesapal') };
  const opened = await openApp({ PUBLIC_URL: url, STAFF_TOKEN: TOKEN, DATABASE_FILE: ':memory:', ...settings });
  server.on('request', opened.app);
  t.after(async () => {
    await sandbox.close();
    await close();
    await opened.close();
  });
  return { url, sandbox };
}

describe('the booking app in a browser', { skip: process.env.CI ? false : noBrowser, concurrency: true }, () => {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  for (const [width, colorScheme] of SCREENS)
    test(`a guest fails, tries again and pays, and staff gives it back, at ${width} px, ${colorScheme}`, async (t) => {
      const { url, sandbox } = await open(t);
      const httpCredentials = { username: 'Neema', password: TOKEN };
      const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme, httpCredentials });
      t.after(() => context.close());
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      const errors = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      const looks = async () => {
        await page.waitForLoadState('load');
        assert.ok((await page.evaluate(sticksOut)) <= 0, 'nothing sticks out sideways');
        for (const check of [faintTexts, smallTargets, oddHeadings, narrowTexts])
          assert.deepEqual(await page.evaluate(check), [], page.url());
      };
      const press = (name) => page.getByRole('button', { name }).click();
      const book = async (method) => {
        await page.goto(url);
        await page.getByLabel('Your name').fill('Asha Juma');
        await page.getByLabel('Phone that pays').fill('0712 345 678');
        await page.getByLabel(method).check();
        await looks();
        await press('Book and pay');
      };

      await book('Mobile money');
      await page.getByText('Look at your phone').waitFor();
      await looks();
      await sandbox.decline(sandbox.payments()[0].reference, 'wrong-pin');
      // The page follows by itself.
      await page.getByText('The payment failed').waitFor();
      await looks();
      await press('Pay TZS 90,000');
      await page.getByText('Look at your phone').waitFor();
      await sandbox.approve(sandbox.payments()[1].reference);
      await page.getByText('Paid, asante!').waitFor();
      await looks();

      await book('Card');
      await press(/^Pay/);
      await page.getByText('Paid, asante!').waitFor();
      await looks();

      await page.goto(`${url}/staff`);
      await looks();
      assert.equal(await page.getByText('CONFIRMED, SUCCESS').count(), 2);
      await page.getByRole('button', { name: 'Pay the host' }).last().click();
      await page.getByText(/host: \w+, cleaner: \w+/).waitFor();
      await looks();
      await page.getByRole('link', { name: 'See the money' }).click();
      await page.getByRole('heading', { name: 'Money' }).waitFor();
      assert.deepEqual(errors, []);
    });
});
