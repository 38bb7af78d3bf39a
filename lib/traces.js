'use strict';

// What `tracing:finconnect:call:…` is told of a call. Loaded when somebody listens there.

const STATUSES = new Set([
  ...['pending', 'authorized', 'processing', 'succeeded', 'failed', 'reversed', 'refunded', 'unknown'],
]);

module.exports = function createTraces({ native, FinConnectError, channels }) {
  const { start, end, asyncStart, asyncEnd, error: failed } = channels;
  /** An SDK object's gateway: to ask the addon each time would read all of its capabilities. */
  const providers = new WeakMap();

  return {
    /** Makes a call by `make`, which answers with a promise, and tells of it from start to end. */
    async traced(sdk, operation, make) {
      const provider = providerOf(sdk);
      const call = {
        name: ['finconnect', operation, provider].filter(Boolean).join(' '),
        attributes: { 'finconnect.operation': operation, ...(provider && { 'finconnect.provider': provider }) },
      };
      let answer;
      const once = () => (answer ??= make());
      // Older Nodes, and other engines, have no stores to bind.
      if (typeof start.runStores === 'function') start.runStores(call, () => within(call, once));
      else {
        start.publish(call);
        within(call, once);
      }
      end.publish(call);
      try {
        const result = await answer;
        learn(call, outcomeOf(result, provider));
        return result;
      } catch (error) {
        learn(call, failureOf(error), error);
        failed.publish(call);
        throw error;
      } finally {
        asyncStart.publish(call);
        asyncEnd.publish(call);
      }
    },
  };

  function providerOf(sdk) {
    try {
      if (!providers.has(sdk)) providers.set(sdk, JSON.parse(native.capabilities.call(sdk)).provider);
      return providers.get(sdk);
    } catch {
      // It is no SDK object, of which the call itself tells.
      return undefined;
    }
  }

  /** Only a FinConnectError says what became of a call. Any other is the reason of a signal that had aborted before. */
  function failureOf(error) {
    const { code, outcome } = error instanceof FinConnectError ? error : { code: '_OTHER', outcome: 'not_sent' };
    return { 'error.type': code, 'finconnect.outcome': outcome };
  }
};

/** Makes the call within what a subscriber wants around it. Whatever that does, the call is made, and made once. */
function within(call, once) {
  try {
    call.run?.(once);
  } catch {
    // A subscriber's failure must not cost a payment.
  }
  once();
}

/** Writes down what became of a call; a subscriber may have frozen it, which must not cost the caller the answer. */
function learn(call, attributes, error) {
  try {
    if (error !== undefined) call.error = error;
    Object.assign(call.attributes, attributes);
  } catch {}
}

/** What an answer says, without anything that tells one payment from another. */
function outcomeOf(result, provider) {
  const { isValid, reason, payout, payment } = Object(result);
  const status = statusOf(payout ?? payment ?? result, provider);
  return {
    'finconnect.outcome': 'success',
    ...(typeof isValid === 'boolean' && { 'finconnect.callback.verdict': isValid ? 'VALID' : reason }),
    ...(isValid !== false && status && { 'finconnect.payment.status': status }),
  };
}

/** A status in our own words; what a gateway answers may have a member of that name. */
function statusOf(told, provider) {
  const { provider: own, status } = Object(told);
  return own === provider && STATUSES.has(status) ? status : undefined;
}
