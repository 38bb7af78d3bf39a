// The ledger's store on an SQLite handle of the app's: better-sqlite3, and node:sqlite where this Node has it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hasSqlite } from '../support/newer-node.mjs';
import { deposits, shop, storeLaws } from './store-laws.mjs';

const require = createRequire(import.meta.url);
const { sqlite } = require('../../lib/ledger/stores/index.js');

/** Neither waits itself for a lock: then the JavaScript thread goes on while the ledger waits. */
const drivers = { 'better-sqlite3': betterSqlite() };
if (hasSqlite) drivers['node:sqlite'] = (path) => new (require('node:sqlite').DatabaseSync)(path, { timeout: 0 });

/** It is compiled for one version of Node, that of the checkout. */
function betterSqlite() {
  const Database = require('better-sqlite3');
  try {
    new Database(':memory:').close();
  } catch (error) {
    if (error.code !== 'ERR_DLOPEN_FAILED') throw error;
    return undefined;
  }
  return (path) => new Database(path, { timeout: 0 });
}

function pathOf(t) {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-ledger-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'shop.db');
}

for (const [name, driver] of Object.entries(drivers)) {
  if (!driver) continue;

  /** A handle, and the ledger's store on it. */
  async function opened(t, path = pathOf(t), prepare = () => {}) {
    const db = driver(path);
    t.after(() => db.close());
    prepare(db);
    const store = sqlite(db);
    await store.open(shop);
    return { db, store, path };
  }

  const first = (db, text) => Object.values(db.prepare(text).get())[0];
  const paid = (db) => first(db, 'SELECT count(*) FROM finconnect_payment');

  describe(`a handle of ${name}`, () => {
    storeLaws('store', async (t) => (await opened(t)).store);

    test('commits wait for the disk, and the other pragmas stay', async (t) => {
      const { db } = await opened(t, undefined, (db) => db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF'));
      assert.equal(first(db, 'PRAGMA synchronous'), 2);
      assert.equal(first(db, 'PRAGMA journal_mode'), 'wal');
    });

    test('the calls of one turn share one transaction', async (t) => {
      const { db } = await opened(t);
      const texts = [];
      const counting = { prepare: (text) => db.prepare(text), exec: (text) => (texts.push(text), db.exec(text)) };
      const store = sqlite(counting);
      await store.open(shop);
      texts.length = 0;
      await deposits(store, 'A', 500);
      assert.deepEqual(texts, ['BEGIN IMMEDIATE', 'COMMIT']);
      assert.equal(paid(db), 500);
    });

    test("the app's handler has the handle itself", async (t) => {
      const { db, store } = await opened(t);
      await store.transaction(async ({ app }) => {
        assert.equal(app.db, db);
        app.exec('CREATE TABLE orders (reference text)');
        app.prepare('INSERT INTO orders VALUES (?)').run('A');
      });
      assert.equal(first(db, 'SELECT reference FROM orders'), 'A');
      const failing = store.transaction(async ({ app }) => {
        app.exec('DELETE FROM orders');
        throw new Error('no');
      });
      await assert.rejects(failing, { message: 'no' });
      assert.equal(first(db, 'SELECT count(*) FROM orders'), 1);
    });

    test('a transaction that waits for anything else is rolled back, and nothing came between', async (t) => {
      const { db, store } = await opened(t);
      const between = [];
      const note = (what) => () => between.push([what, db.inTransaction ?? db.isTransaction ?? false]);
      for (let at = 0; at < 50; at++) {
        setTimeout(note('timer'), 0);
        setImmediate(note('immediate'));
      }
      const waits = store.transaction(async (tx) => {
        await tx.run('deposit', { reference: 'A', amount: '5' });
        setImmediate(note('own immediate'));
        await new Promise((resolve) => setTimeout(resolve, 5));
        await tx.run('deposit', { reference: 'B', amount: '5' });
      });
      await assert.rejects(waits, { code: 'LEDGER_FAILED', message: /rolled back: it waited for something else/ });
      assert.equal(paid(db), 0);
      await store.transaction((tx) => tx.run('deposit', { reference: 'C', amount: '5' }));
      assert.deepEqual(
        between.filter(([, isInside]) => isInside),
        [],
      );
      assert.ok(between.length >= 100);
    });

    test('what a caller does when its call has ended comes into no transaction', async (t) => {
      const { db, store } = await opened(t);
      const [, rolledBack] = await Promise.allSettled([
        store.run('deposit', { reference: 'A', amount: '5' }).then(() => db.exec('CREATE TABLE mine (a)')),
        store.transaction(async (tx) => {
          await tx.run('deposit', { reference: 'B', amount: '5' });
          throw new Error('no');
        }),
      ]);
      assert.equal(rolledBack.status, 'rejected');
      assert.equal(first(db, 'SELECT count(*) FROM mine'), 0);
      assert.equal(paid(db), 1);
    });

    test("it waits for the app's own transaction, and takes no part in it", async (t) => {
      const { db, store } = await opened(t);
      db.exec('CREATE TABLE mine (a); BEGIN; INSERT INTO mine VALUES (1)');
      const run = deposits(store, 'A', 3);
      await new Promise((resolve) => setTimeout(resolve, 20));
      db.exec('ROLLBACK');
      await run;
      assert.equal(paid(db), 3);
      assert.equal(first(db, 'SELECT count(*) FROM mine'), 0);
    });

    test('an app that does not end its transaction is told so after 5 seconds', async (t) => {
      const { db, store } = await opened(t);
      db.exec('BEGIN');
      const started = performance.now();
      await assert.rejects(deposits(store, 'A', 3), {
        code: 'LEDGER_BUSY',
        message: /The app has had a transaction open/,
      });
      assert.ok(performance.now() - started >= 5000);
      db.exec('COMMIT');
      await deposits(store, 'A', 3);
    });

    test('a database that another connection has locked is waited for without stopping the app', async (t) => {
      const { db, store, path } = await opened(t);
      const other = driver(path);
      t.after(() => other.close());
      other.exec('BEGIN IMMEDIATE');
      const run = deposits(store, 'A', 3);
      await new Promise((resolve) => setTimeout(resolve, 50));
      other.exec('COMMIT');
      await run;
      assert.equal(paid(db), 3);
      other.exec('BEGIN IMMEDIATE');
      await assert.rejects(deposits(store, 'B', 3), { code: 'LEDGER_BUSY', message: /locked by another process/ });
      other.exec('COMMIT');
      await deposits(store, 'B', 3);
    });

    test('whole numbers are numbers, whatever the handle gives the app', async (t) => {
      const big = (db) => db.defaultSafeIntegers?.(true);
      const { store } = await opened(t, undefined, big);
      await deposits(store, 'A', 1);
      assert.equal((await store.run('find', 'A-0')).tries, 1);
    });

    test('a prefix', async (t) => {
      const { db } = await opened(t);
      const store = sqlite(db, { prefix: 'kiosk_' });
      await store.open(shop);
      await deposits(store, 'A', 2);
      assert.equal(first(db, 'SELECT count(*) FROM kiosk_payment'), 2);
      assert.equal(paid(db), 0);
    });
  });
}

test('what is no database, and names that are none, are refused at once', () => {
  for (const database of [undefined, null, '', 5, {}, { prepare() {} }])
    assert.throws(() => sqlite(database), { name: 'TypeError', message: /^sqlite takes the path of a file, or/ });
  for (const prefix of ['', 'Shop_', 'a"; DROP', '1a', 'a'.repeat(31), 5, null])
    assert.throws(() => sqlite('a.db', { prefix }), { name: 'TypeError', message: /^prefix must be/ });
  assert.throws(() => sqlite('a.db', { schema: 'shop' }), { name: 'TypeError', message: /no option schema/ });
});
