// A shop that is killed while it handles a callback: the gateway's next copy is handled, by whichever process lives.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { postgresReplayTable } from 'finconnect/replay';
import pg from 'pg';
import { AZAMPAY } from '../support/azampay.mjs';
import { start } from '../support/child.mjs';
import { noPostgres, noRedis, startPostgres, startRedis } from '../support/servers.mjs';
import { orderPaid } from './shop.mjs';

const LEASE_MS = 3000;
const script = fileURLToPath(new URL('process.mjs', import.meta.url));

/** Starts a shop; `next(word)` resolves with what it tells next of that kind. */
async function startShop(t, store, mode) {
  const { child, out } = start(process.execPath, [script, store, mode, JSON.stringify(AZAMPAY), String(LEASE_MS)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  const told = [];
  const waiting = [];
  child.on('message', (words) => {
    told.push(words);
    for (const look of waiting.splice(0)) look();
  });
  child.on('exit', () => {
    for (const look of waiting.splice(0)) look();
  });
  const next = async (word) => {
    for (;;) {
      const found = told.find(([first]) => first === word);
      if (found) return found;
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the shop ended: ${out.stderr}`);
      await new Promise((resolve) => waiting.push(resolve));
    }
  };
  const [, url] = await next('listening');
  return { url, next, child, told };
}

const send = (url, body) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Kills a shop at `mode`, and delivers the same callback to another until that one takes it. */
async function killed(t, store, mode) {
  const doomed = await startShop(t, store, mode);
  const heir = await startShop(t, store, 'none');
  const body = orderPaid();
  const lost = assert.rejects(send(doomed.url, body));
  const [, reference, eventId, duplicate] = await doomed.next('handled');
  assert.deepEqual([reference, duplicate], [body.utilityref, false]);
  if (mode === 'before the commit') await doomed.next(mode);
  assert.equal((await send(heir.url, body)).status, 409, 'while its lease lasts');
  doomed.child.kill('SIGKILL');
  await once(doomed.child, 'exit');
  await lost;
  const statuses = new Set();
  const begun = performance.now();
  for (let status; status !== 200; ) {
    ({ status } = await send(heir.url, body));
    statuses.add(status);
    assert.ok(performance.now() - begun < 30_000, 'it is never handled');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual([...statuses], [409, 200]);
  assert.deepEqual(await heir.next('handled'), ['handled', reference, eventId, true]);
  for (let copy = 0; copy < 5; copy++) assert.equal((await send(heir.url, body)).status, 200);
  assert.equal(heir.told.filter(([word]) => word === 'handled').length, 1);
}

/** Fifty copies at one time, to two processes. */
async function once50(t, store) {
  const shops = [await startShop(t, store, 'none'), await startShop(t, store, 'none')];
  const body = orderPaid();
  const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => send(shops[at % 2].url, body)));
  assert.ok(answers.every(({ status }) => status === 200 || status === 409));
  assert.equal((await send(shops[0].url, body)).status, 200);
  assert.equal(shops.flatMap(({ told }) => told).filter(([word]) => word === 'handled').length, 1);
}

const STORES = {
  Redis: [noRedis, startRedis, async ({ port }) => `redis://127.0.0.1:${port}`],
  PostgreSQL: [
    noPostgres,
    startPostgres,
    async ({ port, user }) => {
      const client = new pg.Client({ host: '127.0.0.1', port, user, database: 'postgres' });
      await client.connect();
      await client.query(postgresReplayTable());
      await client.end();
      return `pg://${user}@127.0.0.1:${port}`;
    },
  ],
};

for (const [name, [missing, startServer, prepare]] of Object.entries(STORES)) {
  if (missing) console.error(`SKIPPED: ${missing}`);
  describe(`webhooks on ${name}`, () => {
    let server;
    let store;
    before(async () => {
      if (missing) return;
      server = await startServer();
      store = await prepare(server);
    });
    after(() => server?.stop());
    for (const mode of ['in the handler', 'before the commit'])
      test(`killed ${mode}: the next copy is handled`, { skip: missing }, (t) => killed(t, store, mode));
    test('fifty copies to two processes are handled once', { skip: missing }, (t) => once50(t, store));
  });
}
