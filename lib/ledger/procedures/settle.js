'use strict';

// How a status moves: along what may become of it, in the transaction that inserts its event.

const { FINAL, PAID, TAKEN_BACK } = require('../states.js');

module.exports = (sql) => {
  const { payment, attempt, event, lock, skipLocked, telling } = sql;
  const { add } = require('./events.js')(sql);

  /** A payment and one of its attempts, kept from all others until the end of the transaction. */
  function* locked(reference, number) {
    const [row] = yield [`SELECT * FROM ${payment} WHERE reference = ?${lock}`, [reference]];
    if (row === undefined) return {};
    const attempts = yield [`SELECT * FROM ${attempt} WHERE reference = ? ORDER BY number`, [reference]];
    return { row, attempts, one: attempts.find((own) => own.number === (number ?? row.attempt)) };
  }

  /** What the gateway told beside the status. What is known already stays where it tells nothing. */
  function* learn(one, { outcome, code, gatewayCode, message, told, body, dueAt, now }) {
    const [known] = yield [
      `UPDATE ${attempt} SET outcome = COALESCE(?, outcome), code = ?, gateway_code = ?, message = ?,
transaction_id = COALESCE(?, transaction_id), receipt = COALESCE(?, receipt),
redirect_url = COALESCE(?, redirect_url), operator = COALESCE(?, operator),
gateway_reference = COALESCE(?, gateway_reference), body = COALESCE(?, body), status = ?, due_at = ?,
answered_at = COALESCE(answered_at, ?) WHERE id = ? RETURNING *`,
      [
        outcome ?? null,
        code ?? null,
        gatewayCode ?? null,
        message ?? null,
        told.transactionId ?? null,
        told.receipt ?? null,
        told.redirectUrl ?? null,
        told.operator ?? null,
        told.gatewayReference ?? null,
        body ?? null,
        one.status,
        dueAt ?? null,
        now,
        one.id,
      ],
    ];
    Object.assign(one, known);
  }

  /** A payment's row as it is told: with its current attempt. */
  function whole({ row, attempts }) {
    const { body: _, ...current } = attempts.find(({ number }) => number === row.attempt);
    return { ...current, ...row };
  }

  /**
   * Moves an attempt to `status` and its payment with it. Gives the event that a handler is to be told, where there is
   * one.
   */
  function* moved({ row, attempts, one }, { status, source, who, note, body, now, wants, failure }) {
    const { reference } = row;
    const others = attempts.filter((other) => other !== one);
    const isTwice = status === 'succeeded' && others.some((other) => PAID.includes(other.status));
    const isTold = isTwice || status === 'succeeded' || one.number === row.attempt;
    const type = isTwice ? 'duplicate' : isTold ? 'status' : 'attempt';
    const isWanted = isTold && FINAL.includes(status) && wants.includes(isTwice ? 'duplicate' : row.kind);
    const handling = isWanted ? { handledAt: null, dueAt: now, ...failure } : undefined;
    const about = { reference, number: one.number, gateway: one.gateway };
    let key = `${reference}/${one.number}/${status}`;
    let id = yield* add(key, about, { type, status, source, who, note, body, now }, handling);
    if (id === undefined) {
      // It has been there before: this is another move.
      const [{ moves }] = yield [`SELECT count(*) AS moves FROM ${event} WHERE reference = ?`, [reference]];
      key = `${key}/${moves}`;
      id = yield* add(key, about, { type, status, source, who, note, body, now }, handling);
    }
    if (isTwice) {
      yield [`UPDATE ${payment} SET attention = 'duplicate', updated_at = ? WHERE id = ?`, [now, row.id]];
    } else if (isTold) {
      const attention = failure !== undefined && isWanted ? 'handler' : null;
      const keeps = row.attention === 'duplicate' || !FINAL.includes(status);
      Object.assign(row, { status, attempt: one.number, gateway: one.gateway });
      yield [
        `UPDATE ${payment} SET status = ?, attempt = ?, gateway = ?, attention = ?, updated_at = ? WHERE id = ?`,
        [status, one.number, one.gateway, keeps ? row.attention : attention, now, row.id],
      ];
    }
    if (!isTold && TAKEN_BACK.includes(status) && row.attention === 'duplicate')
      yield [`UPDATE ${payment} SET attention = NULL WHERE id = ?`, [row.id]];
    if (id === undefined || !isWanted) return null;
    // A handler hears of one payment in the order in which things happened.
    const older = yield [
      `SELECT id FROM ${event} WHERE reference = ? AND handled_at IS NULL AND id < ? LIMIT 1`,
      [reference, id],
    ];
    return older.length > 0 ? null : { id, key, type, status, source, number: one.number };
  }

  /** What a payment that was taken back says of the refunds that were asked for. */
  function* closeRefunds(one, { now, wants }) {
    const open = yield [
      `SELECT reference FROM ${attempt}
WHERE gateway = ? AND transaction_id = ? AND kind = 'refund' AND status NOT IN ('succeeded', 'failed')`,
      [one.gateway, one.transaction_id],
    ];
    const events = [];
    for (const { reference } of open) {
      const refund = yield* locked(reference);
      refund.one.status = 'succeeded';
      yield [
        `UPDATE ${attempt} SET status = 'succeeded', due_at = NULL, answered_at = COALESCE(answered_at, ?) WHERE id = ?`,
        [now, refund.one.id],
      ];
      const made = yield* moved(refund, { status: 'succeeded', source: 'sweep', now, wants });
      if (made !== null) events.push({ ...made, reference });
    }
    return events;
  }

  // When it is asked about stays as it is: each column that changes nothing would cost an index.
  const takeAnswer = `UPDATE ${attempt} SET outcome = 'accepted', message = ?, transaction_id = ?, receipt = ?,
redirect_url = ?, operator = COALESCE(?, operator), body = ?, answered_at = ?
WHERE id = ? AND status = ? AND outcome IS NULL${telling}`;

  return {
    /** Takes in the answer that most charges get: it changes no status. Whether nothing else has come meanwhile. */
    *answer(values) {
      const taken = yield [takeAnswer, values];
      return taken.length === 1;
    },

    /**
     * Takes in what is known of an attempt: an answer, a callback, a look-up or an operator's word. `from`: the
     * statuses from which its own may be reached. `inbox`: the callback's own event, which makes a copy of it `isCopy`.
     * `wants`: which events the shop handles. `failure`: why its handler could not, and when it is told again.
     */
    *settle({ reference, number, status, from, outcome, code, gatewayCode, message, told, body, inbox, ...rest }) {
      const { now, dueAt, wants } = rest;
      const found = yield* locked(reference, number);
      const { one } = found;
      if (one === undefined) return { isKnown: false, events: [] };
      if (inbox !== undefined) {
        const about = { reference, number: one.number, gateway: one.gateway };
        const text = { type: 'callback', status, source: 'callback', body: inbox.body, now };
        if ((yield* add(inbox.key, about, text)) === undefined)
          return { isKnown: true, isCopy: true, row: whole(found), events: [] };
      }
      const isMove = from.includes(one.status);
      const was = one.status;
      if (isMove) one.status = status;
      // A late answer about an attempt that went on meanwhile brings its ids, and changes nothing else.
      const isLate = !isMove && status !== was;
      yield* learn(one, {
        ...(isLate ? { code: one.code, gatewayCode: one.gateway_code, message: one.message, dueAt: one.due_at } : {}),
        ...(isLate ? {} : { code, gatewayCode, message, dueAt }),
        // The event of a move keeps it.
        ...{ told, now, body: isMove ? undefined : body },
        outcome: isLate && one.outcome !== null ? undefined : outcome,
      });
      if (!isMove) return { isKnown: true, isMove, was, row: whole(found), events: [] };
      const event = yield* moved(found, { ...rest, status, body });
      const events = event === null ? [] : [{ ...event, reference }];
      if (TAKEN_BACK.includes(status) && one.kind === 'payment' && one.transaction_id !== null)
        events.push(...(yield* closeRefunds(one, { now, wants })));
      return { isKnown: true, isMove, was, row: whole(found), events };
    },

    /** Clears what a person has looked after, and says who. */
    *attended({ reference, who, note, key, now }) {
      const { row, one } = yield* locked(reference);
      if (row === undefined) return false;
      yield [`UPDATE ${payment} SET attention = NULL, updated_at = ? WHERE id = ?`, [now, row.id]];
      const about = { reference, number: one.number, gateway: one.gateway };
      yield* add(key, about, { type: 'resolve', status: row.status, source: 'operator', who, note, now });
      return true;
    },

    /** Events that a handler is to be told again, taken until `lease`. */
    *dueEvents({ now, lease, limit }) {
      return yield [
        `UPDATE ${event} SET due_at = ? WHERE id IN (
  SELECT id FROM ${event} WHERE due_at <= ? AND handled_at IS NULL ORDER BY due_at LIMIT ?${skipLocked}
) RETURNING id, reference`,
        [lease, now, limit],
      ];
    },

    /** The oldest event of a payment that no handler has done with; `undefined` where there is none. */
    *openEvent({ reference }) {
      const { row, attempts } = yield* locked(reference);
      const [open] = yield [
        `SELECT * FROM ${event} WHERE reference = ? AND handled_at IS NULL ORDER BY id LIMIT 1`,
        [reference],
      ];
      if (open === undefined) return undefined;
      const one = attempts.find(({ number }) => number === open.attempt);
      return { row, one, event: { ...open, number: open.attempt } };
    },

    *handled({ id, reference, now }) {
      yield [`UPDATE ${event} SET handled_at = ?, due_at = NULL, error = NULL WHERE id = ?`, [now, id]];
      yield [`UPDATE ${payment} SET attention = NULL WHERE reference = ? AND attention = 'handler'`, [reference]];
      // The next one of the same payment waited for it.
      yield [`UPDATE ${event} SET due_at = ? WHERE reference = ? AND handled_at IS NULL`, [now, reference]];
    },

    *notHandled({ id, reference, dueAt, error }) {
      yield [
        `UPDATE ${event} SET due_at = ?, tries = tries + 1, error = ? WHERE id = ? AND handled_at IS NULL`,
        [dueAt, error, id],
      ];
      yield [`UPDATE ${payment} SET attention = 'handler' WHERE reference = ? AND attention IS NULL`, [reference]];
    },
  };
};
