'use strict';

// Which attempts the gateways are to be asked about.

module.exports = (sql) => {
  const { payment, attempt, skipLocked, alone } = sql;
  const { add } = require('./events.js')(sql);

  return {
    /**
     * Takes the attempts of a gateway that are due, until `lease`: at most `limit`, and with all others who ask at most
     * `perMinute` a minute.
     */
    *due({ gateway, now, ahead, lease, limit, perMinute, minuteAgo }) {
      // One at a time counts; else many would each find the whole minute free.
      yield* alone(`${attempt} ${gateway}`);
      // A clock that was set back would make them wait for what it was before.
      yield [
        `UPDATE ${attempt} SET asked_at = ?, due_at = ? WHERE gateway = ? AND asked_at > ? AND due_at IS NOT NULL`,
        [now, now, gateway, ahead],
      ];
      const [{ asked }] = yield [
        `SELECT count(*) AS asked FROM ${attempt} WHERE gateway = ? AND asked_at > ?`,
        [gateway, minuteAgo],
      ];
      const most = Math.min(limit, perMinute - Number(asked));
      if (most <= 0) return [];
      return yield [
        `UPDATE ${attempt} SET asked_at = ?, asks = asks + 1, due_at = ? WHERE id IN (
  SELECT id FROM ${attempt} WHERE gateway = ? AND due_at <= ? ORDER BY due_at LIMIT ?${skipLocked}
) RETURNING *`,
        [now, lease, gateway, now, most],
      ];
    },

    /** Puts up for attention what is due at gateways that this ledger does not have, until `later`. */
    *unasked({ gateways, now, later, limit }) {
      const due = yield [
        `UPDATE ${attempt} SET due_at = ? WHERE id IN (
  SELECT id FROM ${attempt} WHERE due_at <= ? AND gateway NOT IN (${gateways.map(() => '?').join(', ')})
  ORDER BY due_at LIMIT ?${skipLocked}
) RETURNING reference`,
        [later, now, ...gateways, limit],
      ];
      for (const { reference } of due)
        yield [`UPDATE ${payment} SET attention = 'no-gateway' WHERE reference = ? AND attention IS NULL`, [reference]];
    },

    /**
     * Takes the current attempt of one payment, until `lease`, where no more than `perMinute` were asked about, and it
     * was not since `soon`.
     */
    *dueOne({ reference, gateway, now, lease, minuteAgo, soon, perMinute }) {
      yield* alone(`${attempt} ${gateway}`);
      const [{ asked }] = yield [
        `SELECT count(*) AS asked FROM ${attempt} WHERE gateway = ? AND asked_at > ?`,
        [gateway, minuteAgo],
      ];
      if (Number(asked) >= perMinute) return undefined;
      const [one] = yield [
        `UPDATE ${attempt} SET asked_at = ?, asks = asks + 1, due_at = ? WHERE reference = ?
AND number = (SELECT attempt FROM ${payment} WHERE reference = ?) AND (asked_at IS NULL OR asked_at <= ?) RETURNING *`,
        [now, lease, reference, reference, soon],
      ];
      return one;
    },

    /** The attempt of a payment that a refund is of. */
    *refundedBy({ gateway, transactionId }) {
      const [one] = yield [
        `SELECT * FROM ${attempt} WHERE gateway = ? AND transaction_id = ? AND kind = 'payment'`,
        [gateway, transactionId],
      ];
      return one;
    },

    /**
     * Says when an attempt is asked about again, where it still stands at `status`, and whether somebody should look at
     * its payment.
     */
    *schedule({ id, reference, status, dueAt, attention }) {
      const still = yield [
        `UPDATE ${attempt} SET due_at = ? WHERE id = ? AND status = ? RETURNING id`,
        [dueAt, id, status],
      ];
      if (attention === undefined || still.length === 0) return;
      yield [`UPDATE ${payment} SET attention = ? WHERE reference = ? AND attention IS NULL`, [attention, reference]];
    },

    /** Writes down that a gateway tells of another amount than was asked for: a person must look at it. */
    *mismatch({ key, reference, number, gateway, source, note, body, now }) {
      yield* add(key, { reference, number, gateway }, { type: 'mismatch', source, note, body, now });
      yield [`UPDATE ${payment} SET attention = 'mismatch', updated_at = ? WHERE reference = ?`, [now, reference]];
    },
  };
};
