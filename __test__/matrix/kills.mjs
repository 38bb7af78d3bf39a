// `npm run kills`: kills a shop's process at every step of its payments, more than 500 times on SQLite and as often on
// PostgreSQL, then sweeps until all is quiet and compares the shop's books with the gateway's. Writes
// docs/records/kills.md; exits with 1 when something does not hold.
//
//   npm run kills -- 40    fewer kills on each; writes nothing
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FintechSDK } from 'finconnect';
import { openLedger, postgres, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import pg from 'pg';
import { cleanEnvironment } from '../support/child.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { provenance, root } from './addon.mjs';
import { page } from './kills-report.mjs';

const require = createRequire(import.meta.url);
const KILLS = 510;
const FULFILLED = 'fulfilled (event_id text PRIMARY KEY, reference text NOT NULL)';
const ORDERS = 8;
const ROUND = 30;
const PUSH = '/third-parties/payments/initiate-ussd-push-request';
const HOUR_MS = 3_600_000;
const child = fileURLToPath(new URL('kills-child.mjs', import.meta.url));
/** Where a process may die. */
const STEPS = [
  'before intend',
  'after intend',
  'the push leaves',
  'the answer of charge',
  'before the news of a charge',
  'after the news of a charge',
  'a callback comes',
  'in the transaction, after settle',
  'in onPayment, before its write',
  'in onPayment, after its write',
  'in the transaction, after handled',
  'after the commit of a callback',
  'a callback is answered',
  'after due',
  'the answer of getPaymentStatus',
  'after the commit of a sweep',
  'before schedule',
  'before again',
  'after again',
];

const kills = Number(process.argv[2] ?? KILLS);
if (!Number.isInteger(kills) || kills < 1) throw new TypeError('The number of kills is a whole number, 1 or more');
if (noPostgres) throw new Error(noPostgres);
const started = performance.now();
const results = [];
for (const kind of ['SQLite', 'PostgreSQL']) results.push(await killed(kind));
const minutes = (performance.now() - started) / 60_000;
const record = page({ run: provenance(), minutes, kills, results });
console.log(record);
if (kills >= KILLS) writeFileSync(join(root, 'docs/records/kills.md'), record);
if (results.some(({ wrong }) => Object.values(wrong).some((count) => count > 0))) process.exitCode = 1;

/** Kills so many processes, a few to each sandbox, which keeps only its last payments. */
async function killed(kind) {
  const server = kind === 'PostgreSQL' ? await startPostgres() : undefined;
  const counts = Object.fromEntries(STEPS.map((step) => [step, 0]));
  const books = { orders: 0, pushes: 0, paid: 0, fulfilled: 0, survivors: 0 };
  const wrong = { unwritten: 0, twice: 0, lost: 0, again: 0, unpaid: 0, open: 0 };
  let deaths = 0;
  for (let turn = 0; deaths < kills; ) {
    const place = await (server ? inPostgres(server, turn) : inSqlite());
    const sandbox = await startSandbox({ settleAfterMs: 60 });
    const known = new Map();
    sandbox.subscribe(({ type, payment }) => type === 'payment' && known.set(payment.id, payment));
    const configs = { clickpesa: sandbox.config('clickpesa'), azampay: sandbox.config('azampay') };
    const door = await doorOf(sandbox, Object.keys(configs));
    let open = [];
    for (const end = deaths + ROUND; deaths < Math.min(end, kills); turn += 1) {
      if (turn > kills * 4) throw new Error(`only ${deaths} of ${turn} processes died`);
      const step = STEPS[turn % STEPS.length];
      const fresh = Array.from({ length: ORDERS }, (_, at) => `ORDER-${turn * ORDERS + at}`);
      const orders = [...open, ...fresh];
      const others = Object.fromEntries(orders.map((reference) => [reference, viaOf(reference)]));
      for (let refused = 0; refused < turn % 3; refused += 1) sandbox.next({ name: '429', route: PUSH });
      const shop = { place: place.told, configs, orders, step, nth: 1 + (turn % 4), others };
      const isDead = await dies(door, shop);
      books.orders += fresh.length;
      books.survivors += isDead ? 0 : 1;
      deaths += isDead ? 1 : 0;
      counts[step] += isDead ? 1 : 0;
      // The customers of some orders press "pay" again.
      open = orders.slice(-3);
    }
    process.stderr.write(`\r${kind}: ${deaths} of ${kills} killed   `);
    const found = await settled(place, sandbox, configs, door);
    compare(found, [...known.values()], books, wrong);
    door.close();
    await sandbox.close();
    await place.remove();
  }
  process.stderr.write('\n');
  await server?.stop();
  return { kind, deaths, counts, books, wrong };
}

/** ClickPesa, AzamPay, or the one after the other. */
function viaOf(reference) {
  return [['clickpesa'], ['azampay'], ['clickpesa', 'azampay'], ['clickpesa']][Number(reference.split('-')[1]) % 4];
}

/** Where callbacks come to: the process that lives, or nobody. */
async function doorOf(sandbox, names) {
  const door = createServer((req, res) => door.leadsTo(req, res));
  door.leadsTo = (_, res) => res.destroy();
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  for (const name of names) sandbox.setWebhook(name, `http://127.0.0.1:${door.address().port}/hooks/${name}`);
  return door;
}

function passOn(port, req, res) {
  const { method, url, headers } = req;
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.on('error', () => res.destroy()).pipe(res);
  });
  onward.on('error', () => res.destroy());
  req.pipe(onward);
}

/** Runs one process; whether it died by its own hand. */
async function dies(door, shop) {
  const one = fork(child, [], {
    cwd: root,
    execPath: nodeWithSqlite(),
    execArgv: ['--no-warnings'],
    env: cleanEnvironment({ SHOP: JSON.stringify(shop) }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  one.on('message', ({ port }) => {
    if (port !== undefined) door.leadsTo = (req, res) => passOn(port, req, res);
  });
  const timer = setTimeout(() => one.kill('SIGTERM'), 60_000);
  const [code, signal] = await once(one, 'exit');
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`a process ended with ${code ?? signal}`);
  return signal === 'SIGKILL';
}

/** Sweeps until nothing changes any more, with AzamPay's callbacks once more: it cannot be asked. */
async function settled(place, sandbox, configs, door) {
  const gateways = Object.fromEntries(
    Object.entries(configs).map(([provider, config]) => [provider, new FintechSDK({ provider, config })]),
  );
  const onPayment = place.fulfil;
  const ledger = await openLedger(place.store(), { gateways, onPayment });
  door.leadsTo = ledger.webhooks();
  // Prompts that are still on phones are answered.
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const { id, gateway } of sandbox.webhooks()) if (gateway === 'azampay') await sandbox.redeliver(id);
  let ahead = HOUR_MS;
  // Each sweep asks about as many as the gateway allows in a minute.
  for (let quiet = 0, turns = 0; quiet < 10; turns += 1, ahead += HOUR_MS) {
    if (turns > 500) throw new Error('it never gets quiet');
    const { changed, handled, failed } = await ledger.sweep({ now: Date.now() + ahead, limit: 10_000 });
    quiet = changed.length + handled + failed === 0 ? quiet + 1 : 0;
  }
  const payments = [];
  for await (const payment of ledger.find()) payments.push(payment);
  const attempts = await place.all('attempt', 'reference, gateway, gateway_reference');
  const fulfilled = await place.all('fulfilled', 'reference');
  await ledger.close();
  return { payments, attempts, fulfilled: fulfilled.map(({ reference }) => reference) };
}

/** What the shop's books and the gateways' say of each other. */
function compare({ payments, attempts, fulfilled }, pushes, books, wrong) {
  const orderOf = new Map(attempts.map((one) => [`${one.gateway} ${one.gateway_reference}`, one.reference]));
  const paid = new Map();
  for (const push of pushes) {
    const order = orderOf.get(`${push.gateway} ${push.reference}`);
    wrong.unwritten += order === undefined ? 1 : 0;
    if (push.receipt !== '') paid.set(order, (paid.get(order) ?? 0) + 1);
  }
  const times = new Map();
  for (const order of fulfilled) times.set(order, (times.get(order) ?? 0) + 1);
  books.pushes += pushes.length;
  books.paid += paid.size;
  books.fulfilled += times.size;
  wrong.twice += [...paid.values()].filter((count) => count > 1).length;
  wrong.again += [...times.values()].filter((count) => count > 1).length;
  wrong.lost += [...paid.keys()].filter((order) => !times.has(order)).length;
  wrong.unpaid += [...times.keys()].filter((order) => !paid.has(order)).length;
  wrong.open += payments.filter(({ reference, status }) => paid.has(reference) && status !== 'succeeded').length;
}

async function inSqlite() {
  const Database = require('better-sqlite3');
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-kills-'));
  const file = join(folder, 'shop.db');
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE TABLE ${FULFILLED}`);
  return {
    told: { file },
    store: () => sqlite(db),
    async fulfil({ reference, status }, tx, { eventId }) {
      if (status === 'succeeded') await tx.query('INSERT INTO fulfilled VALUES (?, ?)', [eventId, reference]);
    },
    all: async (table, columns) =>
      db.prepare(`SELECT ${columns} FROM ${table === 'fulfilled' ? table : `finconnect_${table}`}`).all(),
    async remove() {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function inPostgres({ port, user }, number) {
  const schema = `kills${number}`;
  const own = { host: '127.0.0.1', port, user, database: 'postgres' };
  const pool = new pg.Pool(own);
  await pool.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.${FULFILLED}`);
  return {
    told: { postgres: own, schema },
    store: () => postgres(pool, { schema }),
    async fulfil({ reference, status }, tx, { eventId }) {
      if (status === 'succeeded')
        await tx.query(`INSERT INTO ${schema}.fulfilled VALUES ($1, $2)`, [eventId, reference]);
    },
    async all(table, columns) {
      const name = table === 'fulfilled' ? table : `finconnect_${table}`;
      return (await pool.query(`SELECT ${columns} FROM ${schema}.${name}`)).rows;
    },
    remove: () => pool.end(),
  };
}
