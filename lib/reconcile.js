'use strict';

// Asks where many payments stand. Loaded when it is first asked for.

const MAX_CONCURRENCY = 64;

module.exports = ({ refuse, composed }) => ({
  /** Gives each payment of `pending` with what it was and what it is now, in their order, so that it can be resumed. */
  async *reconciled(sdk, pending, options) {
    const { concurrency = 4, ratePerMinute, signal, onProgress, ...others } = options ?? {};
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      throw refuse('reconcile', `options have ${unknown}; there are concurrency, ratePerMinute, signal, onProgress.`);
    if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
      throw refuse('reconcile', 'options.signal must be an AbortSignal.');
    if (onProgress !== undefined && typeof onProgress !== 'function')
      throw refuse('reconcile', 'options.onProgress must be a function.');
    const { recovery, statusesPerMinute } = sdk.capabilities();
    const rate = ratePerMinute ?? statusesPerMinute;
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY)
      throw refuse('reconcile', `options.concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}.`);
    if (!(rate > 0)) throw refuse('reconcile', 'options.ratePerMinute must be a number above 0.');
    const source = pending?.[Symbol.asyncIterator]?.() ?? pending?.[Symbol.iterator]?.();
    if (source === undefined || typeof pending === 'string')
      throw refuse('reconcile', 'pending must be a list, or something else that can be gone through.');

    const counts = { done: 0, changed: 0, failed: 0, last: null };
    const turn = turns(60_000 / rate);
    const waiting = [];
    let isOver = false;
    try {
      for (;;) {
        while (!isOver && waiting.length < concurrency) {
          signal?.throwIfAborted();
          const { done, value } = await unlessAborted(Promise.resolve(source.next()), signal);
          isOver = done === true;
          if (isOver) break;
          const asks = asked(value, recovery, refuse, composed);
          const work =
            asks.error === undefined ? turn(signal).then(() => looked(sdk, asks, composed, signal)) : untold(asks);
          // It is awaited in its turn, if ever.
          work.catch(() => {});
          waiting.push(work);
        }
        if (waiting.length === 0) return;
        const one = await waiting.shift();
        signal?.throwIfAborted();
        counts.done += 1;
        counts.changed += one.now !== null && one.now !== one.was ? 1 : 0;
        counts.failed += one.error === undefined ? 0 : 1;
        counts.last = one.reference;
        onProgress?.({ ...counts });
        yield one;
      }
    } finally {
      // A source that hangs must not keep the caller.
      const closed = Promise.resolve(source.return?.());
      closed.catch(() => {});
      if (!signal?.aborted) await closed;
    }
  },
});

/** What is asked about one payment, or why it cannot be asked. */
function asked(item, recovery, refuse, composed) {
  const given = typeof item === 'string' ? { reference: item } : Object(item);
  const { reference, gatewayReference, transactionId, status, kind, operator, expect } = given;
  const isPayout = kind === 'payout';
  const remedy = isPayout ? recovery.payout : recovery.payment;
  const one = {
    reference: reference ?? undefined,
    gatewayReference: gatewayReference ?? undefined,
    own: reference ?? transactionId ?? null,
    was: status ?? null,
    isPayout,
    operator: operator?.name ?? operator ?? undefined,
    expect: isPayout ? undefined : expect,
  };
  const refused = (rule) => ({ ...one, error: refuse('reconcile', rule) });
  if (remedy === null) return refused('this gateway has no payouts.');
  const key = composed.keyOf({ reference, gatewayReference, transactionId }, remedy);
  if (key !== undefined) return { ...one, key };
  return refused(
    remedy.askedBy === 'transactionId'
      ? 'transactionId is missing: this gateway is asked by its own id, not by your reference.'
      : 'reference is missing: this gateway is asked by it.',
  );
}

/** Where one payment stands. What cannot be told now is no reason to stop. */
async function looked(sdk, one, composed, signal) {
  const options = { signal, operator: one.operator, expect: one.expect };
  for (const name of Object.keys(options)) if (options[name] === undefined) delete options[name];
  try {
    const payment = await composed.standing(sdk, 'reconcile', one, one.key, options);
    return { reference: one.own, was: one.was, now: payment.status, payment };
  } catch (error) {
    return untold({ ...one, error });
  }
}

async function untold({ own, was, error }) {
  return { reference: own, was, now: null, payment: null, error };
}

/** Waits for the next turn, one each `every` milliseconds. */
function turns(every) {
  let next = 0;
  return async (signal) => {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + every;
    if (at > now) await pause(at - now, signal);
  };
}

/** What `promise` brings, or the reason of the signal that is aborted first. */
function unlessAborted(promise, signal) {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stopped = () => reject(signal.reason);
    signal.addEventListener('abort', stopped, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped));
  });
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done() {
      signal?.removeEventListener('abort', stopped);
      resolve();
    }
    function stopped() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal?.addEventListener('abort', stopped, { once: true });
  });
}
