// Loads on one contestant, measured where they run: in its own process.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Keeps `inFlight` calls under way for `ms`, or until `count` were made, then lets them end. */
export function closed(call, { inFlight, ms = Infinity, count = Infinity, first }) {
  return measured(async (note) => {
    const end = performance.now() + ms;
    let next = first;
    const worker = async () => {
      for (let started = performance.now(); started < end && next < first + count; ) {
        await call(next++);
        const now = performance.now();
        note(now - started);
        started = now;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  });
}

/** Starts `rate` calls a second for `ms`, whether or not the earlier ones have ended; latency counts from when a call was due. */
export function open(call, { rate, ms, first }) {
  return measured(async (note) => {
    const start = performance.now();
    const total = Math.round((rate * ms) / 1000);
    const calls = [];
    await new Promise((resolve) => {
      const tick = () => {
        const due = Math.min(total, Math.floor(((performance.now() - start) * rate) / 1000) + 1);
        while (calls.length < due) {
          const dueAt = start + (calls.length * 1000) / rate;
          calls.push(call(first + calls.length).then(() => note(performance.now() - dueAt)));
        }
        if (calls.length < total) setTimeout(tick, 1);
        else resolve();
      };
      tick();
    });
    await Promise.all(calls);
  });
}

async function measured(load) {
  const latencies = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = { cpu: process.cpuUsage(), thread: threadMs(), at: performance.now() };
  await load((latency) => latencies.push(latency));
  const ms = performance.now() - before.at;
  const { user, system } = process.cpuUsage(before.cpu);
  const jsMs = threadMs() - before.thread;
  delay.disable();
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(latencies.length * share)];
  return {
    done: latencies.length,
    ms,
    cpuMs: (user + system) / 1000,
    jsMs,
    p50: at(0.5),
    p99: at(0.99),
    // Not sampled when the load never gave the loop a turn.
    delayMs: delay.count > 0 ? delay.percentile(99) / 1e6 : null,
    rssMb: process.memoryUsage.rss() / 1e6,
  };
}

/** CPU time of the JavaScript thread, from Linux's own account; NaN elsewhere. */
function threadMs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
