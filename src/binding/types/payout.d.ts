import type { Money, MoneyRequest } from './charge';
import type { ProviderName } from './gateways';
import type { Payout } from './payment';

/** Where the money is to go: exactly one of these. Two at once are refused. */
export type PayoutTarget =
  | {
      /** A mobile number in any form. */
      phone: string;
      /** As people call it: `'M-Pesa'`. AzamPay needs it; left out, it is guessed from the number. */
      operator?: string | undefined;
      bank?: never;
      lipaNamba?: never;
      qrCode?: never;
      link?: never;
    }
  | {
      /** The bank's BIC, from `listBanks()`; Selcom's own code: `'CRDBBANK'`. */
      bank: string;
      accountNumber: string;
      accountName: string;
      phone?: never;
      lipaNamba?: never;
      qrCode?: never;
      link?: never;
    }
  | {
      /** A till's number, with the code of its provider, from `listLipaNambaProviders()`. */
      lipaNamba: string;
      providerCode: string;
      phone?: never;
      bank?: never;
      qrCode?: never;
      link?: never;
    }
  | {
      /** The whole text of a TanQR code. */
      qrCode: string;
      phone?: never;
      bank?: never;
      lipaNamba?: never;
      link?: never;
    }
  | {
      /** Makes a page on which the recipient says where to: `redirectUrl` of the answer. */
      link: true;
      phone?: never;
      bank?: never;
      lipaNamba?: never;
      qrCode?: never;
    };

export interface PayoutRequest extends MoneyRequest {
  to: PayoutTarget;
  /** Selcom needs it for a bank, which is told it. */
  description?: string | undefined;
  /** The recipient's name. AzamPay needs it. */
  name?: string | undefined;
}

/**
 * Money that you send. `authorized`: accepted, not yet on its way. `reversed` and `refunded`: it came back, and may be
 * sent again under a new reference. `unknown` is never a failure.
 */
export interface PayoutResult extends Payout {
  readonly kind: 'payout';
  /**
   * Major units. ClickPesa's look-up tells the amount with its fee in it.
   */
  readonly amount: string | null;
  /** What the gateway takes for it, in major units of the currency. */
  readonly fee: string | null;
  /** The reference that the gateway was given. Keep it. */
  readonly gatewayReference: string | null;
  readonly recipientName: string | null;
  /** Of a payout by link: where the recipient goes. */
  readonly redirectUrl: string | null;
}

export interface RefundRequest {
  /** PesaPal's `order_tracking_id` of the payment. */
  transactionId: string;
  /** PesaPal's `confirmation_code`: `receipt` of the payment. Left out, it is asked for. */
  confirmationCode?: string | undefined;
  /** Major units, at most what was paid; mobile money is refunded whole. */
  amount: Money;
  /** Why, for who approves it. */
  reason: string;
  /** Who asks for it, for who approves it. */
  requestedBy: string;
}

/**
 * A refund. `queued`: the gateway has the request, and the merchant approves it in the dashboard. `done`: the money is
 * on its way back; PesaPal, the only one with refunds, never says so. No gateway tells of
 * a refund by itself: the payment becomes `reversed`.
 */
export interface Refund {
  readonly provider: ProviderName;
  readonly status: 'queued' | 'done' | 'unknown';
  readonly transactionId: string | null;
  /** Major units. */
  readonly amount: string | null;
  /** ISO 4217. */
  readonly currency: string | null;
  readonly message: string | null;
  /** The gateway's own answer. */
  readonly raw: any;
}

/** An order that can no longer be paid. A payment that was made at the same moment may still arrive. */
export interface Cancellation {
  readonly provider: ProviderName;
  readonly transactionId: string;
  readonly message: string | null;
  /** The gateway's own answer. */
  readonly raw: any;
}
