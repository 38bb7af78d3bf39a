import type { PaymentStatus, PayoutStatus, ProviderName } from '../../index.js';

/** `payment`: money that a customer pays. `payout`: money that you send. `refund`: money that you give back. */
export type LedgerKind = 'payment' | 'payout' | 'refund';
export type LedgerStatus = PaymentStatus | PayoutStatus;

/** Who or what brought a status. */
export type LedgerSource = 'charge' | 'payout' | 'refund' | 'retry' | 'callback' | 'sweep' | 'operator';

/** What a failed payment means for the customer, and what to do next. */
export interface Advice {
  readonly reason:
    | 'insufficient-funds'
    | 'wrong-pin'
    | 'prompt-expired'
    | 'cancelled-by-customer'
    | 'limit-exceeded'
    | 'operator-down'
    | 'invalid-number'
    | 'not-registered'
    | 'duplicate'
    | 'not-sent'
    | 'blocked'
    | 'refused-by-gateway'
    | 'unknown';
  readonly next: 'try-again' | 'try-later' | 'other-number' | 'other-method' | 'ask-customer' | 'ask-support' | 'wait';
  /** A text for whom the money is from, or for, in English and in Swahili: up to 160 characters. */
  readonly customer: { readonly en: string; readonly sw: string };
}

/** A payment, payout or refund as the ledger has it. What nobody has told is `null`. */
export interface LedgerPayment {
  /** Your own reference, unique among all payments, payouts and refunds of the ledger. */
  readonly reference: string;
  readonly kind: LedgerKind;
  /** `unknown`: it may have been made. It is asked about until it is known, and never counts as failed. */
  readonly status: LedgerStatus;
  /** Major units, as decimal text. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  /** The gateway of the current attempt. */
  readonly gateway: ProviderName;
  /** How the money goes. */
  readonly rail: 'push' | 'page' | 'phone' | 'bank' | 'lipaNamba' | 'qrCode' | 'link' | null;
  /** Of a refund, or of a part of a payment: the reference of that payment. */
  readonly of: string | null;
  /** Masked: `2557****5678`. */
  readonly phone: string | null;
  readonly description: string | null;
  /** The number of the current attempt, from 1. */
  readonly attempt: number;
  /** The reference that the gateway was given for this attempt. */
  readonly gatewayReference: string;
  /** The gateway's id. */
  readonly transactionId: string | null;
  /** The operator's receipt. */
  readonly receipt: string | null;
  /** The page where the customer pays, of a gateway that has one. */
  readonly redirectUrl: string | null;
  readonly operator: string | null;
  /** What became of the request; `null` while it is under way. */
  readonly outcome: 'accepted' | 'refused' | 'not_sent' | 'unknown' | null;
  /** Why it failed: a code of `FinConnectError`, or `LOST` where the process died that had sent it. */
  readonly code: string | null;
  /** The gateway's words. */
  readonly message: string | null;
  /** Of what has failed, or is `unknown`. */
  readonly advice: Advice | null;
  /**
   * Why a person should look at it. `unknown`, `late`: not final in time. `ask-support`: only the gateway's support can
   * tell. `handler`: your handler throws. `duplicate`: the customer paid twice. `mismatch`: the gateway tells of
   * another amount than was asked for; only a person can close it.
   */
  readonly attention: 'unknown' | 'late' | 'ask-support' | 'no-gateway' | 'handler' | 'duplicate' | 'mismatch' | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface LedgerAttempt {
  readonly number: number;
  readonly gateway: ProviderName;
  readonly rail: LedgerPayment['rail'];
  /** The number it asked, masked: that of a retry may be another. */
  readonly phone: string | null;
  readonly status: LedgerStatus;
  readonly outcome: LedgerPayment['outcome'];
  readonly code: string | null;
  readonly message: string | null;
  readonly gatewayReference: string;
  readonly transactionId: string | null;
  readonly receipt: string | null;
  /** How often the gateway was asked about it. */
  readonly asks: number;
  readonly askedAt: Date | null;
  /** When it is asked about next. */
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly answeredAt: Date | null;
  /** The gateway's answer, phone numbers masked; up to 16 KiB. */
  readonly raw: any;
}

/** One thing that happened. Events are only ever added. */
export interface LedgerEvent {
  /** Unique; a handler is told it. */
  readonly eventId: string;
  /**
   * `status`: the payment's status moved. `attempt`: an attempt began or ended that does not decide it. `callback`: one
   * came in. `mismatch`: another amount was told. `duplicate`: a second attempt was paid. `blocked`, `resend`,
   * `resolve`: what your rule or a person did.
   */
  readonly type: 'status' | 'attempt' | 'callback' | 'mismatch' | 'duplicate' | 'blocked' | 'resend' | 'resolve';
  readonly attempt: number | null;
  readonly status: LedgerStatus | null;
  readonly source: LedgerSource | null;
  readonly gateway: ProviderName | null;
  /** The operator who said so, and why. */
  readonly by: string | null;
  readonly note: string | null;
  /** What the gateway said, phone numbers masked; up to 16 KiB. */
  readonly raw: any;
  readonly createdAt: Date;
  /** When your handler had done with it; at once, where there is none to be told. */
  readonly handledAt: Date | null;
  /** When your handler is told again, and how often it has failed. */
  readonly dueAt: Date | null;
  readonly tries: number;
  readonly error: string | null;
}

/** A payment with its whole life. */
export interface LedgerLife extends LedgerPayment {
  readonly attempts: readonly LedgerAttempt[];
  readonly events: readonly LedgerEvent[];
  /** The references of its refunds and parts. */
  readonly children: readonly string[];
}
