// `replay: 'memory'` is one store for all SDK objects and threads of a process.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { AZAMPAY, azampay, callback } from '../support/azampay.mjs';
import { handledOnce } from './claims.mjs';

const require = createRequire(import.meta.url);

test('each callback is valid once, whichever object of the process it comes to', async () => {
  const first = callback();
  const reasons = [];
  for (let i = 0; i < 3; i++)
    reasons.push(
      (
        await azampay(
          { replay: 'memory', maxRetries: i },
          { baseUrl: `http://127.0.0.1:1${'/'.repeat(i)}` },
        ).handleCallback(first)
      ).reason,
    );
  assert.deepEqual(reasons, [null, 'REPLAY', 'REPLAY']);
  const other = callback();
  const objects = Array.from({ length: 20 }, () => azampay({ replay: 'memory' }));
  const results = await Promise.all(objects.map((sdk) => sdk.handleCallback(other)));
  assert.equal(results.filter(({ isValid }) => isValid).length, 1);
  assert.equal((await azampay().handleCallback(other)).isValid, true, 'one without the guard');
});

test('one claim at a time, until it is committed or released', async () => {
  await handledOnce(['memory', 'memory']);
  const body = callback();
  const claimed = await azampay().handleCallback(body, { claim: true });
  assert.equal((await azampay().handleCallback(body, { claim: true })).reason, 'CLAIMED', 'without a replay store');
  assert.equal(await claimed.commit(), true);
  assert.equal((await azampay().handleCallback(body, { claim: true })).reason, 'REPLAY');
  assert.equal((await azampay().handleCallback(body)).isValid, true, 'one without the guard');
});

test('a module that is evaluated anew shares it', async () => {
  const body = callback();
  assert.equal((await azampay({ replay: 'memory' }).handleCallback(body)).isValid, true);
  for (const path of Object.keys(require.cache)) if (!path.endsWith('.node')) delete require.cache[path];
  const { FintechSDK } = require('finconnect');
  const again = new FintechSDK({ provider: 'azampay', config: AZAMPAY, replay: 'memory' });
  assert.equal((await again.handleCallback(body)).reason, 'REPLAY');
});

test('worker threads share it', async () => {
  const body = callback();
  const judge = () =>
    new Promise((resolve, reject) => {
      const code = `
      const { parentPort, workerData: { config, body } } = require('node:worker_threads');
      const { FintechSDK } = require('finconnect');
      new FintechSDK({ provider: 'azampay', config, replay: 'memory' }).handleCallback(body).then(({ reason }) => parentPort.postMessage(reason));
    `;
      new Worker(code, { eval: true, workerData: { config: AZAMPAY, body } })
        .once('message', resolve)
        .once('error', reject);
    });
  const reasons = await Promise.all([judge(), judge(), judge()]);
  assert.deepEqual(reasons.sort(), ['REPLAY', 'REPLAY', null]);
  assert.equal((await azampay({ replay: 'memory' }).handleCallback(body)).reason, 'REPLAY');
});

test("two merchants of one process do not take each other's callbacks for their own", async () => {
  const body = callback();
  for (const AZAMPAY_CONSUMER_KEY of ['one', 'two']) {
    const sdk = azampay({ replay: 'memory' }, { AZAMPAY_CONSUMER_KEY });
    assert.deepEqual(
      [(await sdk.handleCallback(body)).reason, (await sdk.handleCallback(body)).reason],
      [null, 'REPLAY'],
    );
  }
});
