'use strict';

// What is safe after an unknown outcome. Loaded when it is first asked for.

/** When the gateway is asked again that knows nothing yet, counted from the first time. */
const LOOKS_MS = [2_000, 5_000, 15_000, 30_000, 60_000];
/** When a payment under way is asked for again. */
const UNDER_WAY_MS = 15_000;
/** How many references an SDK object remembers since when it has been asked about. */
const MAX_REMEMBERED = 1_000;

const WORDS = {
  same: 'The gateway knows nothing of it: send it again under the same reference, which the gateway would know again.',
  new: 'What got lost can no longer be paid: send it again under a new reference.',
  wait: 'The gateway cannot be asked by your reference: its callback names it.',
  support: 'No callback came in time: ask the gateway’s support before you send it again.',
};

module.exports = ({ ownOf, refuse }) => ({
  async recovered(sdk, what, options = {}) {
    const { since, operator, ...call } = options ?? {};
    const asked = typeof what === 'string' ? { reference: what } : (what ?? {});
    const reference = asked.gatewayReference ?? asked.reference;
    const id = asked.transactionId ?? undefined;
    if (typeof (reference ?? id) !== 'string' || (reference ?? id).trim() === '')
      throw refuse(
        'recover',
        'the payment to recover must be a reference, or an object with reference or transactionId.',
      );
    const isPayout = asked.kind === 'payout' || 'recipientName' in asked;
    const remedy = sdk.capabilities().recovery[isPayout ? 'payout' : 'payment'];
    if (remedy === null) throw refuse('recover', 'this gateway has no payouts.');
    // Before the clock is read, so that what is asked about for the first time is 0 ms old, and not less.
    const first = firstAsked(ownOf(sdk), `${isPayout} ${reference ?? id}`, since);
    const age = Date.now() - first;
    const key = remedy.askedBy === 'reference' ? reference : id;
    const result = (payment, next, after, why) => ({ payment, next, after: Math.max(0, Math.round(after)), why });

    const unasked = () => {
      // With an id there was an answer: what it was about is not lost.
      const resend = id === undefined ? remedy.resend : 'never';
      if (resend === 'new') return result(null, 'safe-to-send-again', 0, WORDS.new);
      if (resend === 'same') return result(null, 'safe-to-send-again', remedy.afterMs - age, WORDS.same);
      if (age < remedy.afterMs) return result(null, 'wait-for-callback', remedy.afterMs - age, WORDS.wait);
      return result(null, 'ask-support', 0, WORDS.support);
    };
    if (typeof key !== 'string') return unasked();
    const look = isPayout ? sdk.getPayoutStatus : sdk.getPaymentStatus;
    const looked = operator === undefined ? call : { ...call, operator };
    let payment;
    try {
      payment = await look.call(sdk, key, looked);
    } catch (error) {
      // Not every account can ask.
      if (error.code === 'NOT_SUPPORTED') return unasked();
      throw error;
    }
    const { status } = payment;
    if (payment.raw === null) {
      if (age >= remedy.afterMs && remedy.resend !== 'never')
        return result(payment, 'safe-to-send-again', 0, WORDS[remedy.resend]);
      const at = LOOKS_MS.find((ms) => ms > age) ?? age + LOOKS_MS.at(-1);
      return result(payment, 'ask-again', at - age, 'The gateway does not know it yet, which proves nothing.');
    }
    if (status === 'succeeded') return result(payment, null, 0, 'It has succeeded: do not send it again.');
    if (['failed', 'reversed', 'refunded'].includes(status))
      return result(payment, 'safe-to-send-again', 0, `It is ${status}: a new attempt takes a new reference.`);
    return result(payment, 'ask-again', UNDER_WAY_MS, `It is ${status}: it may still go through.`);
  },
});

/** Since when this has been asked about, as a time in milliseconds: what the caller knows, or the first call here. */
function firstAsked(own, key, since) {
  if (since !== undefined) return Number(since);
  own.recovering ??= new Map();
  const first = own.recovering.get(key) ?? Date.now();
  own.recovering.set(key, first);
  if (own.recovering.size > MAX_REMEMBERED) own.recovering.delete(own.recovering.keys().next().value);
  return first;
}
