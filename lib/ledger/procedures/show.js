'use strict';

// What the dashboard shows. Each reads a bounded part of the tables, by an index.

const { viewOf } = require('./columns.js');

const OPEN = ['unknown', 'pending', 'processing', 'authorized'];
/** So many payments of one day are added up. */
const MOST_A_DAY = 200_000;
/** So many of the newest payments are looked through for the last digits of a phone. */
const MOST_PHONES = 20_000;
const MOST_FOUND = 50;

module.exports = (sql) => {
  const { payment, attempt, event, isPostgres } = sql;
  const view = viewOf(sql);
  // SQLite would add texts up as floating-point numbers: ten-thousandths are whole.
  const sum = isPostgres
    ? 'CAST(round(sum(p.amount) * 10000) AS text)'
    : 'CAST(sum(CAST(round(p.amount * 10000) AS INTEGER)) AS TEXT)';
  const named = (column, gateways) => `SELECT reference FROM ${attempt}
WHERE gateway IN (${gateways.map(() => '?').join(', ')}) AND ${column} = ? LIMIT ${MOST_FOUND}`;

  return {
    /** A day's counts and sums, in ten-thousandths, and whether only its newest payments are in them. */
    *day({ from, to }) {
      const [more] = yield [
        `SELECT created_at FROM ${payment} WHERE created_at >= ? AND created_at < ?
ORDER BY created_at DESC LIMIT 1 OFFSET ${MOST_A_DAY}`,
        [from, to],
      ];
      // By one key: to group by three columns takes longer than to read them.
      const totals = yield [
        `SELECT min(p.kind) AS kind, min(p.status) AS status, min(p.currency) AS currency, count(*) AS count, ${sum} AS amount
FROM ${payment} p WHERE p.created_at >= ? AND p.created_at < ? GROUP BY p.kind || p.status || p.currency`,
        [more?.created_at ?? from, to],
      ];
      return { totals, isPart: more !== undefined };
    },

    /** How far the newest payments came. */
    *funnel({ from, to, limit }) {
      return yield [
        `SELECT newest.status, a.outcome, count(*) AS count FROM (
  SELECT reference, attempt, kind, status FROM ${payment}
  WHERE created_at >= ? AND created_at < ? ORDER BY created_at DESC LIMIT ?
) newest JOIN ${attempt} a ON a.reference = newest.reference AND a.number = newest.attempt
WHERE newest.kind = 'payment' GROUP BY newest.status, a.outcome`,
        [from, to, limit],
      ];
    },

    /** Why the newest that failed did so, the same words once. */
    *failures({ from, to, limit }) {
      return yield [
        `SELECT newest.kind, a.gateway, a.code, a.gateway_code, a.message, count(*) AS count FROM (
  SELECT reference, attempt, kind FROM ${payment}
  WHERE status = 'failed' AND created_at >= ? AND created_at < ? ORDER BY created_at DESC LIMIT ?
) newest JOIN ${attempt} a ON a.reference = newest.reference AND a.number = newest.attempt
GROUP BY newest.kind, a.gateway, a.code, a.gateway_code, a.message`,
        [from, to, limit],
      ];
    },

    /** When the newest that were paid were begun, and when they were known to be paid. */
    *paid({ from, to, limit }) {
      return yield [
        `SELECT newest.created_at, e.created_at AS paid_at FROM (
  SELECT reference, attempt, kind, created_at FROM ${payment}
  WHERE status = 'succeeded' AND created_at >= ? AND created_at < ? ORDER BY created_at DESC LIMIT ?
) newest JOIN ${event} e ON e.key = newest.reference || '/' || newest.attempt || '/succeeded' WHERE newest.kind = 'payment'`,
        [from, to, limit],
      ];
    },

    /** What needs a person, and what is open since before `before`: the oldest first. */
    *waiting({ before, limit }) {
      const attention = yield [`${view} WHERE p.attention IS NOT NULL ORDER BY p.created_at, p.id LIMIT ?`, [limit]];
      const open = [];
      for (const status of OPEN)
        open.push(
          ...(yield [
            `${view} WHERE p.status = ? AND p.created_at < ? AND p.attention IS NULL ORDER BY p.created_at, p.id LIMIT ?`,
            [status, before, limit],
          ]),
        );
      return { attention, open };
    },

    /** How many need a person, counted up to `limit`. */
    *attentionCount({ limit }) {
      const [{ count }] = yield [
        `SELECT count(*) AS count FROM (SELECT 1 AS one FROM ${payment} WHERE attention IS NOT NULL LIMIT ?) found`,
        [limit],
      ];
      return Number(count);
    },

    /** A page of payments before the one of `before`, the newest first. */
    *latest({ before, status, from, to, limit }) {
      const all = [
        [status, 'p.status = ?', [status]],
        [from, 'p.created_at >= ?', [from]],
        [to, 'p.created_at < ?', [to]],
        [before, '(p.created_at, p.id) < (?, ?)', [before?.createdAt, before?.id]],
      ].filter(([given]) => given !== undefined);
      const where = all.length === 0 ? '' : ` WHERE ${all.map(([, text]) => text).join(' AND ')}`;
      return yield [
        `${view}${where} ORDER BY p.created_at DESC, p.id DESC LIMIT ?`,
        [...all.flatMap(([, , values]) => values), limit],
      ];
    },

    /** What is known by a text: a reference, an id of a gateway, or the last four digits of a phone. */
    *found({ text }) {
      const references = new Set([text]);
      // Their names, each by one step through an index.
      const names = yield [
        `SELECT name FROM (WITH RECURSIVE g(name) AS (
  SELECT min(gateway) FROM ${attempt}
  UNION ALL SELECT (SELECT min(gateway) FROM ${attempt} WHERE gateway > g.name) FROM g WHERE g.name IS NOT NULL
) SELECT name FROM g) found WHERE name IS NOT NULL`,
        [],
      ];
      const gateways = names.map(({ name }) => name);
      if (gateways.length > 0) {
        for (const column of ['gateway_reference', 'transaction_id'])
          for (const { reference } of yield [named(column, gateways), [...gateways, text]]) references.add(reference);
      }
      if (/^\d{4}$/.test(text)) {
        const phones = yield [
          `SELECT reference FROM (
  SELECT reference, phone FROM ${payment} ORDER BY created_at DESC, id DESC LIMIT ${MOST_PHONES}
) newest WHERE phone LIKE ? LIMIT ${MOST_FOUND}`,
          [`%${text}`],
        ];
        for (const { reference } of phones) references.add(reference);
      }
      const all = [...references];
      return yield [
        `${view} WHERE p.reference IN (${all.map(() => '?').join(', ')}) ORDER BY p.created_at DESC, p.id DESC
LIMIT ${MOST_FOUND}`,
        all,
      ];
    },
  };
};
