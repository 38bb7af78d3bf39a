'use strict';

const { randomUUID } = require('node:crypto');
const { optionsOf, queryOf, quoted, scriptsOf, setterOf, wholeMs } = require('../clients.js');

exports.redisReplayStore = redisReplayStore;
exports.postgresReplayStore = postgresReplayStore;
exports.postgresReplayTable = postgresReplayTable;

// Both stores keep a text by each key: this one while a copy is being handled, any other, or none, when one was.
const claimOf = (token) => `claim:${token}`;

/** What a claim came to, by the text that is kept after it. */
function answerOf(kept, mine) {
  if (kept === mine) return 'claimed';
  return kept?.startsWith(claimOf('')) ? 'busy' : 'committed';
}

/** Each gives or changes one key in one step. A client may send it again: its own text is no other's. */
const CLAIM = `local kept = redis.call('GET', KEYS[1])
if kept and kept ~= ARGV[1] then return kept end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;
const COMMIT = `local kept = redis.call('GET', KEYS[1])
if kept and kept ~= ARGV[1] and kept ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;
const RELEASE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

function redisReplayStore(client, options) {
  // `clients.map(redisReplayStore)` hands over a number, which is no option.
  if (options !== undefined && typeof options !== 'number')
    throw new TypeError('redisReplayStore takes a client and nothing else: a prefix is an option of the client.');
  const set = setterOf('redisReplayStore', client);
  const run = scriptsOf(client);
  return {
    async setIfAbsent(key, ttlMs) {
      const mine = randomUUID();
      if (await set(key, mine, ttlMs, true)) return true;
      // A client may send a command again after its connection broke, and then meets its own value.
      const kept = await client.get(key);
      return kept !== null && String(kept) === mine;
    },
    async claim(key, leaseMs, token) {
      const mine = claimOf(token);
      return answerOf(String(await run(CLAIM, key, mine, wholeMs(leaseMs))), mine);
    },
    async commit(key, ttlMs, token) {
      return Number(await run(COMMIT, key, claimOf(token), token, wholeMs(ttlMs))) === 1;
    },
    async release(key, token) {
      return Number(await run(RELEASE, key, claimOf(token))) === 1;
    },
  };
}

const TABLE = 'finconnect_replay';
const MAX_REMOVED = 100_000;

function postgresReplayTable(table = TABLE) {
  const { name, last } = quoted(table);
  return `CREATE TABLE IF NOT EXISTS ${name} (
  key text PRIMARY KEY,
  expires_at timestamptz NOT NULL,
  token text
);
ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS token text;
CREATE INDEX IF NOT EXISTS "${last}_expires_at" ON ${name} (expires_at);`;
}

function postgresReplayStore(client, options = {}) {
  const { table = TABLE } = optionsOf('postgresReplayStore', options, ['table']);
  const { name } = quoted(table);
  const run = queryOf('postgresReplayStore', client);
  // One statement, so that of many copies at one time one gets the row, were it there and expired or not.
  const take = `INSERT INTO ${name} AS kept (key, expires_at)
VALUES ($1::text, now() + $2::double precision * interval '1 millisecond')
ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, token = NULL WHERE kept.expires_at <= now()
RETURNING key`;
  const put = `INSERT INTO ${name} AS kept (key, expires_at, token)
VALUES ($1::text, now() + $2::double precision * interval '1 millisecond', $3::text)
ON CONFLICT (key) DO UPDATE SET`;
  // It writes the row that is there again, so as to tell in the same step what it holds.
  const claim = `${put}
  token = CASE WHEN kept.expires_at <= now() THEN excluded.token ELSE kept.token END,
  expires_at = CASE WHEN kept.expires_at <= now() OR kept.token = excluded.token THEN excluded.expires_at
    ELSE kept.expires_at END
RETURNING token`;
  const commit = `${put} expires_at = excluded.expires_at, token = excluded.token
WHERE kept.expires_at <= now() OR kept.token IN ($3::text, $4::text)
RETURNING key`;
  const release = `DELETE FROM ${name} WHERE key = $1::text AND token = $2::text RETURNING key`;
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
    async claim(key, leaseMs, token) {
      const mine = claimOf(token);
      const [row] = await run(claim, [key, wholeMs(leaseMs), mine]);
      return answerOf(row.token, mine);
    },
    async commit(key, ttlMs, token) {
      const rows = await run(commit, [key, wholeMs(ttlMs), token, claimOf(token)]);
      return rows.length === 1;
    },
    async release(key, token) {
      const rows = await run(release, [key, claimOf(token)]);
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
