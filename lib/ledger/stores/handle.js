'use strict';

exports.HandleStore = HandleStore;

const { Engine } = require('./engine.js');
const { failed, sqliteFailure } = require('./failures.js');
const { MODULES } = require('./procedures.js');
const { Queue, handed } = require('./queue.js');
// Captured, so that an app's fake clock does not stop the ledger.
const { setTimeout } = require('node:timers');

const BUSY_MS = 5000;
const AGAIN_MS = 5;

/** SQLite on a handle of the app's, and on its thread: the ledger's writes and the app's share transactions. */
function HandleStore(db, names) {
  const queue = Queue(turn, () => giveUp?.());
  let engine;
  /** Since when a transaction could not begin. */
  let blockedAt;
  /** Rolls back the app's transaction that is open. */
  let giveUp;

  function turn() {
    try {
      engine.begin();
      blockedAt = undefined;
    } catch (error) {
      return cannotBegin(error);
    }
    const { calls, transaction } = queue.take();
    if (transaction) return interact(transaction);
    engine.batch(calls.map(({ name, args }) => [name, args])).forEach(({ value, error }, at) => {
      if (error) calls[at].reject(error);
      else calls[at].resolve(value);
    });
    queue.schedule();
  }

  /** Another process, or the app on this handle, has a transaction open. */
  function cannotBegin(error) {
    const isOwn = /within a transaction/.test(error?.message);
    const failure = isOwn ? ownTransaction(error) : sqliteFailure(error);
    blockedAt ??= performance.now();
    if (failure.code === 'LEDGER_BUSY' && performance.now() - blockedAt < BUSY_MS)
      return setTimeout(queue.schedule, AGAIN_MS);
    blockedAt = undefined;
    for (const { reject } of queue.takeAll()) reject(failure);
  }

  async function interact({ work, resolve, reject }) {
    const { tx, end } = handed(engine.call, engine.query, {
      db,
      prepare: (text) => db.prepare(text),
      exec: (text) => db.exec(text),
    });
    let isOver = false;
    const finish = (settle) => {
      if (isOver) return;
      isOver = true;
      giveUp = undefined;
      end();
      try {
        settle();
      } catch (error) {
        engine.rollback();
        reject(error);
      }
      queue.schedule();
    };
    const fail = (error) =>
      finish(() => {
        throw error;
      });
    giveUp = () => fail(waited());
    try {
      const value = await work(tx);
      finish(() => {
        engine.commit();
        resolve(value);
      });
    } catch (error) {
      fail(error);
    }
  }

  const transaction = (work) => queue.add({ work });
  const run = (name, args) => queue.add({ name, args });

  return {
    async open(given) {
      try {
        // With WAL and NORMAL a commit could be lost with the power. fullfsync is for macOS.
        db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
        engine = Engine(db, names, { ...MODULES, ...given });
      } catch (error) {
        throw sqliteFailure(error);
      }
      await run('migrate');
    },
    run,
    transaction,
    /** The handle stays open: it is the app's. */
    async close() {
      // Behind all that has come until now.
      const idle = transaction(() => {}).catch(() => {});
      queue.close();
      await idle;
    },
  };
}

function ownTransaction(cause) {
  return failed(
    'LEDGER_BUSY',
    'The app has had a transaction open on this SQLite handle for 5 seconds: nothing was written. End it, then try again.',
    cause,
  );
}

function waited() {
  return failed(
    'LEDGER_FAILED',
    "The transaction was rolled back: it waited for something else than its own statements. On the app's SQLite handle nothing but `tx` may be awaited in it.",
  );
}
