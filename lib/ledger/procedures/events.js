'use strict';

// The one place where events are added.

module.exports = ({ event, telling }) => ({
  /**
   * Adds an event about an attempt, and gives its id; nothing where its key is there. `handling`: whether handlers are
   * still to be told, and when; without it nobody is.
   */
  *add(key, { reference, number, gateway }, { type, status, source, who, note, body, now }, handling) {
    const { handledAt = now, dueAt = null, tries = 0, error = null } = handling ?? {};
    const [made] = yield [
      `INSERT INTO ${event} (key, reference, attempt, type, status, source, gateway, who, note, body, created_at,
handled_at, due_at, tries, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING${telling}`,
      [
        key,
        reference,
        number,
        type,
        status ?? null,
        source ?? null,
        gateway ?? null,
        who ?? null,
        note ?? null,
        body ?? null,
        now,
        handledAt,
        dueAt,
        tries,
        error,
      ],
    ];
    return made?.id;
  },
});
