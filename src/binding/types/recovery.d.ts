import type { Charge, ChargeRequest, KnownOperator } from './charge';
import type { FinConnectError } from './error';
import type { ProviderName } from './gateways';
import type { Expectation, Payment, PaymentStatus, PayoutStatus } from './payment';
import type { PayoutResult } from './payout';
import type { CallOptions } from './sdk';

/** What is known of a payment or payout that may have been made. A `Charge` or a `PayoutResult` is one. */
export interface Recoverable {
  /** Your own reference. */
  reference?: string | null | undefined;
  /** The reference that the gateway was given. */
  gatewayReference?: string | null | undefined;
  /** The gateway's id, where an answer told it. */
  transactionId?: string | null | undefined;
  /** As a `Charge` tells it: AzamPay is asked by it. Of a payout at Selcom its operator or bank. */
  operator?: string | KnownOperator | null | undefined;
  /** `'payout'` for money that you send; a `PayoutResult` says it itself. */
  kind?: 'payment' | 'payout' | (string & {}) | undefined;
  /** The gateway's answer, as a `Charge` or a `PayoutResult` has it: what was answered is not sent again. */
  raw?: unknown;
  /** What sending it again was refused with: after `DUPLICATE_REFERENCE` it is known to have arrived. */
  error?: unknown;
}

/** Where a payment or a payout stands; `kind` tells which of them. */
export type Standing = (Payment & { readonly kind: 'payment' }) | PayoutResult;

/** What is safe to do now. */
export interface RecoveryAdvice {
  /** What the gateway told; `null` when it could not be asked. */
  readonly payment: Standing | null;
  /** `null`: nothing more, it has succeeded. */
  readonly next: 'ask-again' | 'wait-for-callback' | 'safe-to-send-again' | 'ask-support' | null;
  /** Milliseconds to wait before `next`. */
  readonly after: number;
  /** One sentence: why, and under which reference to send it again. */
  readonly why: string;
}

/** A payment of your own books that was not final when you last looked. */
export interface Reconcilable extends Recoverable {
  /** What your books say. */
  status?: PaymentStatus | PayoutStatus | undefined;
  /** The payer's operator, which AzamPay asks for: as people call it, or as a `Charge` tells it. */
  operator?: string | KnownOperator | null | undefined;
  /** What the payment should be. */
  expect?: Expectation | undefined;
}

export interface ReconcileOptions {
  /** Payments that are asked for at one time: 1 to 64, default 4. */
  concurrency?: number | undefined;
  /** Default: the gateway's pace, `capabilities().statusesPerMinute`. */
  ratePerMinute?: number | undefined;
  /** Ends the iteration, which then throws its reason. */
  signal?: AbortSignal | undefined;
  /** Is called before each result. `last`: the reference after which to go on. */
  onProgress?: ((progress: { done: number; changed: number; failed: number; last: string | null }) => void) | undefined;
}

export interface Reconciled {
  /** Your own reference. */
  readonly reference: string | null;
  /** What your books said. */
  readonly was: PaymentStatus | PayoutStatus | null;
  /** What the gateway says; `null` where it could not be told. Take it over only where `mayBecome(was, now)`. */
  readonly now: PaymentStatus | PayoutStatus | null;
  readonly payment: Standing | null;
  /** Why it could not be told. */
  readonly error?: FinConnectError;
}

/** What a gateway of a router said. */
export interface Asked {
  readonly provider: ProviderName | null;
  readonly outcome: 'accepted' | 'not_sent' | 'refused' | 'unknown';
  readonly code: string | null;
  readonly message: string | null;
}

/**
 * Several gateways for one charge. The next is asked only when the one before has certainly not been sent the charge,
 * or has refused it and `rule` says that another may be asked. After `'unknown'` nobody else is asked: the customer may
 * have paid.
 *
 * ```ts
 * const router = new PaymentRouter([azampay, clickpesa], (refusal) => refusal.gatewayCode === '1000');
 * const { provider, asked } = await router.charge(charge);
 * ```
 */
export declare class PaymentRouter {
  /**
   * `rule` is asked of each refusal: `true` lets the next gateway be asked. Without it, or when it throws, none is.
   *
   * Throws a `FinConnectError` with code `INVALID_CONFIG` for what is no list of `FintechSDK` objects or no function.
   */
  constructor(gateways: readonly Chargeable[], rule?: (refusal: FinConnectError) => boolean);
  /** Resolves with the charge and with who was `asked`; so does the error, as its `asked`. */
  charge(charge: ChargeRequest, options?: CallOptions): Promise<Charge & { readonly asked: readonly Asked[] }>;
}

/** A `FintechSDK` object of any gateway. */
export interface Chargeable {
  charge(charge: ChargeRequest, options?: CallOptions): Promise<Charge>;
}
