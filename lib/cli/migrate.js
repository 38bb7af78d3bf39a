'use strict';

// Makes the tables of the ledger, or prints how they are made.

const { ledgerOf } = require('./module.js');
const { end, readArgs, UsageError } = require('./words.js');

const HELP = `Usage: npx finconnect ledger migrate <module>
       npx finconnect ledger migrate --print [options]

Opens the ledger that the module exports as "ledger", which makes its tables or brings them to this version. With --print
it opens nothing, and prints the SQL that makes them, for those who run it by themselves.

Options
  --print         print the SQL: for SQLite, or for PostgreSQL
  --postgres      for PostgreSQL
  --prefix TEXT   what the names of the tables begin with; default finconnect_
  --schema NAME   the schema of PostgreSQL that they stand in
`;

module.exports = Object.assign(migrate, { statements });

async function migrate(args) {
  const options = {
    print: { type: 'boolean' },
    postgres: { type: 'boolean' },
    prefix: { type: 'string' },
    schema: { type: 'string' },
  };
  const { values, positionals } = readArgs('ledger', args, options, 2);
  if (values.help) return void process.stdout.write(HELP);
  const [action, path] = positionals;
  if (action !== 'migrate') throw usage(action === undefined ? 'Missing: migrate.' : `There is no ledger ${action}.`);
  const { print, postgres, prefix, schema } = values;
  if (print) {
    if (path !== undefined) throw usage(`With --print there is no place for ${path}`);
    return end(0, statements({ prefix, schema }, postgres === true));
  }
  if (postgres || prefix !== undefined || schema !== undefined)
    throw usage('--postgres, --prefix and --schema go with --print: the module says what its ledger has.');
  const ledger = await ledgerOf('ledger', path);
  await ledger.close();
  end(0, 'The tables of the ledger are of this version.\n');
}

/** The SQL that makes the tables; `names` are `prefix` and `schema`. */
function statements(names, isPostgres) {
  if (names.schema !== undefined && !isPostgres) throw usage('--schema goes with --postgres.');
  const { migrations } = require('../ledger/schema.js');
  const { namesOf } = require('../ledger/stores/names.js');
  let sql;
  try {
    sql = namesOf(names, isPostgres);
  } catch (error) {
    throw usage(`--${error.message}`);
  }
  const schema = names.schema === undefined ? '' : `CREATE SCHEMA IF NOT EXISTS "${names.schema}";\n\n`;
  const parts = migrations(sql).map(
    (list, at) => `-- Migration ${at + 1}\nBEGIN;\n${list.map((one) => `${one};\n`).join('')}COMMIT;\n`,
  );
  return `${schema}${parts.join('\n')}`;
}

function usage(words) {
  return new UsageError(words, 'ledger ');
}
