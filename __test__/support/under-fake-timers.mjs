// Every call under fake timers, in a process of its own: `node under-fake-timers.mjs <faked> <config>`, what is faked
// and the gateway's config as JSON. Prints one line when all have settled.
import FakeTimers from '@sinonjs/fake-timers';
import { FintechSDK } from 'finconnect';
import { AZAMPAY, azampay, callback } from './azampay.mjs';

const [toFake, config] = process.argv.slice(2).map((text) => JSON.parse(text));
const realTimeout = setTimeout;
const bodies = Array.from({ length: 40 }, () => callback());
const payment = {
  accountNumber: '255712345678',
  amount: '1000',
  currency: 'TZS',
  externalId: 'ORDER-1',
  provider: 'Mpesa',
};
let doing = 'nothing';

// Nothing of the library but index.js is loaded yet.
const clock = FakeTimers.install(toFake === null ? { now: 0 } : { now: 0, toFake });
realTimeout(() => {
  console.log(`hangs: ${doing}`);
  process.exit(1);
}, 15_000);

async function step(name, work) {
  doing = name;
  return work();
}

function is(value, expected) {
  if (value !== expected) throw new Error(`${doing}: ${value} instead of ${expected}`);
}

async function all() {
  const sdk = azampay();
  for (const body of bodies.slice(0, 3)) is((await step('alone', () => sdk.handleCallback(body))).isValid, true);
  const burst = await step('a burst', () => Promise.all(bodies.map((body) => sdk.handleCallback(body))));
  is(
    burst.every(({ isValid }) => isValid),
    true,
  );
  is((await step('alone again', () => sdk.handleCallback(bodies[0]))).isValid, true);
  is(
    (await step('expect', () => sdk.handleCallback(bodies[0], { expect: async () => ({ amount: 1000 }) }))).isValid,
    true,
  );
  const guarded = azampay({ replay: { setIfAbsent: async () => false } });
  is((await step('a store', () => guarded.handleCallback(bodies[0]))).reason, 'REPLAY');
  is((await step('memory', () => azampay({ replay: 'memory' }).handleCallback(bodies[0]))).isValid, true);
  is(await step('no body', () => sdk.handleCallback(undefined).catch(({ code }) => code)), 'INVALID_REQUEST');

  const real = new FintechSDK({ provider: 'azampay', config });
  const paid = await step('pay', () => real.pay(payment));
  is(paid.success, true);
  real.on('request', () => {});
  is((await step('getPaymentStatus', () => real.getPaymentStatus(paid.transactionId))).status !== undefined, true);
  is(
    await step('waitForPayment', () =>
      real.waitForPayment(paid.transactionId, { timeoutMs: 50, pollMs: 10 }).catch(({ code }) => code),
    ),
    'TIMEOUT',
  );
  const controller = new AbortController();
  const aborted = real.waitForPayment(paid.transactionId, { signal: controller.signal }).catch(({ code }) => code);
  controller.abort();
  is(await step('abort', () => aborted), 'ABORTED');
  is(
    await step('aborted', () => real.pay(payment, { signal: controller.signal }).catch(({ name }) => name)),
    'AbortError',
  );
  const nowhere = new FintechSDK({ provider: 'azampay', config: { ...AZAMPAY }, maxRetries: 1 });
  is(await step('retry', () => nowhere.pay(payment).catch(({ code }) => code)), 'CONNECTION_FAILED');
  const mocked = azampay({
    fetch: async (url) => ({
      status: 200,
      json: async () =>
        url.includes('Token') ? { data: { accessToken: 't' }, success: true } : { success: true, transactionId: 'x' },
    }),
  });
  is((await step('an own fetch', () => mocked.pay(payment))).success, true);
}

all()
  .then(
    () => 'all settled',
    (error) => error.stack,
  )
  .then((line) => {
    clock.uninstall();
    console.log(line);
    process.exit();
  });
