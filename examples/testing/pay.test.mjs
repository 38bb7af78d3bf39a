// How an app that takes payments is tested: docs/guide/testing.md tells of it, part by part.
// #region setup
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { generateTestCallback, startSandbox } from 'finconnect/sandbox';

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const shopUrl = `http://127.0.0.1:${server.address().port}`;
const sandbox = await startSandbox({ webhooks: { azampay: `${shopUrl}/hooks/azampay` } });

const fulfilled = [];
const ledger = await openLedger(sqlite(':memory:'), {
  gateways: { azampay: new FintechSDK({ provider: 'azampay', config: sandbox.config('azampay') }) },
  onPayment({ reference, status }) {
    if (status === 'succeeded') fulfilled.push(reference);
  },
});
server.on('request', ledger.webhooks());

after(async () => {
  server.close();
  await ledger.close();
  await sandbox.close();
});

const charge = (reference) => ledger.charge({ reference, amount: '25000', currency: 'TZS', phone: '0712345678' });
// #endregion setup

// #region paid
test('a paid order is fulfilled once', async () => {
  await charge('ORDER-1');
  await sandbox.approve('ORDER-1'); // resolves when the app has answered the callback
  const [callback] = sandbox.webhooks();
  await sandbox.redeliver(callback.id); // the same callback again
  assert.deepEqual(fulfilled, ['ORDER-1']);
});
// #endregion paid

// #region forged
test('a forged callback fulfils nothing', async () => {
  const [callback] = sandbox.webhooks();
  const { attempts } = await sandbox.redeliver(callback.id, { tamper: true });
  assert.equal(attempts.at(-1).status, 400);
  assert.deepEqual(fulfilled, ['ORDER-1']);
});
// #endregion forged

// #region failed
test('a customer who says no can try again', async () => {
  await charge('ORDER-2');
  await sandbox.decline('ORDER-2');
  const { status, advice } = await ledger.get('ORDER-2');
  assert.deepEqual([status, advice.next], ['failed', 'try-again']);
  const again = await ledger.retry('ORDER-2');
  await sandbox.approve(again.gatewayReference);
  assert.ok(fulfilled.includes('ORDER-2'));
});
// #endregion failed

// #region lost
test('a lost answer is no second push', async () => {
  sandbox.next({ name: 'reset-after', route: '/mno/checkout' }); // carried out, and the answer is lost
  assert.equal((await charge('ORDER-3')).status, 'unknown');
  assert.equal((await charge('ORDER-3')).status, 'unknown'); // the customer presses the button again
  assert.equal(sandbox.payments().filter(({ reference }) => reference === 'ORDER-3').length, 1);
  await sandbox.approve('ORDER-3');
  assert.ok(fulfilled.includes('ORDER-3'));
});
// #endregion lost

// #region sweep
test('a payment of which no callback tells is found by a sweep', async () => {
  sandbox.next('no-callback');
  await charge('ORDER-4');
  await sandbox.approve('ORDER-4');
  assert.ok(!fulfilled.includes('ORDER-4'));
  await ledger.sweep({ now: Date.now() + 5 * 60_000 });
  assert.ok(fulfilled.includes('ORDER-4'));
});
// #endregion sweep

// #region callback
test('a callback alone, without a server', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const config = { ...sandbox.config('azampay'), AZAMPAY_PUBLIC_KEY: publicKey };
  const azampay = new FintechSDK({ provider: 'azampay', config });
  const { body } = generateTestCallback('azampay', { key: privateKey, utilityref: 'ORDER-5', amount: '25000' });
  const judge = (amount) => azampay.handleCallback(body, { expect: { amount, reference: 'ORDER-5' } });
  assert.equal((await judge(25_000)).isValid, true);
  assert.equal((await judge(50_000)).reason, 'AMOUNT_MISMATCH');
});
// #endregion callback
