'use strict';

// What a call needs of functions that the caller passed: listeners, an own fetch, stores, abort signals. The addon
// calls what this module returns.

const MAX_ANSWER = 1 << 20;

/** Failures of fetch after which nothing can have reached the gateway. */
const NEVER_SENT = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'ERR_INVALID_URL',
  'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS_CERT_ALTNAME_INVALID',
]);

module.exports = function createHost({ addon, OWN, channels, ownOf, paymentOf }) {
  /** Requests by the caller's fetch that are under way. */
  const fetching = new Map();
  /** Abort signals of calls that are under way. */
  const watched = new Map();
  /** The calls of each such signal, and the one listener that ends them. */
  const signals = new Map();

  const questions = {
    async fetch({ sdk }, { url, method, headers, body }, question) {
      const controller = new AbortController();
      fetching.set(question, controller);
      try {
        const response = await sdk[OWN].fetch(url, { method, headers, ...(body !== null && { body }), redirect: 'manual', signal: controller.signal });
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
    async expect({ data, expect }, row) {
      return expected(await expect(data, paymentOf(row, data)));
    },
  };

  return {
    adopt: (sdk, fetch, store) => Object.assign(ownOf(sdk), { fetch, store }),

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
      new Promise((resolve) => resolve(questions[name](call, JSON.parse(text), question))).then(
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
