'use strict';

const { optionsOf } = require('../../clients.js');
const { namesOf } = require('./names.js');

exports.sqlite = sqlite;
exports.postgres = postgres;

function sqlite(database, options = {}) {
  const names = namesOf(optionsOf('sqlite', options, ['prefix']));
  if (typeof database === 'string' && database !== '') {
    const { ThreadStore } = require('./thread.js');
    return new ThreadStore(database, names);
  }
  if (typeof database?.prepare === 'function' && typeof database.exec === 'function') {
    const { HandleStore } = require('./handle.js');
    return new HandleStore(database, names);
  }
  throw new TypeError(
    'sqlite takes the path of a file, or an open database of node:sqlite, better-sqlite3 or bun:sqlite.',
  );
}

function postgres(pool, options = {}) {
  const names = namesOf(optionsOf('postgres', options, ['prefix', 'schema']), true);
  const { PostgresStore } = require('./postgres.js');
  const { overAdapter, overPool } = require('./transactions.js');
  if (typeof pool?.connect === 'function') return new PostgresStore(overPool(pool), names);
  if (typeof pool?.transaction === 'function') return new PostgresStore(overAdapter(pool), names);
  throw new TypeError('postgres takes a Pool of the package pg, or { transaction } over another client.');
}
