// The booking app as a process of its own, and its story over HTTP: what guests, staff, gateways and forgers do.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { FintechSDK } from 'finconnect';
import { generateTestCallback, startSandbox } from '../../sandbox/dist/index.js';
import { until } from '../sandbox/helpers.mjs';
import { run, start } from '../support/child.mjs';
import { settingsOf } from './project.mjs';

const GATEWAYS = ['azampay', 'clickpesa', 'selcom', 'pesapal'];
const TOKEN = 'jembe';
const READY = /Guests book at http:\/\/127\.0\.0\.1:(\d+)/;
const DEADLINE_MS = 30_000;
const MINUTE_MS = 60_000;

/**
 * Opens the sandbox and the app in `folder`. `gateways` are those that it uses; `database` are its settings. The app
 * stands behind one address, so that it can die and come back there.
 */
export async function openBooking(folder, node, { gateways = GATEWAYS, database = {} } = {}) {
  const sandbox = await startSandbox({ seed: 'specs', checksum: true, switches: { pesapalRefundAfterMs: 10 } });
  const front = await openFront();
  for (const name of ['azampay', 'clickpesa']) sandbox.setWebhook(name, `${front.url}/hooks/${name}`);
  const settings = Object.assign({}, ...gateways.map((name) => settingsOf(sandbox, name)));
  const env = { PUBLIC_URL: front.url, PORT: '0', STAFF_TOKEN: TOKEN, ...database, ...settings };
  let app;

  async function begin() {
    app = start(node, ['server.mjs'], { cwd: folder, env });
    let ended;
    app.ended.then((how) => (ended = how));
    const [, port] = await until(() => {
      if (ended) throw new Error(`The app has ended: ${ended.stdout}${ended.stderr}`);
      return READY.exec(app.out.stdout);
    }, 'the app');
    front.leadTo(Number(port));
  }

  async function end(signal) {
    front.leadTo(undefined);
    app.child.kill(signal);
    return app.ended;
  }

  let closing;
  const close = () => (closing ??= closed());
  async function closed() {
    const { code } = await end('SIGTERM');
    await front.close();
    await sandbox.close();
    return code;
  }

  await begin();
  return {
    sandbox,
    push: gateways[0],
    told: () => `${app.out.stdout}${app.out.stderr}`,
    kill: () => end('SIGKILL'),
    begin,
    close,
    reconcile: (day) => run(node, ['--no-warnings', 'reconcile.mjs', day], { cwd: folder, env }),
    ...clientsOf(front.url, sandbox),
  };
}

/** A guest and the staff, each by what a browser or an app would send. */
function clientsOf(url, sandbox) {
  const ask = (path, { accept = 'application/json', form, ...init } = {}) =>
    fetch(new URL(path, url), {
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      ...init,
      headers: { accept, ...init.headers },
    });
  const page = async (path) => (await ask(path, { accept: 'text/html' })).text();
  const view = async (reference) => (await ask(`/bookings/${reference}`)).json();

  let guests = 0;
  /** A form as the app has just made it, filled in by another guest each time. */
  async function form(filled = {}) {
    guests += 1;
    const phone = `0712 345 ${100 + guests}`;
    const [, reference] = /name="reference" value="(\w+)"/.exec(await page('/'));
    return {
      reference,
      room: 'bahari',
      nights: '2',
      guest: 'Asha Juma',
      phone,
      method: 'mobile',
      ...filled,
    };
  }

  async function booked(filled) {
    const sent = await form(filled);
    const answer = await ask('/bookings', { form: sent, redirect: 'follow' });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  }

  /** What was asked for last at any gateway: a payment's next attempt has a reference of its own there. */
  const newest = () => sandbox.payments().at(-1);
  async function paid(reference) {
    await sandbox.approve(newest().reference);
    const told = await view(reference);
    assert.deepEqual([told.status, told.payment], ['CONFIRMED', 'SUCCESS']);
  }

  const authorization = (name, token) => `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`;
  const staff = (path, { token = TOKEN, headers, ...init } = {}) =>
    ask(path, { ...init, headers: { authorization: authorization('Neema', token), origin: url, ...headers } });
  const retry = (reference, form) => ask(`/bookings/${reference}/retry`, { form, redirect: 'follow' });
  return { ask, page, view, form, booked, paid, retry, staff, newest };
}

/** One address, which leads to a port of this machine, or nowhere. */
async function openFront() {
  let port;
  const server = createServer((guest) => {
    if (port === undefined) return guest.destroy();
    pipeline(guest, connect(port, '127.0.0.1'), guest, () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    leadTo: (next) => void (port = next),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** What happens, one after the other, in one app. */
export const story = [
  [
    'a guest books by phone with a double click: one push, and the room is confirmed when it is paid',
    async ({ ask, page, form, paid, view, sandbox }) => {
      const sent = await form();
      const clicks = await Promise.all([1, 2].map(() => ask('/bookings', { form: sent })));
      const places = clicks.map((answer) => `${answer.status} ${answer.headers.get('location')}`);
      assert.deepEqual(places, Array(2).fill(`303 /bookings/${sent.reference}`));
      assert.equal(sandbox.payments().length, 1);
      const { status, payment, amount } = await view(sent.reference);
      assert.deepEqual([status, payment, amount], ['PENDING', 'PENDING', 90_000]);
      const waiting = await page(`/bookings/${sent.reference}`);
      assert.ok(waiting.includes('Look at your phone') && waiting.includes('follow.js'), waiting);
      await paid(sent.reference);
      const done = await page(`/bookings/${sent.reference}`);
      assert.ok(done.includes('Paid, asante!') && !done.includes('follow.js'), done);
    },
  ],
  [
    'a payment that failed is tried again by another phone, and then no more',
    async ({ booked, page, view, retry, paid, newest, sandbox }) => {
      const { reference } = await booked();
      await sandbox.decline(newest().reference, 'insufficient-funds');
      const failed = await view(reference);
      assert.deepEqual([failed.status, failed.payment, failed.attempt], ['PENDING', 'FAILED', 1]);
      assert.equal(failed.advice.reason, 'insufficient-funds');
      const shown = await page(`/bookings/${reference}`);
      assert.ok(shown.includes(failed.advice.customer.sw) && shown.includes('Try again'), shown);
      const pushes = () => sandbox.payments().length;
      const before = pushes();
      const next = await (await retry(reference, { phone: '0754000999', method: 'mobile' })).json();
      assert.deepEqual([next.payment, next.attempt, pushes()], ['PENDING', 2, before + 1]);
      // While it is open, and when it is paid, nobody is asked again.
      await retry(reference, { phone: '0754000999', method: 'mobile' });
      await paid(reference);
      await retry(reference, { phone: '0754000999', method: 'mobile' });
      assert.equal(pushes(), before + 1);
      assert.equal((await view(reference)).payment, 'SUCCESS');
    },
  ],
  [
    'a card is paid on the page, and the browser comes back to the booking',
    async ({ ask, form, view, staff }) => {
      const sent = await form({ method: 'card' });
      const to = await ask('/bookings', { form: sent, accept: 'text/html' });
      const checkout = to.headers.get('location');
      assert.ok(checkout.includes('OrderTrackingId'), checkout);
      assert.equal((await view(sent.reference)).redirectUrl, checkout);
      const done = await ask(checkout, { form: { method: 'Visa' } });
      const back = await ask(done.headers.get('location'));
      assert.deepEqual([back.status, back.headers.get('location')], [303, `/bookings/${sent.reference}`]);
      await until(async () => (await view(sent.reference)).payment === 'SUCCESS', 'the IPN');
      assert.equal((await view(sent.reference)).status, 'CONFIRMED');
      // An address that somebody made up brings nothing.
      const typed = await ask(
        `/bookings/${sent.reference}/return?OrderTrackingId=b945e4af-80a5-4ec1-8706-e03f8332fb04`,
      );
      assert.equal(typed.status, 400);

      // PesaPal has refunds.
      assert.equal((await staff(`/staff/${sent.reference}/refund`, { form: {} })).status, 303);
      await until(async () => (await view(sent.reference)).payment === 'REFUNDED', 'the refund');
      assert.equal((await view(sent.reference)).status, 'CANCELLED');
    },
  ],
  [
    'a push that failed can be paid on the page',
    async ({ booked, ask, view, retry, newest, sandbox }) => {
      const { reference } = await booked();
      await sandbox.decline(newest().reference);
      const next = await (await retry(reference, { phone: '0712345678', method: 'card' })).json();
      assert.deepEqual([next.payment, next.rail], ['PENDING', 'page']);
      const done = await ask(next.redirectUrl, { form: { method: 'Visa' } });
      const back = await ask(done.headers.get('location'));
      assert.equal(back.headers.get('location'), `/bookings/${reference}`);
      await until(async () => (await view(reference)).status === 'CONFIRMED', 'the IPN');
    },
  ],
  [
    'a forged callback moves nothing',
    async ({ booked, ask, view, paid, push, sandbox }) => {
      const { reference, amount } = await booked();
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const forged = {
        azampay: () => generateTestCallback('azampay', { key: privateKey, utilityref: reference, amount: `${amount}` }),
        clickpesa: () => generateTestCallback('clickpesa', { key: 'CHKguessed', orderReference: reference }),
      };
      const { body } = forged[push]();
      const headers = { 'content-type': 'application/json' };
      const refused = await ask(`/hooks/${push}`, { method: 'POST', headers, body: JSON.stringify(body) });
      assert.equal(refused.status, 400);
      assert.deepEqual([(await view(reference)).status, (await view(reference)).payment], ['PENDING', 'PENDING']);
      await paid(reference);
      // A copy of the real one, changed on its way.
      const { id } = sandbox.webhooks().findLast(({ gateway }) => gateway === push);
      assert.equal((await sandbox.redeliver(id, { tamper: true })).attempts.at(-1).status, 400);
      assert.equal((await view(reference)).payment, 'SUCCESS');
    },
  ],
  [
    'host and cleaner get their parts once, and what is paid out cannot be given back',
    async ({ booked, paid, staff, sandbox }) => {
      const { reference } = await booked();
      assert.equal((await staff(`/staff/${reference}/payout`, { form: {} })).status, 409, 'not paid yet');
      await paid(reference);
      const before = sandbox.payments().length;
      const payouts = () => sandbox.payments().slice(before);
      const pay = () => staff(`/staff/${reference}/payout`, { form: {} });
      assert.equal((await pay()).status, 303);
      // ClickPesa makes one payout a minute.
      await sandbox.clock.advance(MINUTE_MS + 1);
      assert.equal((await pay()).status, 303);
      assert.equal((await pay()).status, 303);
      assert.deepEqual(
        payouts().map((one) => Number(one.amount)),
        [76_500, 4_500],
      );
      for (const { reference: name, status } of payouts()) if (status === 'pending') await sandbox.approve(name);
      for (const part of ['H', 'C']) await staff('/money/ask', { form: { reference: `${reference}${part}` } });
      const cards = (await (await staff('/staff', { accept: 'text/html' })).text()).split('<li');
      const card = cards.find((text) => text.includes(reference));
      assert.ok(card.includes('host: succeeded, cleaner: succeeded') && !card.includes('Pay the host'), card);
      const refused = await staff(`/staff/${reference}/refund`, { form: {} });
      assert.equal(refused.status, 409);
      assert.match((await refused.json()).error, /would go out of/);
    },
  ],
  [
    'money of a gateway without refunds goes back to the phone',
    async ({ booked, paid, view, staff, newest, sandbox }) => {
      const { reference } = await booked({ phone: '0712 345 678' });
      await paid(reference);
      await sandbox.clock.advance(MINUTE_MS + 1);
      for (let presses = 0; presses < 2; presses += 1)
        assert.equal((await staff(`/staff/${reference}/refund`, { form: {} })).status, 303);
      const back = newest();
      assert.deepEqual([Number(back.amount), back.phone.slice(-3)], [90_000, '678']);
      await sandbox.approve(back.reference);
      await staff('/money/ask', { form: { reference: `${reference}R` } });
      assert.equal((await view(reference)).status, 'CANCELLED');
    },
  ],
  [
    'it goes back to the phone that paid, also where the first one could not be asked at all',
    async ({ booked, retry, paid, staff, newest, sandbox, push }) => {
      if (push !== 'azampay') return; // it alone wants to know the operator, which this number does not tell
      const { reference, payment } = await booked({ phone: '0734 000 111' });
      assert.equal(payment, null);
      await retry(reference, { phone: '0712 345 678', method: 'mobile' });
      await paid(reference);
      assert.equal((await staff(`/staff/${reference}/refund`, { form: {} })).status, 303);
      assert.equal(newest().phone.slice(-3), '678');
      await sandbox.approve(newest().reference);
      await staff('/money/ask', { form: { reference: `${reference}R` } });
    },
  ],
  [
    'staff pages are for staff, and the dashboard writes down who did what',
    async ({ booked, ask, staff, view, newest, sandbox }) => {
      const { reference } = await booked();
      for (const path of ['/staff', '/money', '/money/payments']) {
        assert.equal((await ask(path)).status, 401, path);
        assert.equal((await staff(path, { token: 'wrong' })).status, 401, path);
        const answer = await staff(path);
        assert.equal(answer.status, 200, path);
        assert.match(answer.headers.get('content-security-policy'), /frame-ancestors 'none'/, path);
      }
      const headers = { 'sec-fetch-site': 'cross-site' };
      assert.equal((await staff(`/staff/${reference}/refund`, { form: {}, headers })).status, 403);
      const form = { reference, status: 'failed', by: 'Mallory', note: 'The guest has left' };
      assert.equal((await staff('/money/resolve', { form })).status, 303);
      const life = await (await staff(`/money/payment?reference=${reference}`)).text();
      assert.ok(life.includes('Neema') && life.includes('The guest has left') && !life.includes('Mallory'), life);
      assert.equal((await view(reference)).payment, 'FAILED');
      // The gateway comes to know it too.
      await sandbox.decline(newest().reference);
    },
  ],
  [
    'the app is killed while the guest looks at the phone, and takes the payment in when it is back',
    async ({ booked, view, kill, begin, newest, sandbox }) => {
      const { reference } = await booked();
      await kill();
      await sandbox.approve(newest().reference);
      await begin();
      // The gateway calls again.
      await until(async () => (await view(reference)).status === 'CONFIRMED', 'the callback');
      assert.equal((await view(reference)).payment, 'SUCCESS');
    },
  ],
  [
    'what a form gets wrong is told, and nobody is asked for money',
    async ({ ask, form, view, sandbox }) => {
      const pushes = sandbox.payments().length;
      const wrong = [
        { reference: "BK'--" },
        { room: 'constructor' },
        { nights: '0' },
        { nights: '1.5' },
        { guest: '<b>Asha</b>' },
        { phone: '12' },
        { method: 'cash' },
      ];
      for (const filled of wrong) {
        const answer = await ask('/bookings', { form: await form(filled) });
        assert.equal(answer.status, 400, JSON.stringify(filled));
        assert.match((await answer.json()).error, /^Please /);
      }
      assert.equal((await ask('/bookings/BK000000000000')).status, 404);
      assert.equal((await ask('/nowhere', { accept: 'text/html' })).status, 404);
      assert.equal(sandbox.payments().length, pushes);
      const cheap = await form({ amount: '1', guest: "Ng'wanza Mushi" });
      await ask('/bookings', { form: cheap });
      assert.equal((await view(cheap.reference)).amount, 90_000);
    },
  ],
  [
    'the day is as the gateways say, until one tells of a payment that nobody here knows',
    async ({ reconcile, sandbox }) => {
      const today = new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 10);
      const well = await reconcile(today);
      assert.deepEqual([well.code, well.stderr], [0, ''], well.stdout);
      assert.match(well.stdout, /all is as the gateways say/);
      const clickpesa = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
      const stray = { reference: 'STRAY1', amount: '5000', currency: 'TZS', phone: '0712345678' };
      await clickpesa.charge(stray);
      await sandbox.approve('STRAY1');
      const odd = await reconcile(today);
      assert.deepEqual([odd.code, odd.stderr], [1, '']);
      assert.match(odd.stdout, /clickpesa, STRAY1: missing-here/);
      assert.match(odd.stdout, /1 to look at/);
    },
  ],
  [
    'nobody can make a phone ring all day',
    async ({ booked, sandbox }) => {
      const phone = '0754 111 222';
      const before = sandbox.payments().length;
      for (let calls = 0; calls < 10; calls += 1) assert.equal((await booked({ phone })).payment, 'PENDING');
      const blocked = await booked({ phone });
      assert.deepEqual([blocked.payment, blocked.advice.reason], ['FAILED', 'blocked']);
      assert.equal(sandbox.payments().length, before + 10);
    },
  ],
];

/** The whole story in a folder that holds the example and its packages. */
export async function driveBooking(folder, node, options) {
  const shop = await openBooking(folder, node, options);
  try {
    for (const [, step] of story) await step(shop);
  } catch (error) {
    throw new Error(`${error.stack}\n${shop.told()}`);
  } finally {
    await shop.close();
  }
}
