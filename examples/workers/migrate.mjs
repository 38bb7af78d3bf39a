// Once for each release: the shop's tables and queues. pg-boss and the ledger make their own as they start.
import { boss, ledger, pool } from './shop.mjs';

await pool.query(`
  CREATE TABLE IF NOT EXISTS booking (reference text PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS ticket (number serial PRIMARY KEY, reference text NOT NULL)`);

// A charge may be tried again: the ledger sends one push for each reference. The job holds the customer's number, and
// is deleted an hour after it is done.
await boss.createQueue('charge', { retryLimit: 10, retryDelay: 5, retryBackoff: true, deleteAfterSeconds: 3_600 });
await boss.createQueue('receipt', { retryLimit: 10, retryDelay: 60, retryBackoff: true });
await boss.createQueue('sweep', { retryLimit: 0 });
await boss.schedule('sweep', '* * * * *');

await boss.stop();
await ledger.close();
await pool.end();
