// Every fault of the matrix: the sandbox's own, and the ones below HTTP.
import { setTimeout as after } from 'node:timers/promises';
import { FAULTS, stageOf } from '../../sandbox/dist/engine/faults.js';
import { CONTRADICTIONS } from './contradictions.mjs';

/** A call that meets silence has so long; any other has the longer time. */
export const SHORT_MS = 400;
export const LONG_MS = 15_000;

const SILENT = ['hang'];

/** By the sandbox. `stage` says whether it strikes the answer, the callback or the customer. */
export const SANDBOX_FAULTS = Object.keys(FAULTS)
  .sort((a, b) => FAULTS[a].magic - FAULTS[b].magic)
  .map((name) => ({
    name,
    about: FAULTS[name].about,
    stage: stageOf(name),
    timeoutMs: SILENT.includes(name) ? SHORT_MS : LONG_MS,
  }));

const reset = (socket) => socket.resetAndDestroy();

/** By a peer that speaks HTTP/1.1 over plain TCP. */
const ON_TCP = [
  { name: 'reset on accept', arm: { connection: reset } },
  { name: 'reset after 1 byte of the request', arm: { afterBytes: 1, strike: reset } },
  { name: 'reset after 100 bytes of the request', arm: { afterBytes: 100, strike: reset } },
  { name: 'reset after the whole request', arm: { request: reset } },
  { name: 'reset after 20 bytes of the answer', arm: { request: partOf(20, reset) } },
  { name: 'reset in the middle of the answer', arm: { request: partOf(0.9, reset) } },
  { name: 'end in the middle of the answer', arm: { request: partOf(0.9, (socket) => socket.end()) } },
  { name: 'end in place of an answer', arm: { request: (socket) => socket.end() } },
  { name: 'not HTTP', arm: { request: (socket) => socket.end('220 mail.example ESMTP\r\n') } },
  { name: 'accepted, never read', arm: { connection: (socket) => socket.pause() }, timeoutMs: SHORT_MS },
  { name: 'half-open: read, never answered', arm: { request: () => {} }, timeoutMs: SHORT_MS },
  { name: 'slow-loris: a byte every 20 ms', arm: { request: drip }, timeoutMs: SHORT_MS },
];

/** By a peer that speaks TLS. A handshake that fails now fails the next time, too. */
const ON_TLS = [
  {
    name: 'TLS: closed in the handshake',
    arm: { connection: (socket) => socket.once('data', () => socket.end()), times: Infinity },
  },
  { name: 'TLS: a fatal alert', arm: { connection: alert, times: Infinity } },
  {
    name: 'TLS: plain HTTP in its place',
    arm: { connection: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), times: Infinity },
  },
  {
    name: 'TLS: a handshake that hangs',
    arm: { connection: (socket) => socket.resume(), times: Infinity },
    timeoutMs: SHORT_MS,
  },
  { name: 'TLS: another host’s certificate', identity: 'wrongHost' },
  { name: 'TLS: an expired certificate', identity: 'expired' },
  { name: 'TLS: a certificate of tomorrow', identity: 'tomorrow' },
  { name: 'TLS: an unknown authority', identity: 'untrusted' },
];

/** By a peer that speaks HTTP/2. */
const ON_H2 = [
  { name: 'HTTP/2: stream reset', strike: (stream) => stream.close(2) },
  { name: 'HTTP/2: stream refused', strike: (stream) => stream.close(7) },
  { name: 'HTTP/2: GOAWAY', strike: (stream) => stream.session.goaway(0, 0) || stream.session.destroy() },
  { name: 'HTTP/2: never answered', strike: () => {}, timeoutMs: SHORT_MS },
];

const below = (layer, faults) => faults.map((fault) => ({ timeoutMs: LONG_MS, ...fault, layer, stage: 'answer' }));
export const WIRE_FAULTS = [
  ...below('tcp', [...ON_TCP, ...CONTRADICTIONS]),
  ...below('tls', ON_TLS),
  ...below('h2', ON_H2),
];

/** The first bytes of the answer, or that share of it, and then `end`. */
function partOf(amount, end) {
  return async (socket, answer) => {
    const bytes = await answer();
    socket.write(bytes.subarray(0, amount < 1 ? Math.floor(bytes.length * amount) : amount), () => end(socket));
  };
}

async function drip(socket, answer) {
  for (const byte of await answer()) {
    if (socket.destroyed) return;
    socket.write(Buffer.from([byte]));
    await after(20);
  }
}

/** `handshake_failure`, in answer to whatever came. */
function alert(socket) {
  socket.once('data', () => socket.end(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28])));
}
