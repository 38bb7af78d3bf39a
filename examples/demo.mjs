// One booking through each gateway, against the sandbox on this machine: what `npm run demo` runs.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { startSandbox } from 'finconnect/sandbox';
import { openApp } from './booking/app.mjs';

const GATEWAYS = ['pesapal', 'clickpesa', 'azampay', 'selcom'];
const DEADLINE_MS = 10_000;
const PAUSE_MS = 20;
const stayUp = process.stdout.isTTY && !process.argv.includes('--once');
const say = (line) => console.log(`  ${line}`);

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;
const sandbox = await startSandbox({
  checksum: true,
  webhooks: { azampay: `${url}/hooks/azampay`, clickpesa: `${url}/hooks/clickpesa` },
});
const token = randomBytes(6).toString('hex');
const env = { PUBLIC_URL: url, STAFF_TOKEN: token, DATABASE_FILE: ':memory:' };
for (const gateway of GATEWAYS) {
  const { baseUrl, ...keys } = sandbox.config(gateway);
  Object.assign(env, keys, { [`${gateway.toUpperCase()}_BASE_URL`]: baseUrl });
}
const { app, books, money, close } = await openApp(env, (line) => say(`the app: ${line}`));
server.on('request', app);

console.log(`The gateways stand in on ${sandbox.url}, rooms are booked on ${url}\n`);

console.log('PesaPal: a page, by card');
const page = await booked('pesapal', 'Asha Juma', '255712345601');
say(`charge() → order_tracking_id ${page.transactionId}`);
say(`the guest opens ${page.redirectUrl} and pays`);
const paid = await fetch(page.redirectUrl, {
  method: 'POST',
  body: new URLSearchParams({ method: 'Visa' }),
  redirect: 'manual',
  signal: AbortSignal.timeout(DEADLINE_MS),
});
say(`the page sends the browser back to ${paid.headers.get('location')}`);
await confirmed(page);

const pushes = {
  clickpesa: 'ClickPesa: USSD push',
  azampay: 'AzamPay: USSD push',
  selcom: 'Selcom: order and USSD push',
};
for (const [at, [gateway, title]] of Object.entries(pushes).entries()) {
  console.log(`\n${title}`);
  const push = await booked(gateway, 'Neema Mushi', `25571234561${at}`);
  say(`charge() → ${push.status}, ${push.gatewayReference}: the phone rings`);
  say('the guest enters the PIN');
  await sandbox.approve(push.gatewayReference);
  await confirmed(push);
}

console.log('\nAzamPay again: a forger sends a changed copy of the callback');
const [callback] = sandbox.webhooks().filter(({ gateway }) => gateway === 'azampay');
const forged = await sandbox.redeliver(callback.id, { tamper: true });
say(`the app answers ${forged.attempts.at(-1).status}`);

console.log(`\nFour bookings paid, one forgery refused, ${sandbox.requests().length} API requests.`);
if (stayUp) {
  const login = url.replace('//', `//staff:${token}@`);
  console.log('\nSee money move, from the guest by the phone to the host. Open');
  console.log(`  ${url}   the guest books a room`);
  console.log(`  ${sandbox.url}   the phone, where it is paid, and every request`);
  console.log(`  ${login}/staff   the staff pays the host, or gives the money back`);
  console.log(`  ${login}/money   the dashboard (user staff, password ${token})`);
  console.log('Ctrl-C ends all of them.');
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
}
server.close();
server.closeAllConnections();
await close();
await sandbox.close();

/** A booking, and its money asked for by one gateway. */
async function booked(gateway, guest, phone) {
  const reference = `BK${randomBytes(6).toString('hex').toUpperCase()}`;
  const booking = await books.book({ reference, room: 'bahari', nights: 2, amount: 90_000, guest, phone });
  return money.charge(booking, [gateway]);
}

async function confirmed({ reference }) {
  for (const deadline = Date.now() + DEADLINE_MS; ; await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))) {
    const { status } = await books.find(reference);
    if (status === 'CONFIRMED') return say(`booking ${reference}: ${status}`);
    if (Date.now() > deadline) throw new Error(`booking ${reference} is ${status}, not CONFIRMED`);
  }
}
