'use strict';

// How callbacks cross to the addon. One that comes alone is judged before `handleCallback` is waited for. A burst,
// in which nobody asks for more than a verdict, crosses as one text and is judged beside the JavaScript thread.

const { isUint8Array } = require('node:util').types;

module.exports = function createCallbacks({ native, Failure, observed, keep, errorOf, paymentOf }) {
  /** How many callbacks are being judged. */
  let judging = 0;
  const gathering = new WeakMap();

  return { handleCallback };

  function handleCallback(sdk, body, options) {
    try {
      const isObserved = observed(sdk);
      const gathered = gatheredBy(sdk);
      const texts = joined(body, gathered.members);
      const alone = judging === 0;
      if (texts !== undefined && !alone && !isObserved && options === undefined) return together(sdk, gathered, texts, body);
      const [text, data] = texts === undefined ? written(body) : [texts, body];
      const call = native.handleCallback.call(sdk, isObserved, alone, text, texts !== undefined, data, options);
      if (call instanceof Failure) return Promise.reject(errorOf(call, handleCallback));
      judging++;
      if (typeof call === 'number') return new Promise((resolve) => judge(call, resolve, data));
      queueMicrotask(judged);
      return Promise.resolve(resultOf(JSON.parse(call), data));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function judge(call, resolve, data) {
    keep(call, (answer) => {
      judged();
      // A failure comes as a promise.
      resolve(Array.isArray(answer) ? resultOf(answer, data) : answer);
    });
  }

  function judged() {
    judging--;
  }

  /** An SDK object's plain callbacks of this turn, and what of a callback it is to be given. */
  function gatheredBy(sdk) {
    let gathered = gathering.get(sdk);
    if (gathered === undefined) {
      gathered = { members: native.callbackMembers.call(sdk), texts: '', waiting: [] };
      gathering.set(sdk, gathered);
    }
    return gathered;
  }

  /** Judges a callback with all others of this turn. */
  function together(sdk, gathered, texts, data) {
    if (gathered.texts === '') queueMicrotask(() => judgeAll(sdk, gathered));
    gathered.texts += texts;
    judging++;
    return new Promise((resolve) => gathered.waiting.push({ resolve, data }));
  }

  function judgeAll(sdk, gathered) {
    const { texts, waiting } = gathered;
    gathered.texts = '';
    gathered.waiting = [];
    try {
      const calls = native.handleCallbacks.call(sdk, texts, waiting.length);
      waiting.forEach(({ resolve, data }, i) => judge(calls[i], resolve, data));
    } catch (error) {
      judging -= waiting.length;
      for (const { resolve } of waiting) resolve(Promise.reject(error));
    }
  }

  function resultOf([reason, acknowledgement, row, payoutStatus], data) {
    const payment = row && paymentOf(row, data);
    const payout = payoutStatus === undefined ? null : payoutOf(payment, payoutStatus);
    return { isValid: reason === null, data, reason, payment, payout, acknowledgement };
  }
};

function payoutOf({ provider, amount, currency, reference, transactionId, receipt, message, raw }, status) {
  return { provider, status, amount, currency, reference, transactionId, receipt, message, raw };
}

/** A callback as those texts alone that it is judged by, each ended by a null character; undefined where it is no object of texts. */
function joined(body, members) {
  if (members.length === 0 || typeof body !== 'object' || body === null || isUint8Array(body) || Array.isArray(body)) return undefined;
  let text = '';
  try {
    if (typeof body.toJSON === 'function') return undefined;
    for (const name of members) {
      const member = body[name];
      if (typeof member === 'string' && !member.includes('\0')) text += member;
      else if (member !== undefined && member !== null) return undefined;
      text += '\0';
    }
  } catch {
    return undefined;
  }
  return text;
}

/** A callback's body as text, and as the value that its sender meant. */
function written(body) {
  const text = isUint8Array(body) ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : body;
  if (typeof text === 'string') {
    try {
      return [text, JSON.parse(text)];
    } catch {
      // A query string, perhaps; the core knows.
      return [text, text];
    }
  }
  try {
    return [JSON.stringify(body) ?? '', body];
  } catch {
    // It was never a callback: the core finds no proof in it.
    return ['', body];
  }
}
