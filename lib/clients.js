'use strict';

// The clients of Redis and PostgreSQL that apps have, as the stores use them.

exports.setterOf = setterOf;
exports.scriptsOf = scriptsOf;
exports.queryOf = queryOf;
exports.quoted = quoted;
exports.optionsOf = optionsOf;
exports.wholeMs = wholeMs;

/**
 * `set(key, value, ms, onlyIfNew)` of a Redis client; it resolves with whether the value was set. Only the clients of
 * `ioredis` define commands; only those of `redis` have them in capitals, too.
 */
function setterOf(store, client) {
  const set = commandOf(store, client);
  return async (key, value, ms, onlyIfNew) => {
    const reply = await set(key, value, wholeMs(ms), onlyIfNew);
    if (reply === null && onlyIfNew) return false;
    if (reply !== null && String(reply) === 'OK') return true;
    throw new TypeError(`${store}: SET was answered by ${typeof reply}, not by "OK" or null.`);
  };
}

function commandOf(store, client) {
  if (typeof client?.defineCommand === 'function') {
    return (key, value, ms, onlyIfNew) => client.set(key, value, 'PX', ms, ...(onlyIfNew ? ['NX'] : []));
  }
  if (typeof client?.SET === 'function') {
    return (key, value, ms, onlyIfNew) => client.set(key, value, { PX: ms, ...(onlyIfNew && { NX: true }) });
  }
  throw new TypeError(
    `${store} needs a client of the package redis (4 or newer) or ioredis, which has SET or defineCommand. In a test, an object with the store's own functions is a store.`,
  );
}

/** `run(script, key, …)` of a Redis client, for a Lua script on one key and more values. */
function scriptsOf(client) {
  const isIoredis = typeof client.defineCommand === 'function';
  return (script, key, ...values) => {
    const texts = values.map(String);
    return isIoredis ? client.eval(script, 1, key, ...texts) : client.eval(script, { keys: [key], arguments: texts });
  };
}

/** The client's `query(text, values)`, or the given function, as one that resolves with the rows. */
function queryOf(store, client) {
  const isFunction = typeof client === 'function';
  if (!isFunction && typeof client?.query !== 'function') {
    throw new TypeError(`${store} needs a pool or client of the package pg, or a function (text, values).`);
  }
  return async (text, values) => {
    const answer = await (isFunction ? client(text, values) : client.query(text, values));
    const rows = Array.isArray(answer) ? answer : answer?.rows;
    if (!Array.isArray(rows)) throw new TypeError(`${store}: the query was not answered by rows.`);
    return rows;
  };
}

/** The options of a store; one that it does not have is refused by name. */
function optionsOf(store, options, known) {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${store} takes options such as { ${known.join(', ')} }.`);
  const unknown = Object.keys(options).find((name) => !known.includes(name) && options[name] !== undefined);
  if (unknown !== undefined) throw new TypeError(`${store} has no option ${unknown}; there is ${known.join(', ')}.`);
  return options;
}

/** At most 50 characters a part, so that PostgreSQL does not cut an index's name. */
const IDENTIFIER = /^(?:[a-z_][a-z0-9_]{0,49}\.)?[a-z_][a-z0-9_]{0,49}$/;

/** A table's name for SQL, and its last part. */
function quoted(table) {
  if (typeof table !== 'string' || !IDENTIFIER.test(table)) {
    throw new TypeError(
      'table must be a name of lower-case letters, digits and _, or schema.name; at most 50 characters each.',
    );
  }
  const parts = table.split('.');
  return { name: parts.map((part) => `"${part}"`).join('.'), last: parts.at(-1) };
}

function wholeMs(ttlMs) {
  if (Number.isFinite(ttlMs) && ttlMs > 0) return Math.ceil(ttlMs);
  throw new RangeError('ttlMs must be a number of milliseconds above 0.');
}
