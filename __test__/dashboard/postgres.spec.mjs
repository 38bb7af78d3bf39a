// The same pages over a ledger in PostgreSQL.
import { test } from 'node:test';
import { noPostgres } from '../support/servers.mjs';

if (noPostgres) {
  test('the dashboard of a ledger in PostgreSQL', { skip: noPostgres }, () => {});
} else {
  process.env.LEDGER_STORE = 'postgres';
  await import('./pages.spec.mjs');
}
