// The ledger's store over other clients of PostgreSQL, as docs/guide/ledger-databases.md shows them.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FintechSDK } from 'finconnect';
import { openLedger, triesPerPhone } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import pg from 'pg';
import { blocksOf, buildFolder } from '../docs/blocks.mjs';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { deposits, shop, storeLaws } from './store-laws.mjs';

const require = createRequire(import.meta.url);
const ledger = require.resolve('../../lib/ledger/stores/index.js');
const { postgres } = require(ledger);

if (noPostgres) console.error(`SKIPPED: ${noPostgres}`);

/** What `prisma generate` writes for a schema without models: the command itself would download a program first. */
const PRISMA = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const engine = '@prisma/client/runtime/query_compiler_fast_bg.postgresql';
export const PrismaClient = require('@prisma/client/runtime/client').getPrismaClient({
  previewFeatures: [],
  clientVersion: '7.10.0',
  engineVersion: '',
  activeProvider: 'postgresql',
  inlineSchema: 'datasource db { provider = "postgresql" }',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: 'AAAAAAAAAAAAAAAA' },
  compilerWasm: {
    getRuntime: async () => require(engine + '.js'),
    getQueryCompilerWasmModule: async () =>
      new WebAssembly.Module(Buffer.from(require(engine + '.wasm-base64.js').wasm, 'base64')),
    importName: './query_compiler_fast_bg.js',
  },
});
`;

/** A day that is now. */
const period = () => ({
  gateway: 'clickpesa',
  from: new Date(Date.now() - 86_400_000),
  to: new Date(Date.now() + 86_400_000),
});

/** How each client is closed, by the name that its block gives it. */
const ENDS = { sql: 'sql.end()', db: '(db.destroy ? db.destroy() : pool.end())', prisma: 'prisma.$disconnect()' };

describe('the store over other clients of PostgreSQL', () => {
  let server;
  let admin;
  let databases = 0;
  before(async () => {
    if (noPostgres) return;
    server = await startPostgres();
    admin = new pg.Pool({ host: '127.0.0.1', port: server.port, user: server.user, database: 'postgres' });
  });
  after(async () => {
    await admin?.end();
    await server?.stop();
  });

  const blocks = blocksOf('docs/guide/ledger-databases.md', ['javascript']);

  /** Runs a block of the document on a database of its own. */
  async function made(t, { code, line }, isolation = 'read committed') {
    const database = `shop_${++databases}`;
    await admin.query(`CREATE DATABASE ${database}`);
    await admin.query(`ALTER DATABASE ${database} SET default_transaction_isolation = '${isolation}'`);
    const url = `postgres://${server.user}@127.0.0.1:${server.port}/${database}`;
    const folder = buildFolder(t);
    mkdirSync(join(folder, 'generated/prisma'), { recursive: true });
    writeFileSync(join(folder, 'generated/prisma/client.js'), PRISMA);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const client = Object.keys(ENDS).find((name) => code.includes(`const ${name} = `));
    const module = code
      .replace('process.env.DATABASE_URL', JSON.stringify(url))
      .replace('finconnect/ledger', pathToFileURL(ledger).href);
    const file = join(folder, `block-${line}.mjs`);
    writeFileSync(file, `${module}export { store };\nexport const end = () => ${ENDS[client]};\n`);
    const { store, end } = await import(pathToFileURL(file).href);
    t.after(end);
    return store;
  }

  /** The same with the tables of the stores' specs. */
  async function opened(t, block, isolation) {
    const store = await made(t, block, isolation);
    await store.open(shop);
    return store;
  }

  for (const block of blocks) {
    const [, name] = /from '(postgres|kysely|drizzle-orm|@prisma)/.exec(block.code);
    storeLaws(name, (t) => opened(t, block), { mark: '$1', skip: noPostgres });

    test(`${name}: a shop's payments, from the charge to the order`, { skip: noPostgres }, async (t) => {
      const sandbox = await startSandbox();
      t.after(() => sandbox.close());
      const clickpesa = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
      const orders = [];
      const ledger = await openLedger(await made(t, block), {
        gateways: { clickpesa },
        before: triesPerPhone({ most: 3, withinMs: 3_600_000 }),
        onPayment: async ({ reference }, tx, { eventId }) => {
          const [row] = await tx.query('SELECT 1 AS one');
          assert.equal(row.one, 1);
          orders.push([reference, eventId]);
        },
      });
      const charge = { reference: 'B-1', amount: '25000', currency: 'TZS', phone: '0712345678' };
      const [{ gatewayReference }, again] = await Promise.all([ledger.charge(charge), ledger.charge(charge)]);
      assert.equal(again.gatewayReference, gatewayReference);
      await assert.rejects(ledger.charge({ ...charge, amount: '26000' }), { code: 'REFERENCE_CONFLICT' });
      await sandbox.approve(gatewayReference);
      const { changed, handled } = await ledger.sweep({ now: Date.now() + 120_000 });
      assert.deepEqual([changed.map(({ status }) => status), handled], [['succeeded'], 1]);
      assert.deepEqual(orders, [['B-1', 'B-1/1/succeeded']]);
      await ledger.charge({ ...charge, reference: 'B-2' });
      await ledger.resolve('B-2', 'failed', { by: 'Asha', note: 'the customer left' });
      assert.equal((await ledger.retry('B-2')).attempt, 2);
      await assert.rejects(ledger.charge({ ...charge, reference: 'B-3' }), { code: 'BLOCKED' });
      const found = [];
      for await (const { reference, status } of ledger.find()) found.push(`${reference} ${status}`);
      assert.deepEqual(found, ['B-1 succeeded', 'B-2 processing', 'B-3 failed']);
      const differences = [];
      for await (const { kind, reference } of ledger.compare([], period())) differences.push(`${kind} ${reference}`);
      assert.deepEqual(differences.sort(), ['missing-there B-1', 'missing-there B-2']);
      await ledger.close();
    });

    // postgres.js 3.4.9 ends the process then, as the document says.
    const skip = noPostgres || name === 'postgres';
    test(`${name}: a lost connection is told, and the next call has another`, { skip }, async (t) => {
      const store = await opened(t, block);
      const broken = store.transaction(async (tx) => {
        assert.ok(tx.app.client);
        const [{ pid }] = await tx.app.query('SELECT pg_backend_pid() AS pid');
        await admin.query('SELECT pg_terminate_backend($1)', [pid]);
        await tx.run('deposit', { reference: 'A', amount: '5' });
      });
      await assert.rejects(broken, { code: 'LEDGER_UNREACHABLE', message: /^[^\n]+$/ });
      assert.equal((await deposits(store, 'B', 5)).length, 5);
      assert.equal(await store.run('count'), 5);
    });

    test(`${name}: what other transactions got in the way of is tried again`, { skip: noPostgres }, async (t) => {
      const store = await opened(t, block, 'repeatable read');
      await deposits(store, 'A', 2);
      const bumps = await Promise.allSettled(Array.from({ length: 4 }, () => store.run('bump', 'A-0')));
      const done = bumps.filter(({ status }) => status === 'fulfilled').length;
      assert.ok(done >= 2, String(bumps[0].reason));
      assert.equal((await store.run('find', 'A-0')).tries, 1 + done);
      for (const { reason } of bumps) if (reason) assert.equal(reason.code, 'LEDGER_BUSY', String(reason.cause));
    });
  }

  test('the document shows four', () => assert.equal(blocks.length, 4));
});

test('an adapter that does not call, swallows or gives no rows is refused', async () => {
  const wrong = {
    'must call fn,': [() => {}, async () => 1],
    'must call fn\\(\\{ query \\}\\)': [(fn) => fn(), (fn) => fn({ app: 1 })],
    'not answered by rows': [(fn) => fn({ query: async () => ({ rowCount: 1 }) })],
  };
  for (const [message, adapters] of Object.entries(wrong))
    for (const transaction of adapters)
      await assert.rejects(
        postgres({ transaction }).transaction((tx) => tx.app.query('SELECT 1')),
        { code: 'LEDGER_FAILED', message: new RegExp(message) },
      );
  const no = new Error('no');
  const swallowing = postgres({ transaction: (fn) => fn({ query: async () => [] }).catch(() => {}) });
  await assert.rejects(
    swallowing.transaction(async () => {
      throw no;
    }),
    no,
  );
});
