// A shop's process that kills itself at one step, in the middle of its payments. Its parent starts the next.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { FintechSDK } from 'finconnect';
import { openLedger, postgres, sqlite } from 'finconnect/ledger';

const { place, configs, orders, step, nth, others } = JSON.parse(process.env.SHOP);
const CHARGE = { amount: '1000', currency: 'TZS', description: 'An order' };
const die = () => process.kill(process.pid, 'SIGKILL');

let met = 0;
/** Kills the process at the `nth` time that this step is reached. */
function at(name) {
  if (name === step && ++met === nth) die();
}

const pool = place.postgres && new (await import('pg')).default.Pool({ ...place.postgres, max: 5 });
const mark = pool ? '$1' : '?';
const own = pool ? postgres(pool, { schema: place.schema }) : sqlite(place.file);

/** The same store, with the steps between which a process may die. */
const store = {
  open: () => own.open(),
  close: () => own.close(),
  async run(name, args) {
    at(`before ${stepOf(name, args)}`);
    const answer = await own.run(name, args);
    at(`after ${stepOf(name, args)}`);
    return answer;
  },
  async transaction(work) {
    let source;
    const answer = await own.transaction((tx) =>
      work({
        app: tx.app,
        async run(name, args) {
          source = args.source ?? source;
          const told = await tx.run(name, args);
          at(`in the transaction, after ${name}`);
          return told;
        },
      }),
    );
    at(`after the commit of a ${source ?? 'sweep'}`);
    return answer;
  },
};

function stepOf(name, { source }) {
  return name === 'settle' ? `the news of a ${source}` : name;
}

const gateways = Object.fromEntries(
  Object.entries(configs).map(([provider, config]) => [
    provider,
    new FintechSDK({ provider, config, timeoutMs: 5000 }),
  ]),
);
for (const sdk of Object.values(gateways)) {
  sdk.on('request', ({ operation }) => operation === 'charge' && at('the push leaves'));
  sdk.on('response', ({ operation }) => at(`the answer of ${operation}`));
}
const ledger = await openLedger(store, {
  gateways,
  async onPayment({ reference, status }, tx, { eventId }) {
    if (status !== 'succeeded') return;
    at('in onPayment, before its write');
    const table = place.schema === undefined ? 'fulfilled' : `${place.schema}.fulfilled`;
    await tx.query(`INSERT INTO ${table} (event_id, reference) VALUES (${mark}, ${pool ? '$2' : '?'})`, [
      eventId,
      reference,
    ]);
    at('in onPayment, after its write');
  },
});
const hooks = ledger.webhooks();
const server = createServer((req, res) => {
  at('a callback comes');
  res.on('finish', () => at('a callback is answered'));
  hooks(req, res);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send({ port: server.address().port });

const retried = new Set();
const work = async (reference) => {
  const via = others[reference];
  // A refused order may be tried again, as a customer would.
  const payment = await ledger.charge({ ...CHARGE, reference, phone: '0712345678', via }).catch(() => null);
  if (payment?.status === 'failed' && !retried.has(reference)) {
    retried.add(reference);
    await ledger.retry(reference).catch(() => {});
  }
};
const sweeps = setInterval(() => ledger.sweep({ now: Date.now() + 120_000 }).catch(() => {}), 40);
await Promise.all(orders.map(work));
const until = performance.now() + 1_500;
while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
clearInterval(sweeps);
// The step was never reached.
process.send({ survived: true });
await ledger.close();
server.close();
server.closeAllConnections();
await pool?.end();
process.disconnect();
