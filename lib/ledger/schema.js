'use strict';

// The three tables, and how they came to be. A migration that was published is never changed: another one follows it.

exports.migrations = migrations;

/** Lists of statements; each list brings the tables one version further. */
function migrations({ payment, attempt, event, prefix, isPostgres }) {
  const id = isPostgres ? 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY' : 'INTEGER PRIMARY KEY';
  const time = isPostgres ? 'timestamptz' : 'TEXT';
  const money = isPostgres ? 'numeric' : 'TEXT';
  const now = isPostgres ? 'now()' : "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
  const done = (version) =>
    `INSERT INTO ${event} (key, type, created_at, handled_at) VALUES ('migration/${version}', 'migration', ${now}, ${now})`;
  const index = (name) => `"${prefix}${name}"`;
  return [
    [
      `CREATE TABLE ${event} (
  id ${id},
  key text NOT NULL UNIQUE,
  reference text,
  attempt integer,
  type text NOT NULL,
  status text,
  source text,
  gateway text,
  who text,
  note text,
  body text,
  created_at ${time} NOT NULL,
  handled_at ${time},
  due_at ${time},
  tries integer NOT NULL DEFAULT 0,
  error text
)`,
      `CREATE TABLE ${payment} (
  id ${id},
  reference text NOT NULL UNIQUE,
  kind text NOT NULL,
  parent text,
  status text NOT NULL,
  amount ${money} NOT NULL,
  currency text NOT NULL,
  gateway text NOT NULL,
  attempt integer NOT NULL,
  phone text,
  description text,
  attention text,
  parameters text NOT NULL,
  request text,
  created_at ${time} NOT NULL,
  updated_at ${time} NOT NULL
)`,
      `CREATE TABLE ${attempt} (
  id ${id},
  reference text NOT NULL,
  number integer NOT NULL,
  kind text NOT NULL,
  gateway text NOT NULL,
  rail text,
  phone text,
  phone_tag text,
  gateway_reference text NOT NULL,
  token text NOT NULL,
  status text NOT NULL,
  outcome text,
  code text,
  gateway_code text,
  message text,
  transaction_id text,
  receipt text,
  redirect_url text,
  operator text,
  body text,
  asks integer NOT NULL DEFAULT 0,
  asked_at ${time},
  due_at ${time},
  deadline_at ${time} NOT NULL,
  created_at ${time} NOT NULL,
  answered_at ${time},
  UNIQUE (reference, number),
  UNIQUE (gateway, gateway_reference)
)`,
      `CREATE INDEX ${index('payment_created')} ON ${payment} (created_at, id)`,
      `CREATE INDEX ${index('payment_status')} ON ${payment} (status, created_at, id)`,
      `CREATE INDEX ${index('payment_parent')} ON ${payment} (parent) WHERE parent IS NOT NULL`,
      `CREATE INDEX ${index('attempt_phone')} ON ${attempt} (phone_tag, created_at) WHERE phone_tag IS NOT NULL`,
      `CREATE INDEX ${index('payment_attention')} ON ${payment} (created_at, id) WHERE attention IS NOT NULL`,
      `CREATE INDEX ${index('attempt_id')} ON ${attempt} (gateway, transaction_id) WHERE transaction_id IS NOT NULL`,
      `CREATE INDEX ${index('attempt_again')} ON ${attempt} (created_at, id) WHERE number > 1`,
      `CREATE INDEX ${index('attempt_due')} ON ${attempt} (gateway, due_at) WHERE due_at IS NOT NULL`,
      `CREATE INDEX ${index('attempt_asked')} ON ${attempt} (gateway, asked_at) WHERE asked_at IS NOT NULL`,
      `CREATE INDEX ${index('event_reference')} ON ${event} (reference, id)`,
      `CREATE INDEX ${index('event_due')} ON ${event} (due_at) WHERE due_at IS NOT NULL`,
      done(1),
    ],
  ];
}
