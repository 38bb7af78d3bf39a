// One order through each gateway, against the sandbox on this machine.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { startSandbox } from 'finconnect/sandbox';
import { createShop } from './shop.mjs';

const stayUp = process.stdout.isTTY && !process.argv.includes('--once');
const DEADLINE_MS = 10_000;

const say = (line) => console.log(`  ${line}`);

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const shopUrl = `http://127.0.0.1:${server.address().port}`;
const sandbox = await startSandbox({
  webhooks: { azampay: `${shopUrl}/hooks/azampay`, clickpesa: `${shopUrl}/hooks/clickpesa` },
});
const configs = {
  pesapal: sandbox.config('pesapal'),
  clickpesa: sandbox.config('clickpesa'),
  azampay: sandbox.config('azampay'),
};
const password = randomBytes(6).toString('hex');
const shop = await createShop({ configs, url: shopUrl, password, log: say });
server.on('request', shop.app);

console.log(
  `The three gateways stand in on ${sandbox.url} (open it: a phone, and every request), the shop on ${shopUrl}\n`,
);

console.log('PesaPal: hosted page');
const order = await shop.order('pesapal', { amount: 1500 });
say('ensureIpn() registered the IPN, charge() opened the order');
say(`charge() → order_tracking_id ${order.transactionId}`);
say(`the customer opens ${order.redirectUrl} and pays`);
const paid = await fetch(order.redirectUrl, {
  method: 'POST',
  body: new URLSearchParams({ action: 'pay' }),
  redirect: 'manual',
  signal: AbortSignal.timeout(DEADLINE_MS),
});
say(`the page sends the browser back to ${paid.headers.get('location')}`);
await settled(order);

console.log('\nClickPesa: USSD push');
const push = await shop.order('clickpesa', { amount: 2000 });
say(`charge() → id ${push.transactionId}, the phone rings`);
say('the customer enters the PIN');
await sandbox.approve(push.reference);
await settled(push);

console.log('\nAzamPay: USSD push, signed callback');
const signed = await shop.order('azampay', { amount: 2500 });
say(`charge() → transactionId ${signed.transactionId}, the phone rings`);
say('the customer enters the PIN');
await sandbox.approve(signed.reference);
await settled(signed);

console.log('\nAzamPay again: a forger sends a changed copy of the callback');
const [callback] = sandbox.webhooks().filter((webhook) => webhook.gateway === 'azampay');
const forged = await sandbox.redeliver(callback.id, { tamper: true });
say(`the shop answers ${forged.attempts.at(-1).status}`);

console.log(`\nThree orders paid, one forgery refused, ${sandbox.requests().length} API requests.`);
if (stayUp) {
  const dashboardUrl = `${shopUrl.replace('//', `//owner:${password}@`)}/dashboard`;
  console.log(`\nSee money move, from the shop by the phone to its owner. Open`);
  console.log(`  ${shopUrl}   the shop: order something`);
  console.log(`  ${sandbox.url}   the phone, where it is paid, and every request`);
  console.log(`  ${dashboardUrl}   the owner's dashboard (user owner, password ${password})`);
  console.log('Ctrl-C ends all three.');
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
}
server.close();
server.closeAllConnections();
await shop.close();
await sandbox.close();

async function settled({ reference }) {
  for (const deadline = Date.now() + DEADLINE_MS; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const { status } = await shop.ledger.get(reference);
    if (status === 'succeeded') return say(`order ${reference}: ${status}`);
    if (Date.now() > deadline) throw new Error(`order ${reference} is ${status}, not succeeded`);
  }
}
