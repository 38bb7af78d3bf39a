'use strict';

// One delivery of a callback, from its arrival to its answer.

const { STATUS_CODES } = require('node:http');
const { acknowledgementOf, LONGEST_BODY, TooLong } = require('./bodies.js');

const METHODS = ['GET', 'POST'];
/** When a gateway is to come again, in seconds. */
const COME_AGAIN = { 'retry-after': '10' };
/** The part of the time within which it must be known whether a callback is to be believed. */
const JUDGED_WITHIN = 0.9;

/** What goes out for a callback that is not valid; any other reason is 400. */
const REFUSALS = {
  REPLAY: { status: 200, outcome: 'duplicate' },
  CLAIMED: { status: 409, outcome: 'busy', headers: COME_AGAIN },
  // A gateway may take its time to have it in its own books.
  UNCONFIRMED: { status: 503, outcome: 'undecided', headers: COME_AGAIN },
};
/** What goes out when nothing could be decided, by the error's code. */
const COME_LATER = { status: 503, outcome: 'undecided', headers: COME_AGAIN };
const UNDECIDED = {
  CALLER_ERROR: { status: 500, outcome: 'failed' },
  INVALID_REQUEST: { status: 400, outcome: 'refused' },
};

/**
 * Resolves with the answer, `{ status, headers, body }`, and never rejects. `delivery` has the request's `method`,
 * `headers` and `length`, and `read(signal)` for its body.
 */
module.exports = function deliver(settings, source, delivery) {
  const { timeoutMs, leaseMs, expect, handlers } = settings;
  const until = performance.now() + timeoutMs;
  const controller = new AbortController();
  const { signal } = controller;
  /** What goes out if the time ends now. */
  let late = { status: 500, outcome: 'failed' };

  return new Promise((resolve) => {
    let isAnswered = false;
    const answer = (found) => {
      if (isAnswered) return;
      isAnswered = true;
      clearTimeout(timer);
      settings.tell(eventOf(source, found));
      resolve(answerOf(found));
    };
    const timer = setTimeout(() => {
      const error = new Error(`webhooks: not done within ${timeoutMs} ms`);
      answer({ error, ...late });
      controller.abort(error);
    }, timeoutMs);
    handled().then(answer, (error) => answer({ status: 500, outcome: 'failed', error }));
  });

  /** What is found of the delivery. After the time has ended nobody hears it. */
  async function handled() {
    if (delivery.length > LONGEST_BODY) return tooLong();
    if (!METHODS.includes(delivery.method))
      return { status: 405, outcome: 'refused', headers: { allow: METHODS.join(', ') } };
    let body;
    try {
      body = await delivery.read(signal);
    } catch (error) {
      if (error instanceof TooLong) return tooLong();
      throw error;
    }
    // A gateway with IPNs wants words of its own.
    const hasIpns = settings.gateways[source].supports('registerIpn');
    const left = Math.max(1, (until - performance.now()) * JUDGED_WITHIN);
    let isShops = false;
    let payment = null;
    const asked = async (callback, told) => {
      isShops = true;
      payment = told;
      const said = await expect(callback, told);
      isShops = false;
      return said;
    };
    const options = {
      headers: delivery.headers,
      claim: { leaseMs },
      timeoutMs: left,
      ...(expect && { expect: asked }),
    };
    let result;
    try {
      result = await settings.gateways[source].handleCallback(body, options);
    } catch (error) {
      const acknowledgement = hasIpns ? acknowledgementOf(body) : null;
      const found = isShops ? UNDECIDED.CALLER_ERROR : UNDECIDED[error?.code];
      return { ...(found ?? COME_LATER), error, result: { acknowledgement, payment } };
    }
    return result.isValid ? claimed(result) : { ...refusalOf(result, hasIpns), result };
  }

  async function claimed(result) {
    const { payment, payout, data, eventId, duplicate, commit, release } = result;
    const handler = handlers.of(payment);
    const failed = { status: 500, outcome: 'failed', result };
    if (signal.aborted) return released(failed);
    late = failed;
    try {
      await handler?.(payout ?? payment, Object.freeze({ eventId, raw: data, source, signal, duplicate }));
    } catch (error) {
      late = { ...failed, error };
      return released(late);
    }
    // The gateway was told that it failed, and comes again.
    if (signal.aborted) return released(failed);
    late = { status: 200, outcome: handler ? 'handled' : 'ignored', result };
    try {
      if (await commit()) return late;
      throw new Error('webhooks: the claim was lost meanwhile; a copy may have been handled too.');
    } catch (error) {
      // It was handled: that the gateway comes again would not help.
      return { ...late, error };
    }

    async function released(found) {
      // What cannot be released is free when its lease ends.
      await release().catch(() => {});
      return found;
    }
  }
};

function refusalOf({ reason, payment, acknowledgement, data }, hasIpns) {
  // A payout that nobody signs is no more proven when it comes again.
  if (reason === 'MISSING_SIGNATURE' && payment?.kind === 'payout') return { status: 200, outcome: 'ignored' };
  // There is nothing that a gateway could be asked about, now or later.
  const namesNothing = hasIpns ? !acknowledgement?.orderTrackingId : Object.keys(Object(data)).length === 0;
  if (reason === 'UNCONFIRMED' && namesNothing) return refused();
  return REFUSALS[reason] ?? refused();
}

const refused = () => ({ status: 400, outcome: 'refused' });
const tooLong = () => ({ status: 413, outcome: 'refused' });

/** What goes to the sender: never why. A gateway may want JSON of its own. */
function answerOf({ status, headers, result }) {
  const acknowledgement = result?.acknowledgement;
  const isDone = status === 200;
  return {
    status,
    headers: { ...headers, 'content-type': acknowledgement ? 'application/json' : 'text/plain; charset=utf-8' },
    body: acknowledgement ? JSON.stringify({ ...acknowledgement, status: isDone ? 200 : 500 }) : STATUS_CODES[status],
  };
}

function eventOf(source, { status, outcome, result, error }) {
  const payment = result?.payment;
  return {
    source,
    outcome,
    status,
    reason: result?.reason ?? null,
    eventId: result?.eventId ?? null,
    kind: payment?.kind ?? null,
    paymentStatus: payment?.status ?? null,
    reference: masked(payment?.reference),
    transactionId: masked(payment?.transactionId),
    error: error ?? null,
  };
}

/** A text whose long runs of digits, which may be phone numbers, are masked. */
function masked(text) {
  return text?.replace(/\d{9,}/g, (digits) => `${digits.slice(0, 4)}****${digits.slice(-4)}`) ?? null;
}
