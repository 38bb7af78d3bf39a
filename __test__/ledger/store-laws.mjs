// What holds of every store, with the procedures of ./shop-procedures.cjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('./shop-procedures.cjs', import.meta.url));
/** What `open` of a store takes. */
export const shop = { procedures: path, schema: path };

/** `run(…)` of a store, many times. */
export const deposits = (store, name, count) =>
  Promise.all(
    Array.from({ length: count }, (_, at) => store.run('deposit', { reference: `${name}-${at}`, amount: '5' })),
  );

/** `make(t)` gives an open store of its own. `mark` is how its database writes the first value in a statement. */
export function storeLaws(what, make, { mark = '?', skip = false } = {}) {
  const law = (name, run) => test(`${what}: ${name}`, { skip }, async (t) => run(await make(t), t));

  law('a procedure answers, and does its work once', async (store) => {
    const deposit = { reference: 'A', amount: '25000.50' };
    const answers = await Promise.all([store.run('deposit', deposit), store.run('deposit', deposit)]);
    assert.equal(answers.filter(({ isNew }) => isNew).length, 1);
    const at = '2026-07-01T10:00:00.000Z';
    const kept = { reference: 'A', amount: '25000.50', tries: 1, phone: null, at };
    assert.deepEqual({ ...(await store.run('find', 'A')) }, kept);
    assert.equal(await store.run('find', 'B'), undefined);
  });

  law('what fails among many takes nothing with it, and leaves nothing', async (store) => {
    const good = deposits(store, 'good', 50);
    const failing = Promise.allSettled(['fails', 'wrong'].map((name) => store.run(name, { reference: 'A' })));
    const more = deposits(store, 'more', 50);
    for (const { reason } of await failing) {
      assert.equal(reason.code, 'LEDGER_FAILED');
      assert.match(reason.message, /nothing was written/);
    }
    await Promise.all([good, more]);
    assert.equal(await store.run('count'), 100);
    const halves = await store.transaction((tx) =>
      tx.app.query("SELECT key FROM finconnect_event WHERE key = 'half/A'"),
    );
    assert.equal(halves.length, 0);
  });

  law('a failure has the reason as its cause', async (store) => {
    await assert.rejects(store.run('fails', { reference: 'A' }), (error) => error.cause.message === 'no such thing');
  });

  law("a transaction holds the ledger's writes and the app's", async (store) => {
    await store.transaction((tx) => tx.app.query('CREATE TABLE orders (reference text PRIMARY KEY)'));
    const answer = await store.transaction(async (tx) => {
      await tx.run('deposit', { reference: 'A', amount: '5' });
      await tx.app.query(`INSERT INTO orders (reference) VALUES (${mark})`, ['A']);
      return tx.app.query(`SELECT reference FROM orders WHERE reference = ${mark}`, ['A']);
    });
    assert.deepEqual(
      answer.map((row) => ({ ...row })),
      [{ reference: 'A' }],
    );
    const wrong = new Error('no room');
    const failing = store.transaction(async (tx) => {
      await tx.run('deposit', { reference: 'B', amount: '5' });
      await tx.app.query(`INSERT INTO orders (reference) VALUES (${mark})`, ['B']);
      throw wrong;
    });
    await assert.rejects(failing, (error) => error === wrong);
    assert.equal(await store.run('count'), 1);
    assert.equal((await store.transaction((tx) => tx.app.query('SELECT reference FROM orders'))).length, 1);
  });

  law('calls and transactions at one time keep out of each other', async (store) => {
    const transactions = Array.from({ length: 20 }, (_, at) =>
      store.transaction(async (tx) => {
        await tx.run('deposit', { reference: `t-${at}`, amount: '5' });
        if (at % 2) throw new Error('odd');
      }),
    );
    const [settled] = await Promise.all([Promise.allSettled(transactions), deposits(store, 'd', 200)]);
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 10);
    assert.equal(await store.run('count'), 210);
  });

  law('a statement that failed ends the transaction, also when the work goes on', async (store) => {
    for (const wrong of [(tx) => tx.run('wrong'), (tx) => tx.app.query('SELECT it FROM nowhere')]) {
      const swallowing = store.transaction(async (tx) => {
        await tx.run('deposit', { reference: 'A', amount: '5' });
        await wrong(tx).catch(() => {});
        await tx.run('deposit', { reference: 'B', amount: '5' }).catch(() => {});
      });
      await assert.rejects(swallowing, { code: 'LEDGER_FAILED' });
    }
    assert.equal(await store.run('count'), 0);
  });

  law('a statement after the end is not run, and ends no process when nobody awaits it', async (store) => {
    let late;
    await store.transaction((tx) => {
      late = tx;
    });
    late.run('deposit', { reference: 'late', amount: '5' });
    await assert.rejects(late.run('deposit', { reference: 'late', amount: '5' }), { message: /transaction is over/ });
    await assert.rejects(late.app.query('SELECT 1'), { message: /transaction is over/ });
    assert.equal(await store.run('count'), 0);
  });

  law('opening again changes nothing, and a database of a newer version is refused', async (store) => {
    await deposits(store, 'A', 2);
    await store.open(shop);
    assert.equal(await store.run('count'), 2);
    const newer = `INSERT INTO finconnect_event (key, type, at) VALUES ('migration/3', 'migration', '2026-07-01T10:00:00.000Z')`;
    await store.transaction((tx) => tx.app.query(newer));
    await assert.rejects(store.open(shop), { code: 'LEDGER_FAILED', message: /newer finconnect \(migration 3/ });
  });

  law('closed, it has finished what was asked, and answers nothing more', async (store) => {
    const asked = deposits(store, 'A', 10);
    await Promise.all([store.close(), store.close()]);
    assert.equal((await asked).length, 10);
    await assert.rejects(store.run('count'), { code: 'LEDGER_FAILED', message: /closed/ });
    await assert.rejects(
      store.transaction(() => {}),
      { code: 'LEDGER_FAILED', message: /closed/ },
    );
  });
}
