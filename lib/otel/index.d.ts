import type { CallbackReason, FinConnectError, FinConnectErrorCode, Operation, PaymentStatus } from '../../index.js';

/** What is used of `@opentelemetry/api`, 1.0 or newer: pass its own `trace` and `metrics`. */
export interface OpenTelemetryApi {
  trace?: { getTracer(name: string, version?: string): unknown };
  metrics?: { getMeter(name: string, version?: string): unknown };
}

/**
 * Makes a span for each call of every `FintechSDK` of the process, with one below it for each request, and counts what
 * the calls tell. Leave out `trace` or `metrics` where you do not want it. Returns the function that undoes it, which
 * ends the spans of calls that are still under way.
 *
 * Called again, it takes the place of what it did before: nothing is told twice.
 *
 * Throws a `TypeError` when neither is there, or when one is not that of `@opentelemetry/api`.
 *
 * @example
 * import { metrics, trace } from '@opentelemetry/api';
 * instrument({ trace, metrics });
 */
export declare function instrument(api: OpenTelemetryApi): () => void;

/**
 * What the channels `tracing:finconnect:call:start`, `end`, `asyncStart`, `asyncEnd` and `error` of
 * `node:diagnostics_channel` are told of a call: one object for all of them. Those are the channels of
 * `tracingChannel('finconnect:call')`. There is no `result` in it, for a result may be a token or name a payer.
 */
export interface FinConnectCall {
  /** Such as `finconnect charge azampay`. */
  readonly name: string;
  /** By names as OpenTelemetry writes them. What a call came to is there from `asyncEnd`, and `error`, on. */
  readonly attributes: {
    readonly 'finconnect.operation': Operation | 'authenticate' | 'getPublicKey' | 'recover';
    readonly 'finconnect.provider'?: string;
    readonly 'finconnect.outcome'?: 'success' | FinConnectError['outcome'];
    readonly 'finconnect.payment.status'?: PaymentStatus;
    readonly 'finconnect.callback.verdict'?: 'VALID' | CallbackReason;
    /** `_OTHER` is the reason of a signal that had aborted before the call. */
    readonly 'error.type'?: FinConnectErrorCode | '_OTHER';
  };
  /** What the call rejects with. */
  readonly error?: unknown;
  /**
   * A subscriber of `start` may put a function here, by which the call is made: so it runs within an
   * `AsyncLocalStorage` or a span. Where one is there already, call that one with `make` in yours. Whatever it does or
   * throws, the call is made once.
   */
  run?: (make: () => void) => void;
}
