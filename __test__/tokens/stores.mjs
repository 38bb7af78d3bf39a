// What a token store must do, whatever keeps it, and one in memory.
import assert from 'node:assert/strict';
import { FintechSDK } from 'finconnect';
import { pay, startGateway } from '../support/gateway.mjs';

export const KEY = 'a secret text of thirty-two letters or more';

/** A store for the SDK objects of one process; `calls` counts what was asked of it. */
export class MemoryStore {
  kept = new Map();
  locks = new Map();
  calls = { get: 0, set: 0, lock: 0, release: 0 };

  async get(key) {
    this.calls.get++;
    return this.kept.get(key) ?? null;
  }

  async set(key, value, ttlMs) {
    this.calls.set++;
    assert.ok(Number.isInteger(ttlMs) && ttlMs > 0, String(ttlMs));
    this.kept.set(key, value);
  }

  async lock(key, ttlMs) {
    this.calls.lock++;
    assert.equal(ttlMs, 10_000);
    if (this.locks.has(key)) return false;
    const mine = Symbol('mine');
    this.locks.set(key, mine);
    return async () => {
      this.calls.release++;
      if (this.locks.get(key) === mine) this.locks.delete(key);
    };
  }
}

/** SDK objects as of many processes, each with the store that `storeOf` gives it, and where their tokens were from. */
export function sharing(gateway, provider, storeOf, count, more = {}) {
  const logins = [];
  const sdks = Array.from({ length: count }, (_, at) => {
    const tokens = { store: storeOf(at), key: KEY };
    const sdk = new FintechSDK({ provider, config: gateway.sandbox.config(provider), maxRetries: 0, tokens, ...more });
    return sdk.on('login', (event) => logins.push(event));
  });
  return { sdks, logins, from: () => logins.map(({ from }) => from).sort() };
}

/** Fifty SDK objects, each with a first payment at once, spread over stores as over processes, log in once. */
export async function fiftyLogInOnce(t, stores, login) {
  const gateway = await startGateway(t);
  const { sdks, from, logins } = sharing(gateway, 'azampay', (at) => stores[at % stores.length], 50);
  await Promise.all(sdks.map((sdk, at) => pay(sdk, 'azampay', { externalId: `ORDER-${at}` })));
  assert.deepEqual(from(), ['gateway', ...Array(49).fill('store')], JSON.stringify(logins));
  assert.equal(gateway.to(login).length, 1);
}

/** Keeps texts until they end, and gives a lock to one at a time. */
export async function keepsAndLocks(store, other) {
  const name = `finconnect:token:${'0'.repeat(64)}`;
  assert.equal(await store.get(name), null);
  await store.set(name, 'first', 60_000);
  await store.set(name, 'second+/=', 60_000.5);
  assert.equal(await other.get(name), 'second+/=');
  await store.set(name, 'short', 1);
  await until(async () => (await other.get(name)) === null);

  const locks = await Promise.all(Array.from({ length: 50 }, (_, at) => [store, other][at % 2].lock('lock', 60_000)));
  const held = locks.filter((lock) => lock !== false);
  assert.equal(held.length, 1);
  await held[0]();
  const again = await other.lock('lock', 60_000);
  assert.equal(typeof again, 'function');
  await held[0]();
  assert.equal(await store.lock('lock', 60_000), false, 'a lock is not released by whoever had it before');
  await again();
  assert.equal(typeof (await store.lock('lock', 1)), 'function');
  await until(async () => (await other.lock('lock', 60_000)) !== false);
}

async function until(holds) {
  const begun = performance.now();
  while (!(await holds())) {
    assert.ok(performance.now() - begun < 30_000, 'it does not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
