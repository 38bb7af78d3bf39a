import http from 'node:http';
import https from 'node:https';
import { addressIn, ElsewhereError, isLoopback, lookupLoopback } from '../http/loopback.js';
import { isWebUrl } from '../http/message.js';
import type { WebhookAttempt } from './history.js';

/** A callback ready to be sent. */
export interface CallbackDraft {
  event: string;
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What differs between gateways when a callback is on its way. */
export interface CallbackRules {
  /** Whether the app's answer ends the retries, and what was odd about it. `status` is an HTTP status that has come. */
  accepts(answer: { status: number; answer: string }): { accepted: boolean; note?: string };
  /** A copy changed where a forger would change it, its signature left as it was. */
  tamper(draft: CallbackDraft): CallbackDraft;
}

/** After so long without an answer, the app counts as not answering. */
export const ANSWER_WITHIN_MS = 10_000;
const MAX_ANSWER = 64 * 1024;

export type Delivery = Omit<WebhookAttempt, 'at' | 'note'>;

export interface DeliverOptions {
  /** Whether a URL may lead to another machine. */
  allowRemote: boolean;
  /** Ends the call early. */
  signal?: AbortSignal;
}

/** Sends a callback once, follows no redirect, and never rejects. */
export function deliver(draft: CallbackDraft, options: DeliverOptions): Promise<Delivery> {
  const { url } = draft;
  // Nobody checks a URL when it is registered, as at the gateways.
  if (!isWebUrl(url)) return Promise.resolve({ status: null, answer: '', ms: 0, error: 'not an http URL' });
  const started = performance.now();
  return new Promise((resolve) => {
    const end = (outcome: Partial<Delivery>) => {
      clearTimeout(deadline);
      resolve({ status: null, answer: '', ...outcome, ms: Math.round(performance.now() - started) });
    };
    const failed = (error: unknown) =>
      end({
        error: error instanceof Error ? error.message : String(error),
        ...(error instanceof ElsewhereError && { refused: true }),
      });
    let request: http.ClientRequest | undefined;
    const deadline = setTimeout(() => {
      failed(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`));
      request?.destroy();
    }, ANSWER_WITHIN_MS);
    try {
      request = open(new URL(url), draft, options);
    } catch (error) {
      return failed(error);
    }
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if ((size += chunk.length) <= MAX_ANSWER) chunks.push(chunk);
      });
      response.on('error', failed);
      response.on('end', () => end({ status: response.statusCode ?? null, answer: Buffer.concat(chunks).toString() }));
    });
    // The answer 101 comes by this event alone.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      end({ status: response.statusCode ?? null });
    });
    request.on('error', failed);
    request.end(draft.body || undefined);
  });
}

/**
 * The connection of a call; what is not this machine is refused by the address connected to, whatever its name says.
 */
function open(target: URL, { method, headers, body }: CallbackDraft, { allowRemote, signal }: DeliverOptions) {
  const address = addressIn(target);
  if (!allowRemote && address !== undefined && !isLoopback(address)) throw new ElsewhereError(target.hostname);
  return (target.protocol === 'https:' ? https : http).request(target, {
    method,
    headers: { ...headers, ...(body && { 'Content-Length': Buffer.byteLength(body) }) },
    agent: false,
    ...(signal && { signal }),
    ...(!allowRemote && { lookup: lookupLoopback }),
  });
}
