// What holds of a ledger in SQLite holds of one in PostgreSQL.
import { test } from 'node:test';
import { noPostgres } from '../support/servers.mjs';

if (noPostgres) {
  test('a ledger in PostgreSQL', { skip: noPostgres }, () => {});
} else {
  process.env.LEDGER_STORE = 'postgres';
  await import('./charge.spec.mjs');
  await import('./settle.spec.mjs');
  await import('./attacks.spec.mjs');
  await import('./health.spec.mjs');
}
