// The replay store on a real PostgreSQL.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { postgresReplayStore, postgresReplayTable } from 'finconnect/replay';
import pg from 'pg';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { decidesNothing, oneOfFifty, untilNew } from './callbacks.mjs';
import { claimsOnce, handledOnce, leasesEnd } from './claims.mjs';

if (noPostgres) console.error(`SKIPPED: ${noPostgres}`);

describe('replay store on PostgreSQL', () => {
  const real = (name, run) => test(name, { skip: noPostgres }, run);
  let server;
  let pool;
  const newPool = (more = {}) =>
    new pg.Pool({ host: '127.0.0.1', port: server.port, user: server.user, database: 'postgres', ...more });

  before(async () => {
    if (noPostgres) return;
    server = await startPostgres();
    pool = newPool();
    await pool.query(postgresReplayTable());
    await pool.query(postgresReplayTable());
  });
  beforeEach(() => pool?.query('TRUNCATE finconnect_replay'));
  after(async () => {
    await pool?.end();
    await server?.stop();
  });

  const keys = async () =>
    (await pool.query('SELECT key FROM finconnect_replay ORDER BY expires_at')).rows.map(({ key }) => key);

  real('of fifty copies one is valid, through two pools', async (t) => {
    const other = newPool({ max: 25 });
    t.after(() => other.end());
    await oneOfFifty([postgresReplayStore(pool), postgresReplayStore(other)], 'ORDER-1');
  });

  real('through functions over a query, whichever way the rows come', async () => {
    const whole = (text, values) => pool.query(text, values);
    const rows = async (text, values) => (await pool.query(text, values)).rows;
    await oneOfFifty([postgresReplayStore(whole), postgresReplayStore(rows)], 'ORDER-2');
  });

  real('a key expires when its time has come', async () => {
    const store = postgresReplayStore(pool);
    assert.equal(await store.setIfAbsent('a', 0.5), true);
    await untilNew(store, 'a', 60_000.5);
    assert.equal(await store.setIfAbsent('a', 1), false);
    const {
      rows: [{ left }],
    } = await pool.query(`SELECT extract(epoch FROM expires_at - now())::float8 AS left FROM finconnect_replay`);
    assert.ok(left > 30 && left <= 60.001, String(left));
  });

  real('one claim at a time, until it is committed, released or its lease ends', async (t) => {
    const other = newPool({ max: 25 });
    t.after(() => other.end());
    const stores = [postgresReplayStore(pool), postgresReplayStore(other)];
    await claimsOnce(stores);
    await leasesEnd(stores);
    await handledOnce(stores);
  });

  real('a table of a version without claims gets its column, and what it keeps counts as handled', async () => {
    await pool.query('CREATE TABLE old_replay (key text PRIMARY KEY, expires_at timestamptz NOT NULL)');
    await pool.query(`INSERT INTO old_replay VALUES ('a', now() + interval '1 day')`);
    await pool.query(postgresReplayTable('old_replay'));
    const store = postgresReplayStore(pool, { table: 'old_replay' });
    assert.equal(await store.claim('a', 60_000, 'mine'), 'committed');
    assert.equal(await store.claim('b', 60_000, 'mine'), 'claimed');
  });

  real('an expired claim is a new key, and removed as one', async () => {
    const store = postgresReplayStore(pool);
    for (const key of ['a', 'b']) await store.claim(key, 60_000, 'dead');
    await pool.query(`UPDATE finconnect_replay SET expires_at = now() - interval '1 second'`);
    assert.equal(await store.setIfAbsent('a', 60_000), true);
    assert.equal(await store.claim('a', 60_000, 'mine'), 'committed');
    assert.equal(await store.removeExpired(), 1);
    assert.equal(await store.commit('b', 60_000, 'dead'), true, 'nobody else came');
  });

  real('an expired row is taken over by one of fifty', async (t) => {
    const other = newPool({ max: 25 });
    t.after(() => other.end());
    const stores = [postgresReplayStore(pool), postgresReplayStore(other)];
    for (let round = 0; round < 5; round++) {
      await pool.query(`INSERT INTO finconnect_replay VALUES ('old-${round}', now() - interval '1 millisecond')`);
      const taken = await Promise.all(
        Array.from({ length: 50 }, (_, at) => stores[at % 2].setIfAbsent(`old-${round}`, 60_000)),
      );
      assert.equal(taken.filter(Boolean).length, 1);
    }
  });

  real('in a stricter isolation, too, at most one gets it, and the rest are told no or fail', async (t) => {
    for (const level of ['repeatable read', 'serializable']) {
      const strict = newPool({ max: 25, options: `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` });
      t.after(() => strict.end());
      const store = postgresReplayStore(strict);
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => store.setIfAbsent(level, 60_000)));
      assert.equal(results.filter(({ value }) => value === true).length, 1);
      const failed = results.filter(({ status }) => status === 'rejected');
      assert.ok(
        failed.every(({ reason }) => reason.code === '40001'),
        String(failed[0]?.reason),
      );
      assert.equal(await store.setIfAbsent(level, 60_000), false);
    }
  });

  real('a clean-up takes the oldest expired rows, so many at most, and nothing else', async () => {
    const store = postgresReplayStore(pool);
    await pool.query(
      `INSERT INTO finconnect_replay SELECT 'old-' || n, now() - n * interval '1 second' FROM generate_series(1, 25) AS n`,
    );
    await store.setIfAbsent('kept', 60_000);
    assert.equal(await store.removeExpired(10), 10);
    assert.equal((await keys())[0], 'old-15');
    assert.equal(await store.removeExpired(), 15);
    assert.equal(await store.removeExpired(), 0);
    assert.deepEqual(await keys(), ['kept']);
    for (const limit of [0, -1, 1.5, 100_001, NaN, '5', null])
      await assert.rejects(store.removeExpired(limit), RangeError);
  });

  real('clean-ups, and callbacks meanwhile, wait for nobody', async (t) => {
    const store = postgresReplayStore(pool);
    await pool.query(
      `INSERT INTO finconnect_replay SELECT 'old-' || n, now() - interval '1 second' FROM generate_series(1, 1000) AS n`,
    );
    const holder = await pool.connect();
    t.after(() => holder.release());
    await holder.query('BEGIN');
    await holder.query(`SELECT 1 FROM finconnect_replay WHERE key = 'old-1' FOR UPDATE`);
    const removed = await Promise.all(Array.from({ length: 9 }, () => store.removeExpired(200)));
    assert.equal(
      removed.reduce((sum, count) => sum + count),
      999,
    );
    assert.equal(await store.setIfAbsent('old-2', 60_000), true);
    await holder.query('ROLLBACK');
    assert.equal(await store.removeExpired(), 1);
  });

  real("a table of one's own name, in a schema", async () => {
    await pool.query('CREATE SCHEMA IF NOT EXISTS shop');
    await pool.query(postgresReplayTable('shop.order'));
    const store = postgresReplayStore(pool, { table: 'shop.order' });
    assert.deepEqual([await store.setIfAbsent('a', 1000), await store.setIfAbsent('a', 1000)], [true, false]);
    assert.deepEqual(await keys(), []);
  });

  real('a table that is not there, or a pool that has ended, decides nothing', async () => {
    await decidesNothing(postgresReplayStore(pool, { table: 'nowhere' }));
    const gone = newPool();
    await gone.end();
    await decidesNothing(postgresReplayStore(gone));
  });
});

test('the documented table is the one that is made', () => {
  for (const file of ['docs/guide/replay.md', 'lib/replay/index.d.ts']) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    assert.ok(text.replaceAll('\n * ', '\n').includes(`\n${postgresReplayTable()}\n`), file);
  }
});

test('what cannot be queried, and a name that is none, are refused at once', () => {
  for (const client of [undefined, null, {}, 'postgres://127.0.0.1']) {
    assert.throws(() => postgresReplayStore(client), { name: 'TypeError', message: /package pg, or a function/ });
  }
  for (const table of ['', 'Orders', 'a b', 'a"; DROP TABLE b; --', 'a.b.c', '1a', 'a'.repeat(51), 5, null]) {
    assert.throws(() => postgresReplayStore(() => {}, { table }), { name: 'TypeError', message: /^table must be/ });
    assert.throws(() => postgresReplayTable(table), { name: 'TypeError' });
  }
});

test('a query that is not answered by rows is an error, not a callback', async () => {
  for (const answer of [undefined, null, 1, { rowCount: 1 }, 'row']) {
    await assert.rejects(postgresReplayStore(async () => answer).setIfAbsent('key', 1000), TypeError);
  }
});
