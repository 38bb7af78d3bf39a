// The token store on a real Redis, through both clients, in the versions that apps have.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { redisTokenStore } from 'finconnect/tokens';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { createClient, createClientPool } from 'redis';
import { createClient as createClient4 } from 'redis-4';
import { LOGIN_ROUTES } from '../support/gateway.mjs';
import { noRedis, startRedis } from '../support/servers.mjs';
import { fiftyLogInOnce, keepsAndLocks } from './stores.mjs';

const opened = (client) => client.connect().then(() => client);
const ended = (client) => (client.quit ?? client.close).call(client);

const CLIENTS = {
  'redis 6': (url) => opened(createClient({ url })),
  'redis 6, pool': (url) => opened(createClientPool({ url })),
  'redis 4': (url) => opened(createClient4({ url })),
  'ioredis 6': async (url) => new Redis(url),
  'ioredis 5, key prefix': async (url) => new Redis5(url, { keyPrefix: 'shop:' }),
};

if (noRedis) console.error(`SKIPPED: ${noRedis}`);

describe('token store on Redis', () => {
  const real = (name, run) => test(name, { skip: noRedis }, run);
  let redis;
  let url;
  before(async () => {
    if (noRedis) return;
    redis = await startRedis();
    url = `redis://127.0.0.1:${redis.port}`;
  });
  after(() => redis?.stop());

  for (const [name, open] of Object.entries(CLIENTS)) {
    real(`${name}: keeps tokens and locks, and fifty log in once`, async (t) => {
      const clients = await Promise.all([open(url), open(url)]);
      t.after(() => Promise.all(clients.map(ended)));
      await (clients[0].flushAll ?? clients[0].flushall).call(clients[0]);
      const stores = clients.map(redisTokenStore);
      await keepsAndLocks(...stores);
      await fiftyLogInOnce(t, stores, LOGIN_ROUTES.azampay);
    });

    real(`${name}: a connection that is gone is an error`, async () => {
      const client = await open(url);
      await ended(client);
      const store = redisTokenStore(client);
      await assert.rejects(store.get('key'));
      await assert.rejects(store.set('key', 'value', 1000));
      await assert.rejects(store.lock('key', 1000));
    });
  }
});

test('what is not such a client, and options, are refused at once', () => {
  for (const client of [undefined, null, {}, new Map(), { set() {}, get() {}, del() {} }, 'redis://127.0.0.1']) {
    assert.throws(() => redisTokenStore(client), { name: 'TypeError', message: /redis \(4 or newer\) or ioredis/ });
  }
  assert.throws(() => redisTokenStore({ SET() {} }, { prefix: 'x' }), TypeError);
});

test('a command sent again after its answer was lost meets its own lock', async () => {
  const kept = new Map();
  const client = {
    SET() {},
    set: async (key, value) => (kept.set(key, value), null),
    get: async (key) => Buffer.from(kept.get(key) ?? ''),
    del: async (key) => kept.delete(key),
  };
  const release = await redisTokenStore(client).lock('lock', 1000);
  await release();
  assert.equal(kept.size, 0);
});

test('answers and times that Redis does not give or take are errors', async () => {
  const old = { SET: () => true, set: () => true, get: () => true };
  for (const ask of ['set', 'lock']) await assert.rejects(redisTokenStore(old)[ask]('key', 'value', 1000));
  const store = redisTokenStore({ SET() {}, set: async () => 'OK' });
  for (const ttlMs of [0, -1, NaN, Infinity, '1000', undefined]) {
    await assert.rejects(store.set('key', 'value', ttlMs), RangeError);
    await assert.rejects(store.lock('key', ttlMs), RangeError);
  }
});
