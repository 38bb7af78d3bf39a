'use strict';

exports.failed = failed;
exports.sqliteFailure = sqliteFailure;
exports.postgresFailure = postgresFailure;
exports.mayPass = mayPass;
exports.rolledBack = rolledBack;
exports.within = within;

// Captured, so that an app's fake clock does not stop a deadline.
const { setTimeout, clearTimeout } = require('node:timers');

/** An error as every store rejects with. */
function failed(code, message, cause) {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code });
}

/** `promise`, or a rejection when `ms` have passed. */
function within(ms, promise, late) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

/** What an error says, in one line. */
const said = (error) =>
  String(error?.message || error?.code)
    .replace(/\s+/g, ' ')
    .trim();

/** By the primary result code of SQLite. */
const SQLITE = {
  5: [
    'LEDGER_BUSY',
    'The database is locked by another process or connection, for 5 seconds now: nothing was written. Try again.',
  ],
  6: ['LEDGER_BUSY', 'A table of the database is locked by another connection: nothing was written. Try again.'],
  8: [
    'LEDGER_READ_ONLY',
    'The database may not be written: nothing was. Give the process the right to write its folder, the file, and those beside it that end in -wal and -shm.',
  ],
  13: ['LEDGER_FULL', 'The disk of the database is full: nothing was written. Make room; the next call works again.'],
  14: [
    'LEDGER_FAILED',
    'The database could not be opened: nothing was written. See that its folder is there and may be written.',
  ],
};
const SQLITE_NAMES = {
  ...{ SQLITE_BUSY: 5, SQLITE_LOCKED: 6, SQLITE_READONLY: 8, SQLITE_IOERR: 10 },
  ...{ SQLITE_CORRUPT: 11, SQLITE_FULL: 13, SQLITE_CANTOPEN: 14, SQLITE_NOTADB: 26 },
};

/** `primary` is SQLite's own code, if it was SQLite that failed and not a procedure. */
function sqliteFailure(error) {
  if (error?.code?.startsWith?.('LEDGER_')) return error;
  const name = /^SQLITE_[A-Z]+/.exec(error?.code)?.[0];
  const primary = error?.errcode !== undefined ? error.errcode & 255 : SQLITE_NAMES[name];
  const [code, message] = SQLITE[primary] ?? [
    'LEDGER_FAILED',
    `The database failed (${said(error)}): nothing was written that this call asked for.`,
  ];
  return Object.assign(failed(code, message, error), { primary });
}

const LOST =
  /^(08...|57P0.|53300|E(CONN[A-Z]+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)|CONNECT(ION)?_[A-Z]+|P1001|P1002|P1008|P1017|P2024)$/;
/** Of pg, which gives these no code. */
const LOST_WORDS = /connection (terminated|ended)|not queryable|timeout (expired|exceeded)|read timeout/i;
const CONFLICT = /^(40001|40P01|P2034)$/;

/** An error and what caused it: query builders wrap the driver's. */
function* chainOf(error) {
  for (let depth = 0; depth < 6 && typeof error === 'object' && error !== null; depth++) {
    yield error;
    error = error.cause ?? error.errors?.[0] ?? error.meta?.driverAdapterError;
  }
}

const has = (error, codes) =>
  [...chainOf(error)].some(({ code, originalCode }) => codes.test(code) || codes.test(originalCode));
const isLost = (error) => has(error, LOST) || [...chainOf(error)].some(({ message }) => LOST_WORDS.test(message));

/** Whether the same transaction may succeed when it is tried again. */
function mayPass(error) {
  return isLost(error) || has(error, CONFLICT);
}

function postgresFailure(error) {
  if (error?.code?.startsWith?.('LEDGER_')) return error;
  if (has(error, CONFLICT) || has(error, /^(57014|55P03)$/))
    return failed(
      'LEDGER_BUSY',
      'PostgreSQL was kept waiting by other transactions: nothing was written. Try again.',
      error,
    );
  if (isLost(error))
    return failed(
      'LEDGER_UNREACHABLE',
      `PostgreSQL cannot be reached (${said(error)}): whether this was written is not known. Try again.`,
      error,
    );
  if (has(error, /^25P02$/)) return rolledBack(error);
  if (has(error, /^53100$/))
    return failed('LEDGER_FULL', 'The disk of PostgreSQL is full: nothing was written. Make room.', error);
  if (has(error, /^25006$/))
    return failed(
      'LEDGER_READ_ONLY',
      'PostgreSQL may only be read here: nothing was written. Connect to the primary server.',
      error,
    );
  return failed(
    'LEDGER_FAILED',
    `PostgreSQL refused (${said(error)}): nothing was written that this call asked for.`,
    error,
  );
}

function rolledBack(cause) {
  return failed('LEDGER_FAILED', 'PostgreSQL rolled the transaction back, since a statement in it failed.', cause);
}
