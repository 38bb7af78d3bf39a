'use strict';

// What is safe after an unknown outcome. Loaded when it is first asked for.

/** When the gateway is asked again that knows nothing yet, counted from the first time. */
const LOOKS_MS = [2_000, 5_000, 15_000, 30_000, 60_000];
/** When a payment under way is asked for again, and for how long. */
const UNDER_WAY_MS = 15_000;
const MAX_UNDER_WAY_MS = 24 * 3_600_000;
/** How long a callback is waited for, at least. */
const CALLBACK_MS = 600_000;
/** How many references an SDK object remembers since when it has been asked about. */
const MAX_REMEMBERED = 1_000;
/** The earliest and, after now, the latest time that `since` can mean. */
const EARLIEST_MS = Date.UTC(2001, 0);
const MAX_AHEAD_MS = 60_000;
/** How gateways write ids of their own. */
const GUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

const WORDS = {
  same: 'Send it again under the same reference: the gateway knows that again, and makes it once. Should it say DUPLICATE_REFERENCE, the first one arrived: pass that error to recover() as `error`.',
  arrived:
    'The gateway has had it already: do not send it again. Its callback, or its support, tells what became of it.',
  answered: 'The gateway took it, and tells nothing of it yet: do not send it again.',
  new: 'Nobody holds the page of an order whose answer got lost, so that nobody can pay it: send it again under a new reference. Had an answer come, pass its transactionId.',
  wait: 'The gateway cannot be asked about it: its callback names your reference.',
  support: 'No news came in time: ask the gateway’s support before you send it again.',
};

/** Failures of a look-up after which asking again may help. */
const PASSING = ['CONNECTION_FAILED', 'TIMEOUT', 'GATEWAY_ERROR', 'RATE_LIMITED', 'INVALID_RESPONSE'];

module.exports = ({ ownOf, refuse, composed }) => ({
  async recovered(sdk, what, options) {
    const { since, ...call } = options ?? {};
    const { provider, recovery } = sdk.capabilities();
    const refused = (rule) => refuse('recover', rule);
    const asked = read(typeof what === 'string' ? { reference: what } : what, provider, refused);
    const remedy = recovery[asked.isPayout ? 'payout' : 'payment'];
    if (remedy === null) throw refused('this gateway has no payouts.');
    const name = asked.gatewayReference ?? asked.reference;
    // What looks like the gateway's own id is one, where only by that it can be asked.
    const isId = remedy.askedBy === 'transactionId' && GUID.test(name ?? '');
    const id = asked.transactionId ?? (isId ? name : undefined);
    const about = isId ? { ...asked, reference: undefined, gatewayReference: undefined } : asked;
    const first = firstAsked(ownOf(sdk), `${asked.isPayout} ${name ?? id}`, since, refused);
    const age = Date.now() - first;
    const advice = (payment, next, after, why) => ({ payment, next, after: Math.max(0, Math.round(after)), why });
    // With an id, or an answer, it is not lost: sent again it could be made twice.
    const resend = id !== undefined || asked.hasArrived ? 'never' : remedy.resend;
    const again = () => (LOOKS_MS.find((ms) => ms > age) ?? age + LOOKS_MS.at(-1)) - age;

    const unasked = () => {
      if (resend !== 'never') return advice(null, 'safe-to-send-again', remedy.afterMs - age, WORDS[resend]);
      const why = asked.hasArrived ? WORDS.arrived : WORDS.wait;
      const until = Math.max(remedy.afterMs, CALLBACK_MS);
      if (age < until) return advice(null, 'wait-for-callback', until - age, why);
      return advice(null, 'ask-support', 0, WORDS.support);
    };
    const key = composed.keyOf({ ...about, transactionId: id }, remedy);
    if (key === undefined) return unasked();
    let payment;
    try {
      const how = { ...(asked.operator && { operator: asked.operator }), ...call };
      payment = await composed.standing(sdk, 'recover', about, key, how);
    } catch (error) {
      const { code } = error;
      // Not every account can ask, and not of every payment.
      if (code === 'NOT_SUPPORTED' || (code === 'REFUSED' && remedy.resend === 'never')) return unasked();
      // The gateway tells of another payment, or of none.
      if (code === 'REFUSED' || (code === 'INVALID_RESPONSE' && error.operation === 'recover'))
        return advice(null, 'ask-support', 0, error.message);
      if (PASSING.includes(code)) return advice(null, 'ask-again', again(), error.message);
      throw error;
    }
    const { status } = payment;
    if (payment.raw === null) {
      if (asked.hasArrived) {
        if (age > MAX_UNDER_WAY_MS) return advice(payment, 'ask-support', 0, WORDS.support);
        return advice(payment, 'ask-again', again(), WORDS.answered);
      }
      const kind = typeof what === 'string' ? ' It was looked for as a payment: for a payout pass its kind.' : '';
      if (age >= remedy.afterMs && remedy.resend !== 'never')
        return advice(payment, 'safe-to-send-again', 0, `${WORDS[remedy.resend]}${kind}`);
      if (age > MAX_UNDER_WAY_MS) return advice(payment, 'ask-support', 0, `${WORDS.support}${kind}`);
      return advice(payment, 'ask-again', again(), `The gateway does not know it yet, which proves nothing.${kind}`);
    }
    if (status === 'succeeded') return advice(payment, null, 0, 'It has succeeded: do not send it again.');
    // A page stays open after a failure.
    if (status === 'failed' && remedy.resend === 'new')
      return advice(
        payment,
        'ask-again',
        UNDER_WAY_MS,
        'It has failed, and the customer may still pay on the same page: send them there again, or cancel it before you make another.',
      );
    if (['failed', 'reversed', 'refunded'].includes(status))
      return advice(payment, 'safe-to-send-again', 0, `It is ${status}: a new attempt takes a new reference.`);
    if (age > MAX_UNDER_WAY_MS) return advice(payment, 'ask-support', 0, WORDS.support);
    // A gateway that does not know it yet is asked no sooner than it wants to be.
    const pause = status === 'unknown' ? Math.max(UNDER_WAY_MS, remedy.afterMs) : UNDER_WAY_MS;
    return advice(payment, 'ask-again', pause, `It is ${status}: it may still go through.`);
  },
});

/** What is asked about: by which references and id, of which kind, and whether the gateway has certainly had it. */
function read(what, own, refused) {
  const { reference, gatewayReference, transactionId, kind, provider, operator, error, raw } = Object(what);
  const names = {
    reference: reference ?? undefined,
    gatewayReference: gatewayReference ?? undefined,
    transactionId: transactionId ?? undefined,
  };
  const given = Object.values(names).filter((name) => name !== undefined);
  if (given.length === 0 || given.some((name) => typeof name !== 'string' || name.trim() === ''))
    throw refused('it takes a reference, or an object with reference or transactionId.');
  if (provider !== undefined && provider !== own) throw refused(`this payment is one of ${provider}, not of ${own}.`);
  if (![undefined, 'payment', 'payout'].includes(kind)) throw refused("kind must be 'payment' or 'payout'.");
  return {
    ...names,
    operator: operator?.name ?? operator ?? undefined,
    isPayout: kind === 'payout',
    hasArrived: error?.code === 'DUPLICATE_REFERENCE' || Object(raw) === raw,
  };
}

/** Since when this has been asked about, as a time in milliseconds: what the caller knows, or the first call here. */
function firstAsked(own, key, since, refused) {
  if (since !== undefined) {
    const at = since instanceof Date || typeof since === 'number' ? Number(since) : Number.NaN;
    if (!(at >= EARLIEST_MS && at <= Date.now() + MAX_AHEAD_MS))
      throw refused('options.since must be a Date or a time in milliseconds, from 2001 until now.');
    return at;
  }
  own.recovering ??= new Map();
  const first = own.recovering.get(key) ?? Date.now();
  own.recovering.set(key, first);
  if (own.recovering.size > MAX_REMEMBERED) own.recovering.delete(own.recovering.keys().next().value);
  return first;
}
