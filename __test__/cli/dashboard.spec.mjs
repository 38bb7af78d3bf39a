import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FintechSDK } from 'finconnect';
import { openLedger, postgres, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import { root, runNode, start } from '../support/child.mjs';
import { hasSqlite } from '../support/newer-node.mjs';
import { noPostgres, startPostgres } from '../support/servers.mjs';

const require = createRequire(import.meta.url);
const Database = require('better-sqlite3');
const BIN = join(root, 'lib/cli/bin.js');
const folder = mkdtempSync(join(tmpdir(), 'finconnect-dashboard-'));
const sandbox = await startSandbox();
const config = sandbox.config('clickpesa');
after(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const sdk = () => new FintechSDK({ provider: 'clickpesa', config });

/** A ledger with one payment, in a file of its own; `db` is its app's handle. */
async function fileWith(reference, options) {
  const file = join(folder, `${reference}.db`);
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  const ledger = await openLedger(sqlite(db, options), { gateways: { clickpesa: sdk() } });
  await ledger.charge({ reference, amount: '25000', currency: 'TZS', phone: '0712345678' });
  await ledger.close();
  return { file, db };
}

/** Starts the command, and waits for the address that it prints. */
async function dashboard(t, ...args) {
  const { child, out, ended } = start(process.execPath, [BIN, 'dashboard', ...args]);
  t.after(() => child.kill('SIGKILL'));
  const isOver = ended.then(() => true);
  while (!out.stdout.includes('\n'))
    if ((await Promise.race([once(child.stdout, 'data'), isOver])) === true) throw new Error(out.stderr);
  const [, url] = /^Dashboard: (http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/)\n/.exec(out.stdout) ?? assert.fail(out.stdout);
  return { url, out, end: () => (child.kill('SIGTERM'), ended) };
}

const textOf = async (url, init) => {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
};

test('it shows a file, only reads it, and ends by a signal', async (t) => {
  const { file, db } = await fileWith('FILE');
  t.after(() => db.close());
  const { url, out, end } = await dashboard(t, '--ledger', file);
  assert.match(out.stdout, /Read-only/);
  for (const path of ['', '?days=30', 'payments', 'attention', 'payment?reference=FILE', 'search?q=5678'])
    assert.match((await textOf(url + path)).text, /FILE|25,000|TZS 0|Nothing waits/, path);
  // The app's own handle is not kept from writing, and what it writes is seen.
  db.exec("UPDATE finconnect_payment SET status = 'succeeded'");
  assert.match((await textOf(`${url}payments`)).text, /pill good/);
  const form = {
    method: 'POST',
    body: new URLSearchParams({ reference: 'FILE' }),
    headers: { origin: new URL(url).origin },
  };
  assert.equal((await textOf(`${url}ask`, form)).status, 403);
  const { code, stderr } = await end();
  assert.deepEqual([code, stderr], [0, '']);
});

test('without the token, or by another name of the machine, there is nothing', async (t) => {
  const { file, db } = await fileWith('TOKEN');
  db.close();
  const { url } = await dashboard(t, '--ledger', file);
  const { origin, pathname, port } = new URL(url);
  const other = pathname[1] === 'x' ? 'y' : 'x';
  for (const path of ['/', '/payments', `${pathname.slice(0, -2)}/`, `/${other}${pathname.slice(2)}`, '/style.css'])
    assert.deepEqual((await textOf(origin + path)).status, 404, path);
  const by = async (host) => {
    const [response] = await once(request({ port, path: pathname, headers: { host } }).end(), 'response');
    response.resume();
    return response.statusCode;
  };
  assert.equal(await by(`localhost:${port}`), 200);
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port}.evil.example`])
    assert.equal(await by(host), 404, host);
});

test('with a module and --act a payment is resolved, and its handler hears of it', async (t) => {
  const { file, db } = await fileWith('ACT');
  db.close();
  const module = join(folder, 'ledger.cjs');
  writeFileSync(
    module,
    `const { FintechSDK } = require(${JSON.stringify(join(root, 'index.js'))});
const { openLedger, sqlite } = require(${JSON.stringify(join(root, 'lib/ledger/index.js'))});
const Database = require(${JSON.stringify(require.resolve('better-sqlite3'))});
exports.ledger = () => openLedger(sqlite(new Database(${JSON.stringify(file)})), {
  gateways: { clickpesa: new FintechSDK({ provider: 'clickpesa', config: ${JSON.stringify(config)} }) },
  onPayment: ({ reference, status }) => console.error('handled', reference, status),
});`,
  );
  const { url, end } = await dashboard(t, '--ledger', module, '--act');
  const fields = { reference: 'ACT', status: 'succeeded', by: 'Asha', note: 'Support' };
  const send = (headers) =>
    fetch(`${url}resolve`, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
  assert.equal((await send({ origin: 'http://evil.example' })).status, 403);
  assert.equal((await send({ origin: new URL(url).origin })).status, 303);
  const { code, stderr } = await end();
  assert.deepEqual([code, stderr], [0, 'handled ACT succeeded\n']);
});

test('it reads PostgreSQL, of a schema, and makes nothing there', { skip: noPostgres }, async (t) => {
  const { Pool } = require('pg');
  const server = await startPostgres();
  t.after(() => server.stop());
  const own = { host: '127.0.0.1', port: server.port, user: server.user, database: 'postgres' };
  const pool = new Pool(own);
  const ledger = await openLedger(postgres(pool, { schema: 'shop' }), { gateways: { clickpesa: sdk() } });
  await ledger.charge({ reference: 'PG', amount: '25000', currency: 'TZS', phone: '0712345678' });
  await ledger.close();
  const where = `postgres://${server.user}@127.0.0.1:${server.port}/postgres`;
  const { url, end } = await dashboard(t, '--ledger', where, '--schema', 'shop');
  for (const path of ['', '?days=1', 'payments', 'attention', 'payment?reference=PG', 'search?q=5678', 'payments.csv'])
    assert.match((await textOf(url + path)).text, /PG|25,000|TZS 0|Nothing waits/, path);
  assert.equal((await end()).code, 0);
  const { code, stderr } = await runNode([BIN, 'dashboard', '--ledger', where]);
  assert.equal(code, 1);
  assert.match(stderr, /^finconnect: That database cannot be read as a ledger: .*finconnect_payment.*\n$/);
  const { rows } = await pool.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
  assert.equal(rows.length, 0);
  await pool.end();
});

test('exit codes and messages of what is wrong', async () => {
  const { file, db } = await fileWith('WRONG', { prefix: 'pay_' });
  db.close();
  const none = join(folder, 'none.mjs');
  writeFileSync(none, 'export const payments = 1;');
  const cases = [
    [[], 2, /Missing: --ledger/],
    [['--ledger', 'nowhere.db'], 2, /There is no file nowhere\.db/],
    [['--ledger', file, '--act'], 2, /--act needs a module/],
    [['--ledger', file, '--schema', 'x'], 2, /--schema is for PostgreSQL/],
    [['--ledger', file, '--prefix', 'Bad-'], 2, /--prefix must be/],
    [['--ledger', none, '--prefix', 'x_'], 2, /are for a file or database/],
    [['--ledger', file, '--port', '70000'], 2, /--port takes a number/],
    [['--ledger', file, '--prefix', 'pay_', '--time-zone', 'Mars'], 2, /--time-zone takes a name/],
    [['--ledger', file], 1, /cannot be read as a ledger: no such table: finconnect_payment/],
    [['--ledger', none], 1, /exports no ledger/],
  ];
  for (const [args, expected, words] of cases) {
    const { code, stdout, stderr } = await runNode([BIN, 'dashboard', ...args]);
    assert.deepEqual([code, stdout], [expected, ''], stderr);
    assert.match(stderr, words);
  }
  const { stdout } = await runNode([BIN, 'dashboard', '--help']);
  assert.match(stdout, /--ledger WHERE[\s\S]*Exit codes/);
});

test('an address of PostgreSQL is not repeated when it fails', async () => {
  const { code, stderr } = await runNode([BIN, 'dashboard', '--ledger', 'postgres://me:s3cret@127.0.0.1:9/shop']);
  assert.equal(code, 1);
  assert.doesNotMatch(stderr, /s3cret/);
});

test('both drivers of SQLite read the same', { skip: !hasSqlite && 'this Node has no node:sqlite' }, async () => {
  const { file, db } = await fileWith('DRIVER');
  db.close();
  const { sqliteReader } = await import(pathToFileURL(join(root, 'lib/ledger/stores/reader.js')));
  const reader = await sqliteReader(file);
  const [{ reference }] = await reader.read('found', { text: 'DRIVER' });
  await reader.close();
  assert.equal(reference, 'DRIVER');
});
