// From a contestant's raw rounds to figures, and from pairs of them to ratios.

/**
 * What is compared: how to read it from a round, whether more is better, and the least that can be told from nothing.
 */
export const metrics = {
  rate: { title: 'calls/s', of: (r) => (r.done / r.ms) * 1000, more: true },
  cpu: { title: 'CPU µs/call', of: (r) => (r.cpuMs / r.done) * 1000 },
  js: { title: 'JS-thread µs/call', of: (r) => (r.jsMs / r.done) * 1000 },
  p50: { title: 'p50 ms', of: (r) => r.p50 },
  p99: { title: 'p99 ms', of: (r) => r.p99 },
  // What the timer itself shows in a loop that is woken now and then: docs/decisions/harness.md.
  delay: { title: 'loop delay p99 ms', of: (r) => r.delayMs ?? Number.NaN, least: 0.7 },
  // The same as `monitorEventLoopDelay` counts it: with the timer's own millisecond.
  interval: { title: 'tick to tick p99 ms', of: (r) => (r.delayMs ?? Number.NaN) + 1 },
  rss: { title: 'RSS MB', of: (r) => r.rssMb },
  time: { title: 'ms', of: (r) => r.ms },
  connections: { title: 'connections', of: (r) => r.connections },
  requests: { title: 'requests/call', of: (r) => r.requests / r.done, total: true },
};

const LOAD = ['rate', 'cpu', 'js', 'p50', 'p99', 'delay', 'rss', 'connections', 'requests'];
const METRICS_OF = {
  load: LOAD,
  memory: LOAD,
  cold: ['time', 'cpu', 'rss', 'connections', 'requests'],
  // Over before the loop's timer has told anything.
  rotation: ['time', 'cpu', 'js', 'p50', 'p99', 'rss', 'connections', 'requests'],
};

export const metricsOf = (scenario) => METRICS_OF[scenario.kind];

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A contestant's figure: the median of its rounds, or for a total the mean over all it did. */
export function figure(metric, { rounds, warmUp }) {
  const { of, total } = metrics[metric];
  return total ? requestsPerCall([...warmUp, ...rounds]) : median(rounds.map(of));
}

export function requestsPerCall(rounds) {
  const sum = (key) => rounds.reduce((total, round) => total + round[key], 0);
  return sum('requests') / sum('done');
}

/**
 * How many times better `ours` is than `theirs`, round by round: median, min and max. Nobody is credited with less than
 * `least`.
 */
export function ratio(metric, ours, theirs) {
  const { of, more, least = -Infinity } = metrics[metric];
  const better = (a, b) => (more ? a / b : b / a);
  const all = ours.rounds.map((round, i) => better(Math.max(of(round), least), Math.max(of(theirs.rounds[i]), least)));
  return { median: median(all), min: Math.min(...all), max: Math.max(...all) };
}
