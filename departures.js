'use strict';

// Whether a request that the caller's fetch makes was handed to a connection, as undici (Node's fetch) and node:http tell it. A
// function that sends again by itself may end with a failure to connect although its first request left.

const { AsyncLocalStorage } = require('node:async_hooks');
const diagnostics = require('node:diagnostics_channel');

/** The departure that the code which runs at the moment is about. */
const current = new AsyncLocalStorage();
/** The departure of each request that undici made. */
const departures = new WeakMap();
let isWatching = false;

/** Calls `send`, which is to make one request of `method`. The departure's `hasLeft` turns true when any such request leaves. */
module.exports = function watch(method, send) {
  if (!isWatching) subscribe();
  const departure = { method, hasLeft: false };
  return { departure, sent: current.run(departure, send) };
};

function subscribe() {
  isWatching = true;
  const on = (channel, listener) => diagnostics.subscribe?.(channel, (message) => message?.request && listener(message.request));
  on('undici:request:create', (request) => {
    const departure = departureOf(request);
    if (departure !== undefined) departures.set(request, departure);
  });
  const left = (request) => {
    const departure = departures.get(request);
    if (departure !== undefined) departure.hasLeft = true;
  };
  on('undici:client:sendHeaders', left);
  on('undici:request:headers', left);
  on('http.client.request.start', (request) => {
    const departure = departureOf(request);
    if (departure === undefined) return;
    if (request.socket) whenOpen(request.socket, departure);
    else request.once('socket', (socket) => whenOpen(socket, departure));
  });
}

/** A request of another method is another: a proxy is sent a CONNECT first. */
function departureOf(request) {
  const departure = current.getStore();
  return departure?.method === request.method ? departure : undefined;
}

function whenOpen(socket, departure) {
  const left = () => (departure.hasLeft = true);
  if (socket.connecting || socket.secureConnecting) socket.once(socket.encrypted ? 'secureConnect' : 'connect', left);
  else left();
}
