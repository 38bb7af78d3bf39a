'use strict';

// Intents and their answers.

const { sumOf, isMore, times } = require('../decimal.js');
const { PAID } = require('../states.js');
const { ATTEMPT, PAYMENT, attemptValues } = require('./columns.js');

module.exports = (sql) => {
  const { payment, attempt, lock, telling, alone } = sql;
  const { add } = require('./events.js')(sql);

  /** A payment's row, kept from all others until the end of the transaction. */
  function* locked(reference) {
    const [row] = yield [`SELECT * FROM ${payment} WHERE reference = ?${lock}`, [reference]];
    return row;
  }

  function* attemptsOf(reference) {
    return yield [`SELECT * FROM ${attempt} WHERE reference = ? ORDER BY number`, [reference]];
  }

  const insertPayment = `INSERT INTO ${payment} (${PAYMENT})
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (reference) DO NOTHING${telling}`;
  const insertAttempt = `INSERT INTO ${attempt} (${ATTEMPT})
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (gateway, gateway_reference) DO NOTHING${telling}`;

  /** Why a refund or payout of this amount cannot be made of its parent. */
  function* beyond(parent, { kind, amount, currency }, ofAttempt) {
    const whole = yield* locked(parent);
    if (whole === undefined || whole.kind !== 'payment') return `there is no payment ${parent}`;
    if (whole.currency !== currency) return `the payment ${parent} was made in ${whole.currency}`;
    const made = (yield* attemptsOf(parent)).filter(({ status }) => PAID.includes(status));
    const paid = made.filter(({ status }) => status === 'succeeded');
    if (paid.length === 0) return `the payment ${parent} is ${whole.status}: nothing of it is there to give`;
    if (ofAttempt !== undefined && !paid.some(({ number }) => number === ofAttempt))
      return `attempt ${ofAttempt} of ${parent} has not succeeded`;
    const given = yield [
      `SELECT kind, status, amount FROM ${payment}
WHERE parent = ? AND status NOT IN ('failed', 'reversed', 'refunded')`,
      [parent],
    ];
    // What was taken back by a refund counts on both sides.
    const refunded = given.filter((row) => row.kind === 'refund' && row.status === 'succeeded').length;
    const captured = times(String(whole.amount), paid.length + Math.min(refunded, made.length - paid.length));
    const all = sumOf([amount, ...given.map((row) => String(row.amount))]);
    if (isMore(all, captured))
      return `with this ${kind} ${all} ${currency} would go out of ${parent}, which brought ${captured}`;
    return undefined;
  }

  return {
    /**
     * Writes a payment and its first attempt, by their `values`. What is there already is told in their place.
     * `part`: of which payment a refund or payout is one; `refusal` says why it cannot be made. `ofPhone`: whose
     * intents come one after the other, so that each sees those before it.
     */
    *intend({ reference, token, values, part, ofPhone }) {
      if (ofPhone !== undefined) yield* alone(`${attempt} ${ofPhone}`);
      if (part !== undefined) {
        // Locked first, so that two at a time cannot both take the last shilling.
        yield* locked(part.parent);
        const [known] = yield [`SELECT id FROM ${payment} WHERE reference = ?`, [reference]];
        const refusal = known === undefined ? yield* beyond(part.parent, part, part.ofAttempt) : undefined;
        if (refusal !== undefined) return { refusal };
      }
      const inserted = yield [insertPayment, values.payment];
      if (inserted.length === 1) {
        const begun = yield [insertAttempt, values.attempt];
        if (begun.length === 1) return { isNew: true, id: begun[0].id };
        yield [`DELETE FROM ${payment} WHERE id = ?`, [inserted[0].id]];
        return { isTaken: true };
      }
      const [row] = yield [`SELECT * FROM ${payment} WHERE reference = ?`, [reference]];
      const [one] = yield [
        `SELECT id, token, gateway_reference FROM ${attempt} WHERE reference = ? AND number = 1`,
        [reference],
      ];
      // A transaction that was committed although its answer was lost is made again.
      return { isNew: one.token === token, id: one.id, gatewayReference: one.gateway_reference, row };
    },

    /**
     * Writes the attempt after the last, which has certainly moved nothing; `left` says why, where it is not written
     * down yet. `isNew` is false where another was first.
     */
    *again({ reference, number, left, next, source, who, now, from, ofPhone }) {
      if (ofPhone !== undefined) yield* alone(`${attempt} ${ofPhone}`);
      const row = yield* locked(reference);
      if (left !== undefined) {
        const { outcome, code, gatewayCode, message, body } = left;
        const gone = yield [
          `UPDATE ${attempt} SET status = 'failed', outcome = ?, code = ?, gateway_code = ?, message = ?, body = ?,
due_at = NULL, answered_at = ? WHERE reference = ? AND number = ? AND status IN ('pending', 'unknown') RETURNING gateway`,
          [outcome, code, gatewayCode ?? null, message ?? null, body ?? null, now, reference, number],
        ];
        if (gone.length === 1) {
          const told = { type: 'attempt', status: 'failed', source, note: message, body, now };
          yield* add(`${reference}/${number}/failed`, { reference, number, gateway: gone[0].gateway }, told);
        }
      }
      const all = yield* attemptsOf(reference);
      const last = all.at(-1);
      if (last.number === number + 1 && last.token === next.token)
        return { isNew: true, id: last.id, gatewayReference: last.gateway_reference, number: last.number };
      if (last.number !== number || !from.includes(last.status) || all.some(({ status }) => PAID.includes(status)))
        return { isNew: false, row, number: last.number };
      // While one attempt of a part follows another at once, the part counts itself.
      if (row.parent !== null && left === undefined) {
        const part = { kind: row.kind, amount: String(row.amount), currency: row.currency };
        const refusal = yield* beyond(row.parent, part);
        if (refusal !== undefined) return { refusal };
      }
      const [begun] = yield [insertAttempt, attemptValues(reference, number + 1, row.kind, next, now)];
      yield [
        `UPDATE ${payment} SET status = ?, attempt = ?, gateway = ?, phone = ?, attention = NULL, updated_at = ?
WHERE id = ?`,
        [next.status, number + 1, next.gateway, next.phone, now, row.id],
      ];
      const about = { reference, number: number + 1, gateway: next.gateway };
      yield* add(`${reference}/${number + 1}`, about, { type: 'attempt', source, who, now });
      return { isNew: true, number: number + 1, id: begun.id, gatewayReference: next.gatewayReference };
    },

    /** Keeps an attempt for its sender, who was held up; `false` where it has been given up meanwhile. */
    *hold({ id, token, deadlineAt, dueAt }) {
      const held = yield [
        `UPDATE ${attempt} SET deadline_at = ?, due_at = ? WHERE id = ? AND token = ? AND outcome IS NULL${telling}`,
        [deadlineAt, dueAt, id, token],
      ];
      return held.length === 1;
    },

    /** Why so much more cannot be made of a payment, and which of these references are there already. */
    *coverage({ parent, currency, parts }) {
      const known = [];
      const fresh = [];
      for (const part of parts) {
        const [row] = yield [`SELECT reference, parent, amount FROM ${payment} WHERE reference = ?`, [part.reference]];
        if (row === undefined) fresh.push(part.amount);
        else known.push({ reference: row.reference, parent: row.parent, amount: String(row.amount) });
      }
      if (fresh.length === 0) return { known };
      return { known, refusal: yield* beyond(parent, { kind: 'split', amount: sumOf(fresh), currency }) };
    },

    /** Takes an attempt that never arrived, to send it again under the same reference. */
    *resend({ reference, number, token, deadlineAt, dueAt, now }) {
      const row = yield* locked(reference);
      if (row.parent !== null) {
        const whole = yield* locked(row.parent);
        if (whole.status !== 'succeeded') return { refusal: `the payment ${row.parent} is ${whole.status}` };
      }
      const taken = yield [
        `UPDATE ${attempt} SET token = ?, outcome = NULL, deadline_at = ?, due_at = ?
WHERE reference = ? AND number = ? AND status = 'unknown' AND (outcome = 'unknown' OR (outcome IS NULL AND token = ?))
RETURNING id, gateway`,
        [token, deadlineAt, dueAt, reference, number, token],
      ];
      if (taken.length === 0) return { isNew: false };
      const about = { reference, number, gateway: taken[0].gateway };
      yield* add(`${reference}/${number}/${token}`, about, { type: 'resend', source: 'retry', now });
      return { isNew: true, id: taken[0].id, number };
    },

    /** Writes down that the shop's own rule refused an intent. */
    *block({ reference, number, why, now }) {
      const row = yield* locked(reference);
      yield [
        `UPDATE ${attempt} SET status = 'failed', outcome = 'not_sent', code = 'BLOCKED', message = ?, due_at = NULL,
answered_at = ? WHERE reference = ? AND number = ?`,
        [why, now, reference, number],
      ];
      yield [`UPDATE ${payment} SET status = 'failed', updated_at = ? WHERE id = ?`, [now, row.id]];
      const told = { type: 'blocked', status: 'failed', note: why, now };
      yield* add(`${reference}/${number}/blocked`, { reference, number, gateway: row.gateway }, told);
    },
  };
};
