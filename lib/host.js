'use strict';

// What a call needs of functions that the caller passed: listeners, an own fetch, stores, abort signals. The addon
// calls what this module returns.

const { AsyncResource } = require('node:async_hooks');
const { entriesOf, headerOf } = require('./headers.js');

/** Characters that are kept of what a function of the caller's throws. */
const MAX_WORDS = 2000;

const EXPECTED = ['amount', 'currency', 'reference', 'transactionId'];
/** Unknown names of `expect` that are handed on, to be refused. */
const MAX_UNKNOWN = 8;

module.exports = function createHost({ addon, OWN, channels, ownOf, paymentOf }) {
  /** Requests by the caller's fetch that are under way. */
  const fetching = new Map();
  /** Abort signals of calls that are under way. */
  const watched = new Map();
  /** The calls of each such signal, and the one listener that ends them. */
  const signals = new Map();

  /** Each gives JSON text. */
  const questions = {
    async fetch({ sdk }, request, question) {
      const controller = new AbortController();
      fetching.set(question, controller);
      try {
        const send = require('./own-fetch.js');
        return JSON.stringify(await send(sdk[OWN].fetch, request, controller.signal, { wordsOf, headerOf }));
      } finally {
        fetching.delete(question);
      }
    },
    async setIfAbsent({ sdk }, [key, ttlMs]) {
      const isNew = await sdk[OWN].store.setIfAbsent(key, ttlMs);
      if (typeof isNew === 'boolean') return String(isNew);
      const what = isNew === null ? 'null' : `a value of type ${typeof isNew}`;
      throw new TypeError(`setIfAbsent must answer true or false, not ${what}`);
    },
    claim: async ({ sdk }, question) => JSON.stringify(await require('./claims.js').claim(sdk[OWN].store, question)),
    tokens: ({ sdk }, [name, ...given]) => require('./token-store.js')[name](sdk[OWN], ...given),
    async expect({ data, expect }, row) {
      const payment = paymentOf(row, data);
      // A look-up is about no callback: there the gateway's own object takes its place.
      return expected(await expect(data === undefined ? payment.raw : data, payment));
    },
  };

  return {
    adopt: (sdk, fetch, store, tokens) => Object.assign(ownOf(sdk), { fetch, store, tokens }),

    /**
     * What a call needs to call the caller's functions later, as if from where it was made: with its AsyncLocalStorage.
     */
    enter: (sdk, data, expect) => ({ sdk, data, expect, scope: new AsyncResource('FinConnect') }),

    emit({ sdk, scope }, name, text) {
      const event = JSON.parse(text);
      scope.runInAsyncScope(() => {
        for (const listener of [...(sdk[OWN]?.listeners.get(name) ?? [])]) tell(listener, event);
        const channel = channels.get(name);
        if (channel.hasSubscribers) channel.publish(event);
      });
    },

    /** Asks a function of the caller's; the answer, or what was thrown, goes back under the same number. */
    ask(call, name, text, question) {
      call.scope.runInAsyncScope(async () => {
        let answer;
        let failed = false;
        try {
          answer = await questions[name](call, JSON.parse(text), question);
        } catch (error) {
          answer = wordsOf(error);
          failed = true;
        }
        addon.answer(question, answer, failed);
      });
    },

    /** Nobody waits for that answer any more. */
    forget: (question) => fetching.get(question)?.abort(),

    /**
     * Calls the addon when the signal aborts, until `unwatch`. All calls of a signal share one listener, of which Node
     * would count more than ten as a leak.
     */
    watch(signal, call) {
      let shared = signals.get(signal);
      if (!shared) {
        shared = { calls: new Set(), listener: () => shared.calls.forEach((each) => addon.abort(each)) };
        signal.addEventListener('abort', shared.listener, { once: true });
        signals.set(signal, shared);
      }
      shared.calls.add(call);
      watched.set(call, signal);
      if (signal.aborted) addon.abort(call);
    },

    /** Gives back why the signal aborted. */
    unwatch(call) {
      const signal = watched.get(call);
      watched.delete(call);
      const shared = signals.get(signal);
      if (shared?.calls.delete(call) && shared.calls.size === 0) {
        signals.delete(signal);
        signal.removeEventListener('abort', shared.listener);
      }
      return signal?.reason;
    },

    expected,

    headers: (headers) => JSON.stringify(entriesOf(headers).flatMap(each)),

    withBigints: (value) => JSON.stringify(value, written),

    wordsOf,
  };
};

/** A member as JSON can say it: a bigint as decimal text. `NaN` it would make `null`, as if nothing were there. */
function written(name, part) {
  if (typeof part === 'bigint') return String(part);
  if (typeof part === 'number' && !Number.isFinite(part)) throw new TypeError(`${name} is ${part}`);
  return part;
}

/** A header that came twice, which Node joins by a comma, as its values. */
function each([name, joined]) {
  const values = new Set(
    joined
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== ''),
  );
  return [...values].map((value) => [name, value]);
}

/** What a listener throws, at once or later, is its own affair, and must not cost a payment its answer. */
function tell(listener, event) {
  try {
    const later = listener(event);
    if (typeof later?.then === 'function') later.then(undefined, () => {});
  } catch {}
}

/** What was thrown, in words; nobody knows what it is. */
function wordsOf(error) {
  try {
    const message = error?.message;
    return (typeof message === 'string' && message !== '' ? message : String(error)).slice(0, MAX_WORDS);
  } catch {
    return 'it threw a value without words';
  }
}

/**
 * What an order should say as JSON text. A member that is `null`, `undefined` or `NaN` becomes `[]`, which the core
 * refuses.
 */
function expected(value) {
  if (value === null || value === undefined || value === false) return 'null';
  if (typeof value !== 'object') return 'true';
  const isKnown = (name) => EXPECTED.includes(name);
  const unknown = Object.keys(value)
    .filter((name) => !isKnown(name))
    .slice(0, MAX_UNKNOWN);
  const names = [...EXPECTED.filter((name) => name in value), ...unknown];
  return `{${names.map((name) => `${JSON.stringify(name)}:${isKnown(name) ? partOf(value[name]) : '[]'}`).join(',')}}`;
}

/** A member as JSON text; `[]` where JSON has nothing to say of it. */
function partOf(part) {
  if (typeof part === 'bigint') return `"${part}"`;
  try {
    const text = JSON.stringify(part);
    return text === undefined || text === 'null' ? '[]' : text;
  } catch {
    return '[]';
  }
}
