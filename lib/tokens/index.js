'use strict';

const { randomUUID } = require('node:crypto');
const { optionsOf, queryOf, quoted, setterOf, wholeMs } = require('../clients.js');

exports.redisTokenStore = redisTokenStore;
exports.postgresTokenStore = postgresTokenStore;
exports.postgresTokenTable = postgresTokenTable;

function redisTokenStore(client, options) {
  // `clients.map(redisTokenStore)` hands over a number, which is no option.
  if (options !== undefined && typeof options !== 'number')
    throw new TypeError('redisTokenStore takes a client and nothing else: a prefix is an option of the client.');
  const set = setterOf('redisTokenStore', client);
  const get = async (key) => {
    const text = await client.get(key);
    return text === null ? null : String(text);
  };
  return {
    get,
    async set(key, value, ttlMs) {
      await set(key, value, ttlMs, false);
    },
    async lock(key, ttlMs) {
      const mine = randomUUID();
      const isMine = async () => (await get(key)) === mine;
      // A client may send a command again after its connection broke, and then meets its own value.
      if (!(await set(key, mine, ttlMs, true)) && !(await isMine())) return false;
      // Were it taken by another in between, two would log in: that is no harm.
      return async () => {
        if (await isMine()) await client.del(key);
      };
    },
  };
}

const TABLE = 'finconnect_tokens';

function postgresTokenTable(table = TABLE) {
  return `CREATE TABLE IF NOT EXISTS ${quoted(table).name} (
  key text PRIMARY KEY,
  value text NOT NULL,
  expires_at timestamptz NOT NULL
);`;
}

function postgresTokenStore(client, options = {}) {
  const { table = TABLE } = optionsOf('postgresTokenStore', options, ['table']);
  const { name } = quoted(table);
  const run = queryOf('postgresTokenStore', client);
  const put = `INSERT INTO ${name} AS kept (key, value, expires_at)
VALUES ($1::text, $2::text, now() + $3::double precision * interval '1 millisecond')
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`;
  return {
    async get(key) {
      const [row] = await run(`SELECT value FROM ${name} WHERE key = $1::text AND expires_at > now()`, [key]);
      return row?.value ?? null;
    },
    async set(key, value, ttlMs) {
      await run(put, [key, value, wholeMs(ttlMs)]);
    },
    async lock(key, ttlMs) {
      const mine = randomUUID();
      // One statement, so that of many processes at one time one gets the row, were it there and expired or not.
      const rows = await run(`${put} WHERE kept.expires_at <= now() RETURNING key`, [key, mine, wholeMs(ttlMs)]);
      if (rows.length === 0) return false;
      return async () => {
        await run(`DELETE FROM ${name} WHERE key = $1::text AND value = $2::text`, [key, mine]);
      };
    },
  };
}
