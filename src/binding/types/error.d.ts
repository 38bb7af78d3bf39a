import type { CallbackReason } from './callback';
import type { ProviderName } from './gateways';
import type { Operation } from './operation';
import type { PaymentKind, PaymentStatus } from './payment';
import type { Asked } from './recovery';

/**
 * What listeners are told; the same objects go to `node:diagnostics_channel` as `finconnect:<event>`. No secret is in
 * any, and phone numbers are masked.
 */
export interface FinConnectEvents {
  /** A request is about to be sent. */
  request: {
    provider: ProviderName;
    operation: Operation | 'getPublicKey' | 'login';
    attempt: number;
    method: string;
    host: string;
    port: number;
    path: string;
  };
  /** A request has ended, with or without an answer. */
  response: {
    provider: ProviderName;
    operation: Operation | 'getPublicKey' | 'login';
    attempt: number;
    method: string;
    host: string;
    port: number;
    path: string;
    status: number | null;
    ms: number;
    outcome: 'success' | FinConnectError['outcome'];
    code: FinConnectErrorCode | null;
  };
  /** Another attempt follows after `delayMs`. */
  retry: {
    provider: ProviderName;
    operation: Operation | 'getPublicKey' | 'login';
    attempt: number;
    delayMs: number;
    code: FinConnectErrorCode;
  };
  /** A login has ended, or another process has shared its token. */
  login: {
    provider: ProviderName;
    ms: number;
    outcome: 'success' | FinConnectError['outcome'];
    code: FinConnectErrorCode | null;
    /** Where the token is from: `'store'` is that of `tokens`. */
    from: 'gateway' | 'store';
    /**
     * Why the store brought no token although it should have: a function of it failed or answered wrongly; it did not
     * answer in time; it holds what cannot be read; another process held the lock
     * all the time. `null` otherwise.
     */
    storeFailure: 'failed' | 'late' | 'unreadable' | 'busy' | null;
  };
  /** A callback has been judged. */
  callback: {
    provider: ProviderName;
    isValid: boolean;
    reason: CallbackReason | null;
    kind: PaymentKind | null;
    status: PaymentStatus | null;
    reference: string | null;
    transactionId: string | null;
    payer: string | null;
    /**
     * Whether AzamPay documents the operator that a genuine callback names; `null` for other gateways, and where
     * nothing is known.
     */
    operatorKnown: boolean | null;
  };
}

/**
 * What kind of failure it was.
 *
 * | code | meaning |
 * |---|---|
 * | `INVALID_CONFIG` | the constructor's options are not usable |
 * | `INVALID_REQUEST` | an argument breaks a rule; nothing was sent that changes anything |
 * | `NOT_SUPPORTED` | this gateway does not have the operation |
 * | `AUTHENTICATION_FAILED` | the credentials were refused |
 * | `CONNECTION_FAILED` | name look-up, TCP, TLS or the connection failed |
 * | `TIMEOUT` | no answer within `timeoutMs` |
 * | `ABORTED` | the caller's signal ended the call |
 * | `REFUSED` | the gateway said no |
 * | `RATE_LIMITED` | the gateway said no for now (HTTP 429), or too many callbacks came: answer 503 |
 * | `DUPLICATE_REFERENCE` | the gateway has a payment with this reference: ask for its status; `outcome` is `unknown` |
 * | `GATEWAY_ERROR` | the gateway, or something between, failed: HTTP 5xx, 408, 499 and others that leave it open |
 * | `INVALID_RESPONSE` | the answer is unreadable, too large, a redirect, contradictory, or about another payment |
 * | `NOT_CONFIRMED_YET` | the gateway does not show yet what a callback says: answer 500, so that it comes again |
 * | `AMOUNT_MISMATCH` | the payment has another amount than `expect` says; `response` is the gateway's own object |
 * | `REFERENCE_MISMATCH` | the payment has another reference or id than `expect` says, or there is no such order |
 * | `REFERENCE_CONFLICT` | the ledger has this reference with other parameters; nothing was sent |
 * | `BLOCKED` | your `before` rule refused it; nothing was sent |
 * | `NOT_FINAL` | the payment may still go through, or has: it is not tried again |
 * | `NOT_COVERED` | with this refund or payout more would go out than the payment brought |
 * | `LEDGER_BUSY` | the ledger's database was locked by others for too long |
 * | `LEDGER_FULL` | the ledger's disk is full |
 * | `LEDGER_READ_ONLY` | the ledger's database cannot be written |
 * | `LEDGER_UNREACHABLE` | the ledger's database does not answer |
 * | `LEDGER_FAILED` | the ledger's database refused, or the ledger is closed |
 * | `CALLER_ERROR` | your `expect` or replay store failed, or one of them or your `fetch` answered wrongly |
 * | `INTERNAL` | a defect of this library |
 */
export type FinConnectErrorCode =
  | 'INVALID_CONFIG'
  | 'INVALID_REQUEST'
  | 'NOT_SUPPORTED'
  | 'AUTHENTICATION_FAILED'
  | 'CONNECTION_FAILED'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'REFUSED'
  | 'RATE_LIMITED'
  | 'DUPLICATE_REFERENCE'
  | 'GATEWAY_ERROR'
  | 'INVALID_RESPONSE'
  | 'NOT_CONFIRMED_YET'
  | 'AMOUNT_MISMATCH'
  | 'REFERENCE_MISMATCH'
  | 'REFERENCE_CONFLICT'
  | 'BLOCKED'
  | 'NOT_FINAL'
  | 'NOT_COVERED'
  | 'LEDGER_BUSY'
  | 'LEDGER_FULL'
  | 'LEDGER_READ_ONLY'
  | 'LEDGER_UNREACHABLE'
  | 'LEDGER_FAILED'
  | 'CALLER_ERROR'
  | 'INTERNAL';

/**
 * Why a call failed, and whether it can have moved money. Every field but `message` and `stack` is in
 * `JSON.stringify(error)`.
 */
export declare class FinConnectError extends Error {
  readonly name: 'FinConnectError';
  readonly code: FinConnectErrorCode;
  /** `null` when the provider is unknown. */
  readonly provider: ProviderName | null;
  /** The method or function that failed. */
  readonly operation:
    | 'constructor'
    | 'authenticate'
    | 'getPublicKey'
    | 'normalizePhone'
    | 'parseAmount'
    | 'recover'
    | 'reconcile'
    | 'split'
    | 'retry'
    | 'get'
    | 'find'
    | 'resolve'
    | 'sweep'
    | 'ask'
    | 'health'
    | 'dashboard'
    | 'compare'
    | 'webhooks'
    | Operation
    | null;
  /** The HTTP status of the answer, when there was one. */
  readonly statusCode: number | null;
  /** The gateway's own error code, when it gives one. */
  readonly gatewayCode: string | null;
  /**
   * The gateway's own words. In them, in `message` and in `response` credentials and tokens are `[redacted]`, telephone
   * numbers masked.
   */
  readonly gatewayMessage: string | null;
  /** The answer's body: parsed when it is JSON of up to 64 KiB and 64 levels, else the beginning of its text. */
  readonly response: any;
  /**
   * Whether this call can have moved money. `not_sent`: it sent no payment request that reached the gateway.
   * `refused`: the gateway said no. `unknown`: the payment may have been made; find out before you ask again.
   *
   * `getPaymentStatus` and `handleCallback` never send a payment request: their `not_sent` says nothing about the
   * payment that you ask about. So does that of `waitForPayment`. Two failures of a look-up are `unknown`, for there is
   * or may be a payment: a wait that ends before the payment does (`TIMEOUT`, `ABORTED`), and a payment that is not
   * what `expect` says (`AMOUNT_MISMATCH`, `REFERENCE_MISMATCH`).
   */
  readonly outcome: 'not_sent' | 'refused' | 'unknown';
  /**
   * Whether making the same call again is safe and may help. Never `true` for an unknown payment. Of a call that asks
   * about a payment it means asking again, not paying again.
   */
  readonly retryable: boolean;
  /** Of a `PaymentRouter`: who was asked, and what each said. */
  readonly asked?: readonly Asked[];
}
