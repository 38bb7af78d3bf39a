// The ledger's store in a file of its own, in a thread. A Node without node:sqlite runs this in one that has it.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run, start } from '../support/child.mjs';
import { hasSqlite, nodeWithSqlite } from '../support/newer-node.mjs';
import { deposits, shop, storeLaws } from './store-laws.mjs';

const require = createRequire(import.meta.url);
const { sqlite } = require('../../lib/ledger/stores/index.js');

const here = fileURLToPath(import.meta.url);
const child = fileURLToPath(new URL('./store-child.cjs', import.meta.url));

function folderOf(t) {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-ledger-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function opened(t, path = join(folderOf(t), 'payments.db')) {
  const store = sqlite(path);
  await store.open(shop);
  t.after(() => store.close());
  return { store, path };
}

/** An open connection of our own. */
function other(t, path) {
  const db = new (require('node:sqlite').DatabaseSync)(path);
  t.after(() => db.close());
  return db;
}

if (hasSqlite) {
  storeLaws('a file', async (t) => (await opened(t)).store);
  storeLaws('memory', async (t) => (await opened(t, ':memory:')).store);
} else {
  test('on a Node that has node:sqlite', async () => {
    const specs = [here, fileURLToPath(new URL('./sqlite-handle.spec.mjs', import.meta.url))];
    const args = ['--test', '--test-reporter=spec', ...specs];
    const { code, stdout } = await run(nodeWithSqlite(), args, { timeout: 120_000 });
    assert.equal(code, 0, stdout);
  });

  test('a Node without it says what to install instead', async (t) => {
    const store = sqlite(join(folderOf(t), 'payments.db'));
    const message = /Node 22\.13 .* better-sqlite3 12 .* sqlite\(/;
    await assert.rejects(store.open(shop), { code: 'LEDGER_FAILED', message });
  });
}

const real = hasSqlite ? test : () => {};

real('nothing is printed, no hook is left, and an idle store keeps no process alive', async (t) => {
  const path = join(folderOf(t), 'payments.db');
  const ended = await run(nodeWithSqlite(), [child, 'idle', path], { env: { NODE_OPTIONS: '--trace-uncaught' } });
  assert.deepEqual(ended, { code: 0, signal: null, stdout: '{"count":3,"listeners":0}\n', stderr: '' });
});

real('a call keeps the process alive until it is answered', async (t) => {
  const path = join(folderOf(t), 'payments.db');
  const ended = await run(nodeWithSqlite(), [child, 'alone', path]);
  assert.deepEqual([ended.stdout, ended.stderr], ['{"isNew":true}\n', '']);
});

real('what was answered is there when the process is killed', async (t) => {
  const path = join(folderOf(t), 'payments.db');
  const { child: writer, out, ended } = start(nodeWithSqlite(), [child, 'write', path]);
  while (out.stdout.split('\n').length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
  writer.kill('SIGKILL');
  await ended;
  const answered = out.stdout.split('\n').slice(0, -1);
  const { store } = await opened(t, path);
  for (const reference of answered) assert.equal((await store.run('find', reference)).reference, reference);
});

real('a lock of another process is waited for', async (t) => {
  const { store, path } = await opened(t);
  const db = other(t, path);
  db.exec('BEGIN IMMEDIATE');
  const run = deposits(store, 'A', 3);
  await new Promise((resolve) => setTimeout(resolve, 100));
  db.exec('COMMIT');
  await run;
});

real('one that lasts is told after 5 seconds, and the next call works', async (t) => {
  const { store, path } = await opened(t);
  const db = other(t, path);
  db.exec('BEGIN IMMEDIATE');
  const started = performance.now();
  await assert.rejects(deposits(store, 'A', 3), {
    code: 'LEDGER_BUSY',
    message: /locked by another process.* nothing was/,
  });
  assert.ok(performance.now() - started >= 4900);
  db.exec('COMMIT');
  await deposits(store, 'A', 3);
});

real('a full disk is told, and when there is room it goes on', async (t) => {
  const { store } = await opened(t);
  await deposits(store, 'A', 10);
  const pages = (await store.transaction((tx) => tx.app.query('PRAGMA page_count')))[0].page_count;
  await store.transaction((tx) => tx.app.query(`PRAGMA max_page_count = ${pages}`));
  const settled = await Promise.allSettled(
    Array.from({ length: 500 }, (_, at) => store.run('deposit', { reference: `B-${at}`, amount: '5' })),
  );
  const refused = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  assert.ok(refused.length > 0);
  for (const error of refused) {
    assert.equal(error.code, 'LEDGER_FULL');
    assert.match(error.message, /disk .* is full: nothing was written/);
  }
  assert.equal(await store.run('count'), 10 + 500 - refused.length);
  await store.transaction((tx) => tx.app.query('PRAGMA max_page_count = 100000'));
  await deposits(store, 'C', 500);
});

real('so is one that is full in fact, where a small one can be mounted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-full-'));
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder]).catch(() => ({ code: 1 }));
  if (mounted.code !== 0) return t.skip('mount needs the rights of root');
  t.after(async () => {
    await run('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  const { store } = await opened(t, join(folder, 'payments.db'));
  writeFileSync(join(folder, 'big'), Buffer.alloc(150_000));
  let refused;
  let kept = 0;
  for (let at = 0; at < 200 && !refused; at++) {
    await deposits(store, `A-${at}`, 20).then(
      () => (kept += 20),
      (error) => (refused = error),
    );
  }
  assert.equal(refused?.code, 'LEDGER_FULL', refused?.stack);
  rmSync(join(folder, 'big'));
  await deposits(store, 'B', 5);
  assert.ok((await store.run('count')) >= kept + 5);
});

real('a file that may only be read is told, and works when it may be written', async (t) => {
  const folder = folderOf(t);
  const { store, path } = await opened(t, join(folder, 'payments.db'));
  await store.close();
  // Root may write anything: the child is nobody in particular.
  const root = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (root.uid) for (const name of [folder, path]) chownSync(name, root.uid, root.gid);
  chmodSync(path, 0o444);
  const {
    out,
    child: writer,
    ended,
  } = start(nodeWithSqlite(), [child, 'line', path], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...root,
  });
  const said = async (lines) => {
    while (out.stdout.split('\n').length <= lines) await new Promise((resolve) => setTimeout(resolve, 5));
    return out.stdout.split('\n')[lines - 1];
  };
  assert.match(await said(1), /^LEDGER_READ_ONLY The database may not be written/);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  writer.stdin.end('again\n');
  assert.equal(await said(2), 'true');
  assert.equal((await ended).code, 0);
});

real('a file that was deleted or replaced is told, and one that is put back is opened', async (t) => {
  const folder = folderOf(t);
  const { store, path } = await opened(t, join(folder, 'payments.db'));
  await deposits(store, 'A', 3);
  renameSync(path, join(folder, 'elsewhere.db'));
  await assert.rejects(deposits(store, 'B', 3), {
    code: 'LEDGER_FAILED',
    message: /deleted or replaced.* may be lost/,
  });
  await assert.rejects(deposits(store, 'C', 3), {
    code: 'LEDGER_FAILED',
    message: /is not there: nothing was written/,
  });
  renameSync(join(folder, 'elsewhere.db'), path);
  await deposits(store, 'D', 3);
  assert.ok((await store.run('count')) >= 6);
});

real('a folder that is not there, and a file that is no database, are told', async (t) => {
  const folder = folderOf(t);
  const nowhere = sqlite(join(folder, 'no', 'payments.db'));
  await assert.rejects(nowhere.open(shop), { code: 'LEDGER_FAILED', message: /could not be opened.* folder/ });
  writeFileSync(join(folder, 'text.db'), 'no database, but a text that is long enough to be taken for one'.repeat(20));
  await assert.rejects(sqlite(join(folder, 'text.db')).open(shop), {
    code: 'LEDGER_FAILED',
    message: /not a database/,
  });
});

real('a thread that dies is told, and the next call has a new one', async (t) => {
  const { store } = await opened(t);
  await deposits(store, 'A', 3);
  const dying = store.run('dies');
  const behind = store.run('count');
  for (const run of [dying, behind])
    await assert.rejects(run, { code: 'LEDGER_FAILED', message: /thread of the database ended.* is not known/ });
  assert.equal(await store.run('count'), 3);
  const inTransaction = store.transaction(async (tx) => {
    await tx.run('deposit', { reference: 'B', amount: '5' });
    await tx.run('dies').catch(() => {});
    await tx.run('deposit', { reference: 'C', amount: '5' }).catch(() => {});
  });
  await assert.rejects(inTransaction, { code: 'LEDGER_FAILED' });
  assert.equal(await store.run('count'), 3);
});

real('a transaction that takes longer than 10 seconds is rolled back, and others go on', async (t) => {
  const { store } = await opened(t);
  let late;
  const slow = store.transaction(async (tx) => {
    await tx.run('deposit', { reference: 'A', amount: '5' });
    late = tx;
    await new Promise(() => {});
  });
  const behind = deposits(store, 'B', 3);
  await assert.rejects(slow, { code: 'LEDGER_FAILED', message: /longer than 10 seconds/ });
  await behind;
  await assert.rejects(late.run('deposit', { reference: 'C', amount: '5' }), { message: /transaction is over/ });
  assert.equal(await store.run('count'), 3);
});

real('eight processes that open a new file at one time all succeed', async (t) => {
  const path = join(folderOf(t), 'payments.db');
  const ended = await Promise.all(Array.from({ length: 8 }, () => run(nodeWithSqlite(), [child, 'idle', path])));
  assert.deepEqual(
    ended.map(({ stderr, code }) => [stderr, code]),
    Array.from({ length: 8 }, () => ['', 0]),
  );
  const { store } = await opened(t, path);
  assert.equal(await store.run('count'), 3);
  assert.ok(statSync(path).size > 0);
});
