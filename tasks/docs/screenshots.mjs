// npm run docs:screenshots
// Takes the pictures in docs/images: of the sandbox with its phone, and of the dashboard with two weeks of payments.
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import { launch } from '../../__test__/sandbox/browser.mjs';
import { command } from '../build/lib/run.mjs';
import { root } from '../build/platforms.mjs';

const FOLDER = join(root, 'docs/images');
const MAX_BYTES = 150_000;
/** The sandbox's page shows its address, so that the port is always the one that people see. */
const PORT = 4010;
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const DAYS = 14;
const TODAY = Date.UTC(2026, 2, 20, 12, 40);
const REASONS = ['wrong-pin', 'insufficient-funds', 'declined'];
const DEADLINE_MS = 20_000;

await command(async () => {
  mkdirSync(FOLDER, { recursive: true });
  const shop = await openShop();
  const browser = await launch();
  try {
    await twoWeeks(shop);
    await picturesOfTheDashboard(await pageOf(browser, 1), shop);
    await picturesOfTheSandbox(await pageOf(browser, 0.75), shop);
  } finally {
    await browser.close();
    await shop.close();
  }
});

/** A page as somebody in Dar es Salaam sees it. Smaller ones show a phone's colours in fewer bytes. */
async function pageOf(browser, deviceScaleFactor) {
  const about = { timezoneId: 'Africa/Dar_es_Salaam', locale: 'en-GB', reducedMotion: 'reduce', deviceScaleFactor };
  const context = await browser.newContext(about);
  context.setDefaultTimeout(DEADLINE_MS);
  return context.newPage();
}

/** A sandbox whose callbacks carry checksums, so that no gateway is asked; a ledger by its clock; the shop's server. */
async function openShop() {
  const sandbox = await startSandbox({
    port: PORT,
    seed: 'pictures',
    checksum: true,
    clock: 'manual',
    startAt: TODAY - DAYS * DAY,
  });
  const gateways = Object.fromEntries(
    ['clickpesa', 'azampay'].map((provider) => [
      provider,
      new FintechSDK({ provider, config: sandbox.config(provider) }),
    ]),
  );
  const store = sqlite(new Database(':memory:'));
  const ledger = await openLedger(store, { gateways, clock: () => sandbox.clock.now(), onPayment: () => {} });
  const hooks = ledger.webhooks();
  const pages = ledger.dashboard({ path: '/money', timeZone: 'Africa/Dar_es_Salaam' });
  const server = createServer((req, res) => (req.url.startsWith('/hooks/') ? hooks : pages)(req, res));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  for (const name of Object.keys(gateways)) sandbox.setWebhook(name, `${url}/hooks/${name}`);
  const close = async () => {
    await ledger.close();
    server.closeAllConnections();
    server.close();
    await sandbox.close();
  };
  return { sandbox, ledger, url, close };
}

/** Bookings of each day, most of them paid. At the end one is paid at the second try. */
async function twoWeeks(shop) {
  for (let day = 0; day < DAYS; day += 1) {
    const most = 3 + ((day * 5) % 4);
    for (let at = 0; at < most; at += 1) await booking(shop, day * 7 + at);
    await shop.sandbox.clock.advance(DAY - most * 20 * MINUTE);
  }
  await book(shop, 'BOOKING300', '70000', 'azampay');
  await answer(shop, 'BOOKING300', 'wrong-pin');
  await shop.ledger.retry('BOOKING300');
  await answer(shop, 'BOOKING300');
}

async function booking(shop, number) {
  const reference = `BOOKING${100 + number}`;
  const via = number % 3 === 0 ? 'azampay' : 'clickpesa';
  await book(shop, reference, String(25_000 + ((number * 7) % 9) * 5000), via);
  await answer(shop, reference, number % 5 === 4 ? REASONS[number % REASONS.length] : undefined);
  await shop.sandbox.clock.advance(19 * MINUTE);
}

function book({ ledger }, reference, amount, via) {
  return ledger.charge({ reference, amount, currency: 'TZS', phone: '0754321987', description: '2 nights', via });
}

/** The customer answers the push after a while: pays, unless there is a reason not to. */
async function answer({ sandbox, ledger }, reference, reason) {
  const { gatewayReference } = await ledger.get(reference);
  await sandbox.clock.advance(20_000 + (Number(reference.slice(-1)) % 4) * 7000);
  if (reason) await sandbox.decline(gatewayReference, reason);
  else await sandbox.approve(gatewayReference);
}

async function picturesOfTheDashboard(page, { url }) {
  await page.setViewportSize({ width: 1200, height: 900 });
  await page.goto(`${url}/money?days=30`);
  await take(page, 'dashboard');
  await page.goto(`${url}/money/payment?reference=BOOKING300`);
  await take(page, 'payment');
}

/** The phone asks for the PIN of one more booking. */
async function picturesOfTheSandbox(page, shop) {
  await book(shop, 'BOOKING301', '45000', 'clickpesa');
  await page.setViewportSize({ width: 1140, height: 740 });
  await page.clock.setFixedTime(shop.sandbox.clock.now());
  await page.goto(`${shop.sandbox.url}/`);
  await page.getByRole('dialog').waitFor();
  // How long this machine took is another each time.
  await take(page, 'sandbox', [page.locator('.ms')]);
  await take(page.locator('.phone'), 'phone');
}

/** A picture of a page, or of a part of one, with some parts blanked. */
async function take(shown, name, mask = []) {
  const path = join(FOLDER, `${name}.png`);
  await shown.screenshot({ path, animations: 'disabled', caret: 'hide', mask, maskColor: '#888' });
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new Error(`docs/images/${name}.png has ${size} bytes, over ${MAX_BYTES}.`);
  console.log(`  docs/images/${name}.png, ${size.toLocaleString('en')} bytes`);
}
