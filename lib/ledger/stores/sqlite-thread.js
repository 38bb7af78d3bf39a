'use strict';

// The thread of one SQLite file: it answers, in order, what thread.js asks.

const { existsSync, statSync } = require('node:fs');
const { receiveMessageOnPort, workerData } = require('node:worker_threads');
const { Engine } = require('./engine.js');
const { failed, sqliteFailure } = require('./failures.js');
const { read, written } = require('./messages.js');

// node:sqlite has one, which the app did not ask for.
process.emitWarning = () => {};

const { port, file, names, modules } = workerData;
const BUSY_MS = 5000;
const MAX_BATCH = 1000;
/** After these of SQLite's codes a handle may stay useless: read-only, I/O, corrupt, cannot open, no database. */
const REOPEN = new Set([8, 10, 11, 14, 26]);
let engine;
let identity;

const steps = {
  open: () => void (engine ??= connect()),
  begin: () => opened().begin(),
  call: (name, args) => opened().call(name, args),
  query: (text, values) => opened().query(text, values),
  commit() {
    opened().commit();
    const error = movedFailure();
    if (error) throw error;
  },
  rollback: () => engine?.rollback(),
  close() {
    drop();
    port.close();
  },
};

port.on('message', (message) => {
  const first = read(message);
  let isApps = false;
  const outcomes = [];
  let calls = [];
  const runCalls = () => {
    if (calls.length > 0) outcomes.push(...run(calls));
    calls = [];
  };
  // All that has come meanwhile is committed together.
  for (let asked = first; asked; asked = next(outcomes, calls)) {
    const [kind, one, two] = asked;
    isApps ||= kind === 'query';
    if (kind === 'run') calls.push(...one);
    else {
      runCalls();
      outcomes.push(outcomeOf(() => steps[kind](one, two)));
    }
  }
  runCalls();
  port.postMessage(written(outcomes.map(plain), isApps));
});

function next(outcomes, calls) {
  const more = outcomes.length + calls.length < MAX_BATCH ? receiveMessageOnPort(port) : undefined;
  return more && read(more.message);
}

function run(calls) {
  try {
    opened().begin();
  } catch (error) {
    return calls.map(() =>
      outcomeOf(() => {
        throw error;
      }),
    );
  }
  const outcomes = engine.batch(calls);
  const moved = movedFailure();
  return moved ? calls.map(() => ({ error: moved })) : outcomes;
}

function outcomeOf(step) {
  try {
    return { value: step() };
  } catch (error) {
    return { error: sqliteFailure(error) };
  }
}

/** An error as it crosses to the other thread, which keeps no property of its own but those of an object. */
function plain(outcome) {
  const { error } = outcome;
  if (!error) return outcome;
  if (REOPEN.has(error.primary)) drop();
  const { code, message, cause } = error;
  return { error: { code, message, cause: cause && { ...cause, name: cause.name, message: cause.message } } };
}

function opened() {
  if (engine) return engine;
  if (file !== ':memory:' && !existsSync(file))
    throw failed(
      'LEDGER_FAILED',
      `${file} is not there: nothing was written. Put the file back; the next call opens it.`,
    );
  return (engine = connect());
}

function connect() {
  const db = new (driver())(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    useWal(db);
    // fullfsync: on macOS fsync alone leaves what was written in the disk's cache.
    db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON');
    identity = identityOf();
    return Engine(db, names, modules);
  } catch (error) {
    db.close();
    throw error;
  }
}

function driver() {
  if (process.versions.bun) return require('bun:sqlite').Database;
  try {
    return require('node:sqlite').DatabaseSync;
  } catch (error) {
    throw failed(
      'LEDGER_FAILED',
      `sqlite(path) needs Node 22.13 or newer, and this is ${process.version}: install better-sqlite3 12 and pass its database, sqlite(new Database(path)).`,
      error,
    );
  }
}

/** Several processes that begin at one time exclude each other here without waiting as busy_timeout says. */
function useWal(db) {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + BUSY_MS; ; Atomics.wait(sleeper, 0, 0, 10)) {
    try {
      return db.exec('PRAGMA journal_mode = WAL');
    } catch (error) {
      if (sqliteFailure(error).code !== 'LEDGER_BUSY' || Date.now() > end) throw error;
    }
  }
}

function identityOf() {
  const stat = file === ':memory:' ? undefined : statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev} ${stat.ino}`;
}

/** What is written to a file that was deleted or replaced is gone when the process ends: it is not told as kept. */
function movedFailure() {
  if (identityOf() === identity) return undefined;
  drop();
  return failed(
    'LEDGER_FAILED',
    `${file} was deleted or replaced while it was open: what this call wrote may be lost. Put the file back; the next call opens it.`,
  );
}

function drop() {
  try {
    engine?.close();
  } catch {
    // It is given up, whatever state it is in.
  }
  engine = undefined;
}
