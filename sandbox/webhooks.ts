import http from 'node:http'
import https from 'node:https'
import type { Cancel, Clock } from './clock.js'
import { Capped, MAX_BODY_KEPT, MAX_HISTORY, type Events, type RecordedWebhook, type WebhookAttempt } from './history.js'
import { parseFields } from './http.js'
import type { Gateway, PaymentRecord } from './payments.js'
import { redactBody, redactText } from './redact.js'
import { tamper } from './tamper.js'
import type { CallbackDraft } from './world.js'

/** Pauses before each retry of a webhook the app did not accept. The gateways publish none; these are assumed. */
export const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 16_000]
/** An app that has not answered by then has not answered. */
export const ANSWER_WITHIN_MS = 10_000
const MAX_ANSWER = 64 * 1024

interface Sent {
  id: number
  gateway: Gateway
  draft: CallbackDraft
  record: RecordedWebhook
}

/** Calls the app, again with growing pauses until it accepts, and remembers what was sent and answered. */
export class Webhooks {
  private readonly sent = new Capped<Sent>(MAX_HISTORY)
  private readonly waiting = new Set<Cancel>()
  private readonly inFlight = new Set<http.ClientRequest>()
  private lastId = 0
  private closed = false

  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    /** Where each gateway's portal sends callbacks; PesaPal's go to the order's own IPN URL. */
    readonly urls: { azampay?: string; clickpesa?: string },
  ) {}

  all(): RecordedWebhook[] {
    return this.sent.all().map(({ record }) => structuredClone(record))
  }

  /** Sends a callback; resolves with its record after the first attempt. */
  send(payment: Pick<PaymentRecord, 'gateway' | 'reference'>, draft: CallbackDraft, tampered = false): Promise<RecordedWebhook> {
    const record: RecordedWebhook = {
      id: ++this.lastId,
      at: this.timestamp(),
      gateway: payment.gateway,
      event: draft.event,
      reference: payment.reference,
      method: draft.method,
      url: redactText(draft.url),
      body: redactBody(draft.body, MAX_BODY_KEPT),
      state: 'sending',
      tampered,
      attempts: [],
    }
    const sent: Sent = { id: record.id, gateway: payment.gateway, draft, record }
    this.sent.add(sent)
    return this.attempt(sent, tampered ? [] : RETRY_AFTER_MS)
  }

  /** Sends one again, byte for byte or tampered with; resolves when the app has answered. */
  async redeliver(id: number, tampered = false): Promise<RecordedWebhook> {
    const found = this.sent.get(id)
    if (!found) throw new RangeError(`No webhook ${id} is kept`)
    const draft = tampered ? tamper(found.gateway, found.draft) : found.draft
    return structuredClone(await this.send(found.record, draft, tampered))
  }

  close(): void {
    this.closed = true
    for (const cancel of this.waiting) cancel()
    for (const request of this.inFlight) request.destroy()
  }

  private async attempt(sent: Sent, pauses: readonly number[]): Promise<RecordedWebhook> {
    const { record } = sent
    if (this.closed) return record
    this.update(record, 'sending')
    const attempt = await this.call(sent.draft)
    const verdict = judge(sent.gateway, attempt)
    if (verdict.note) attempt.note = verdict.note
    record.attempts.push({ ...attempt, answer: redactText(attempt.answer.slice(0, MAX_BODY_KEPT)) })
    const [pause, ...rest] = pauses
    if (verdict.accepted || pause === undefined || this.closed) {
      this.update(record, verdict.accepted ? 'delivered' : 'failed')
      return record
    }
    this.update(record, 'retrying')
    const cancel = this.clock.after(pause, async () => {
      this.waiting.delete(cancel)
      await this.attempt(sent, rest)
    })
    this.waiting.add(cancel)
    return record
  }

  private update(record: RecordedWebhook, state: RecordedWebhook['state']): void {
    record.state = state
    this.events.emit({ type: 'webhook', webhook: structuredClone(record) })
  }

  private async call(draft: CallbackDraft): Promise<WebhookAttempt> {
    const started = performance.now()
    const attempt = { at: this.timestamp(), status: null, answer: '', ms: 0 }
    // Nobody checks a URL when it is registered, as at the gateways.
    if (!URL.canParse(draft.url) || !/^https?:/.test(draft.url)) return { ...attempt, error: 'not an http URL' }
    return new Promise((resolve) => {
      const end = (outcome: Partial<WebhookAttempt>) => {
        clearTimeout(deadline)
        this.inFlight.delete(request)
        resolve({ ...attempt, ...outcome, ms: Math.round(performance.now() - started) })
      }
      const url = new URL(draft.url)
      const client = url.protocol === 'https:' ? https : http
      const headers = { ...draft.headers, ...(draft.body && { 'Content-Length': Buffer.byteLength(draft.body) }) }
      const request = client.request(url, { method: draft.method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          if ((size += chunk.length) <= MAX_ANSWER) chunks.push(chunk)
        })
        response.on('error', (error) => end({ error: error.message }))
        response.on('end', () => end({ status: response.statusCode ?? null, answer: Buffer.concat(chunks).toString() }))
      })
      const deadline = setTimeout(() => {
        request.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`))
      }, ANSWER_WITHIN_MS)
      this.inFlight.add(request)
      request.on('error', (error) => end({ error: error.message }))
      request.end(draft.body || undefined)
    })
  }

  private timestamp(): string {
    return new Date(this.clock.now()).toISOString()
  }
}

/** Whether an answer ends the retries, by each gateway's own rule. */
function judge(gateway: Gateway, { status, answer }: WebhookAttempt): { accepted: boolean; note?: string } {
  if (status === null) return { accepted: false }
  if (gateway === 'clickpesa') return { accepted: status >= 200 && status < 300 }
  if (gateway === 'azampay' || status !== 200) return { accepted: status === 200 }
  const acknowledged = parseFields(answer)?.['status']
  if (acknowledged === undefined) return { accepted: true, note: 'not the JSON acknowledgement PesaPal documents' }
  return { accepted: Number(acknowledged) === 200 }
}
