import http from 'node:http';
import https from 'node:https';
import type { WebhookAttempt } from './history.js';
import type { CallbackDraft } from './world.js';

/** An app that has not answered by then has not answered. */
export const ANSWER_WITHIN_MS = 10_000;
const MAX_ANSWER = 64 * 1024;

export type Delivery = Omit<WebhookAttempt, 'at' | 'note'>;

/** Sends a callback once, follows no redirect, and never rejects. An aborted signal ends it early. */
export function deliver({ url, method, headers, body }: CallbackDraft, signal?: AbortSignal): Promise<Delivery> {
  // Nobody checks a URL when it is registered, as at the gateways.
  if (!URL.canParse(url) || !/^https?:/.test(url))
    return Promise.resolve({ status: null, answer: '', ms: 0, error: 'not an http URL' });
  const started = performance.now();
  return new Promise((resolve) => {
    const end = (outcome: Partial<Delivery>) => {
      clearTimeout(deadline);
      resolve({ status: null, answer: '', ...outcome, ms: Math.round(performance.now() - started) });
    };
    const target = new URL(url);
    const options = {
      method,
      headers: { ...headers, ...(body && { 'Content-Length': Buffer.byteLength(body) }) },
      agent: false,
      ...(signal && { signal }),
    };
    const request = (target.protocol === 'https:' ? https : http).request(target, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if ((size += chunk.length) <= MAX_ANSWER) chunks.push(chunk);
      });
      response.on('error', (error) => end({ error: error.message }));
      response.on('end', () => end({ status: response.statusCode ?? null, answer: Buffer.concat(chunks).toString() }));
    });
    const deadline = setTimeout(
      () => request.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)),
      ANSWER_WITHIN_MS,
    );
    request.on('error', (error) => end({ error: error.message }));
    request.end(body || undefined);
  });
}
