'use strict';

// How callbacks cross to the addon. One that comes alone is judged before `handleCallback` is waited for. A burst,
// in which nobody asks for more than a verdict, crosses as one text and is judged beside the JavaScript thread.

const { NoBody, bodyOf } = require('./bodies.js');

/** Microtasks by a promise: `queueMicrotask` may be a fake of a test's, which never runs what it is given. */
const soon = Promise.resolve();

module.exports = function createCallbacks({
  addon,
  native,
  Failure,
  OWN,
  observed,
  hasOwn,
  keep,
  errorOf,
  thrownBy,
  paymentOf,
  wordsOf,
}) {
  /** How many callbacks are being judged. */
  let judging = 0;
  const gathering = new WeakMap();

  return { handleCallback };

  function handleCallback(sdk, body, options) {
    try {
      const isObserved = observed(sdk);
      const gathered = gatheredBy(sdk);
      let data;
      let texts;
      let text;
      try {
        data = bodyOf(body);
        texts = joined(data, gathered.members);
        text = texts ?? written(data, gathered.members);
      } catch (error) {
        return Promise.reject(refusal(sdk, error));
      }
      const alone = judging === 0;
      const isPlain = !isObserved && options === undefined && !hasOwn(sdk);
      if (texts !== undefined && !alone && isPlain) return together(sdk, gathered, texts, data);
      const call = native.handleCallback.call(sdk, isObserved, alone, text, texts !== undefined, data, options);
      if (call instanceof Failure) return Promise.reject(errorOf(call, handleCallback));
      judging++;
      if (typeof call === 'number') return new Promise((resolve) => judge(sdk, call, resolve, data));
      soon.then(judged);
      return Promise.resolve(resultOf(sdk, JSON.parse(call), data));
    } catch (error) {
      return Promise.reject(thrownBy(sdk, 'handleCallback', error));
    }
  }

  function refusal(sdk, error) {
    const isOurs = error instanceof NoBody;
    const { text } = native.refuseCallback.call(sdk, isOurs ? error.message : `body cannot be read: ${wordsOf(error)}`);
    return errorOf({ text, cause: isOurs ? undefined : error }, handleCallback);
  }

  function judge(sdk, call, resolve, data) {
    keep(call, (answer) => {
      judged();
      // A failure comes as a promise.
      resolve(Array.isArray(answer) ? resultOf(sdk, answer, data) : answer);
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
    if (gathered.texts === '') soon.then(() => judgeAll(sdk, gathered));
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
      waiting.forEach(({ resolve, data }, i) => judge(sdk, calls[i], resolve, data));
    } catch (error) {
      judging -= waiting.length;
      for (const { resolve } of waiting) resolve(Promise.reject(error));
    }
  }

  function resultOf(sdk, answer, data) {
    const [reason, acknowledgement, row, payoutStatus] = answer;
    const payment = row && paymentOf(row, data);
    const payout = (payoutStatus ?? null) === null ? null : payoutOf(payment, payoutStatus);
    const result = { isValid: reason === null, data, reason, payment, payout, acknowledgement };
    if (answer.length <= 4) return result;
    const [inMemory, duplicate, eventId, token, ...keys] = answer.slice(4);
    if (reason !== null) return { ...result, eventId };
    const { settlerOf } = require('./claims.js');
    const settle = settlerOf({ addon, errorOf, wordsOf, store: inMemory ? undefined : sdk[OWN].store, token, keys });
    return { ...result, eventId, duplicate, commit: () => settle('commit'), release: () => settle('release') };
  }
};

function payoutOf({ provider, amount, currency, reference, transactionId, receipt, message, raw }, status) {
  return { provider, status, amount, currency, reference, transactionId, receipt, message, raw };
}

/**
 * A callback as those texts alone that it is judged by, each ended by a null character; undefined where it is no object
 * of texts.
 */
function joined(data, members) {
  if (!isPlain(data, members)) return undefined;
  let text = '';
  for (const name of members) {
    const member = data[name];
    if (typeof member === 'string' && !member.includes('\0')) text += member;
    else if (member !== undefined && member !== null) return undefined;
    text += '\0';
  }
  return text;
}

/** Whether a callback says no more than what its members say. An array of callbacks is none. */
function isPlain(data, members) {
  return (
    members.length > 0 &&
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    typeof data.toJSON !== 'function'
  );
}

/** A callback as text: JSON of the members that it is judged by, or of all where these are not known. */
function written(data, members) {
  if (typeof data === 'string') return data;
  const judged = isPlain(data, members) ? Object.fromEntries(members.map((name) => [name, data[name]])) : data;
  return isVast(judged) ? VAST : (JSON.stringify(judged) ?? '');
}

/** Values, levels and characters that are written; the core's own bounds, which alone count, are narrower. */
const MAX_VALUES = 2000;
const MAX_LEVELS = 64;
const MAX_CHARACTERS = 1 << 18;
/** What stands for more: it is nested deeper than the core takes. */
const VAST = '['.repeat(MAX_LEVELS) + ']'.repeat(MAX_LEVELS);

/** Whether a value is too large for a callback, so that to write it would only take time. */
function isVast(whole) {
  let values = 0;
  let characters = 0;
  const above = [];
  const isBeyond = (value) => {
    values++;
    if (typeof value === 'string') characters += value.length;
    if (values > MAX_VALUES || characters > MAX_CHARACTERS) return true;
    // What writes itself may be small; one that holds itself cannot be written at all.
    if (typeof value !== 'object' || value === null || typeof value.toJSON === 'function' || above.includes(value))
      return false;
    if (above.length === MAX_LEVELS) return true;
    above.push(value);
    const is = Array.isArray(value)
      ? value.some(isBeyond)
      : Object.keys(value).some((name) => isBeyond(name) || isBeyond(value[name]));
    above.pop();
    return is;
  };
  return isBeyond(whole);
}
