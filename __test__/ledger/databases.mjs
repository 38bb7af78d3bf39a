// The database of a shop with a ledger: its own table `booking` beside the ledger's, in the store that LEDGER_STORE
// names.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { postgres, sqlite } from 'finconnect/ledger';

const require = createRequire(import.meta.url);
const BOOKING = 'booking (reference text PRIMARY KEY, paid integer NOT NULL DEFAULT 0)';
let made = 0;
let server;
// Not within a test, whose end would be the server's.
if (process.env.LEDGER_STORE === 'postgres') after(() => server?.stop());

const kinds = { handle: ofHandle, path: ofPath, postgres: ofPostgres };

/**
 * `store()` is what `openLedger` takes. `all(text, values)` reads; in it and in a handler's statements `?` stands for
 * values, and `booking` for the shop's table. `book(tx, reference)` is what a handler does.
 */
export async function databaseOf() {
  const database = await kinds[process.env.LEDGER_STORE ?? 'handle']();
  return {
    ...database,
    async book(tx, reference) {
      await tx.query(database.text(`INSERT INTO booking (reference, paid) VALUES (?, 1)`), [reference]);
    },
  };
}

async function ofHandle() {
  const Database = require('better-sqlite3');
  const { file, remove } = place();
  const db = new Database(file);
  db.exec(`CREATE TABLE ${BOOKING}`);
  return {
    store: () => sqlite(db),
    text: (text) => text,
    all: async (text, values = []) => db.prepare(text).all(...values),
    async close() {
      db.close();
      remove();
    },
  };
}

async function ofPath() {
  const { DatabaseSync } = require('node:sqlite');
  const { file, remove } = place();
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = WAL; CREATE TABLE ${BOOKING}`);
  return {
    store: () => sqlite(file),
    text: (text) => text,
    all: async (text, values = []) => db.prepare(text).all(...values),
    async close() {
      db.close();
      remove();
    },
  };
}

async function ofPostgres() {
  const { Pool } = require('pg');
  if (server === undefined) {
    const { startPostgres } = await import('../support/servers.mjs');
    server = await startPostgres();
  }
  const schema = `shop${++made}`;
  const own = { host: '127.0.0.1', port: server.port, user: server.user, database: 'postgres' };
  const pool = new Pool({ ...own, max: 10 });
  await pool.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.${BOOKING}`);
  const text = (plain) => {
    let at = 0;
    return plain.replace(/\?/g, () => `$${++at}`).replace(/\b(booking|finconnect_\w+)\b/g, `${schema}.$1`);
  };
  return {
    store: () => postgres(pool, { schema }),
    text,
    all: async (plain, values = []) => (await pool.query(text(plain), values)).rows,
    close: () => pool.end(),
  };
}

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-ledger-'));
  return { file: join(folder, 'shop.db'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
