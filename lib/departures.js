'use strict';

// Whether a request that the caller's fetch makes was handed to a connection, as undici (Node's fetch) and node:http
// tell it. A function that sends again by itself may end with a failure to connect although its first request left.

const { AsyncLocalStorage } = require('node:async_hooks');
const diagnostics = require('node:diagnostics_channel');

/** The departure that the code which runs at the moment is about. */
const current = new AsyncLocalStorage();
/** Those whose function has not ended. */
const pending = new Set();
/** The departures that each request of undici's may be of. */
const departures = new WeakMap();
let isWatching = false;

/**
 * Calls `send`, which is to make one request of `method` to `url`. The departure's `hasLeft` turns true when any such
 * request leaves.
 */
module.exports = function watch(method, url, send) {
  if (!isWatching) subscribe();
  const departure = { method, url: plain(url), hasLeft: false };
  pending.add(departure);
  const sent = current.run(departure, send).finally(() => pending.delete(departure));
  return { departure, sent };
};

function subscribe() {
  isWatching = true;
  const on = (channel, listener) =>
    diagnostics.subscribe?.(channel, (message) => message?.request && listener(message.request));
  on('undici:request:create', (request) =>
    departures.set(
      request,
      departuresOf(request, () => request.origin + request.path),
    ),
  );
  const left = (request) => departures.get(request)?.forEach((departure) => (departure.hasLeft = true));
  on('undici:client:sendHeaders', left);
  on('undici:request:headers', left);
  on('http.client.request.start', (request) => {
    const found = departuresOf(request, () => `${request.protocol}//${request.getHeader('host')}${request.path}`);
    if (found.length === 0) return;
    if (request.socket) whenOpen(request.socket, found);
    else request.once('socket', (socket) => whenOpen(socket, found));
  });
}

/**
 * A request of another method is another: a proxy is sent a CONNECT first. One that a queue or a pool of the caller's
 * makes runs in no context, or in that of a request before it: it may be any that is under way to its URL.
 */
function departuresOf(request, urlOf) {
  const own = current.getStore();
  if (own !== undefined && own.method !== request.method && pending.has(own)) return [];
  const found = own?.method === request.method ? [own] : [];
  if (own !== undefined && pending.has(own) && !own.hasLeft) return found;
  const url = plain(urlOf());
  return found.concat(
    [...pending].filter((each) => each !== own && each.method === request.method && each.url === url),
  );
}

/** A URL without what clients write in two ways. */
function plain(url) {
  try {
    return new URL(url).href;
  } catch {
    return String(url);
  }
}

function whenOpen(socket, found) {
  const left = () => found.forEach((departure) => (departure.hasLeft = true));
  if (socket.connecting || socket.secureConnecting) socket.once(socket.encrypted ? 'secureConnect' : 'connect', left);
  else left();
}
