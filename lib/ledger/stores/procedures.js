'use strict';

const { join } = require('node:path');

exports.MODULES = { procedures: join(__dirname, '../procedures/index.js'), schema: join(__dirname, '../schema.js') };
exports.proceduresOf = proceduresOf;

/** The procedures for these names, by name, and `migrate`, with which each store begins. */
function proceduresOf(names, modules) {
  const { migrations } = require(modules.schema);
  return {
    ...require(modules.procedures)({
      ...names,
      time: names.isPostgres ? isoTime : (column) => column,
      alone: names.isPostgres ? alone : () => [],
    }),
    migrate: () => migrate(names, migrations(names)),
  };
}

/** A time as ISO text: each driver makes something else of a timestamptz. */
const isoTime = (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Lets one transaction at a time go on that names the same. SQLite has one at a time anyway. */
function* alone(name) {
  // Not every client can read what the lock itself gives.
  yield ['SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtext(?))', [name]];
}

/** Makes and changes the tables. The statements of a migration write the event that says it was done. */
function* migrate(names, migrations) {
  const done = yield* migrationsDone(names);
  const newer = done.find((version) => version > migrations.length);
  if (newer !== undefined)
    throw new Error(
      `the tables were made by a newer finconnect (migration ${newer}; here there are ${migrations.length})`,
    );
  for (const [at, statements] of migrations.entries()) {
    if (!done.includes(at + 1)) for (const statement of statements) yield [statement, []];
  }
}

function* migrationsDone({ event, prefix, schema, isPostgres }) {
  if (isPostgres) {
    yield ["SELECT set_config('statement_timeout', '600000', true)", []];
    yield* alone(`finconnect ${event}`);
    if (schema !== undefined) {
      // CREATE SCHEMA needs a right on the database, also where the schema is there.
      const there = yield ['SELECT 1 AS there FROM pg_namespace WHERE nspname = ?', [schema]];
      if (there.length === 0) yield [`CREATE SCHEMA "${schema}"`, []];
    }
  }
  const there = isPostgres
    ? yield ['SELECT 1 AS there WHERE to_regclass(?) IS NOT NULL', [event]]
    : yield ["SELECT 1 AS there FROM sqlite_master WHERE type = 'table' AND name = ?", [`${prefix}event`]];
  if (there.length === 0) return [];
  const rows = yield [`SELECT key FROM ${event} WHERE key LIKE 'migration/%' AND type = 'migration'`, []];
  return rows.map(({ key }) => Number(key.slice('migration/'.length)));
}
