'use strict';

const { randomUUID } = require('node:crypto');
const { optionsOf, queryOf, quoted, setterOf, wholeMs } = require('../clients.js');

exports.redisReplayStore = redisReplayStore;
exports.postgresReplayStore = postgresReplayStore;
exports.postgresReplayTable = postgresReplayTable;

function redisReplayStore(client, options) {
  // `clients.map(redisReplayStore)` hands over a number, which is no option.
  if (options !== undefined && typeof options !== 'number')
    throw new TypeError('redisReplayStore takes a client and nothing else: a prefix is an option of the client.');
  const set = setterOf('redisReplayStore', client);
  return {
    async setIfAbsent(key, ttlMs) {
      const mine = randomUUID();
      if (await set(key, mine, ttlMs, true)) return true;
      // A client may send a command again after its connection broke, and then meets its own value.
      const kept = await client.get(key);
      return kept !== null && String(kept) === mine;
    },
  };
}

const TABLE = 'finconnect_replay';
const MAX_REMOVED = 100_000;

function postgresReplayTable(table = TABLE) {
  const { name, last } = quoted(table);
  return `CREATE TABLE IF NOT EXISTS ${name} (
  key text PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS "${last}_expires_at" ON ${name} (expires_at);`;
}

function postgresReplayStore(client, options = {}) {
  const { table = TABLE } = optionsOf('postgresReplayStore', options, ['table']);
  const { name } = quoted(table);
  const run = queryOf('postgresReplayStore', client);
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
