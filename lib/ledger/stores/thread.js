'use strict';

exports.ThreadStore = ThreadStore;

const { once } = require('node:events');
const { join, resolve: absolute } = require('node:path');
const { MessageChannel, Worker } = require('node:worker_threads');
const { failed, within } = require('./failures.js');
const { MODULES } = require('./procedures.js');
const { Queue, TRANSACTION_MS, handed, tooLong } = require('./queue.js');
const { read, written } = require('./messages.js');
// Captured, so that an app's fake clock does not stop a deadline.
const { setImmediate, setTimeout, clearTimeout } = require('node:timers');

/** A thread that has not answered for so long hangs with its disk, and is given up. */
const ANSWER_MS = 30_000;
const OPEN_MS = 600_000;
/** Answers that are given in one turn of the event loop. */
const AT_ONCE = 16;
/** Lists of calls that are with the thread at one time: while it commits one, the next is there already. */
const POSTS = 2;

/** SQLite in a thread of its own: the app's thread waits for no disk. */
function ThreadStore(path, names) {
  const file = path === ':memory:' ? path : absolute(path);
  let modules = MODULES;
  let worker;
  let watch;
  let isBusy = false;
  /** Who waits for the thread, a list for each message, in the order in which it answers. */
  const waiting = [];
  const queue = Queue(turn);

  function start() {
    const { port1: port, port2: other } = new MessageChannel();
    const thread = new Worker(join(__dirname, 'sqlite-thread.js'), {
      workerData: { port: other, file, names, modules },
      transferList: [other],
      // What the app preloads is not for this thread.
      env: {},
      execArgv: [],
    });
    const started = { thread, port };
    port.on('message', (outcomes) => started === worker && settle(read(outcomes)));
    thread.on('error', (error) => lost(started, error));
    thread.on('exit', () => lost(started));
    keepAlive(started, false);
    return started;
  }

  const keepAlive = ({ thread, port }, isNeeded) => {
    for (const end of [thread, port]) isNeeded ? end.ref() : end.unref();
  };

  function settle(outcomes) {
    const callers = [];
    while (callers.length < outcomes.length) callers.push(...waiting.shift());
    if (waiting.length > 0) watch.refresh();
    else {
      clearTimeout(watch);
      keepAlive(worker, false);
    }
    turn();
    release(outcomes, callers, 0);
  }

  function lost(ended, cause) {
    if (ended !== worker) return;
    worker = undefined;
    clearTimeout(watch);
    ended.port.close();
    for (const { reject } of waiting.splice(0).flat())
      reject(
        failed(
          'LEDGER_FAILED',
          `The thread of the database ended${cause ? ` (${cause.message})` : ''}: whether this was written is not known. Try again.`,
          cause,
        ),
      );
    queue.schedule();
  }

  function post(message, callers, ms = ANSWER_MS) {
    try {
      worker ??= start();
      worker.port.postMessage(written(message, message[0] === 'query'));
    } catch (error) {
      const refused = failed(
        'LEDGER_FAILED',
        `The database could not be asked (${error.message}): nothing was written.`,
        error,
      );
      for (const { reject } of callers) reject(refused);
      return;
    }
    if (waiting.length === 0) {
      keepAlive(worker, true);
      watch = setTimeout(giveUp, ms, worker, ms);
    }
    waiting.push(callers);
  }

  function giveUp(watched, ms) {
    lost(watched, new Error(`no answer within ${ms / 1000} seconds`));
    watched.thread.terminate();
  }

  const ask = (kind, one, two, ms) =>
    new Promise((resolve, reject) => post([kind, one, two], [{ resolve, reject }], ms));

  /** What comes while the thread has enough to do waits, and shares the next commit. */
  function turn() {
    while (!isBusy && waiting.length < POSTS) {
      const { calls, transaction } = queue.take();
      if (transaction) interact(transaction);
      else if (calls.length === 0) return;
      else post(['run', calls.map(({ name, args }) => [name, args])], calls);
    }
  }

  async function interact({ work, resolve, reject }) {
    isBusy = true;
    const { tx, end } = handed(
      (name, args) => ask('call', name, args),
      (text, values) => ask('query', text, values),
    );
    try {
      await ask('begin');
      const value = await within(TRANSACTION_MS, (async () => work(tx))(), tooLong);
      end();
      await ask('commit');
      resolve(value);
    } catch (error) {
      end();
      if (worker) await ask('rollback').catch(() => {});
      reject(error);
    }
    isBusy = false;
    queue.schedule();
  }

  const transaction = (work) => queue.add({ work });

  async function end() {
    // Behind all that has come until now.
    const idle = transaction(() => {}).catch(() => {});
    queue.close();
    await idle;
    await endThread();
  }

  async function endThread() {
    if (!worker) return;
    const { thread } = worker;
    const ended = once(thread, 'exit');
    thread.ref();
    worker.port.postMessage(['close']);
    await within(ANSWER_MS, ended, tooLong).catch(() => thread.terminate());
  }

  let closing;
  const close = () => (closing ??= end());

  return {
    async open(given) {
      modules = { ...MODULES, ...given };
      try {
        await ask('open', undefined, undefined, OPEN_MS);
        await ask('run', [['migrate']], undefined, OPEN_MS);
      } catch (error) {
        await endThread();
        throw error;
      }
    },
    run: (name, args) => queue.add({ name, args }),
    transaction,
    close,
  };
}

/** A few in each turn of the event loop: what waits for them all would keep it from everything else. */
function release(outcomes, callers, from) {
  const end = Math.min(outcomes.length, from + AT_ONCE);
  for (let at = from; at < end; at += 1) {
    const { value, error } = outcomes[at];
    if (error) callers[at].reject(received(error));
    else callers[at].resolve(value);
  }
  if (end < outcomes.length) setImmediate(release, outcomes, callers, end);
}

function received({ code, message, cause }) {
  return failed(code, message, cause && Object.assign(new Error(cause.message), cause));
}
