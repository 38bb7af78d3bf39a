'use strict';
// What every platform and runtime must do. Runs where finconnect is installed, against the sandbox that
// plan.json names; ends by itself, with exit code 0 when all is well.
const assert = require('node:assert');
const { dirname, join } = require('node:path');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { FinConnectError, FintechSDK } = require('finconnect');

const CONCURRENT = 50;
const WORKERS = 3;
const TIMEOUT_MS = 60_000;

const plan = require('./plan.json');
const binding = require(join(dirname(require.resolve('finconnect/package.json')), 'binding.js'));

let orders = 0;
const reference = () =>
  `${isMainThread ? 'M' : 'W'}${process.pid}N${(isMainThread ? 0 : workerData.id) * 1000 + orders++}`;
const sdkFor = (provider, config = plan.configs[provider]) =>
  new FintechSDK({ provider, config, timeoutMs: TIMEOUT_MS });
const push = (sdk) =>
  sdk.pay({
    accountNumber: '255712345678',
    amount: '2000',
    currency: 'TZS',
    externalId: reference(),
    provider: 'Mpesa',
  });

const checks = {
  async 'PesaPal over TLS'() {
    const sdk = sdkFor('pesapal');
    const ipnId = await sdk.registerIpn('https://shop.example/ipn', 'POST');
    const order = await sdk.pay(
      {
        id: reference(),
        currency: 'KES',
        amount: 100.5,
        description: 'Order',
        callback_url: 'https://shop.example/orders',
        billing_address: { phone_number: '254712345678', country_code: 'KE' },
      },
      ipnId,
    );
    assert.match(order.redirect_url, /^https:/);
  },
  async 'ClickPesa over TLS'() {
    const sdk = sdkFor('clickpesa');
    const answer = await sdk.pay({
      amount: '1000',
      currency: 'TZS',
      orderReference: reference(),
      phoneNumber: '255712345678',
    });
    assert.strictEqual(typeof answer.id, 'string');
  },
  async 'AzamPay over TLS'() {
    assert.strictEqual(typeof (await push(sdkFor('azampay'))).transactionId, 'string');
  },
  async 'untrusted certificate refused'() {
    const error = await rejection(push(sdkFor('azampay', plan.untrusted)));
    assert.strictEqual(error.code, 'CONNECTION_FAILED');
    assert.strictEqual(error.outcome, 'not_sent');
  },
  async 'RSA verification true and false'() {
    const sdk = sdkFor('azampay', { ...plan.configs.azampay, AZAMPAY_PUBLIC_KEY: plan.publicKey });
    assert.strictEqual((await sdk.handleCallback(plan.signed)).isValid, true);
    assert.strictEqual((await sdk.handleCallback(plan.forged)).isValid, false);
  },
  async 'no test hook is left in it'() {
    assert.strictEqual(binding.panicNextCall, undefined);
  },
  async [`${CONCURRENT} calls at once`]() {
    const sdk = sdkFor('azampay');
    const answers = await Promise.all(Array.from({ length: CONCURRENT }, () => push(sdk)));
    assert.strictEqual(new Set(answers.map((answer) => answer.transactionId)).size, CONCURRENT);
  },
  async 'worker threads'() {
    const answers = await Promise.all(Array.from({ length: WORKERS }, (_, id) => inWorker({ id })));
    assert.deepStrictEqual(answers, Array(WORKERS).fill('string'));
    await terminated({ id: WORKERS });
    await push(sdkFor('azampay'));
  },
};

if (isMainThread) main();
else work();

async function main() {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`FAILED ${name}: ${error && (error.stack || error)}`);
      process.exitCode = 1;
    }
  }
  console.log('end');
}

async function work() {
  const call = push(sdkFor('azampay'));
  if (workerData.id === WORKERS) parentPort.postMessage('under way');
  const answer = await call;
  parentPort.postMessage(typeof answer.transactionId);
}

function inWorker(workerData) {
  const worker = new Worker(__filename, { workerData });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function terminated(workerData) {
  const worker = new Worker(__filename, { workerData });
  await new Promise((resolve) => worker.once('message', resolve));
  await worker.terminate();
}

async function rejection(promise) {
  const error = await promise.then(
    () => assert.fail('resolved'),
    (reason) => reason,
  );
  assert.ok(error instanceof FinConnectError, String(error));
  return error;
}
