// Many processes, one ledger in PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FintechSDK } from 'finconnect';
import { openLedger, postgres } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import pg from 'pg';
import { runNode } from '../support/child.mjs';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { CHARGE, MINUTE_MS, PUSH } from './shop.mjs';

const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
const STATUS = /^\/third-parties\/payments\/(?!initiate|preview)/;

if (noPostgres) {
  test('processes that share a ledger', { skip: noPostgres }, () => {});
} else {
  let server;
  let pool;
  let database;
  before(async () => {
    server = await startPostgres();
    database = { host: '127.0.0.1', port: server.port, user: server.user, database: 'postgres' };
    pool = new pg.Pool(database);
  });
  after(async () => {
    await pool?.end();
    await server?.stop();
  });

  const shop = async (t, schema) => {
    const sandbox = await startSandbox();
    t.after(() => sandbox.close());
    await pool.query(
      `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.booking (reference text PRIMARY KEY, paid integer)`,
    );
    const config = sandbox.config('clickpesa');
    const processes = (count, asked) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const env = { SHOP: JSON.stringify({ database, config, schema, asked }) };
          const { code, stdout, stderr } = await runNode([worker], { env });
          assert.equal(code, 0, stderr);
          return JSON.parse(stdout);
        }),
      );
    return { sandbox, config, processes };
  };

  test('a thousand charges of one reference, from four processes, are one push', async (t) => {
    const { sandbox, processes } = await shop(t, 'crowd');
    const request = { ...CHARGE, reference: 'CROWD' };
    const said = await processes(4, [{ charge: { times: 250, request } }]);
    assert.equal(new Set(said.flat()).size, 1);
    assert.equal(sandbox.requests().filter(({ path }) => path === PUSH.clickpesa).length, 1);
  });

  test('fifty sweeps at once, in two processes, ask about each payment once and fulfil it once', async (t) => {
    const { sandbox, config, processes } = await shop(t, 'sweeps');
    const gateways = { clickpesa: new FintechSDK({ provider: 'clickpesa', config }) };
    const ledger = await openLedger(postgres(pool, { schema: 'sweeps' }), { gateways });
    const most = gateways.clickpesa.capabilities().statusesPerMinute;
    for (let number = 0; number < most; number += 1) {
      const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: `S${number}` });
      await sandbox.approve(gatewayReference);
    }
    await ledger.close();
    const said = await processes(2, [{ sweeps: 25, now: Date.now() + 2 * MINUTE_MS }]);
    assert.equal(
      said.flat().reduce((sum, count) => sum + count, 0),
      most,
    );
    assert.equal(sandbox.requests().filter(({ path }) => STATUS.test(path)).length, most);
    const { rows } = await pool.query('SELECT count(*)::integer AS paid FROM sweeps.booking');
    assert.equal(rows[0].paid, most);
  });
}
