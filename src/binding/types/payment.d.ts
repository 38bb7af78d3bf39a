import type { ProviderName } from './gateways';

/**
 * What your own books say of a payment. Omitted members are not compared; a member set to `null`, `undefined` or `NaN`
 * is refused, and so is any other name. Leave out what you do not have:
 * `{ amount, ...(order.transactionId && { transactionId: order.transactionId }) }`.
 */
export interface Expectation {
  /** Major units; compared as a decimal, so that `1000`, `'1000'` and `'1000.00'` are equal. */
  amount?: number | string | bigint;
  /** ISO 4217, compared without regard to case; another one is `AMOUNT_MISMATCH`. */
  currency?: string;
  /** Your own reference. */
  reference?: string;
  /** The gateway's id, as `pay()` answered it. */
  transactionId?: string;
}

/**
 * Where a payment stands. `pending`: the customer has not acted. `processing`: the gateway is at work.
 * `reversed`: taken back after it had succeeded. `refunded`: returned. `unknown`: the gateway says
 * something that this version does not know; never a failure.
 */
export type PaymentStatus = 'pending' | 'processing' | 'succeeded' | 'failed' | 'reversed' | 'refunded' | 'unknown';

/**
 * What a callback is about. ClickPesa and AzamPay send the webhooks of payouts, deposits and bills to the same URL as
 * those of payments. `other`: an event that this version does not know, or an AzamPay callback that names no payer: to
 * an `expect` that holds its `reference` it is a payment. Give payouts references of their own.
 */
export type PaymentKind = 'payment' | 'payout' | 'deposit' | 'bill' | 'other';

/** One payment in one vocabulary. What the gateway does not tell is `null`. */
export interface Payment {
  readonly provider: ProviderName;
  /** `'payment'`, but for a callback about something else. */
  readonly kind: PaymentKind;
  /** `'unknown'` for every kind but `'payment'`: nothing else can be a payment that succeeded. */
  readonly status: PaymentStatus;
  /** Major units, as the gateway writes them. */
  readonly amount: string | null;
  /** ISO 4217. */
  readonly currency: string | null;
  /**
   * Your own reference, as `charge()` and `getPaymentStatus()` tell it. Rows of `listPayments()` and callbacks tell the
   * one that the gateway was given, `gatewayReference` of the charge, which is another where it cannot carry yours.
   */
  readonly reference: string | null;
  /** The gateway's id; `null` of Selcom, to which your reference alone names a payment. */
  readonly transactionId: string | null;
  /** The operator's receipt. */
  readonly receipt: string | null;
  /** The payer's account, masked: `2557****5678`. */
  readonly payer: string | null;
  /** What the gateway says of the status. */
  readonly message: string | null;
  /** The gateway's own object. */
  readonly raw: any;
}

/** Where a payout stands. `unknown` is never a failure. */
export type PayoutStatus = 'authorized' | 'processing' | 'succeeded' | 'failed' | 'reversed' | 'refunded' | 'unknown';

/** Money that the merchant sends, as a callback tells of it. What the gateway does not tell is `null`. */
export interface Payout {
  readonly provider: ProviderName;
  readonly status: PayoutStatus;
  /** Major units, as the gateway writes them. */
  readonly amount: string | null;
  /** ISO 4217. */
  readonly currency: string | null;
  /**
   * Your own reference, as `payout()` and `getPayoutStatus()` tell it. Rows of `listPayouts()` and callbacks tell the
   * one that the gateway was given, `gatewayReference` of the payout, which is another where it cannot carry yours.
   */
  readonly reference: string | null;
  /** The gateway's id. */
  readonly transactionId: string | null;
  /** The operator's receipt. */
  readonly receipt: string | null;
  /** What the gateway says of the status. */
  readonly message: string | null;
  /** The gateway's own object. */
  readonly raw: any;
}

/**
 * Whether a payment or a payout that stands at `from` may come to stand at `to`. Callbacks come late, twice and
 * out of order: change your own record only when this says so.
 *
 * Throws a `TypeError` for what is no status, such as `'PENDING'`.
 */
export declare function mayBecome(from: PaymentStatus | PayoutStatus, to: PaymentStatus | PayoutStatus): boolean;
