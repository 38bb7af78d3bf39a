'use strict';

exports.overPool = overPool;
exports.overAdapter = overAdapter;

const { failed, rolledBack, within } = require('./failures.js');

/**
 * For each transaction: a statement that hangs ends after 10 seconds, a process that hangs keeps no lock, and what is
 * committed is on the disk.
 */
const SETTINGS = `SELECT set_config('statement_timeout', '10000', true),
  set_config('idle_in_transaction_session_timeout', '15000', true),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
    ELSE current_setting('synchronous_commit') END, true)`;
const ROLLBACK_MS = 2000;

/**
 * Transactions over a pool of pg. `transaction(work, signal)` calls `work({ query, app })` and commits when it
 * resolves; `query` resolves with rows. When `signal` is aborted the connection is given up.
 */
function overPool(pool) {
  // Without a listener a connection that breaks would end the process.
  const ignore = () => {};
  pool.on('error', ignore);

  async function transaction(work, signal) {
    if (pool.ending || pool.ended)
      throw failed('LEDGER_FAILED', 'The pool that the ledger was opened with has ended: nothing was written.');
    const client = await pool.connect();
    client.on('error', ignore);
    let isReleased = false;
    const release = (broken) => {
      if (isReleased) return;
      isReleased = true;
      client.release(broken);
      if (!broken) client.removeListener('error', ignore);
    };
    signal.onabort = () => release(true);
    const query = async (text, values) => (await client.query(text, values)).rows;
    try {
      signal.throwIfAborted();
      await client.query(`BEGIN; ${SETTINGS}`);
      const value = await work({ query, app: client });
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT') throw rolledBack();
      release();
      return value;
    } catch (error) {
      if (!isReleased) await within(ROLLBACK_MS, client.query('ROLLBACK'), rolledBack).then(() => release(), release);
      throw error;
    }
  }

  return { transaction, close: () => pool.removeListener('error', ignore) };
}

/** The same over a client that makes transactions itself, such as that of an ORM. */
function overAdapter(adapter) {
  async function transaction(work, signal) {
    let answer;
    await adapter.transaction(async (given) => {
      const query = rowsOf(given);
      await query(SETTINGS, []);
      const value = await work({ query, app: given.app });
      // If a statement failed before, this one does: COMMIT would roll back without a word.
      await query('SELECT 1 AS one', []);
      signal.throwIfAborted();
      answer = { value };
    });
    if (!answer) throw new TypeError('transaction(fn) of the adapter must call fn, and reject when fn rejects.');
    return answer.value;
  }
  return { transaction, close() {} };
}

function rowsOf(given) {
  if (typeof given?.query !== 'function')
    throw new TypeError(
      'transaction(fn) of the adapter must call fn({ query }), where query(text, values) gives rows.',
    );
  return async (text, values) => {
    const answer = await given.query(text, values);
    const rows = Array.isArray(answer) ? answer : answer?.rows;
    if (!Array.isArray(rows)) throw new TypeError('query of the adapter was not answered by rows.');
    return rows;
  };
}
