// The token store on a real PostgreSQL.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { postgresTokenStore, postgresTokenTable } from 'finconnect/tokens';
import pg from 'pg';
import { LOGIN_ROUTES } from '../support/gateway.mjs';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { fiftyLogInOnce, keepsAndLocks } from './stores.mjs';

if (noPostgres) console.error(`SKIPPED: ${noPostgres}`);

describe('token store on PostgreSQL', () => {
  const real = (name, run) => test(name, { skip: noPostgres }, run);
  let server;
  let pool;
  const newPool = () => new pg.Pool({ host: '127.0.0.1', port: server.port, user: server.user, database: 'postgres' });

  before(async () => {
    if (noPostgres) return;
    server = await startPostgres();
    pool = newPool();
    await pool.query('CREATE SCHEMA shop');
    for (const table of [undefined, undefined, 'shop.tokens']) await pool.query(postgresTokenTable(table));
  });
  beforeEach(() => pool?.query('TRUNCATE finconnect_tokens, shop.tokens'));
  after(async () => {
    await pool?.end();
    await server?.stop();
  });

  real('keeps tokens and locks, and fifty log in once, through two pools', async (t) => {
    const other = newPool();
    t.after(() => other.end());
    const stores = [postgresTokenStore(pool), postgresTokenStore(other)];
    await keepsAndLocks(...stores);
    await pool.query('TRUNCATE finconnect_tokens');
    await fiftyLogInOnce(t, stores, LOGIN_ROUTES.azampay);
  });

  real('through functions over a query, and in a table of another name', async () => {
    const whole = (text, values) => pool.query(text, values);
    const rows = async (text, values) => (await pool.query(text, values)).rows;
    await keepsAndLocks(postgresTokenStore(whole), postgresTokenStore(rows));
    const own = postgresTokenStore(pool, { table: 'shop.tokens' });
    await own.set('key', 'value', 60_000);
    assert.equal(await own.get('key'), 'value');
    assert.equal(await postgresTokenStore(pool).get('key'), null);
  });

  real('a pool that has ended is an error', async () => {
    const gone = newPool();
    await gone.end();
    const store = postgresTokenStore(gone);
    await assert.rejects(store.get('key'));
    await assert.rejects(store.set('key', 'value', 1000));
    await assert.rejects(store.lock('key', 1000));
  });
});

test('the SQL of the table is that of the documents', () => {
  for (const file of ['docs/guide/tokens.md', 'lib/tokens/index.d.ts']) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').replace(/^ \* ?/gm, '');
    assert.ok(text.includes(postgresTokenTable()), file);
  }
});

test('what is no client, option or name is refused at once', () => {
  const query = async () => [];
  for (const client of [undefined, null, {}, 'postgres://localhost']) {
    assert.throws(() => postgresTokenStore(client), { name: 'TypeError', message: /package pg, or a function/ });
  }
  for (const options of [null, 'table', { tables: 'x' }, { table: 'x; DROP' }, { table: 5 }]) {
    assert.throws(() => postgresTokenStore(query, options), TypeError);
  }
  assert.throws(() => postgresTokenTable('A"'), TypeError);
});

test('a query that gives no rows, and a time that is none, are errors', async () => {
  await assert.rejects(postgresTokenStore(async () => 5).get('key'), TypeError);
  const store = postgresTokenStore(async () => []);
  for (const ttlMs of [0, NaN, '1', undefined]) await assert.rejects(store.set('key', 'value', ttlMs), RangeError);
});
