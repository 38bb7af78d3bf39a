import type { Gateway } from '../types.js';
import { shown } from './known.js';
import type { SandboxPayment } from './payments.js';

/** Requests, and webhooks, kept; the oldest go first. */
export const MAX_HISTORY = 500;
/** Characters kept of each body. */
export const MAX_BODY_KEPT = 4_096;

/** A request as it arrived and how it was answered, without secrets or full phone numbers. */
export interface RecordedRequest {
  id: number;
  /** ISO 8601, UTC, by the sandbox's clock. */
  at: string;
  gateway: Gateway;
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
  /** HTTP status answered; null while waiting, and when no answer was given. */
  status: number | null;
  response: string;
  ms: number;
  /** The fault it met. */
  fault?: string;
}

export interface WebhookAttempt {
  at: string;
  /** What the app answered; null when it could not be reached in time. */
  status: number | null;
  answer: string;
  ms: number;
  error?: string;
  /** True when it was not sent, since its URL leads to another machine; see `allowRemote`. */
  refused?: boolean;
  /** What was odd about an accepted answer. */
  note?: string;
}

/** A webhook, IPN or callback sent to the app, without full phone numbers. */
export interface RecordedWebhook {
  id: number;
  at: string;
  gateway: Gateway;
  /** E.g. `PAYMENT RECEIVED`, `IPNCHANGE`, `success`. */
  event: string;
  reference: string;
  method: string;
  url: string;
  body: string;
  state: 'sending' | 'retrying' | 'delivered' | 'failed';
  tampered: boolean;
  attempts: WebhookAttempt[];
}

export type SandboxEvent =
  | { type: 'request'; request: RecordedRequest }
  | { type: 'webhook'; webhook: RecordedWebhook }
  | { type: 'payment'; payment: SandboxPayment }
  | { type: 'key' }
  | { type: 'faults' };

/** A list that forgets its oldest entry beyond a cap. */
export class Capped<T extends { id: number }> {
  private readonly items = new Map<number, T>();

  constructor(private readonly cap: number) {}

  add(item: T): void {
    this.items.set(item.id, item);
    if (this.items.size > this.cap) {
      const oldest = this.items.keys().next().value;
      if (oldest !== undefined) this.items.delete(oldest);
    }
  }

  get(id: number): T | undefined {
    return this.items.get(id);
  }

  all(): T[] {
    return [...this.items.values()];
  }
}

export class Events {
  private readonly listeners = new Set<(event: SandboxEvent) => void>();

  on(listener: (event: SandboxEvent) => void): () => void {
    if (typeof listener !== 'function') throw new TypeError(`subscribe takes a function; got ${shown(listener)}`);
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  emit(event: SandboxEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}
