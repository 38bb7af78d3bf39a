// What is measured: one table.
const PEERS = ['original', 'axios', 'undici', 'undici dispatch', 'fetch'];
const OURS = ['finconnect', 'finconnect h1', 'engine', 'engine h1'];
/** On Node 24, in the same rounds. */
const NEWER = ['undici 8', 'undici 8 h2', 'https 24', 'finconnect 24'];

/**
 * Each contestant: its module or program, the gateway's port it is given, the Node it runs on, if that is not this one,
 * and the one of ours it is compared with. `offline`: it sends nothing.
 */
export const contestants = {
  original: { title: 'original: axios (HTTP/1.1), a login per payment', module: 'original', ours: 'finconnect' },
  axios: { title: 'axios (HTTP/1.1), keep-alive and token', module: 'axios', ours: 'finconnect' },
  undici: { title: 'undici 7 Pool.request (HTTP/1.1) and token', module: 'undici', ours: 'finconnect' },
  'undici dispatch': {
    title: 'undici 7 Pool.dispatch (HTTP/1.1) and token',
    module: 'undici-dispatch',
    ours: 'finconnect',
  },
  fetch: { title: 'fetch (HTTP/1.1) and token', module: 'fetch', ours: 'finconnect' },
  https: { title: 'node:https (HTTP/1.1) and token', module: 'https', ours: 'finconnect' },
  nothing: { title: 'no client: JSON and promises alone', module: 'nothing', offline: true },
  'key object': { title: 'cached KeyObject in JavaScript', module: 'key-object', ours: 'finconnect' },
  finconnect: { title: 'finconnect (HTTP/2)', module: 'finconnect' },
  'finconnect h1': { title: 'finconnect, HTTP/1.1 only', module: 'finconnect', port: 'h1', ours: 'finconnect' },
  charge: { title: 'finconnect, by `charge` (HTTP/2)', module: 'charge', ours: 'finconnect' },
  engine: { title: 'our engine without JavaScript (HTTP/2)', ours: 'finconnect' },
  'engine h1': { title: 'the same, HTTP/1.1 only', port: 'h1', ours: 'finconnect h1' },
  'original 24': {
    title: 'original on Node 24 (HTTP/1.1)',
    module: 'original',
    node: 'node24',
    ours: 'finconnect 24',
  },
  'undici 8': {
    title: 'undici 8 Pool.request on Node 24 (HTTP/1.1)',
    module: 'undici-8',
    node: 'node24',
    ours: 'finconnect 24',
  },
  'undici 8 h2': {
    title: 'the same by HTTP/2',
    module: 'undici-8-h2',
    node: 'node24',
    ours: 'finconnect 24',
  },
  'https 24': {
    title: 'node:https agent on Node 24 (HTTP/1.1)',
    module: 'https',
    node: 'node24',
    ours: 'finconnect 24',
  },
  'finconnect 24': { title: 'finconnect on Node 24 (HTTP/2)', module: 'finconnect', node: 'node24' },
};

const closed = (inFlight, latencyMs, quick = false) => ({
  name: `closed-${inFlight}-${latencyMs}ms`,
  title: `${inFlight} in flight, gateway answers after ${latencyMs} ms`,
  kind: 'load',
  load: { do: 'closed', inFlight },
  latencyMs,
  contestants: [...PEERS, ...OURS, ...(latencyMs === 0 ? NEWER : [])],
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
  contestants: ['original', 'key object', 'finconnect', 'original 24', 'finconnect 24'],
  quick,
});

const cold = (name, title) => ({
  name,
  title,
  kind: 'cold',
  latencyMs: 0,
  contestants: ['original', 'undici', 'fetch', 'https', 'finconnect', 'original 24', 'https 24', 'finconnect 24'],
  quick: true,
});

export const scenarios = [
  ...[1, 4, 16, 64, 256].flatMap((c) => [0, 5].map((ms) => closed(c, ms, ms === 0 || (c === 64 && ms === 5)))),
  // A gateway as slow as real ones hides what a client costs: two of these say so.
  closed(1, 50),
  closed(64, 50),
  {
    ...closed(1, 0, true),
    name: 'apart-3ms',
    title: 'One at a time, 3 ms apart, gateway answers after 0 ms',
    load: { do: 'closed', inFlight: 1, apartMs: 3 },
  },
  {
    ...closed(256, 0, true),
    name: 'streams-100',
    title: '256 in flight, gateway answers after 0 ms and allows 100 streams',
    port: 'h2of100',
    contestants: ['undici', 'finconnect', 'undici 8', 'undici 8 h2', 'finconnect 24'],
  },
  {
    ...closed(16, 0, true),
    name: 'one-core',
    title: 'Client and gateway on one core, 16 in flight, gateway answers after 0 ms',
    oneCore: true,
    contestants: ['undici', 'finconnect', 'undici 8', 'undici 8 h2', 'finconnect 24'],
  },
  ...[1, 64].map((c) => ({
    ...closed(c, 0),
    name: `charge-${c}`,
    title: `\`charge\` beside \`pay\`, ${c} in flight, gateway answers after 0 ms`,
    contestants: ['charge', 'finconnect'],
  })),
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
  callbacks('2', 'AzamPay callbacks, two at a time, key known', 'genuine', 2),
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
  ['1 in flight: CPU', 'closed-1-0ms', 'cpu', 'undici', 1.2, 1.7],
  ['1 in flight: p50', 'closed-1-0ms', 'p50', 'undici', 1, 1.25],
  ['3 ms apart: CPU', 'apart-3ms', 'cpu', 'undici', 1.5, 2.2],
  ['3 ms apart: p50', 'apart-3ms', 'p50', 'undici', 1, 2],
  ['4 in flight: p50', 'closed-4-0ms', 'p50', 'undici', 1.1, 1.5],
  ['4 in flight: CPU', 'closed-4-0ms', 'cpu', 'undici', 1.4, 2],
  ['16 in flight: CPU', 'closed-16-0ms', 'cpu', 'undici', 2, 2.5],
  ['16 in flight: payments/s', 'closed-16-0ms', 'rate', 'undici', 1.7, 2.2],
  ['64 in flight: CPU', 'closed-64-0ms', 'cpu', 'undici', 3, 4.5],
  ['64 in flight: payments/s', 'closed-64-0ms', 'rate', 'undici', 3.2, 4],
  ['256 in flight, 100 streams allowed: payments/s', 'streams-100', 'rate', 'undici', 3, 4],
  ['64 in flight: JavaScript-thread CPU', 'closed-64-0ms', 'js', 'undici', 8, 11],
  ['all on one core, 16 in flight: CPU', 'one-core', 'cpu', 'undici', 1.7, 2.5],
  ['all on one core, 16 in flight: p99', 'one-core', 'p99', 'undici', 1.3, 2],
  ['CPU per payment', 'closed-64-0ms', 'cpu', 'original', 20, 50],
  ['JavaScript-thread CPU per payment', 'closed-64-0ms', 'js', 'original', 50, 120],
  ['payments/s', 'closed-64-0ms', 'rate', 'original', 20, 50],
  ['event-loop delay p99', 'closed-64-5ms', 'delay', 'original', 15, 27],
  ['event-loop delay p99', 'closed-64-5ms', 'delay', 'undici', 3, 5],
  ["the same with the timer's own millisecond", 'closed-64-5ms', 'interval', 'original', 15, 27],
  ["the same with the timer's own millisecond", 'closed-64-5ms', 'interval', 'undici', 3, 5],
  ['load and first payment', 'cold', 'time', 'original', 15, 25],
  ['load and first payment', 'cold', 'time', 'https', 3, 6],
  ['load and first payment', 'cold', 'time', 'original 24', 17, 25],
  ['load and first payment', 'cold', 'time', 'https 24', 5, 6],
  ["the same, Node's code for `exports` maps already compiled", 'cold-late', 'time', 'original', 15, 25],
  ["the same, Node's code for `exports` maps already compiled", 'cold-late', 'time', 'https', 3, 6],
  ['handleCallback p50', 'callbacks-1', 'p50', 'original', 40, 60],
  ['handleCallback p50', 'callbacks-1', 'p50', 'original 24', 40, 60],
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
