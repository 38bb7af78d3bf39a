'use strict';

// What is only read.

const { OF_ATTEMPT, viewOf } = require('./columns.js');

const PAGE = 200;

module.exports = (sql) => {
  const { payment, attempt, event } = sql;
  const view = viewOf(sql);

  return {
    /** One payment, told with its current attempt. */
    *get({ reference }) {
      const [row] = yield [`${view} WHERE p.reference = ?`, [reference]];
      return row;
    },

    /** The same with another of its attempts. */
    *row({ reference, number }) {
      const [row] = yield [
        `SELECT p.*, a.number, a.gateway AS attempt_gateway, ${OF_ATTEMPT} FROM ${payment} p JOIN ${attempt} a ON a.reference = p.reference
WHERE p.reference = ? AND a.number = ?`,
        [reference, number],
      ];
      return row;
    },

    /** The same with all attempts and events. */
    *life({ reference }) {
      const [row] = yield [`${view} WHERE p.reference = ?`, [reference]];
      if (row === undefined) return undefined;
      const attempts = yield [`SELECT * FROM ${attempt} WHERE reference = ? ORDER BY number`, [reference]];
      const events = yield [`SELECT * FROM ${event} WHERE reference = ? ORDER BY id`, [reference]];
      const children = yield [`SELECT reference FROM ${payment} WHERE parent = ? ORDER BY id`, [reference]];
      return { row, attempts, events, children };
    },

    /** A page of payments after the one of `after`, the oldest first. */
    *page({ after, status, kind, gateway, from, to, attention }) {
      const where = [];
      const values = [];
      const only = (text, ...more) => {
        where.push(text);
        values.push(...more);
      };
      if (status !== undefined) only('p.status = ?', status);
      if (attention !== undefined) only(`p.attention IS ${attention ? 'NOT NULL' : 'NULL'}`);
      if (after !== undefined) only('(p.created_at, p.id) > (?, ?)', after.createdAt, after.id);
      else if (from !== undefined) only('p.created_at >= ?', from);
      if (to !== undefined) only('p.created_at < ?', to);
      if (kind !== undefined) only('p.kind = ?', kind);
      if (gateway !== undefined) only('p.gateway = ?', gateway);
      const filter = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
      return yield [`${view}${filter} ORDER BY p.created_at, p.id LIMIT ${PAGE}`, values];
    },

    /** The payments that a gateway was asked for under these references, or knows by these ids. */
    *named({ gateway, kind, references, ids }) {
      const found = (column, names) => [
        `SELECT p.*, a.id AS attempt_id, a.number, a.status AS attempt_status, ${OF_ATTEMPT} FROM ${attempt} a
JOIN ${payment} p ON p.reference = a.reference
WHERE a.gateway = ? AND a.kind = ? AND a.${column} IN (${names.map(() => '?').join(', ')})`,
        [gateway, kind, ...names],
      ];
      const named = references.length === 0 ? [] : yield found('gateway_reference', references);
      return ids.length === 0 ? named : [...named, ...(yield found('transaction_id', ids))];
    },

    /**
     * What a gateway was asked for in a time, an attempt a row; a page after the attempt of `after`. First attempts are
     * as old as their payment; `isAgain`: those that followed one, by their own time.
     */
    *asked({ gateway, kind, from, to, after, isAgain }) {
      const [table, which] = isAgain ? ['a', '> 1'] : ['p', '= 1'];
      return yield [
        `SELECT p.*, a.id AS attempt_id, a.created_at AS attempt_created_at, a.number, a.status AS attempt_status,
${OF_ATTEMPT} FROM ${payment} p JOIN ${attempt} a ON a.reference = p.reference
WHERE ${table}.created_at >= ? AND ${table}.created_at < ? AND (${table}.created_at, ${table}.id) > (?, ?)
AND a.number ${which} AND a.gateway = ? AND p.kind = ?
ORDER BY ${table}.created_at, ${table}.id LIMIT ${PAGE}`,
        [from, to, after?.createdAt ?? from, after?.id ?? 0, gateway, kind],
      ];
    },

    /** What was asked for from the same phone before the attempt of `before`, and not blocked. */
    *history({ tags, since, before, limit }) {
      return yield [
        `SELECT p.reference, p.kind, p.amount, p.currency, a.gateway, a.number, a.status, a.created_at FROM ${payment} p
JOIN ${attempt} a ON a.reference = p.reference
WHERE a.phone_tag IN (${tags.map(() => '?').join(', ')}) AND a.created_at >= ? AND a.id < ? AND (a.code IS NULL OR a.code <> 'BLOCKED')
ORDER BY a.id DESC LIMIT ?`,
        [...tags, since, before, limit],
      ];
    },

    /** The attempt that a callback is about, with its payment's amount. */
    *about({ gateway, reference, transactionId }) {
      const found = `SELECT a.*, p.amount, p.currency FROM ${attempt} a JOIN ${payment} p ON p.reference = a.reference
WHERE a.kind <> 'refund' AND a.gateway = ? AND`;
      const [named] = reference === null ? [] : yield [`${found} a.gateway_reference = ?`, [gateway, reference]];
      if (named !== undefined || transactionId === null) return named;
      const [known] = yield [`${found} a.transaction_id = ?`, [gateway, transactionId]];
      return known;
    },
  };
};
