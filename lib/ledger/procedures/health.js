'use strict';

// What the tables say of the money. Each statement reads a bounded number of rows, by an index.

/** Payments of one page, and names that one statement asks for. */
const AT_ONCE = 500;
const NAMES = Array(AT_ONCE).fill('?').join(', ');
/** Payments that are unknown, and such that need attention: so many are counted. */
const MOST_COUNTED = 1_000;
/** The status in whose event an attempt was closed: one that was taken back had succeeded before. */
const CLOSED_AS = { succeeded: 'succeeded', failed: 'failed', reversed: 'succeeded', refunded: 'succeeded' };

module.exports = ({ payment, attempt, event, isPostgres }) => {
  /** Without statistics of its tables PostgreSQL would read them whole for so many names. */
  function* byIndex() {
    if (isPostgres) yield ["SELECT set_config('enable_seqscan', 'off', true)", []];
  }

  /** The rows of all names, asked for by statements of one text. */
  function* all(text, names) {
    const found = [];
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = names.slice(at, at + AT_ONCE);
      // Said twice it is asked for once.
      while (some.length < AT_ONCE) some.push(some[0]);
      found.push(...(yield [text, some]));
    }
    return found;
  }

  return {
    /**
     * A page of payments since `from`, the newest first, after that of `after`: all their attempts, each with the event
     * that `closed` it and whether a callback came of one that was closed by asking (`hasCalled`).
     */
    *lately({ from, after }) {
      yield* byIndex();
      const earlier = after === undefined ? '' : ' AND (created_at, id) < (?, ?)';
      const payments = yield [
        `SELECT id, reference, created_at FROM ${payment} WHERE created_at >= ?${earlier}
ORDER BY created_at DESC, id DESC LIMIT ${AT_ONCE}`,
        after === undefined ? [from] : [from, after.createdAt, after.id],
      ];
      const attempts = yield* all(
        `SELECT reference, number, kind, gateway, operator, status, outcome, code, created_at, deadline_at
FROM ${attempt} WHERE reference IN (${NAMES})`,
        payments.map(({ reference }) => reference),
      );
      const keyOf = ({ reference, number, status }) => `${reference}/${number}/${CLOSED_AS[status]}`;
      const closed = attempts.filter(({ status }) => status in CLOSED_AS);
      const events = yield* all(
        `SELECT key, reference, source, created_at FROM ${event} WHERE key IN (${NAMES})`,
        closed.map(keyOf),
      );
      const asked = events.filter(({ source }) => source === 'sweep');
      const called = yield* all(
        `SELECT reference FROM ${event} WHERE type = 'callback' AND reference IN (${NAMES})`,
        asked.map(({ reference }) => reference),
      );
      const byKey = new Map(events.map((row) => [row.key, row]));
      const names = new Set(called.map(({ reference }) => reference));
      return {
        payments: payments.length,
        last: payments.length < AT_ONCE ? undefined : payments.at(-1),
        attempts: attempts.map((row) => ({
          ...row,
          closed: byKey.get(keyOf(row)),
          hasCalled: names.has(row.reference),
        })),
      };
    },

    /** How many payments of all times nobody knows the outcome of, since when, and what needs attention. */
    *standing() {
      yield* byIndex();
      const [unknown] = yield [
        `SELECT count(*) AS count, min(a.created_at) AS since
FROM (SELECT reference, attempt FROM ${payment} WHERE status = 'unknown' ORDER BY created_at, id LIMIT ?) p
JOIN ${attempt} a ON a.reference = p.reference AND a.number = p.attempt`,
        [MOST_COUNTED],
      ];
      const attention = yield [
        `SELECT attention, count(*) AS count FROM (SELECT attention FROM ${payment} WHERE attention IS NOT NULL
  ORDER BY created_at, id LIMIT ?) p GROUP BY attention ORDER BY attention`,
        [MOST_COUNTED],
      ];
      return { unknown, attention };
    },
  };
};
