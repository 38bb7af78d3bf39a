'use strict';

const { randomUUID } = require('node:crypto');

exports.redisReplayStore = redisReplayStore;
exports.postgresReplayStore = postgresReplayStore;
exports.postgresReplayTable = postgresReplayTable;

function redisReplayStore(client, options) {
  // `clients.map(redisReplayStore)` hands over a number, which is no option.
  if (options !== undefined && typeof options !== 'number')
    throw new TypeError('redisReplayStore takes a client and nothing else: a prefix is an option of the client.');
  const setIfNew = setterOf(client);
  return {
    async setIfAbsent(key, ttlMs) {
      const mine = randomUUID();
      const reply = await setIfNew(key, mine, wholeMs(ttlMs));
      if (reply !== null && String(reply) === 'OK') return true;
      if (reply !== null)
        throw new TypeError(`redisReplayStore: SET was answered by ${typeof reply}, not by "OK" or null.`);
      // A client may send a command again after its connection broke, and then meets its own value.
      const kept = await client.get(key);
      return kept !== null && String(kept) === mine;
    },
  };
}

/** Only the clients of `ioredis` define commands; only those of `redis` have them in capitals, too. */
function setterOf(client) {
  if (typeof client?.defineCommand === 'function') return (key, value, ms) => client.set(key, value, 'PX', ms, 'NX');
  if (typeof client?.SET === 'function') return (key, value, ms) => client.set(key, value, { PX: ms, NX: true });
  throw new TypeError('redisReplayStore needs a client of the package redis (4 or newer) or ioredis.');
}

const TABLE = 'finconnect_replay';
const MAX_REMOVED = 100_000;

function postgresReplayTable(table = TABLE) {
  const { name, index } = identifiers(table);
  return `CREATE TABLE IF NOT EXISTS ${name} (
  key text PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS ${index} ON ${name} (expires_at);`;
}

const POSTGRES_OPTIONS = ['table'];

function postgresReplayStore(client, options = {}) {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('postgresReplayStore takes options such as { table }.');
  const unknown = Object.keys(options).find((name) => !POSTGRES_OPTIONS.includes(name) && options[name] !== undefined);
  if (unknown !== undefined) {
    throw new TypeError(`postgresReplayStore has no option ${unknown}; there is ${POSTGRES_OPTIONS.join(', ')}.`);
  }
  const { table = TABLE } = options;
  const { name } = identifiers(table);
  const run = queryOf(client);
  // One statement, so that of many copies at one time one gets the row, were it there and expired or not.
  const take = `INSERT INTO ${name} AS kept (key, expires_at)
VALUES ($1::text, now() + $2::double precision * interval '1 millisecond')
ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at WHERE kept.expires_at <= now()
RETURNING key`;
  // SKIP LOCKED: a clean-up never waits for another, nor for a callback.
  const remove = `WITH expired AS (
  SELECT key FROM ${name} WHERE expires_at <= now() ORDER BY expires_at LIMIT $1::integer FOR UPDATE SKIP LOCKED
)
DELETE FROM ${name} AS kept USING expired WHERE kept.key = expired.key RETURNING kept.key`;
  return {
    async setIfAbsent(key, ttlMs) {
      const rows = await run(take, [key, wholeMs(ttlMs)]);
      return rows.length === 1;
    },
    async removeExpired(limit = 1000) {
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_REMOVED) {
        throw new RangeError(`removeExpired takes a whole number from 1 to ${MAX_REMOVED}.`);
      }
      const rows = await run(remove, [limit]);
      return rows.length;
    },
  };
}

/** The client's `query(text, values)`, or the given function, as one that resolves with the rows. */
function queryOf(client) {
  const isFunction = typeof client === 'function';
  if (!isFunction && typeof client?.query !== 'function') {
    throw new TypeError('postgresReplayStore needs a pool or client of the package pg, or a function (text, values).');
  }
  return async (text, values) => {
    const answer = await (isFunction ? client(text, values) : client.query(text, values));
    const rows = Array.isArray(answer) ? answer : answer?.rows;
    if (!Array.isArray(rows)) throw new TypeError('postgresReplayStore: the query was not answered by rows.');
    return rows;
  };
}

/** At most 50 characters a part, so that PostgreSQL does not cut the index's name. */
const IDENTIFIER = /^(?:[a-z_][a-z0-9_]{0,49}\.)?[a-z_][a-z0-9_]{0,49}$/;

function identifiers(table) {
  if (typeof table !== 'string' || !IDENTIFIER.test(table)) {
    throw new TypeError(
      'table must be a name of lower-case letters, digits and _, or schema.name; at most 50 characters each.',
    );
  }
  const parts = table.split('.');
  return { name: parts.map((part) => `"${part}"`).join('.'), index: `"${parts.at(-1)}_expires_at"` };
}

function wholeMs(ttlMs) {
  if (Number.isFinite(ttlMs) && ttlMs > 0) return Math.ceil(ttlMs);
  throw new RangeError('ttlMs must be a number of milliseconds above 0.');
}
