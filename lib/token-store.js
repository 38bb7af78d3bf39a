'use strict';

// The caller's token store, each of its functions asked for JSON text. What they must not answer is an error, after
// which the core logs in by itself.

exports.get = async ({ tokens }, key) => {
  const text = (await tokens.get(key)) ?? null;
  if (text !== null && typeof text !== 'string') throw wrong('get', 'a string or null', text);
  return JSON.stringify(text);
};

exports.set = async ({ tokens }, key, value, ttlMs) => {
  await tokens.set(key, value, ttlMs);
  return 'null';
};

/** A function that it answers releases the lock, and stays here until then. */
exports.lock = async (own, key, ttlMs) => {
  const lock = await own.tokens.lock(key, ttlMs);
  if (typeof lock !== 'boolean' && typeof lock !== 'function') throw wrong('lock', 'a function, true or false', lock);
  if (lock) own.release = lock;
  return String(Boolean(lock));
};

exports.unlock = async (own) => {
  const { release } = own;
  own.release = undefined;
  if (typeof release === 'function') await release();
  return 'null';
};

function wrong(name, must, answer) {
  return new TypeError(`${name} must answer ${must}, not a value of type ${typeof answer}`);
}
