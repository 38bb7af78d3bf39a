'use strict';

exports.PostgresStore = PostgresStore;

const { failed, mayPass, postgresFailure, within } = require('./failures.js');
const { MODULES, proceduresOf } = require('./procedures.js');
const { TRANSACTION_MS, handed, tooLong } = require('./queue.js');
// Captured, so that an app's fake clock does not stop the ledger.
const { setTimeout } = require('node:timers');

const TRIES = 5;
/** No try begins later than this after the first. */
const TRIES_MS = 10_000;
/** A try whose connection does not answer is given up. Before, `statement_timeout` ends what waits for a lock. */
const TRY_MS = 15_000;
const MIGRATION_MS = 600_000;
const FIRST_PAUSE_MS = 50;

/** PostgreSQL, shared by any number of machines. */
function PostgresStore({ transaction: transact, close }, names) {
  const texts = new Map();
  let procedures;
  let isClosed = false;

  function numbered(text) {
    let known = texts.get(text);
    if (known === undefined) {
      let at = 0;
      texts.set(text, (known = text.replace(/\?/g, () => `$${++at}`)));
    }
    return known;
  }

  async function call(query, name, args) {
    try {
      const procedure = procedures[name](args);
      let step = procedure.next();
      while (!step.done) step = procedure.next(await query(numbered(step.value[0]), step.value[1]));
      return step.value;
    } catch (error) {
      throw postgresFailure(error);
    }
  }

  async function attempt(work, ms) {
    const controller = new AbortController();
    try {
      return await within(ms, transact(work, controller.signal), () => silent(ms));
    } catch (error) {
      controller.abort();
      throw postgresFailure(error);
    }
  }

  /** Tries again what may pass: the connection was lost, or other transactions were in the way. */
  async function insist(work, ms, mayRepeat) {
    const started = performance.now();
    for (let tries = 1; ; tries++) {
      if (isClosed) throw failed('LEDGER_FAILED', 'The ledger is closed: nothing was written.');
      try {
        return await attempt(work, ms);
      } catch (error) {
        const pause = FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2);
        const isLate = performance.now() - started + pause > TRIES_MS;
        if (tries === TRIES || isLate || !mayPass(error.cause) || !mayRepeat()) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  const run = (name, args, ms = TRY_MS) =>
    insist(
      ({ query }) => call(query, name, args),
      ms,
      () => true,
    );

  async function transaction(work) {
    let own;
    let hasBegun = false;
    const begun = async ({ query, app }) => {
      hasBegun = true;
      const { tx, end } = handed((name, args) => call(query, name, args), query, { client: app });
      try {
        return await within(TRANSACTION_MS, (async () => work(tx))(), tooLong);
      } catch (error) {
        own = { error };
        throw error;
      } finally {
        end();
      }
    };
    try {
      return await insist(begun, TRY_MS + TRANSACTION_MS, () => !hasBegun);
    } catch (error) {
      throw own ? own.error : error;
    }
  }

  return {
    async open(given) {
      procedures = proceduresOf(names, { ...MODULES, ...given });
      await run('migrate', undefined, MIGRATION_MS);
    },
    run,
    transaction,
    /** The pool stays open: it is the app's. */
    async close() {
      isClosed = true;
      close();
    },
  };
}

function silent(ms) {
  return failed(
    'LEDGER_UNREACHABLE',
    `PostgreSQL gave no connection or no answer for ${ms / 1000} seconds: whether this was written is not known. Try again.`,
  );
}
