// A database that is away for a while: nothing is lost, nothing is charged twice, and the app goes on.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { FintechSDK } from 'finconnect';
import { openLedger, postgres, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import pg from 'pg';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { CHARGE, PUSH } from './shop.mjs';

async function gatewayOf(t) {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
  const pushes = () => sandbox.requests().filter(({ path }) => path === PUSH.clickpesa).length;
  return { sandbox, gateways: { clickpesa: sdk }, pushes };
}

/** A database whose writes can be made to fail. */
function ofFile(t) {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-outage-'));
  const [own, other] = [1, 2].map(() => new Database(join(folder, 'shop.db'), { timeout: 50 }));
  own.pragma('journal_mode = WAL');
  t.after(() => {
    own.close();
    other.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { own, lock: () => other.exec('BEGIN IMMEDIATE'), unlock: () => other.exec('ROLLBACK') };
}

test('an intent that cannot be written is not sent, and is when it can', async (t) => {
  const { gateways, pushes } = await gatewayOf(t);
  const { own, lock, unlock } = ofFile(t);
  const ledger = await openLedger(sqlite(own), { gateways });
  t.after(() => ledger.close());
  lock();
  const error = await ledger.charge({ ...CHARGE, reference: 'LOCKED' }).catch((why) => why);
  assert.deepEqual([error.name, error.code, error.outcome], ['FinConnectError', 'LEDGER_BUSY', 'not_sent']);
  assert.equal(pushes(), 0);
  unlock();
  assert.equal((await ledger.charge({ ...CHARGE, reference: 'LOCKED' })).outcome, 'accepted');
  assert.equal(pushes(), 1);
});

test('an answer that cannot be written is told as unknown, and written when it can', async (t) => {
  const { sandbox, gateways, pushes } = await gatewayOf(t);
  const { own, lock, unlock } = ofFile(t);
  const ledger = await openLedger(sqlite(own), { gateways });
  t.after(() => ledger.close());
  sandbox.subscribe(
    ({ type, request }) => type === 'request' && request.path === PUSH.clickpesa && !isLocked && locks(),
  );
  let isLocked = false;
  const locks = () => {
    isLocked = true;
    lock();
  };
  const error = await ledger.charge({ ...CHARGE, reference: 'ANSWER' }).catch((why) => why);
  assert.deepEqual([error.code, error.outcome], ['LEDGER_BUSY', 'unknown']);
  unlock();
  for (let looks = 0; looks < 100 && (await ledger.get('ANSWER')).outcome === null; looks += 1) await after(50);
  const payment = await ledger.get('ANSWER');
  assert.deepEqual([payment.outcome, typeof payment.transactionId], ['accepted', 'string']);
  assert.equal(pushes(), 1);
});

test('what is made again, as after a connection that broke at the commit, gives what it gave', async (t) => {
  const { sandbox, pushes } = await gatewayOf(t);
  const gateways = Object.fromEntries(
    ['clickpesa', 'azampay'].map((provider) => [
      provider,
      new FintechSDK({ provider, config: sandbox.config(provider) }),
    ]),
  );
  const own = sqlite(ofFile(t).own);
  const CLAIMS = ['due', 'dueEvents'];
  const twice = {
    open: () => own.open(),
    close: () => own.close(),
    transaction: (work) => own.transaction(work),
    async run(name, args) {
      if (!CLAIMS.includes(name)) await own.run(name, args);
      return own.run(name, args);
    },
  };
  let clock = Date.now();
  const ledger = await openLedger(twice, { gateways, clock: () => clock });
  t.after(() => ledger.close());
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'WHOLE', via: 'clickpesa' });
  await sandbox.approve(gatewayReference);
  await ledger.sweep({ now: Date.now() + 120_000 });
  assert.equal((await ledger.get('WHOLE')).status, 'succeeded');
  sandbox.next({ name: 'success-false', route: '/disburse' });
  const part = { reference: 'PART', of: 'WHOLE', amount: '25000', currency: 'TZS', to: { phone: '0754100000' } };
  assert.equal((await ledger.payout({ ...part, name: 'Asha Juma', via: 'azampay' })).status, 'failed');
  assert.equal((await ledger.retry('PART')).attempt, 2);
  sandbox.next({ name: 'reset-before', route: PUSH.clickpesa });
  await ledger.charge({ ...CHARGE, reference: 'NEVER', via: 'clickpesa' });
  clock += 180_000;
  const again = await ledger.retry('NEVER');
  assert.deepEqual([again.attempt, again.outcome, pushes()], [1, 'accepted', 3]);
});

test('PostgreSQL restarts in the middle of a load', { skip: noPostgres }, async (t) => {
  const { gateways, pushes } = await gatewayOf(t);
  const server = await startPostgres();
  t.after(() => server.stop());
  const pool = new pg.Pool({ host: '127.0.0.1', port: server.port, user: server.user, database: 'postgres', max: 4 });
  t.after(() => pool.end());
  const ledger = await openLedger(postgres(pool), { gateways });
  t.after(() => ledger.close());
  const paid = [];
  const pay = async (number) => {
    const reference = `R${number}`;
    for (;;) {
      try {
        paid.push(await ledger.charge({ ...CHARGE, reference }));
        return;
      } catch (error) {
        assert.match(error.code, /^LEDGER_/);
        await after(100);
      }
    }
  };
  const restarted = after(150).then(() => server.restart('SIGINT'));
  for (let number = 0; number < 200; number += 8)
    await Promise.all(Array.from({ length: 8 }, (_, at) => pay(number + at)));
  await restarted;
  assert.equal(new Set(paid.map(({ reference }) => reference)).size, 200);
  assert.equal(pushes(), 200);
});
