'use strict';

// The dashboard for one person on this machine.

const { randomBytes, timingSafeEqual } = require('node:crypto');
const { once } = require('node:events');
const { closeSync, existsSync, openSync, readSync } = require('node:fs');
const { createServer } = require('node:http');
const { ledgerOf } = require('./module.js');
const { onSignals } = require('./signals.js');
const { end, readArgs, UsageError } = require('./words.js');

const HELP = `Usage: npx finconnect dashboard --ledger <where> [options]

Shows the money of a ledger in the browser: totals, what fails and why, what needs a person, and each payment's life.
It listens on this machine alone, at an address with a secret in it, until it is ended. Give that address to nobody.

Options
  --ledger WHERE    a module that exports "ledger"; an SQLite file; or postgres://… of a database
  --act             also ask gateways again, and resolve payments; for a module, whose handlers hear of it
  --port NUMBER     the port; default any that is free
  --time-zone NAME  whose days are counted; default Africa/Dar_es_Salaam
  --prefix TEXT     of a file or database: what the names of the tables begin with; default finconnect_
  --schema NAME     of a database: the schema of PostgreSQL that they stand in

Exit codes
  0  it was ended
  1  the ledger could not be opened, or the port is taken
  2  the command line is wrong
`;

const HOST = '127.0.0.1';
const MAGIC = 'SQLite format 3\0';
/** So long may a request take to come, and the last ones to be answered at the end. */
const REQUEST_MS = 10_000;
const CLOSES_WITHIN_MS = 5_000;

module.exports = async function dashboard(args) {
  const texts = ['ledger', 'port', 'time-zone', 'prefix', 'schema'];
  const options = { act: { type: 'boolean' }, ...Object.fromEntries(texts.map((name) => [name, { type: 'string' }])) };
  const { values } = readArgs('dashboard', args, options, 0);
  if (values.help) return void process.stdout.write(HELP);
  const port = portOf(values.port);
  const { close, dashboard: made } = await openedBy(values);
  const token = randomBytes(24).toString('base64url');
  let handler;
  try {
    handler = made({ path: `/${token}`, ...(values.act && { act: true }), ...zoneOf(values['time-zone']) });
  } catch (error) {
    await close();
    throw error;
  }
  const server = createServer((req, res) => (isGuest(req, token) ? handler(req, res) : refused(req, res)));
  server.requestTimeout = REQUEST_MS;
  server.listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    await close();
    throw error.code === 'EADDRINUSE' ? new Error(`The port ${port} is taken: choose another by --port.`) : error;
  }
  const ended = new Promise((resolve) => onSignals(resolve));
  process.stdout.write(`Dashboard: http://${HOST}:${server.address().port}/${token}/\n${wordsOf(values.act)}\n`);
  await ended;
  setTimeout(() => process.exit(0), CLOSES_WITHIN_MS).unref();
  server.close();
  server.closeAllConnections();
  await close();
  end(0);
};

function wordsOf(act) {
  return act
    ? 'Who has this address may resolve payments. Ctrl-C ends it.'
    : 'Read-only; --act is for asking again and resolving. Ctrl-C ends it.';
}

/** Whether a request names this machine, as no page of another site can, and has the token. */
function isGuest(req, token) {
  const { port } = req.socket.address();
  if (![`${HOST}:${port}`, `localhost:${port}`].includes(req.headers.host)) return false;
  const [given] = req.url.slice(1).split(/[/?#]/, 1);
  const [one, other] = [given, token].map((text) => Buffer.from(text));
  return one.length === other.length && timingSafeEqual(one, other);
}

function refused(req, res) {
  req.resume();
  res.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  res.end('Not Found. Open the address that the terminal shows.');
}

/** The ledger as something that makes dashboards, and `close()`. */
async function openedBy({ ledger: where, act, prefix, schema }) {
  if (where === undefined) throw usage('Missing: --ledger, a module, an SQLite file or postgres://…');
  const isPostgres = /^postgres(ql)?:\/\//.test(where);
  const isFile = !isPostgres && isSqlite(where);
  if (!isPostgres && !isFile) {
    if (prefix !== undefined || schema !== undefined)
      throw usage('--prefix and --schema are for a file or database: the module says what its ledger has.');
    const ledger = await ledgerOf('dashboard', where);
    if (typeof ledger.dashboard !== 'function') throw new Error(`The ledger of ${where} is of an older finconnect.`);
    return { dashboard: (options) => ledger.dashboard(options), close: () => ledger.close() };
  }
  // Without the shop's handlers a resolved payment would be taken for handled.
  if (act) throw usage('--act needs a module that exports the ledger: its handlers hear of what you resolve.');
  if (isFile && schema !== undefined) throw usage('--schema is for PostgreSQL.');
  const { postgresReader, sqliteReader } = require('../ledger/stores/reader.js');
  const names = Object.fromEntries(Object.entries({ prefix, schema }).filter(([, value]) => value !== undefined));
  let reader;
  try {
    reader = await (isPostgres ? postgresReader : sqliteReader)(where, names);
    await reader.read('attentionCount', { limit: 1 });
  } catch (error) {
    await reader?.close();
    if (error instanceof TypeError) throw usage(`--${error.message}`);
    throw new Error(
      `${isPostgres ? 'That database' : where} cannot be read as a ledger: ${(error.cause ?? error).message}.`,
    );
  }
  const source = { read: reader.read, now: Date.now };
  return { dashboard: (options) => require('../dashboard/index.js')(source, options), close: reader.close };
}

/** Whether it is a database: a module begins with something else. */
function isSqlite(file) {
  if (!existsSync(file)) throw usage(`There is no file ${file}.`);
  const bytes = Buffer.alloc(MAGIC.length);
  const opened = openSync(file, 'r');
  try {
    readSync(opened, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(opened);
  }
  return bytes.toString('latin1') === MAGIC;
}

function portOf(text = '0') {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw usage(`--port takes a number from 0 to 65535; got ${text}`);
}

function zoneOf(timeZone) {
  if (timeZone === undefined) return {};
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw usage(`--time-zone takes a name such as Africa/Kampala; got ${timeZone}`);
  }
  return { timeZone };
}

function usage(words) {
  return new UsageError(words, 'dashboard ');
}
