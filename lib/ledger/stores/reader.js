'use strict';

// The tables of a ledger, only read: nothing is made, migrated or locked.

const { createRequire } = require('node:module');
const { join } = require('node:path');
const { failed, postgresFailure, sqliteFailure } = require('./failures.js');
const { namesOf } = require('./names.js');
const { MODULES, proceduresOf } = require('./procedures.js');

exports.sqliteReader = sqliteReader;
exports.postgresReader = postgresReader;

/** A statement that takes longer is given up, so that nobody is kept from the tables. */
const STATEMENT_MS = 10_000;
const CONNECT_MS = 10_000;

/** Reads a file, by `node:sqlite` or the app's better-sqlite3. Gives `{ read, close }`. */
async function sqliteReader(file, options) {
  const procedures = proceduresOf(namesOf(options), MODULES);
  const db = opened(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${STATEMENT_MS}`);
  } catch (error) {
    db.close();
    throw sqliteFailure(error);
  }
  return {
    async read(name, args) {
      try {
        // One state of the tables for all statements.
        db.exec('BEGIN');
        try {
          const procedure = procedures[name](args);
          let step = procedure.next();
          while (!step.done) step = procedure.next(db.prepare(step.value[0]).all(...step.value[1]));
          return step.value;
        } finally {
          db.exec('COMMIT');
        }
      } catch (error) {
        throw sqliteFailure(error);
      }
    },
    close: async () => db.close(),
  };
}

function opened(file) {
  const { emitWarning } = process;
  try {
    // node:sqlite warns that it is new.
    process.emitWarning = () => {};
    const { DatabaseSync } = require('node:sqlite');
    return new DatabaseSync(file, { readOnly: true });
  } catch (error) {
    if (error.code !== 'ERR_UNKNOWN_BUILTIN_MODULE') throw sqliteFailure(error);
  } finally {
    process.emitWarning = emitWarning;
  }
  const Database = ofApp('better-sqlite3', `reading ${file} with Node ${process.version}`);
  try {
    return new Database(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw sqliteFailure(error);
  }
}

/** Reads a PostgreSQL, by the app's pg. */
async function postgresReader(url, options) {
  const procedures = proceduresOf(namesOf(options, true), MODULES);
  const { Pool } = ofApp('pg', 'reading PostgreSQL');
  const limits = { connectionTimeoutMillis: CONNECT_MS, statement_timeout: STATEMENT_MS };
  const pool = new Pool({ connectionString: url, max: 4, query_timeout: 2 * STATEMENT_MS, ...limits });
  // A connection that is lost while nobody uses it is made again.
  pool.on('error', () => {});
  return {
    async read(name, args) {
      let client;
      try {
        client = await pool.connect();
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        const procedure = procedures[name](args);
        let step = procedure.next();
        while (!step.done) step = procedure.next((await client.query(numbered(step.value[0]), step.value[1])).rows);
        await client.query('COMMIT');
        client.release();
        return step.value;
      } catch (error) {
        client?.release(error);
        throw postgresFailure(error);
      }
    },
    close: () => pool.end(),
  };
}

function numbered(text) {
  let at = 0;
  return text.replace(/\?/g, () => `$${++at}`);
}

/** A package of the folder that the command is run in. */
function ofApp(name, what) {
  try {
    return createRequire(join(process.cwd(), 'package.json'))(name);
  } catch (cause) {
    throw failed(
      'LEDGER_FAILED',
      `${what} needs the package ${name}: run it in your app, with ${name} installed.`,
      cause,
    );
  }
}
