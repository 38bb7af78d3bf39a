// Starts workers that ask for many payments, ends each while they are under way, answers those, and counts what comes
// then. It goes on until it is told to stop.
import { setTimeout as after } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const [port] = process.argv.slice(2).map(Number);
const PAYMENTS = 600;
/** As many payments of an SDK object are under way at one time. */
const AT_ONCE = 256;
const WATCHED_MS = 300;
const BEGINS_WITHIN_MS = 10_000;

const url = `http://127.0.0.1:${port}`;
const SOURCE = `
  const { workerData: { baseUrl, count }, parentPort } = require('node:worker_threads');
  const { FintechSDK } = require('finconnect');
  const config = { baseUrl, AZAMPAY_APP_NAME: 'soak', AZAMPAY_CONSUMER_KEY: 'soak-id', AZAMPAY_CONSUMER_SECRET: 'soak-secret' };
  const sdk = new FintechSDK({ provider: 'azampay', config });
  const payment = { accountNumber: '255712345678', amount: '1000', currency: 'TZS', externalId: 'ENDS', provider: 'Mpesa' };
  for (let n = 0; n < count; n++) sdk.pay(payment).catch(() => {});
  parentPort.on('message', () => {});`;

let going = true;
const ended = { workers: 0, before: 0, late: 0 };
process.on('message', () => (going = false));
while (going) {
  const start = await came();
  const worker = new Worker(SOURCE, { eval: true, workerData: { baseUrl: url, count: PAYMENTS } });
  worker.on('error', () => {});
  for (const until = Date.now() + BEGINS_WITHIN_MS; (await came()) === start && Date.now() < until; ) await after(1);
  await worker.terminate();
  // None was answered, so that no more than these could leave before the end.
  await after(WATCHED_MS);
  const before = (await came('/answer')) - start;
  await after(WATCHED_MS);
  ended.workers++;
  ended.before += before;
  ended.late += Math.max((await came()) - start - AT_ONCE, 0);
}
process.send({ ended }, () => process.disconnect());

/** How many payments of workers the gateway has got; `/answer` answers them. */
async function came(then = '') {
  return Number(await (await fetch(`${url}/of-workers${then}`)).text());
}
