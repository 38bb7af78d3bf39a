'use strict';

// A request by the caller's own fetch: what is read of its answer, and whether a failure came before anything had left.

const { isAnyArrayBuffer } = require('node:util').types;
const watch = require('./departures.js');

const MAX_ANSWER = 1 << 20;

/** Causes of causes that are looked at. */
const MAX_DEPTH = 8;

/** System calls that fail before there is a connection. */
const BEFORE_CONNECTION = new Set(['connect', 'getaddrinfo']);

/**
 * Codes of failures that end a connection before its first request: undici's own, and certificates that Node did not
 * accept.
 */
const BEFORE_REQUEST = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** An answer that is no `Response`, nor enough like one. */
class NoResponse extends Error {}

/**
 * Sends `{ url, method, headers, body }` by `fetch`. The answer is `{ status, retryAfter, date, text, broken }`,
 * `{ failure, sent }` or `{ misuse }`.
 */
module.exports = async function send(fetch, { url, method, headers, body }, signal, { wordsOf, headerOf }) {
  // An async function, so that what `fetch` throws at once comes as all else does.
  const { departure, sent } = watch(method, url, async () =>
    fetch(url, { method, headers, ...(body !== null && { body }), redirect: 'manual', signal }),
  );
  let response;
  try {
    response = await sent;
  } catch (error) {
    return { failure: wordsOf(causeOf(error)), sent: departure.hasLeft || !neverSent(error) };
  }
  try {
    return await answerOf(response, headerOf);
  } catch (error) {
    if (isAbort(error)) return { failure: wordsOf(error), sent: true };
    return {
      misuse: error instanceof NoResponse ? error.message : `fetch answered what cannot be read: ${wordsOf(error)}`,
    };
  }
};

/**
 * Whether a failure proves that no request was handed to a connection. Every code on the way to the proof must be the
 * proof's.
 */
function neverSent(error, depth = 0) {
  try {
    if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return false;
    const { code, cause, errors, response } = error;
    // An answer came, or an earlier try was cut off.
    if (response || tellsMore(cause)) return false;
    // node-fetch has a name of its own for it.
    const syscall = error.syscall ?? error.erroredSysCall;
    if (syscall !== undefined && !BEFORE_CONNECTION.has(syscall)) return false;
    if (Array.isArray(errors)) return errors.length > 0 && errors.every((each) => neverSent(each, depth + 1));
    if (syscall !== undefined || BEFORE_REQUEST.has(code)) return true;
    return (code === undefined || code === cause?.code) && neverSent(cause, depth + 1);
  } catch {
    return false;
  }
}

/** Whether a cause is of a failure after the connection was made. */
function tellsMore(cause, depth = 0) {
  if (typeof cause !== 'object' || cause === null || depth > MAX_DEPTH) return false;
  const syscall = cause.syscall ?? cause.erroredSysCall;
  return (syscall !== undefined && !BEFORE_CONNECTION.has(syscall)) || tellsMore(cause.cause, depth + 1);
}

function causeOf(error) {
  try {
    return error.cause?.message ? error.cause : error;
  } catch {
    return error;
  }
}

async function answerOf(response, headerOf) {
  if (typeof response !== 'object' || response === null)
    throw new NoResponse(`fetch must answer a Response, not ${nameOf(response)}`);
  const { status, headers } = response;
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new NoResponse(
      `fetch must answer a Response, whose status is a whole number from 100 to 999, not ${nameOf(status)}`,
    );
  }
  const answer = { status, retryAfter: null, date: null };
  try {
    answer.retryAfter = headerOf(headers, 'retry-after') ?? null;
    answer.date = headerOf(headers, 'date') ?? null;
  } catch {
    // Without them the wait is the usual one, and so is the clock.
  }
  return Object.assign(answer, await read(response));
}

/** What a wrong answer is, without a word of what it holds. */
function nameOf(value) {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'number' ? `the number ${value}` : `a value of type ${typeof value}`;
}

/** A response's body, no more of it than the built-in client reads. */
async function read(response) {
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of await partsOf(response)) {
      const bytes = bytesOf(chunk);
      if (bytes === undefined)
        throw new NoResponse(`the body of a fetch answer must come in bytes or texts, not ${nameOf(chunk)}`);
      // An empty part counts too, lest they never end.
      size += bytes.length || 1;
      if (size > MAX_ANSWER) return { text: decode(chunks), broken: `larger than ${MAX_ANSWER} bytes` };
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof NoResponse || isAbort(error)) throw error;
    return { text: decode(chunks), broken: 'cut off' };
  }
  return { text: decode(chunks) };
}

/** The body in parts: a stream's, a whole one, or what a mock without one gives. */
async function partsOf(response) {
  const { body } = response;
  if (body !== null && body !== undefined) {
    if (bytesOf(body) !== undefined) return [body];
    if (typeof body[Symbol.asyncIterator] === 'function' || typeof body[Symbol.iterator] === 'function') return body;
  }
  if (typeof response.text === 'function') return [await response.text()];
  if (typeof response.json === 'function') return [JSON.stringify(await response.json()) ?? ''];
  if ('data' in response)
    throw new NoResponse('fetch must answer a Response, which has body, text() or json(); what axios answers has data');
  if (body === null || body === undefined) return [];
  throw new NoResponse(`the body of a fetch answer must be a stream, a text or bytes, not ${nameOf(body)}`);
}

function isAbort(error) {
  try {
    return error?.name === 'AbortError';
  } catch {
    return false;
  }
}

function bytesOf(part) {
  if (typeof part === 'string') return Buffer.from(part);
  if (ArrayBuffer.isView(part)) return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  return isAnyArrayBuffer(part) ? Buffer.from(part) : undefined;
}

const decode = (chunks) => new TextDecoder().decode(Buffer.concat(chunks));
