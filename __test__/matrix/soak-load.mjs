// Pays without end against the soak's gateway, and keeps what each call came to. Ends by itself: what is
// left open would keep it from doing so.
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { FintechSDK } from 'finconnect';

const [port, calls, concurrency] = process.argv.slice(2).map(Number);
const SAMPLES = 50;
const TIMEOUT_MS = 1_000;
const CLOSES_WITHIN_MS = 10_000;
const OUTCOMES = ['accepted', 'refused', 'not_sent', 'unknown'];

const settled = new Uint8Array(calls);
const outcomes = new Uint8Array(calls);
const codes = {};
const rss = [];
const wrong = [];
const before = open();
let done = 0;
let next = 0;

const config = {
  baseUrl: `http://127.0.0.1:${port}`,
  AZAMPAY_APP_NAME: 'soak',
  AZAMPAY_CONSUMER_KEY: 'soak-id',
  AZAMPAY_CONSUMER_SECRET: 'soak-secret',
};
let sdk = new FintechSDK({ provider: 'azampay', config, timeoutMs: TIMEOUT_MS });
const ofSelcom = {
  baseUrl: config.baseUrl,
  SELCOM_VENDOR: 'soak',
  SELCOM_API_KEY: 'soak-key',
  SELCOM_API_SECRET: 'soak-secret',
};
let selcom = new FintechSDK({ provider: 'selcom', config: ofSelcom, timeoutMs: TIMEOUT_MS });
let events = 0;
sdk.on('response', () => events++);
selcom.on('response', () => events++);

const started = performance.now();
await Promise.all(Array.from({ length: concurrency }, work));
const seconds = (performance.now() - started) / 1000;
const most = open();
sdk = undefined;
selcom = undefined;
const left = await closed();
const unsettled = settled.filter((times) => times !== 1).length;
process.send(
  {
    outcomes,
    codes,
    rss,
    wrong,
    unsettled,
    events,
    seconds,
    before,
    most,
    left,
    resources: process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap'),
  },
  () => process.disconnect(),
);

async function work() {
  while (next < calls) {
    const order = next++;
    await pay(order).then(
      () => settle(order, 'accepted'),
      (error) => {
        settle(order, error.outcome);
        codes[error.code] = (codes[error.code] ?? 0) + 1;
        if (error.code === 'INTERNAL') wrong.push(error.message);
      },
    );
  }
}

/** One call in a hundred is given up by its caller; one in four is Selcom's. */
function pay(order) {
  if (order % 100 !== 99) return sent(order);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), order % 7);
  return sent(order, { signal: controller.signal });
}

function sent(order, options) {
  const reference = `SOAK-${order}`;
  const common = { amount: '1000', currency: 'TZS' };
  if (order % 4 === 3) return selcom.charge({ ...common, reference, phone: '255742345678' }, options);
  return sdk.pay({ ...common, accountNumber: '255712345678', externalId: reference, provider: 'Mpesa' }, options);
}

function settle(order, outcome) {
  settled[order]++;
  outcomes[order] = OUTCOMES.indexOf(outcome);
  if (++done % Math.ceil(calls / SAMPLES) === 0) {
    globalThis.gc();
    rss.push(process.memoryUsage().rss);
    process.send({ progress: `${done} of ${calls} payments` });
  }
}

/** Sockets that this process has open; null where that is not told. */
function open() {
  if (process.platform !== 'linux') return null;
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith('socket:')).length;
}

function linkOf(fd) {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** What is still open once nobody holds the SDK object. */
async function closed() {
  for (const until = Date.now() + CLOSES_WITHIN_MS; Date.now() < until; await after(50)) {
    globalThis.gc();
    if (before === null || open() <= before) break;
  }
  return open();
}
