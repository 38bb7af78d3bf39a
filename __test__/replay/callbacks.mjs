// A genuine callback and SDK objects that verify it offline: what is left to decide is whether it came before.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { FintechSDK } from 'finconnect';
import { generateTestCallback } from 'finconnect/sandbox';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const AZAMPAY_PUBLIC_KEY = publicKey.export({ type: 'spki', format: 'pem' });
const config = {
  baseUrl: 'http://127.0.0.1:9',
  AZAMPAY_APP_NAME: 'Shop',
  AZAMPAY_CONSUMER_KEY: 'key',
  AZAMPAY_CONSUMER_SECRET: 'secret',
  AZAMPAY_PUBLIC_KEY,
};

const sdkOn = (replay) => new FintechSDK({ provider: 'azampay', config, replay });
const callbackOf = (utilityref) => generateTestCallback('azampay', { key: privateKey, utilityref }).body;

/** Fifty copies at once, spread over SDK objects as over processes, one for each store: one is valid. */
export async function oneOfFifty(stores, reference) {
  const sdks = stores.map(sdkOn);
  const callback = callbackOf(reference);
  const copies = Array.from({ length: 50 }, (_, at) =>
    sdks[at % sdks.length].handleCallback(structuredClone(callback)),
  );
  const results = await Promise.all(copies);
  assert.equal(results.filter(({ isValid }) => isValid).length, 1);
  assert.ok(results.every(({ isValid, reason }) => isValid || reason === 'REPLAY'));
  const [sdk] = sdks;
  assert.equal((await sdk.handleCallback(callback)).reason, 'REPLAY');
  assert.equal((await sdk.handleCallback(callbackOf(`${reference}-OTHER`))).isValid, true);
}

/** A callback whose store fails is neither valid nor a replay. */
export async function decidesNothing(store) {
  await assert.rejects(sdkOn(store).handleCallback(callbackOf('ORDER-FAILING')), {
    code: 'CALLER_ERROR',
    retryable: true,
  });
}

/** Asks until the key counts as new again. */
export async function untilNew(store, key, ttlMs) {
  const begun = performance.now();
  while (!(await store.setIfAbsent(key, ttlMs))) {
    assert.ok(performance.now() - begun < 30_000, 'the key does not expire');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
