'use strict';

// How callbacks cross to the addon. One that comes alone is judged before `handleCallback` is waited for. A burst,
// in which nobody asks for more than a verdict, crosses as one text and is judged beside the JavaScript thread.

const { isUint8Array } = require('node:util').types;

module.exports = function createCallbacks({ native, observed, started, underWay, answerOf, paymentOf }) {
  /** How many callbacks are being judged. */
  let judging = 0;
  const gathering = new WeakMap();

  return { handleCallback };

  async function handleCallback(sdk, body, options) {
    const isObserved = observed(sdk);
    const gathered = gatheredBy(sdk);
    const texts = joined(body, gathered.members);
    const alone = judging === 0;
    judging++;
    let data = body;
    let answer;
    try {
      if (texts === undefined) {
        const [text, value] = written(body);
        data = value;
        const call = native.handleCallback.call(sdk, isObserved, alone, text, false, data, options);
        answer = await started(call, handleCallback);
      } else if (alone || isObserved || options !== undefined) {
        const call = native.handleCallback.call(sdk, isObserved, alone, texts, true, data, options);
        answer = await started(call, handleCallback);
      } else {
        answer = await together(sdk, gathered, texts);
      }
    } finally {
      judging--;
    }
    const [reason, acknowledgement, row] = answerOf(answer, handleCallback);
    const payment = row && paymentOf(row, data);
    return { isValid: reason === null, data, reason, payment, acknowledgement };
  }

  /** An SDK object's plain callbacks of this turn, and what of a callback it is to be given. */
  function gatheredBy(sdk) {
    let gathered = gathering.get(sdk);
    if (gathered === undefined) {
      gathered = { members: native.callbackMembers.call(sdk), texts: '', resolves: [] };
      gathering.set(sdk, gathered);
    }
    return gathered;
  }

  /** Judges a callback with all others of this turn. */
  function together(sdk, gathered, texts) {
    if (gathered.texts === '') queueMicrotask(() => judgeAll(sdk, gathered));
    gathered.texts += texts;
    return new Promise((resolve) => gathered.resolves.push(resolve));
  }

  function judgeAll(sdk, gathered) {
    const { texts, resolves } = gathered;
    gathered.texts = '';
    gathered.resolves = [];
    try {
      const calls = native.handleCallbacks.call(sdk, texts, resolves.length);
      resolves.forEach((resolve, i) => (underWay[calls[i]] = resolve));
    } catch (error) {
      for (const resolve of resolves) resolve(Promise.reject(error));
    }
  }
};

/** A callback as those texts alone that it is judged by, each ended by a null character; undefined where it is no object of texts. */
function joined(body, members) {
  if (members.length === 0 || typeof body !== 'object' || body === null || isUint8Array(body)) return undefined;
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
