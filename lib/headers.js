'use strict';

// What headers say, in whichever shape they come.

exports.entriesOf = entriesOf;
exports.headerOf = headerOf;
exports.isRequest = isRequest;

/**
 * `[name, value]` of each header that is not empty, the name in lower case: from Node's `headers` or `rawHeaders`, a
 * `Headers`, a `Map`, a list of entries or a plain object, whose values may be lists. Throws a `TypeError` for anything
 * else.
 */
function entriesOf(headers) {
  const isThing =
    typeof headers !== 'object' || headers === null || typeof headers.then === 'function' || isRequest(headers);
  if (isThing || isOtherList(headers) || isOnlyAsked(headers)) {
    throw new TypeError('headers must be an object, such as req.headers, a Headers, a Map or a list of entries');
  }
  const entries = [];
  for (const [name, value] of pairsOf(headers)) {
    if (typeof name !== 'string') continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string' && one.trim() !== '') entries.push([name.toLowerCase(), one.trim()]);
    }
  }
  return entries;
}

/** A list of neither entries nor, as `rawHeaders` are, texts. */
function isOtherList(headers) {
  return Array.isArray(headers) && !headers.every(Array.isArray) && !headers.every((each) => typeof each === 'string');
}

/** What has headers, or gives them away as it is read, in place of the headers themselves. */
function isRequest(value) {
  const holdsHeaders = typeof value.headers === 'object' && value.headers !== null;
  return holdsHeaders || typeof value.pipe === 'function' || typeof value.arrayBuffer === 'function';
}

/** What names its headers to nobody, but says each by its name. */
function isOnlyAsked(headers) {
  const isListed = typeof headers[Symbol.iterator] === 'function' || typeof headers.forEach === 'function';
  return (
    typeof headers.get === 'function' && !isListed && !Object.values(headers).some((value) => typeof value === 'string')
  );
}

function pairsOf(headers) {
  if (Array.isArray(headers) && !headers.every(Array.isArray)) {
    return headers.filter((_, i) => i % 2 === 0).map((name, i) => [name, headers[2 * i + 1]]);
  }
  if (typeof headers[Symbol.iterator] === 'function') return headers;
  if (typeof headers.forEach !== 'function') return Object.entries(headers);
  const pairs = [];
  headers.forEach((value, name) => pairs.push([name, value]));
  return pairs;
}

/** One header's first value; undefined where it is not there. Something with no more than a `get` will do. */
function headerOf(headers, name) {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const entry = isOnlyAsked(headers) ? undefined : entriesOf(headers).find(([each]) => each === name);
  if (entry !== undefined) return entry[1];
  const value = typeof headers.get === 'function' ? headers.get(name) : undefined;
  return ['string', 'number'].includes(typeof value) ? String(value) : undefined;
}
