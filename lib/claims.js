'use strict';

// The claim on a callback in the caller's replay store: made when the callback is judged, settled when it is handled.

exports.claim = claim;
exports.settlerOf = settlerOf;

/** What is handled is remembered so long, as in the core's own store: longer than any gateway repeats a callback. */
const KEEP_MS = 7 * 24 * 3600_000;
/** A store that has not settled a claim by then has failed. */
const SETTLES_WITHIN_MS = 10_000;

const ANSWERS = ['claimed', 'busy', 'committed'];

/**
 * Claims all of `keys`, or none: `'claimed'`, `'claimed again'` after a claim that was never committed, or what stood
 * in the way of one key.
 */
async function claim(store, [leaseMs, token, ...keys]) {
  if (typeof store.claim !== 'function') return keepAll(store, keys);
  try {
    for (const key of keys) {
      const answer = await store.claim(key, leaseMs, token);
      if (!ANSWERS.includes(answer)) throw wrong('claim', "'claimed', 'busy' or 'committed'", answer);
      if (answer !== 'claimed') return await withdrawn(answer);
    }
    return (await isNew(store, `${keys[0]}:begun`)) ? 'claimed' : 'claimed again';
  } catch (error) {
    withdrawn();
    throw error;
  }

  /** What cannot be released is free when its lease ends. */
  async function withdrawn(answer) {
    await Promise.allSettled(keys.map(async (key) => store.release(key, token)));
    return answer;
  }
}

/** A store that has no claims keeps a callback when it is accepted. */
async function keepAll(store, [first, ...more]) {
  if (!(await isNew(store, first))) return 'committed';
  // The callback is kept now: a store that fails here must not turn its next copy into a handled one.
  const others = await Promise.allSettled(more.map((key) => isNew(store, key)));
  return others.some(({ value }) => value === false) ? 'committed' : 'claimed';
}

async function isNew(store, key) {
  const answer = await store.setIfAbsent(key, KEEP_MS);
  if (typeof answer !== 'boolean') throw wrong('setIfAbsent', 'true or false', answer);
  return answer;
}

/**
 * What commits or releases the claim of `token` on `keys`, and resolves with whether it still was this one's. `store`:
 * the caller's; without one the addon keeps the claim.
 */
function settlerOf({ addon, errorOf, wordsOf, store, token, keys }) {
  if (store === undefined) return async (name) => addon.settleClaim(name === 'commit', keys, token);
  if (typeof store.claim !== 'function') return async (name) => name === 'commit';
  const steps = {
    commit: (key) => store.commit(key, KEEP_MS, token),
    release: (key) => store.release(key, token),
  };
  return async function settle(name) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${SETTLES_WITHIN_MS} ms`)), SETTLES_WITHIN_MS);
      timer.unref?.();
    });
    try {
      const answers = await Promise.race([Promise.all(keys.map(async (key) => steps[name](key))), late]);
      const odd = answers.findIndex((answer) => typeof answer !== 'boolean');
      if (odd >= 0) throw wrong(name, 'true or false', answers[odd]);
      return answers.every(Boolean);
    } catch (error) {
      throw errorOf(failure(`Callback handling failed: the replay store failed to ${name}: ${wordsOf(error)}`), settle);
    } finally {
      clearTimeout(timer);
    }
  };
}

function failure(message) {
  const nothing = { provider: null, statusCode: null, gatewayCode: null, gatewayMessage: null, response: null };
  const fields = { message, code: 'CALLER_ERROR', operation: 'handleCallback', ...nothing };
  return { text: JSON.stringify({ ...fields, outcome: 'not_sent', retryable: true }) };
}

function wrong(name, must, answer) {
  return new TypeError(
    `${name} must answer ${must}, not ${answer === null ? 'null' : `a value of type ${typeof answer}`}`,
  );
}
