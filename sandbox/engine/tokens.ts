import type { Gateway } from '../types.js';
import type { Clock } from './clock.js';

const MAX_TOKENS = 2_000;

/** Tokens handed out and still kept; any number may be valid at once, as at the gateways. */
export class Tokens {
  private readonly expiries = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  issue(gateway: Gateway, token: string, ttlMs: number): void {
    this.expiries.set(`${gateway}:${token}`, this.clock.now() + ttlMs);
    if (this.expiries.size > MAX_TOKENS) {
      const oldest = this.expiries.keys().next().value;
      if (oldest !== undefined) this.expiries.delete(oldest);
    }
  }

  valid(gateway: Gateway, token: string): boolean {
    const expiry = this.expiries.get(`${gateway}:${token}`);
    return expiry !== undefined && expiry > this.clock.now();
  }
}
