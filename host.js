'use strict';

// The addon's side of JavaScript: what it cannot do in Rust, or must ask of functions that the caller
// passed. Every function here is called by the addon, but for the two that join its class.

const diagnostics = require('node:diagnostics_channel');

const EVENTS = ['request', 'response', 'retry', 'login', 'callback'];
const MAX_ANSWER = 1 << 20;

/** Where an SDK object keeps its own fetch and replay store, and its listeners by event. */
const OWN = Symbol.for('finconnect.own');

/** Failures of fetch after which nothing can have reached the gateway. */
const NEVER_SENT = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'ERR_INVALID_URL',
  'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** @param {{ answer(question: number, text: string, failed: boolean): void, abort(call: number): void }} addon */
module.exports = function createHost(addon) {
  const channels = new Map(EVENTS.map((name) => [name, diagnostics.channel(`finconnect:${name}`)]));
  const all = [...channels.values()];
  /** Requests by the caller's fetch that are under way. */
  const fetching = new Map();
  /** Abort signals of calls that are under way. */
  const watched = new Map();
  /** The calls of each such signal, and the one listener that ends them. */
  const signals = new Map();

  const of = (sdk) => {
    if (!sdk[OWN]) Object.defineProperty(sdk, OWN, { value: { listeners: new Map() } });
    return sdk[OWN];
  };

  const functions = {
    async fetch({ sdk }, { url, method, headers, body }, question) {
      const controller = new AbortController();
      fetching.set(question, controller);
      try {
        const response = await sdk[OWN].fetch(url, { method, headers, body, redirect: 'manual', signal: controller.signal });
        const answer = { status: response.status, retryAfter: response.headers?.get('retry-after') ?? null };
        return Object.assign(answer, await read(response));
      } catch (error) {
        const code = error?.cause?.code ?? error?.code;
        return { failure: String(error?.cause?.message ?? error?.message ?? error), sent: !NEVER_SENT.has(code) };
      } finally {
        fetching.delete(question);
      }
    },
    setIfAbsent: ({ sdk }, [key, ttlMs]) => sdk[OWN].store.setIfAbsent(key, ttlMs),
    async expect({ data, expect }, payment) {
      return expected(await expect(data, payment));
    },
  };

  return {
    adopt: (sdk, fetch, store) => Object.assign(of(sdk), { fetch, store }),

    /** Whether anybody would hear of this object's events. */
    observed(sdk) {
      const own = sdk[OWN];
      if (own !== undefined && own.listeners.size > 0) return true;
      return all.some((channel) => channel.hasSubscribers);
    },

    emit({ sdk }, name, text) {
      const event = JSON.parse(text);
      for (const listener of [...(sdk[OWN]?.listeners.get(name) ?? [])]) {
        // What a listener throws is its own affair, and must not cost a payment its answer.
        try {
          listener(event);
        } catch {}
      }
      const channel = channels.get(name);
      if (channel.hasSubscribers) channel.publish(event);
    },

    /** Asks a function of the caller's; the answer, or what was thrown, goes back under the same number. */
    ask(call, name, text, question) {
      new Promise((resolve) => resolve(functions[name](call, JSON.parse(text), question))).then(
        (answer) => addon.answer(question, JSON.stringify(answer) ?? 'null', false),
        (error) => addon.answer(question, String(error?.message ?? error), true),
      );
    },

    /** Nobody waits for that answer any more. */
    forget: (question) => fetching.get(question)?.abort(),

    /** Calls the addon when the signal aborts, until `unwatch`. All calls of a signal share one listener, of which Node would count more than ten as a leak. */
    watch(signal, call) {
      let shared = signals.get(signal);
      if (!shared) {
        shared = { calls: new Set(), listener: () => shared.calls.forEach((each) => addon.abort(each)) };
        signals.set(signal, shared);
        signal.addEventListener('abort', shared.listener, { once: true });
      }
      shared.calls.add(call);
      watched.set(call, signal);
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

    expected: (value) => JSON.stringify(expected(value)),

    /** Adds `on` and `off` to the class. */
    join(FintechSDK) {
      const define = (name, value) => Object.defineProperty(FintechSDK.prototype, name, { value, writable: true, configurable: true });
      define('on', function on(event, listener) {
        if (!EVENTS.includes(event)) throw new TypeError(`There is no event ${String(event)}; there are ${EVENTS.join(', ')}`);
        if (typeof listener !== 'function') throw new TypeError('A listener must be a function');
        const { listeners } = of(this);
        listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
        return this;
      });
      define('off', function off(event, listener) {
        const { listeners } = of(this);
        const set = listeners.get(event);
        if (set?.delete(listener) && set.size === 0) listeners.delete(event);
        return this;
      });
    },
  };
};

/** What an order should say, with a value that is there but says nothing turned into one that is refused. */
function expected(value) {
  if (value === null || value === undefined || value === false) return null;
  if (typeof value !== 'object') return true;
  const out = {};
  for (const name of ['amount', 'reference', 'transactionId']) {
    if (!(name in value)) continue;
    const part = value[name];
    const empty = part === null || part === undefined || (typeof part === 'number' && !Number.isFinite(part));
    out[name] = empty ? [] : typeof part === 'bigint' ? String(part) : part;
  }
  return out;
}

/** A response's body, no more of it than the built-in client reads. */
async function read(response) {
  // A mock may have no stream.
  if (!response.body) return { text: (await response.text?.()) ?? '' };
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > MAX_ANSWER) return { text: decode(chunks), broken: `larger than ${MAX_ANSWER} bytes` };
      chunks.push(chunk);
    }
  } catch (error) {
    if (error?.name === 'AbortError') throw error;
    return { text: decode(chunks), broken: 'cut off' };
  }
  return { text: decode(chunks) };
}

const decode = (chunks) => new TextDecoder().decode(Buffer.concat(chunks));
