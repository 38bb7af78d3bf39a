'use strict';

exports.Queue = Queue;
exports.handed = handed;
exports.over = over;
exports.tooLong = tooLong;
/** A transaction of the app's is rolled back after this long: others wait for it. */
exports.TRANSACTION_MS = 10_000;

const { failed } = require('./failures.js');
// Captured, so that an app's fake clock does not stop the ledger.
const { setImmediate } = require('node:timers');

/** The most calls that share one transaction. */
const MAX_BATCH = 1000;

/**
 * What SQLite is asked for, in order. `turn` is called once in each event-loop turn in which something has come, and
 * takes it; `after` when all that `turn` has begun and that waits for nothing else is done.
 */
function Queue(turn, after = () => {}) {
  const items = [];
  let isScheduled = false;
  let isClosed = false;

  function schedule() {
    if (isScheduled || items.length === 0) return;
    isScheduled = true;
    // Between two immediates that were made together nothing runs but the microtasks of the first.
    setImmediate(() => {
      isScheduled = false;
      turn();
    });
    setImmediate(after);
  }

  return {
    schedule,
    add: (item) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(failed('LEDGER_FAILED', 'The ledger is closed: nothing was written.'));
        items.push({ name: item.name, args: item.args, work: item.work, resolve, reject });
        schedule();
      }),
    /** The calls that are next, or the transaction, or nothing. */
    take() {
      if (items[0]?.work) return { transaction: items.shift() };
      const end = items.findIndex(({ work }) => work);
      return { calls: items.splice(0, Math.min(end === -1 ? items.length : end, MAX_BATCH)) };
    },
    takeAll: () => items.splice(0),
    close: () => (isClosed = true),
  };
}

/** What the work of a transaction gets. After `end` its statements reject; none that nobody awaits ends the process. */
function handed(run, query, more) {
  let isOpen = true;
  const guarded =
    (statement) =>
    (...args) => {
      const answer = new Promise((resolve) => {
        if (!isOpen) throw over();
        resolve(statement(...args));
      });
      answer.catch(() => {});
      return answer;
    };
  const app = { ...more, query: guarded((text, values = []) => query(text, values)) };
  return { tx: { run: guarded(run), app }, end: () => (isOpen = false) };
}

function over() {
  return failed('LEDGER_FAILED', 'The transaction is over: this statement came after its end and was not run.');
}

function tooLong() {
  return failed('LEDGER_FAILED', 'The transaction was rolled back, since it took longer than 10 seconds.');
}
