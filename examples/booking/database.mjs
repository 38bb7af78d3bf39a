// The database: SQLite in a file, or PostgreSQL by DATABASE_URL. The bookings and the ledger's tables lie side by side.
import { isBuiltin } from 'node:module';
import { postgres, sqlite } from 'finconnect/ledger';

const BOOKING = `CREATE TABLE IF NOT EXISTS booking (
  reference text PRIMARY KEY,
  room text NOT NULL,
  nights integer NOT NULL,
  amount integer NOT NULL,
  guest text NOT NULL,
  phone text NOT NULL,
  status text NOT NULL DEFAULT 'PENDING',
  created_at text NOT NULL
)`;

/**
 * `store` is what the ledger is opened with. `query(text, values)` runs a statement with `?` for its values, and gives
 * the rows; with a transaction of the ledger as third argument it runs within that.
 */
export async function openDatabase({ DATABASE_URL, DATABASE_FILE = 'booking.db' }) {
  return DATABASE_URL ? openPostgres(DATABASE_URL) : openSqlite(DATABASE_FILE);
}

async function openPostgres(connectionString) {
  const { Pool } = (await import('pg')).default;
  const pool = new Pool({ connectionString });
  await pool.query(BOOKING);
  return {
    store: postgres(pool),
    async query(text, values, tx) {
      let at = 0;
      const numbered = text.replace(/\?/g, () => `$${++at}`);
      return tx ? tx.query(numbered, values) : (await pool.query(numbered, values)).rows;
    },
    close: () => pool.end(),
  };
}

async function openSqlite(file) {
  const db = await openFile(file);
  // Others may read while one writes, and who writes waits for the one before.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000');
  db.exec(BOOKING);
  return {
    store: sqlite(db),
    query: async (text, values, tx) => (tx ? tx.query(text, values) : db.prepare(text).all(...values)),
    close: () => db.close(),
  };
}

/** Node's own SQLite; better-sqlite3 before Node 22.13. */
async function openFile(file) {
  if (isBuiltin('node:sqlite')) return new (await import('node:sqlite')).DatabaseSync(file);
  return new (await import('better-sqlite3')).default(file);
}
