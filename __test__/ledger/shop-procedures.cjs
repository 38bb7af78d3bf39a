// Procedures and a schema of the stores' specs: deposits, each with an event, and what can go wrong with one.
'use strict';

module.exports = ({ payment, event, lock, time }) => ({
  *deposit({ reference, amount, at = '2026-07-01T10:00:00.000Z' }) {
    const text = `INSERT INTO ${payment} (reference, amount, tries, at) VALUES (?, ?, ?, ?)
      ON CONFLICT (reference) DO NOTHING RETURNING reference`;
    const inserted = yield [text, [reference, amount, 1, at]];
    if (inserted.length === 0) return { isNew: false };
    yield [`INSERT INTO ${event} (key, at) VALUES (?, ?)`, [`paid/${reference}`, at]];
    return { isNew: true };
  },
  *find(reference) {
    const found = `SELECT reference, CAST(amount AS text) AS amount, tries, phone, ${time('at')} AS at FROM ${payment}`;
    const [row] = yield [`${found} WHERE reference = ?`, [reference]];
    return row;
  },
  *bump(reference) {
    const [{ tries }] = yield [`SELECT tries FROM ${payment} WHERE reference = ?${lock}`, [reference]];
    yield [`UPDATE ${payment} SET tries = ? WHERE reference = ?`, [tries + 1, reference]];
  },
  *count() {
    const rows = yield [`SELECT reference FROM ${payment}`, []];
    return rows.length;
  },
  *fails({ reference }) {
    yield [`INSERT INTO ${event} (key, at) VALUES (?, ?)`, [`half/${reference}`, '2026-07-01T10:00:00.000Z']];
    throw new Error('no such thing');
  },
  /** As a bug of the engine would: its thread ends. */
  *dies() {
    yield ['SELECT 1', []];
    process.exit(1);
  },
  *wrong() {
    yield ['SELECT nothing FROM nowhere', []];
  },
});

module.exports.migrations = ({ payment, event, prefix, isPostgres }) => {
  const [amount, time] = isPostgres ? ['numeric', 'timestamptz'] : ['text', 'text'];
  return [
    [
      `CREATE TABLE ${event} (key text PRIMARY KEY, type text, at ${time} NOT NULL)`,
      `CREATE TABLE ${payment} (reference text PRIMARY KEY, amount ${amount} NOT NULL, tries integer NOT NULL,
        at ${time} NOT NULL)`,
      `INSERT INTO ${event} (key, type, at) VALUES ('migration/1', 'migration', '2026-07-01T10:00:00.000Z')`,
    ],
    [
      `ALTER TABLE ${payment} ADD COLUMN phone text`,
      `CREATE INDEX ${prefix}payment_at ON ${payment} (at)`,
      `INSERT INTO ${event} (key, type, at) VALUES ('migration/2', 'migration', '2026-07-01T10:00:00.000Z')`,
    ],
  ];
};
