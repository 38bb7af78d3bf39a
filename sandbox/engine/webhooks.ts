import { setMaxListeners } from 'node:events';
import { redactBody, redactText } from '../http/redact.js';
import type { Gateway } from '../types.js';
import type { Cancel, Clock } from './clock.js';
import { type CallbackDraft, type CallbackRules, deliver } from './deliver.js';
import { Capped, type Events, MAX_BODY_KEPT, MAX_HISTORY, type RecordedWebhook } from './history.js';
import type { PaymentRecord } from './payments.js';

/** Pauses before each retry of a webhook the app did not accept. The gateways publish none; these are assumed. */
const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

interface Sent {
  id: number;
  gateway: Gateway;
  draft: CallbackDraft;
  record: RecordedWebhook;
}

/** Calls the app, again with growing pauses until it accepts, and remembers what was sent and answered. */
export class Webhooks {
  private readonly sent = new Capped<Sent>(MAX_HISTORY);
  private readonly waiting = new Set<Cancel>();
  private readonly closing = new AbortController();
  private lastId = 0;

  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly rules: Record<Gateway, CallbackRules>,
    /** Where each portal sends callbacks. */
    readonly urls: { [G in Gateway]?: string },
    private readonly allowRemote: boolean,
  ) {
    // Each call under way listens for the end.
    setMaxListeners(0, this.closing.signal);
  }

  all(): RecordedWebhook[] {
    return this.sent.all().map(({ record }) => structuredClone(record));
  }

  /** Sends a callback; resolves with its record after the first attempt. */
  send(
    payment: Pick<PaymentRecord, 'gateway' | 'reference'>,
    draft: CallbackDraft,
    tampered = false,
  ): Promise<RecordedWebhook> {
    const record: RecordedWebhook = {
      id: ++this.lastId,
      at: this.timestamp(),
      gateway: payment.gateway,
      event: draft.event,
      reference: payment.reference,
      method: draft.method,
      url: redactText(draft.url.slice(0, MAX_BODY_KEPT)),
      body: redactBody(draft.body, MAX_BODY_KEPT),
      state: 'sending',
      tampered,
      attempts: [],
    };
    const sent: Sent = { id: record.id, gateway: payment.gateway, draft, record };
    this.sent.add(sent);
    return this.attempt(sent, tampered ? [] : RETRY_AFTER_MS);
  }

  /** Sends one again, byte for byte or tampered with; resolves when the app has answered. */
  async redeliver(id: number, tampered = false): Promise<RecordedWebhook> {
    const found = this.sent.get(id);
    if (!found) throw new RangeError(`No webhook ${id} is kept`);
    const draft = tampered ? this.rules[found.gateway].tamper(found.draft) : found.draft;
    return structuredClone(await this.send(found.record, draft, tampered));
  }

  close(): void {
    for (const cancel of this.waiting) cancel();
    this.closing.abort();
  }

  private async attempt(sent: Sent, pauses: readonly number[]): Promise<RecordedWebhook> {
    const { record } = sent;
    if (this.closing.signal.aborted) return record;
    this.update(record, 'sending');
    const at = this.timestamp();
    const delivery = await deliver(sent.draft, { allowRemote: this.allowRemote, signal: this.closing.signal });
    const { status } = delivery;
    const { accepted, note } =
      status === null ? { accepted: false } : this.rules[sent.gateway].accepts({ ...delivery, status });
    const answer = redactText(delivery.answer.slice(0, MAX_BODY_KEPT));
    record.attempts.push({ at, ...delivery, answer, ...(note && { note }) });
    const [pause, ...rest] = pauses;
    if (accepted || delivery.refused || pause === undefined || this.closing.signal.aborted) {
      this.update(record, accepted ? 'delivered' : 'failed');
      return record;
    }
    this.update(record, 'retrying');
    const cancel = this.clock.after(pause, async () => {
      this.waiting.delete(cancel);
      await this.attempt(sent, rest);
    });
    this.waiting.add(cancel);
    return record;
  }

  private update(record: RecordedWebhook, state: RecordedWebhook['state']): void {
    record.state = state;
    this.events.emit({ type: 'webhook', webhook: structuredClone(record) });
  }

  private timestamp(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
