import { DatabaseSync } from 'node:sqlite';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';

async function open() {
  const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } = process.env;
  const azampay = new FintechSDK({
    provider: 'azampay',
    config: { baseUrl: AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET },
  });
  const db = new DatabaseSync(process.env.SHOP_DB ?? 'shop.db');
  db.exec('CREATE TABLE IF NOT EXISTS ticket (number INTEGER PRIMARY KEY, reference TEXT NOT NULL)');
  const ledger = await openLedger(sqlite(db), {
    gateways: { azampay },
    // In the transaction of the status: a payment has one ticket, however often its callback comes.
    async onPayment({ reference, status }, tx) {
      if (status === 'succeeded') await tx.query('INSERT INTO ticket (reference) VALUES (?)', [reference]);
    },
    onError: console.error,
  });
  const hooks = ledger.webhooks({ onEvent: (event) => event.status >= 400 && console.warn('callback', event) });
  const tickets = (reference: string) =>
    db.prepare('SELECT number FROM ticket WHERE reference = ?').all(reference) as { number: number }[];
  return { ledger, hooks, tickets };
}

const kept = globalThis as typeof globalThis & { shop?: ReturnType<typeof open> };

/** One for the process: Next loads this file more than once, and `next build` loads it where there are no keys. */
export function shop() {
  kept.shop ??= open().catch((error) => {
    kept.shop = undefined; // the next one who asks tries again
    throw error;
  });
  return kept.shop;
}
