// A shop with a ledger, the sandbox, and the server that its callbacks come to.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';

export const MINUTE_MS = 60_000;
export const CHARGE = { amount: '25000', currency: 'TZS', phone: '0712345678', description: '2 nights' };
/** Where each gateway is asked for a payment. */
export const PUSH = {
  clickpesa: '/third-parties/payments/initiate-ussd-push-request',
  azampay: '/azampay/mno/checkout',
  pesapal: '/api/Transactions/SubmitOrderRequest',
};
const GATEWAYS = Object.keys(PUSH);
let made = 0;

/** `told` is what the handlers heard; `db` the shop's own database, in which the ledger's tables are. */
export async function openShop(t, { switches, sdk, names = GATEWAYS, clock, ...options } = {}) {
  const sandbox = await startSandbox({ switches });
  const file = join(tmpdir(), `finconnect-ledger-${process.pid}-${++made}.db`);
  const db = new Database(file);
  db.exec('CREATE TABLE booking (reference TEXT PRIMARY KEY, paid INTEGER NOT NULL DEFAULT 0)');
  const gateways = Object.fromEntries(
    names.map((name) => [name, new FintechSDK({ provider: name, config: sandbox.config(name), ...sdk })]),
  );
  const told = [];
  const hear = (kind) => (payment, _, context) => void told.push({ kind, payment, context });
  const ledger = await openLedger(sqlite(db), {
    gateways,
    onPayment: hear('payment'),
    onPayout: hear('payout'),
    onRefund: hear('refund'),
    onDuplicate: hear('duplicate'),
    ...(clock && { clock }),
    ...options,
  });
  const events = [];
  const hooks = ledger.webhooks({ onEvent: (event) => void events.push(event) });
  const server = createServer((req, res) => hooks(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/hooks`;
  for (const name of ['azampay', 'clickpesa']) sandbox.setWebhook(name, `${url}/${name}`);
  t.after(async () => {
    await ledger.close();
    server.close();
    server.closeAllConnections();
    await sandbox.close();
    db.close();
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  });
  const sent = (name) => sandbox.requests().filter(({ path }) => path === PUSH[name]).length;
  const heard = () => told.map(({ payment, context }) => `${payment.reference} ${payment.status} ${context.source}`);
  return { sandbox, ledger, gateways, told, heard, events, url, sent, db, file };
}

/** The kinds, states and sources of a payment's events. */
export const eventsOf = ({ events }) => events.map(({ type, status, source }) => `${type} ${status} ${source}`);

/** All of an async iterable. */
export async function listed(iterable) {
  const all = [];
  for await (const one of iterable) all.push(one);
  return all;
}
