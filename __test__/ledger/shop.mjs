// A shop with a ledger, the sandbox, and the server that its callbacks come to.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { FintechSDK } from 'finconnect';
import { openLedger } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import { databaseOf } from './databases.mjs';

export const MINUTE_MS = 60_000;
export const CHARGE = { amount: '25000', currency: 'TZS', phone: '0712345678', description: '2 nights' };
/** Where each gateway is asked for a payment. */
export const PUSH = {
  clickpesa: '/third-parties/payments/initiate-ussd-push-request',
  azampay: '/azampay/mno/checkout',
  pesapal: '/api/Transactions/SubmitOrderRequest',
};
const GATEWAYS = Object.keys(PUSH);

/** `told` is what the handlers heard; `database` the shop's own, in which the ledger's tables are. */
export async function openShop(t, { switches, settleAfterMs, sdk, names = GATEWAYS, clock, ...options } = {}) {
  const sandbox = await startSandbox({ switches, settleAfterMs });
  const database = await databaseOf(t);
  const gateways = Object.fromEntries(
    names.map((name) => [name, new FintechSDK({ provider: name, config: sandbox.config(name), ...sdk })]),
  );
  const told = [];
  const hear = (kind) => (payment, _, context) => void told.push({ kind, payment, context });
  const ledger = await openLedger(database.store(), {
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
    await database.close();
  });
  const sent = (name) => sandbox.requests().filter(({ path }) => path === PUSH[name]).length;
  const heard = () => told.map(({ payment, context }) => `${payment.reference} ${payment.status} ${context.source}`);
  return { sandbox, ledger, gateways, told, heard, events, url, sent, database };
}

/** The kinds, states and sources of a payment's events. */
export const eventsOf = ({ events }) => events.map(({ type, status, source }) => `${type} ${status} ${source}`);

/** All of an async iterable. */
export async function listed(iterable) {
  const all = [];
  for await (const one of iterable) all.push(one);
  return all;
}
