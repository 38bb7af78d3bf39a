/** The sandbox's time: tokens, prompts, cooldowns, delays and webhook retries all follow it. */
export interface SandboxClock {
  /** Milliseconds since the Unix epoch, as the gateways see it. */
  now(): number;
  /**
   * Moves time on by `ms` and runs, in order, everything that falls due on the way.
   * Resolves when that work is done, webhooks included; one that hangs ends at its own time-out.
   */
  advance(ms: number): Promise<void>;
}

export type Cancel = () => void;

interface Timer {
  due: number;
  order: number;
  run: () => void | Promise<void>;
  handle?: NodeJS.Timeout;
}

/** The clock ends with the year 9999: the gateways write years of four digits. */
export const LAST_TIME = Date.UTC(9999, 11, 31);

const MAX_DELAY = 2 ** 31 - 1;

export class Clock implements SandboxClock {
  private shift = 0;
  private frozen: number | undefined;
  private order = 0;
  private readonly timers = new Set<Timer>();

  constructor(mode: 'real' | 'manual', startAt?: number) {
    if (mode === 'manual') this.frozen = startAt ?? Date.now();
    else if (startAt !== undefined) this.shift = startAt - Date.now();
  }

  now(): number {
    return this.frozen ?? Date.now() + this.shift;
  }

  after(ms: number, run: () => void | Promise<void>): Cancel {
    const timer: Timer = { due: this.now() + Math.max(0, ms), order: this.order++, run };
    this.timers.add(timer);
    this.arm(timer);
    return () => this.drop(timer);
  }

  async advance(ms: number): Promise<void> {
    const target = this.now() + ms;
    if (typeof ms !== 'number' || !(ms >= 0) || target > LAST_TIME)
      throw new RangeError(`clock.advance needs milliseconds, zero or more, up to the year 9999; got ${ms}`);
    for (let timer = this.next(target); timer; timer = this.next(target)) {
      this.moveTo(timer.due);
      this.drop(timer);
      await timer.run();
    }
    this.moveTo(target);
  }

  clear(): void {
    for (const timer of [...this.timers]) this.drop(timer);
  }

  private next(target: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.due > target) continue;
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    }
    return first;
  }

  private moveTo(time: number): void {
    if (this.frozen !== undefined) {
      this.frozen = Math.max(this.frozen, time);
      return;
    }
    const ahead = time - this.now();
    if (ahead <= 0) return;
    this.shift += ahead;
    for (const timer of this.timers) this.arm(timer);
  }

  /** On the real clock a timer also fires by itself; a manual one waits for `advance`. */
  private arm(timer: Timer): void {
    if (this.frozen !== undefined) return;
    clearTimeout(timer.handle);
    timer.handle = setTimeout(
      () => {
        if (timer.due > this.now()) return this.arm(timer);
        this.drop(timer);
        void timer.run();
      },
      Math.min(MAX_DELAY, Math.max(0, timer.due - this.now())),
    );
    timer.handle.unref();
  }

  private drop(timer: Timer): void {
    clearTimeout(timer.handle);
    this.timers.delete(timer);
  }
}
