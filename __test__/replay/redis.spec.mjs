// The replay store on a real Redis, through both clients, in the versions that apps have.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { redisReplayStore } from 'finconnect/replay';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { createClient, createClientPool } from 'redis';
import { createClient as createClient4 } from 'redis-4';
import { noRedis, startRedis } from '../support/servers.mjs';
import { decidesNothing, oneOfFifty, untilNew } from './callbacks.mjs';
import { claimsOnce, handledOnce, leasesEnd } from './claims.mjs';

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

describe('replay store on Redis', () => {
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
    real(`${name}: of fifty copies one is valid`, async (t) => {
      const clients = await Promise.all([open(url), open(url)]);
      t.after(() => Promise.all(clients.map(ended)));
      await oneOfFifty(clients.map(redisReplayStore), name);
    });

    real(`${name}: a key expires when its time has come`, async (t) => {
      const client = await open(url);
      t.after(() => ended(client));
      const store = redisReplayStore(client);
      const key = `finconnect:${name}`;
      assert.equal(await store.setIfAbsent(key, 0.5), true);
      await untilNew(store, key, 60_000.5);
      assert.equal(await store.setIfAbsent(key, 1), false);
      const left = await (client.pTTL ?? client.pttl).call(client, key);
      assert.ok(left > 30_000 && left <= 60_001, String(left));
    });

    real(`${name}: one claim at a time, until it is committed, released or its lease ends`, async (t) => {
      const clients = await Promise.all([open(url), open(url)]);
      t.after(() => Promise.all(clients.map(ended)));
      const stores = clients.map(redisReplayStore);
      await claimsOnce(stores);
      await leasesEnd(stores);
      await handledOnce(stores);
    });

    real(`${name}: a connection that is gone decides nothing`, async () => {
      const client = await open(url);
      await ended(client);
      await decidesNothing(redisReplayStore(client));
    });
  }

  real('a claim, a commit or a release that is sent again after its answer was lost is the same', async (t) => {
    for (const [name, answer] of Object.entries({ claim: 'claimed', commit: true, release: false })) {
      const lossy = await losingFirstAnswer(t, redis.port, /\r\neval\r\n/i);
      const client = new Redis(`redis://127.0.0.1:${lossy.port}`, { enableReadyCheck: false, disableClientInfo: true });
      t.after(() => client.disconnect());
      client.on('error', () => {});
      const direct = new Redis(url);
      t.after(() => direct.disconnect());
      const key = `finconnect:lost-${name}`;
      if (name !== 'claim') assert.equal(await redisReplayStore(direct).claim(key, 60_000, 'mine'), 'claimed');
      const store = redisReplayStore(client);
      assert.equal(await (name === 'release' ? store.release(key, 'mine') : store[name](key, 60_000, 'mine')), answer);
      assert.equal(lossy.sets(), 2, `ioredis sent ${name} twice`);
      const then = { claim: 'busy', commit: 'committed', release: 'claimed' }[name];
      assert.equal(await store.claim(key, 60_000, 'other'), then);
    }
  });

  real('a command sent again after its answer was lost is no replay', async (t) => {
    const lossy = await losingFirstAnswer(t, redis.port);
    const client = new Redis(`redis://127.0.0.1:${lossy.port}`, { enableReadyCheck: false, disableClientInfo: true });
    t.after(() => client.disconnect());
    client.on('error', () => {});
    const store = redisReplayStore(client);
    assert.equal(await store.setIfAbsent('finconnect:lost', 60_000), true);
    assert.equal(lossy.sets(), 2, 'ioredis sent SET twice');
    assert.equal(await store.setIfAbsent('finconnect:lost', 60_000), false);
  });
});

test('what is not such a client is refused at once', () => {
  for (const client of [
    undefined,
    null,
    {},
    new Map(),
    { set: async () => 'OK', get: async () => null },
    'redis://127.0.0.1',
  ]) {
    assert.throws(() => redisReplayStore(client), { name: 'TypeError', message: /redis \(4 or newer\) or ioredis/ });
  }
});

test('an answer that SET does not give is an error, not a callback', async () => {
  // The client of redis 3 answers a boolean, and the result to a callback function.
  const old = { SET: () => true, set: () => true, get: () => true };
  await assert.rejects(redisReplayStore(old).setIfAbsent('key', 1000), TypeError);
});

test('a time to live that is none is an error', async () => {
  const store = redisReplayStore({ SET() {}, set: async () => 'OK', get: async () => null });
  for (const ttlMs of [0, -1, NaN, Infinity, '1000', undefined])
    await assert.rejects(store.setIfAbsent('key', ttlMs), RangeError);
});

/**
 * A way to Redis that breaks each connection with the first such command in it once Redis has answered, and loses the
 * answer.
 */
async function losingFirstAnswer(t, port, command = /\r\nset\r\n/i) {
  let sets = 0;
  const sockets = new Set();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let loses = false;
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.on('data', (chunk) => {
      const isSet = command.test(chunk);
      if (isSet && ++sets === 1) loses = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (loses ? client.destroy() : client.write(chunk)));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: server.address().port, sets: () => sets };
}
