// What the web server and the workers share: one PostgreSQL for the shop, its jobs and its ledger.
import { FintechSDK } from 'finconnect';
import { openLedger, postgres } from 'finconnect/ledger';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET, DATABASE_URL } = process.env;

export const azampay = new FintechSDK({
  provider: 'azampay',
  config: { baseUrl: AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET },
});

export const pool = new pg.Pool({ connectionString: DATABASE_URL });
pool.on('error', console.error);

export const boss = new PgBoss(DATABASE_URL);
boss.on('error', console.error);
await boss.start();

/** A job that is sent by it is there when the transaction of `client` is committed, and never was when it is not. */
export const within = (client) => ({ db: { executeSql: (text, values) => client.query(text, values) } });

export const ledger = await openLedger(postgres(pool), {
  gateways: { azampay },
  // Status, ticket and the job of its receipt are one transaction: each is there once, or none is.
  async onPayment({ reference, status }, tx) {
    if (status !== 'succeeded') return;
    const [{ number }] = await tx.query('INSERT INTO ticket (reference) VALUES ($1) RETURNING number', [reference]);
    await boss.send('receipt', { reference, number }, within(tx.client));
  },
  onError: console.error,
});

async function close() {
  await boss.stop();
  await ledger.close();
  await pool.end();
}
/** Ends this process by itself: what is under way ends first. */
export const endWith = (more = () => {}) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, async () => (await more(), await close()));
};
