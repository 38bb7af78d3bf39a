// A ledger with many payments, for what is measured beside them.

/** Puts so many old payments there, of which every fourth has failed: then a page of them is as long in either. */
export function fill(db, count) {
  db.function('day', (n) => new Date(Date.UTC(2025, 0) + n * 20_000).toISOString());
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  const status = "CASE WHEN i % 4 = 0 THEN 'failed' ELSE 'succeeded' END";
  db.exec(`BEGIN;
INSERT INTO finconnect_payment (reference, kind, status, amount, currency, gateway, attempt, phone, parameters,
request, created_at, updated_at) ${numbers} SELECT 'OLD-' || i, 'payment', ${status}, '1000', 'TZS', 'azampay', 1,
'2557****5678', hex(randomblob(32)), hex(randomblob(100)), day(i), day(i) FROM n;
INSERT INTO finconnect_attempt (reference, number, kind, gateway, rail, gateway_reference, token, status, outcome,
transaction_id, deadline_at, created_at, answered_at) ${numbers} SELECT 'OLD-' || i, 1, 'payment', 'azampay', 'push',
'OLD-' || i, hex(randomblob(16)), ${status}, 'accepted', hex(randomblob(16)), day(i), day(i), day(i) FROM n;
INSERT INTO finconnect_event (key, reference, attempt, type, status, source, gateway, created_at, handled_at) ${numbers}
SELECT 'OLD-' || i || '/1/' || ${status}, 'OLD-' || i, 1, 'status', ${status}, 'callback', 'azampay', day(i), day(i) FROM n;
COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);`);
}
