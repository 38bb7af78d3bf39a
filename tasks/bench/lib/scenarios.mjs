// What is measured: one table.
const PEERS = ['original', 'axios', 'undici', 'undici dispatch', 'fetch'];
const OURS = ['finconnect', 'finconnect h1', 'engine', 'engine h1'];

/**
 * Each contestant: its module or program, the gateway's port it is given, and the one of ours it is compared with.
 * `offline`: it sends nothing.
 */
export const contestants = {
  original: { title: 'original: axios, a login per payment', module: 'original', port: 'h2', ours: 'finconnect' },
  axios: { title: 'axios, keep-alive and token', module: 'axios', port: 'h2', ours: 'finconnect' },
  undici: { title: 'undici Pool.request and token', module: 'undici', port: 'h2', ours: 'finconnect' },
  'undici dispatch': {
    title: 'undici Pool.dispatch and token',
    module: 'undici-dispatch',
    port: 'h2',
    ours: 'finconnect',
  },
  fetch: { title: 'fetch and token', module: 'fetch', port: 'h2', ours: 'finconnect' },
  https: { title: 'node:https and token', module: 'https', port: 'h2', ours: 'finconnect' },
  nothing: { title: 'no client: JSON and promises alone', module: 'nothing', port: 'h2', offline: true },
  'key object': { title: 'cached KeyObject in JavaScript', module: 'key-object', port: 'h2', ours: 'finconnect' },
  finconnect: { title: 'finconnect (HTTP/2)', module: 'finconnect', port: 'h2' },
  'finconnect h1': { title: 'finconnect, HTTP/1.1 only', module: 'finconnect', port: 'h1', ours: 'finconnect' },
  engine: { title: 'our engine without JavaScript', port: 'h2', ours: 'finconnect' },
  'engine h1': { title: 'the same, HTTP/1.1 only', port: 'h1', ours: 'finconnect h1' },
};

const closed = (inFlight, latencyMs, quick = false) => ({
  name: `closed-${inFlight}-${latencyMs}ms`,
  title: `${inFlight} in flight, gateway answers after ${latencyMs} ms`,
  kind: 'load',
  load: { do: 'closed', inFlight },
  latencyMs,
  contestants: [...PEERS, ...OURS],
  quick,
});

const arrivals = (rate) => ({
  name: `open-${rate}`,
  title: `${rate} new payments a second, gateway answers after 5 ms`,
  kind: 'load',
  load: { do: 'arrivals', rate },
  latencyMs: 5,
  contestants: [...PEERS, 'finconnect', 'finconnect h1'],
});

const callbacks = (name, title, which, inFlight, quick = false) => ({
  name: `callbacks-${name}`,
  title,
  kind: 'load',
  load: { do: 'closed', inFlight, callbacks: true },
  callbacks: which,
  latencyMs: 0,
  contestants: ['original', 'key object', 'finconnect'],
  quick,
});

const cold = (name, title) => ({
  name,
  title,
  kind: 'cold',
  latencyMs: 0,
  contestants: ['original', 'undici', 'fetch', 'https', 'finconnect'],
  quick: true,
});

export const scenarios = [
  ...[1, 16, 64, 256].flatMap((c) => [0, 5, 50].map((ms) => closed(c, ms, c === 64 && ms < 50))),
  {
    ...closed(64, 0),
    name: 'plain-64-0ms',
    title: '64 in flight, gateway answers at once, without TLS',
    port: 'plain',
    contestants: [...PEERS, 'finconnect', 'engine'],
  },
  arrivals(300),
  arrivals(2000),
  cold('cold', 'Fresh process: load the library, first payment'),
  { ...cold('cold-late', 'The same in a program that has loaded another package with an `exports` map'), late: true },
  callbacks('1', 'AzamPay callbacks one at a time, key known', 'genuine', 1, true),
  callbacks('64', 'AzamPay callbacks, 64 in flight, key known', 'genuine', 64, true),
  callbacks('unsigned', 'Unsigned callbacks, 64 in flight', 'unsigned', 64),
  callbacks('forged', 'Forged callbacks, 64 in flight', 'forged', 64),
  {
    name: 'callbacks-rotated',
    title: '64 callbacks at once after AzamPay changed its key',
    kind: 'rotation',
    latencyMs: 0,
    contestants: ['original', 'finconnect'],
  },
  {
    name: 'memory',
    title: 'Resident memory over 200,000 payments, 64 in flight',
    kind: 'memory',
    latencyMs: 0,
    contestants: ['undici', 'finconnect', 'nothing'],
  },
];

/** The floors and aims of this project; `metric` as in `stats.mjs`. */
export const goals = [
  ['CPU per payment', 'closed-64-0ms', 'cpu', 'original', 20, 50],
  ['CPU per payment', 'closed-64-0ms', 'cpu', 'undici', 1.5, 4],
  ['JavaScript-thread CPU per payment', 'closed-64-0ms', 'js', 'original', 50, 120],
  ['JavaScript-thread CPU per payment', 'closed-64-0ms', 'js', 'undici', 4, 10],
  ['payments/s', 'closed-64-0ms', 'rate', 'original', 20, 50],
  ['payments/s', 'closed-64-0ms', 'rate', 'undici', 1.4, 4],
  ['event-loop delay p99', 'closed-64-5ms', 'delay', 'original', 15, 27],
  ['event-loop delay p99', 'closed-64-5ms', 'delay', 'undici', 3, 5],
  ["the same with the timer's own millisecond", 'closed-64-5ms', 'interval', 'original', 15, 27],
  ["the same with the timer's own millisecond", 'closed-64-5ms', 'interval', 'undici', 3, 5],
  ['load and first payment', 'cold', 'time', 'original', 15, 25],
  ['load and first payment', 'cold', 'time', 'https', 3, 6],
  ["the same, Node's code for `exports` maps already compiled", 'cold-late', 'time', 'original', 15, 25],
  ["the same, Node's code for `exports` maps already compiled", 'cold-late', 'time', 'https', 3, 6],
  ['handleCallback p50', 'callbacks-1', 'p50', 'original', 40, 60],
  ['JavaScript-thread CPU per callback', 'callbacks-64', 'js', 'key object', 5, 9.5],
  ['RSS', 'closed-64-0ms', 'rss', 'undici', 1.5, 1.9],
  ['payments/s, share of our engine alone', 'closed-64-0ms', 'rate', 'engine', 0.4, 0.85],
  ['the same over HTTP/1.1', 'closed-64-0ms', 'rate', 'engine h1', 0.4, 0.6],
];

/** Requests that ours may cost, for each call over all rounds: over a token's life, and once the key is known. */
export const limits = [
  ["gateway requests per payment over a token's life", 'closed-64-0ms', 'all', 1.001],
  ['HTTP requests per callback in steady state', 'callbacks-1', 'rounds', 0],
];

/** The scenario with those contestants only that a goal speaks of. */
export function behindGoals(scenario) {
  const named = goals.map(([, , , against]) => against).flatMap((name) => [name, contestants[name].ours]);
  return { ...scenario, contestants: scenario.contestants.filter((name) => named.includes(name)) };
}
