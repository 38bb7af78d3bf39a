'use strict';

exports.Engine = Engine;

const { failed, sqliteFailure } = require('./failures.js');
const { proceduresOf } = require('./procedures.js');
const { over } = require('./queue.js');

/** Procedures on an open SQLite database, synchronously: in the thread, and on a handle of the app. */
function Engine(db, names, modules) {
  const procedures = proceduresOf(names, modules);
  const statements = new Map();
  /** Why no statement may be run: the transaction has ended, or none has begun. */
  let broken = over();

  function query(text, values) {
    let ask = statements.get(text);
    if (ask === undefined) statements.set(text, (ask = prepared(db, text)));
    return ask(values);
  }

  function call(name, args) {
    const procedure = procedures[name](args);
    let step = procedure.next();
    while (!step.done) step = procedure.next(query(step.value[0], step.value[1]));
    return step.value;
  }

  const begin = () => {
    db.exec('BEGIN IMMEDIATE');
    broken = undefined;
  };
  const commit = () => {
    if (broken) throw broken;
    try {
      db.exec('COMMIT');
    } catch (error) {
      throw sqliteFailure(error);
    }
    broken = over();
  };

  function rollback(cause = over()) {
    broken = cause;
    try {
      db.exec('ROLLBACK');
    } catch {
      // SQLite itself has rolled back, or there is nothing to.
    }
  }

  /**
   * One statement or procedure of a transaction that others wait for. As in PostgreSQL, what fails ends it, so that
   * nothing is committed without it.
   */
  function within(step) {
    if (broken) throw broken;
    try {
      return step();
    } catch (error) {
      const failure = sqliteFailure(error);
      rollback(
        failed(failure.code, `The transaction was rolled back, since a statement failed. ${failure.message}`, error),
      );
      throw failure;
    }
  }

  /**
   * Runs calls in the transaction that has begun and commits, with one fsync for all. If one fails, each is run alone.
   * Answers a value or an error for each.
   */
  function batch(calls) {
    try {
      const values = calls.map(([name, args]) => call(name, args));
      commit();
      return values.map((value) => ({ value }));
    } catch (error) {
      rollback();
      if (calls.length === 1) return [{ error: sqliteFailure(error) }];
      let blocked;
      return calls.map((one) => (blocked ??= cannotBegin()) ?? batch([one])[0]);
    }
  }

  function cannotBegin() {
    try {
      begin();
    } catch (error) {
      return { error: sqliteFailure(error) };
    }
  }

  return {
    begin,
    commit,
    rollback,
    batch,
    call: (name, args) => within(() => call(name, args)),
    // Not kept: the app may write each with other text.
    query: (text, values) => within(() => rowsOf(db.prepare(text), values)),
    close: () => db.close(),
  };
}

/**
 * What runs a statement of the ledger's own. Rows are objects and whole numbers are numbers, whatever the app's handle
 * does. A statement that changes rows tells as many as it changed, each with the id of an INSERT: to be told them by
 * RETURNING takes as long as the statement itself.
 */
function prepared(db, text) {
  const statement = db.prepare(text);
  statement.setReadBigInts?.(false);
  statement.setReturnArrays?.(false);
  statement.safeIntegers?.(false);
  if (/^SELECT|\bRETURNING\b/.test(text)) return (values) => statement.all(...values);
  return (values) => {
    const { changes, lastInsertRowid: id } = statement.run(...values);
    return changes === 0 ? [] : Array(changes).fill({ id });
  };
}

function rowsOf(statement, values) {
  if (statement.reader !== false) return statement.all(...values);
  statement.run(...values);
  return [];
}
