'use strict';

// The body of a request, wherever it is by now: no gateway signs its bytes, so that a parsed one is as good.

exports.ofNode = ofNode;
exports.ofFetch = ofFetch;
exports.acknowledgementOf = acknowledgementOf;

/** The longest body that is read, in bytes. */
const LONGEST_BODY = 256 * 1024;
exports.LONGEST_BODY = LONGEST_BODY;
/** What more of a body that is too long is read, so that its sender hears the answer. */
const MOST_DISCARDED = 4 * LONGEST_BODY;

class TooLong extends Error {}
exports.TooLong = TooLong;

/** A request of `node:http`: its unread stream, else `req.body`, else its query. */
async function ofNode(req, signal) {
  const isLeft = isUnread(req);
  const bytes = isLeft ? await readNode(req, signal) : undefined;
  const body = firstFilled(bytes, req.body, req.rawBody, queryOf(req.originalUrl ?? req.url));
  if (body === '' && !isLeft && req.method === 'POST')
    throw new TypeError('webhooks: the body of the request was read before, and nothing of it is in req.body.');
  return body;
}

/** A `Request`: `given`, what a framework made of its body; else the body; else the query. */
async function ofFetch(request, given, signal) {
  if (!isFilled(given) && request.bodyUsed)
    throw new TypeError('webhooks: the body of the request has been read; pass it on as { body }.');
  const bytes = !isFilled(given) && request.body ? await readFetch(request.body, signal) : undefined;
  return firstFilled(bytes, given, queryOf(request.url));
}

function firstFilled(...bodies) {
  return bodies.find(isFilled) ?? '';
}

/** Whether there is anything in a body. A parser gives `{}` for one that it did not understand. */
function isFilled(body) {
  if (typeof body === 'string') return body !== '' && isShort(Buffer.byteLength(body));
  if (typeof body !== 'object' || body === null) return false;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return body.byteLength > 0 && isShort(body.byteLength);
  return Object.keys(body).length > 0 || body.size > 0;
}

function isShort(bytes) {
  if (bytes > LONGEST_BODY) throw new TooLong();
  return true;
}

/** What a gateway wants as an answer to an IPN of which nothing is known: its own words; `null` for what is none. */
function acknowledgementOf(body) {
  const members = membersOf(body);
  const named = (name) => members.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  const orderTrackingId = String(named('ordertrackingid'));
  if (orderTrackingId === '') return null;
  return {
    orderNotificationType: String(named('ordernotificationtype')),
    orderTrackingId,
    orderMerchantReference: String(named('ordermerchantreference')),
  };
}

function membersOf(body) {
  const isBytes = ArrayBuffer.isView(body) || body instanceof ArrayBuffer;
  const text = isBytes ? Buffer.from(body).toString() : body;
  if (typeof text !== 'string') return Object.entries(text);
  try {
    return Object.entries(Object(JSON.parse(text)));
  } catch {
    return [...new URLSearchParams(text)];
  }
}

function queryOf(url = '') {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

/** A parser that ran before has read the stream to its end. */
function isUnread(req) {
  return typeof req.on === 'function' && !req.readableDidRead && !req.readableEnded && !req.destroyed;
}

function readNode(req, signal) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    const end = (settle, value) => {
      for (const [name, listener] of Object.entries(listeners)) req.off(name, listener);
      signal.removeEventListener('abort', listeners.abort);
      // What it emits later has nobody else to hear it.
      req.on('error', () => {});
      settle(value);
    };
    const gone = () => end(reject, new Error('webhooks: the sender hung up before the end of the body'));
    const listeners = {
      data(chunk) {
        size += chunk.length;
        if (size <= LONGEST_BODY) return chunks.push(Buffer.from(chunk));
        discard(req);
        end(reject, new TooLong());
      },
      end: () => end(resolve, Buffer.concat(chunks)),
      error: gone,
      close: gone,
      abort: () => end(reject, signal.reason),
    };
    for (const [name, listener] of Object.entries(listeners)) req.on(name, listener);
    signal.addEventListener('abort', listeners.abort);
    // Whoever paused it meanwhile has not read it.
    req.resume();
  });
}

function discard(req) {
  let left = MOST_DISCARDED;
  req.on('data', (chunk) => {
    left -= chunk.length;
    if (left < 0) req.destroy();
  });
}

async function readFetch(stream, signal) {
  const reader = stream.getReader();
  const cancel = () => reader.cancel().catch(() => {});
  signal.addEventListener('abort', cancel);
  try {
    const chunks = [];
    for (let size = 0; ; ) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return Buffer.concat(chunks);
      size += value.byteLength;
      if (size > LONGEST_BODY) throw new TooLong();
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
