// The ledger's store on a real PostgreSQL, through pools of pg.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import pg from 'pg';
import { runNode } from '../support/child.mjs';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { deposits, shop, storeLaws } from './store-laws.mjs';

const require = createRequire(import.meta.url);
const { postgres } = require('../../lib/ledger/stores/index.js');

if (noPostgres) console.error(`SKIPPED: ${noPostgres}`);

describe('the store on PostgreSQL', () => {
  let server;
  let admin;
  let databases = 0;
  before(async () => {
    if (noPostgres) return;
    server = await startPostgres();
    admin = poolOf('postgres').on('error', () => {});
  });
  after(async () => {
    await admin?.end();
    await server?.stop();
  });

  const poolOf = (database, more) =>
    new pg.Pool({ host: '127.0.0.1', port: server.port, user: server.user, database, ...more });

  /** A database of its own, with a pool and the store on it. */
  async function opened(t, { options, ...more } = {}) {
    const database = `shop_${++databases}`;
    await admin.query(`CREATE DATABASE ${database}`);
    const pool = poolOf(database, more);
    t.after(() => pool.ended || pool.end());
    const store = postgres(pool, options);
    await store.open(shop);
    return { store, pool, database };
  }

  const real = (name, run) => test(name, { skip: noPostgres }, run);
  const first = async (pool, text) => Object.values((await pool.query(text)).rows[0])[0];
  const paid = (pool) => first(pool, 'SELECT count(*)::int FROM finconnect_payment');

  storeLaws('pool', async (t) => (await opened(t)).store, { mark: '$1', skip: noPostgres });

  real("the app's handler has the client", async (t) => {
    const { store } = await opened(t);
    const rows = await store.transaction(({ app }) => app.client.query('SELECT 1 AS one'));
    assert.deepEqual(rows.rows, [{ one: 1 }]);
  });

  real('a commit waits for the disk where the database would not', async (t) => {
    const { store, pool, database } = await opened(t);
    await pool.query(`ALTER DATABASE ${database} SET synchronous_commit = off`);
    const other = poolOf(database);
    t.after(() => other.end());
    const inIt = await postgres(other).transaction((tx) => tx.app.query('SHOW synchronous_commit'));
    assert.deepEqual(inIt, [{ synchronous_commit: 'on' }]);
    const idle = await store.transaction((tx) => tx.app.query('SHOW idle_in_transaction_session_timeout'));
    assert.deepEqual(Object.values(idle[0]), ['15s']);
    assert.equal(await first(other, 'SHOW synchronous_commit'), 'off');
    await deposits(store, 'A', 1);
  });

  real('of a thousand calls for one reference, through two pools, one is new', async (t) => {
    const { store, database } = await opened(t, { max: 25 });
    const pool = poolOf(database, { max: 25 });
    t.after(() => pool.end());
    const stores = [store, postgres(pool)];
    await stores[1].open(shop);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => stores[at % 2].run('deposit', { reference: 'A', amount: '5' })),
    );
    assert.equal(answers.filter(({ isNew }) => isNew).length, 1);
  });

  real('what other transactions got in the way of is tried again', async (t) => {
    const { database } = await opened(t);
    const pool = poolOf(database, { max: 25, options: '-c default_transaction_isolation=serializable' });
    t.after(() => pool.end());
    const store = postgres(pool);
    await store.open(shop);
    await deposits(store, 'A', 1);
    const bumps = await Promise.allSettled(Array.from({ length: 5 }, () => store.run('bump', 'A-0')));
    const done = bumps.filter(({ status }) => status === 'fulfilled').length;
    assert.ok(done >= 2, String(done));
    assert.equal((await store.run('find', 'A-0')).tries, 1 + done);
    for (const { reason } of bumps) if (reason) assert.equal(reason.code, 'LEDGER_BUSY');
  });

  for (const signal of ['SIGINT', 'SIGQUIT']) {
    real(`a server that is restarted under load (${signal}) loses nothing, and the app goes on`, async (t) => {
      const { store, pool } = await opened(t);
      const answered = [];
      let isOver = false;
      const load = Array.from({ length: 8 }, async (_, worker) => {
        for (let at = 0; !isOver; at++) {
          const reference = `${worker}-${at}`;
          await store.run('deposit', { reference, amount: '5' }).then(
            () => answered.push(reference),
            (error) => assert.equal(error.code, 'LEDGER_UNREACHABLE', inspect(error)),
          );
        }
      });
      while (answered.length < 100) await new Promise((resolve) => setImmediate(resolve));
      await server.restart(signal);
      const before = answered.length;
      while (answered.length < before + 100) await new Promise((resolve) => setImmediate(resolve));
      isOver = true;
      await Promise.all(load);
      const { rows } = await pool.query('SELECT reference FROM finconnect_payment');
      const kept = new Set(rows.map(({ reference }) => reference));
      assert.deepEqual(
        answered.filter((reference) => !kept.has(reference)),
        [],
      );
      const events = await first(pool, "SELECT count(*)::int FROM finconnect_event WHERE key LIKE 'paid/%'");
      assert.equal(events, kept.size);
    });
  }

  real('a transaction whose connection breaks is rolled back, and its work not called again', async (t) => {
    const { store, pool } = await opened(t);
    let calls = 0;
    const broken = store.transaction(async (tx) => {
      calls++;
      await tx.run('deposit', { reference: 'A', amount: '5' });
      const [{ pid }] = await tx.app.query('SELECT pg_backend_pid() AS pid');
      await admin.query('SELECT pg_terminate_backend($1)', [pid]);
      await tx.run('deposit', { reference: 'B', amount: '5' });
    });
    await assert.rejects(broken, { code: 'LEDGER_UNREACHABLE', message: /whether this was written is not known/ });
    assert.equal(calls, 1);
    assert.equal(await paid(pool), 0);
    await deposits(store, 'C', 3);
  });

  real('a server that is not there is told after a few tries', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1, user: 'x' });
    const started = performance.now();
    await assert.rejects(postgres(pool).open(shop), {
      code: 'LEDGER_UNREACHABLE',
      message: /PostgreSQL cannot be reached \(.*ECONNREFUSED.*\)/,
    });
    assert.ok(performance.now() - started < 10_000);
    await pool.end();
  });

  real('a pool that has ended is told at once', async (t) => {
    const { store, pool } = await opened(t);
    await pool.end();
    await assert.rejects(store.run('count'), { code: 'LEDGER_FAILED', message: /pool .* has ended/ });
    await assert.rejects(
      store.transaction(() => {}),
      { code: 'LEDGER_FAILED', message: /pool .* has ended/ },
    );
  });

  real('a lock that lasts ends the call after 10 seconds, and a pool that gives nothing after 15', async (t) => {
    const { store, pool } = await opened(t);
    await deposits(store, 'A', 1);
    const holder = await pool.connect();
    await holder.query("BEGIN; SELECT 1 FROM finconnect_payment WHERE reference = 'A-0' FOR UPDATE");
    const one = poolOf(pool.options.database, { max: 1 });
    t.after(() => one.end());
    const taken = await one.connect();
    const starved = postgres(one).open(shop);
    const waiting = store.run('bump', 'A-0');
    const slow = store.transaction(async (tx) => {
      await tx.run('deposit', { reference: 'B', amount: '5' });
      await new Promise(() => {});
    });
    await Promise.all([
      assert.rejects(waiting, { code: 'LEDGER_BUSY', message: /kept waiting by other transactions: nothing/ }),
      assert.rejects(slow, { code: 'LEDGER_FAILED', message: /longer than 10 seconds/ }),
    ]);
    await holder.query('ROLLBACK');
    holder.release();
    taken.release();
    await starved;
    assert.equal(await paid(pool), 1);
  });

  real('a server that may only be read is told', async (t) => {
    const { database } = await opened(t);
    const pool = poolOf(database, { options: '-c default_transaction_read_only=on' });
    t.after(() => pool.end());
    const store = postgres(pool);
    await store.open(shop);
    await assert.rejects(deposits(store, 'A', 1), { code: 'LEDGER_READ_ONLY', message: /primary server/ });
  });

  real('eight processes that migrate at one time all succeed, in a schema, with a prefix', async (t) => {
    const { database } = await opened(t);
    const child = fileURLToPath(new URL('./store-child.cjs', import.meta.url));
    const at = JSON.stringify({ host: '127.0.0.1', port: server.port, user: server.user, database });
    const ended = await Promise.all(Array.from({ length: 8 }, () => runNode([child, 'idle', at])));
    for (const { code, stderr } of ended) assert.deepEqual([code, stderr], [0, '']);
    const pool = poolOf(database);
    t.after(() => pool.end());
    assert.equal(await first(pool, 'SELECT count(*)::int FROM kiosk.till_payment'), 3);
    assert.equal(await first(pool, 'SELECT count(*)::int FROM kiosk.till_event'), 5);
  });

  real('a user who may create nothing but in the schema can open it', async (t) => {
    const { pool, database } = await opened(t);
    await pool.query('CREATE ROLE clerk LOGIN; CREATE SCHEMA desk AUTHORIZATION clerk');
    const own = poolOf(database, { user: 'clerk' });
    t.after(() => own.end());
    const store = postgres(own, { schema: 'desk' });
    await store.open(shop);
    await deposits(store, 'A', 1);
  });
});

test('what is no pool, and names that are none, are refused at once', () => {
  for (const pool of [undefined, null, {}, 'postgres://127.0.0.1', { query() {} }])
    assert.throws(() => postgres(pool), { name: 'TypeError', message: /^postgres takes a Pool of the package pg, or/ });
  for (const schema of ['', 'Shop', 'a"; DROP', '1a', 'a.b', 5])
    assert.throws(() => postgres({ connect() {} }, { schema }), { name: 'TypeError', message: /^schema must be/ });
});
