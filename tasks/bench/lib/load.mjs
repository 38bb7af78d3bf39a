// Loads on one contestant, measured where they run: in its own process.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/**
 * Keeps `inFlight` calls under way for `ms`, or until `count` were made, then lets them end; `apartMs` passes between
 * an answer and the next call. `call(number)` makes one, `check(answer, number)` ends the run when the answer is
 * another's.
 */
export function closed({ call, check }, { inFlight, ms = Infinity, count = Infinity, first, apartMs = 0 }) {
  return measured(async (note) => {
    const end = performance.now() + ms;
    let next = first;
    const worker = async () => {
      for (let started = performance.now(); started < end && next < first + count; ) {
        const number = next++;
        check(await call(number), number);
        const now = performance.now();
        note(now - started);
        if (apartMs > 0) await setTimeout(apartMs);
        started = apartMs > 0 ? performance.now() : now;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  });
}

/**
 * Starts `rate` calls a second for `ms`, whether or not the earlier ones have ended; latency counts from when a call
 * was due.
 */
export function open({ call, check }, { rate, ms, first }) {
  return measured(async (note) => {
    const start = performance.now();
    const total = Math.round((rate * ms) / 1000);
    const calls = [];
    await new Promise((resolve) => {
      const tick = () => {
        const due = Math.min(total, Math.floor(((performance.now() - start) * rate) / 1000) + 1);
        while (calls.length < due) {
          const dueAt = start + (calls.length * 1000) / rate;
          const number = first + calls.length;
          const noted = call(number).then((answer) => {
            check(answer, number);
            note(performance.now() - dueAt);
          });
          calls.push(noted);
        }
        if (calls.length < total) setTimeout(1).then(tick);
        else resolve();
      };
      tick();
    });
    await Promise.all(calls);
  });
}

/** The loop's delay is by how much a timer of this length is late; the monitor counts from one tick to the next. */
const TIMER_MS = 1;
/**
 * Of one load, in milliseconds. Made once: what the harness leaves to the collector would count as every contestant's.
 */
const latencies = new Float64Array(1 << 22);

async function measured(load) {
  let done = 0;
  const delay = monitorEventLoopDelay({ resolution: TIMER_MS });
  delay.enable();
  const before = { cpu: process.cpuUsage(), thread: threadMs(), at: performance.now() };
  await load((latency) => (latencies[done++] = latency));
  if (done > latencies.length) throw new Error('more calls in one load than there is room to note');
  const ms = performance.now() - before.at;
  const { user, system } = process.cpuUsage(before.cpu);
  const jsMs = threadMs() - before.thread;
  delay.disable();
  const sorted = latencies.subarray(0, done).sort();
  const at = (share) => sorted[Math.floor(done * share)];
  return {
    done,
    ms,
    cpuMs: (user + system) / 1000,
    jsMs,
    p50: at(0.5),
    p99: at(0.99),
    // Not sampled when the load never gave the loop a turn.
    delayMs: delay.count > 0 ? delay.percentile(99) / 1e6 - TIMER_MS : null,
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
