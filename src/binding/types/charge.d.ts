import type { ProviderName } from './gateways';
import type { Payment } from './payment';
import type { PayoutRequest } from './payout';

/**
 * An amount in major units: a decimal text such as `'25000'` or `'10.50'`, an exact number, a `bigint`, or an object
 * with its currency. `'1,000'`, `0.1 + 0.2`, zero and negatives are refused, and more decimals than the currency has.
 */
export type Money = string | number | bigint | { value: string | number | bigint; currency: string };

/** Who pays. */
export interface Customer {
  /** First name, then family name. */
  name?: string | undefined;
  email?: string | undefined;
  /** A mobile number in any form. */
  phone?: string | undefined;
  /** Selcom: your own id of the buyer, under which it keeps cards. */
  id?: string | undefined;
}

/** Where the owner of a card lives. */
export interface Billing {
  /** Street and house. */
  address: string;
  city: string;
  /** The region or state. */
  region: string;
  /** The post code or P.O. box. */
  postcode: string;
  /** Two letters (ISO 3166): `'TZ'`. */
  country: string;
}

/** What every request for money holds. Each gateway reads what it needs, so that one object suits them all. */
export interface MoneyRequest {
  /** Major units. */
  amount: Money;
  /** ISO 4217: `'TZS'`. */
  currency: string;
  /**
   * Your own reference, a new one for each attempt: up to 128 bytes, with a letter or a digit, and without
   * `\ ? # % ;`. One that the gateway cannot carry goes out as another, made from it: `gatewayReference` of the answer.
   * The same reference always makes the same.
   */
  reference: string;
}

export interface ChargeRequest extends MoneyRequest {
  /**
   * The customer's mobile number in any form: `0712345678`, `+255 712 345 678`. ClickPesa, AzamPay and Selcom need
   * it; PesaPal needs it or an email.
   */
  phone?: string | undefined;
  /** What it is for. PesaPal needs it: at most 100 characters. */
  description?: string | undefined;
  /**
   * The customer's operator, in the words that people use: `'M-Pesa'`, `'Tigo'`, `'Airtel Money'`. AzamPay needs it;
   * left out, it is guessed from the number.
   */
  operator?: string | undefined;
  customer?: Customer | undefined;
  /**
   * Where the customer's browser comes back to, which `checkout` calls `returnUrl`. PesaPal needs it. It is not your
   * webhook: PesaPal's is that of `ipnId`, Selcom's `SELCOM_WEBHOOK_URL`, the others' is set in their dashboards.
   */
  callbackUrl?: string | undefined;
  /** PesaPal: where it goes when the customer gives up. */
  cancelUrl?: string | undefined;
  /** PesaPal's IPN id, from `ensureIpn()`. PesaPal needs it. */
  ipnId?: string | undefined;
  /** PesaPal: the customer's account with you, which offers recurring payments by card. Unique for each agreement. */
  accountNumber?: string | undefined;
  /** PesaPal: how often, with `accountNumber`. The customer may change it. */
  subscription?: Subscription | undefined;
}

/** A recurring payment, as PesaPal's page proposes it. */
export interface Subscription {
  /** `YYYY-MM-DD`. */
  startDate: string;
  /** `YYYY-MM-DD`. */
  endDate: string;
  frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
}

/** The payer's operator. `guessed`: from the first digits of the number, which its owner may have taken elsewhere. */
export interface KnownOperator {
  /** The brand of today: `'Vodacom'`, `'Yas'`. */
  readonly name: string;
  readonly guessed: boolean;
}

/** A payment that was asked for just now. Accepted is not paid: the result comes with the callback. */
export interface Charge extends Payment {
  /** Your own reference. */
  readonly reference: string;
  /** The reference that the gateway was given, by which its callbacks and pages name the payment. Keep it. */
  readonly gatewayReference: string;
  /** The page where the customer pays, of a gateway that has one: send the customer there. */
  readonly redirectUrl: string | null;
  readonly operator: KnownOperator | null;
}

export interface CheckoutItem {
  name: string;
  /** Major units, of one. */
  price: Money;
  /** Default 1. */
  quantity?: number | undefined;
}

export interface CheckoutRequest extends Omit<MoneyRequest, 'amount'> {
  /** Major units; or `items`, where the gateway takes them. */
  amount?: Money | undefined;
  /** ClickPesa: what is sold, in place of `amount`. */
  items?: readonly CheckoutItem[] | undefined;
  /** PesaPal needs it: at most 100 characters. */
  description?: string | undefined;
  customer?: Customer | undefined;
  /**
   * A page for cards only, which needs the customer's name, email and phone. ClickPesa: in USD. Selcom: in TZS, with
   * `billing`.
   */
  method?: 'card' | undefined;
  /** Where the browser comes back to. PesaPal needs it. ClickPesa: set in its dashboard, and ignored here. */
  returnUrl?: string | undefined;
  /** Where the browser goes when the customer gives up. */
  cancelUrl?: string | undefined;
  /**
   * ClickPesa and Selcom call it when it was paid. PesaPal's IPN goes there: it is looked for in PesaPal's list, and
   * registered when it is not there. A shop with many orders calls `ensureIpn()` once and passes `ipnId`.
   */
  callbackUrl?: string | undefined;
  /** For gateways whose pages end: Selcom. PesaPal, ClickPesa and AzamPay take none. */
  expiresInMinutes?: number | undefined;
  /** Selcom: needed for `method: 'card'`. */
  billing?: Billing | undefined;
  /** PesaPal: the IPN id; then `callbackUrl` is not looked at. */
  ipnId?: string | undefined;
  /** PesaPal: as of a charge. */
  accountNumber?: string | undefined;
  /** PesaPal: as of a charge. */
  subscription?: Subscription | undefined;
}

/** A page where the customer pays. */
export interface CheckoutPage {
  readonly provider: ProviderName;
  readonly redirectUrl: string;
  /** Your own reference. */
  readonly reference: string;
  /** The reference that the gateway was given. Keep it. */
  readonly gatewayReference: string;
  /** The gateway's id; `null` where it tells none before the customer pays. */
  readonly transactionId: string | null;
  /** The gateway's own answer. */
  readonly raw: any;
}

/**
 * The same arguments as `charge` or `payout` takes. AzamPay's name look-up reads `currency` and `to`
 * only, Selcom's `reference` too, which is that of the payout that may follow.
 */
export type PreviewRequest =
  | ({ for: 'charge' | 'card' } & ChargeRequest)
  | ({ for: 'payout' } & Omit<PayoutRequest, 'amount' | 'reference'> & Partial<PayoutRequest>);

/** What a request would cost and whom it would meet; nothing is done. What the gateway does not tell is `null`. */
export interface Preview {
  readonly provider: ProviderName;
  /** The ways that the money could go. */
  readonly channels: readonly {
    readonly name: string | null;
    readonly available: boolean;
    /** Major units. */
    readonly fee: string | null;
    /** Why it is not available, or when the money arrives. */
    readonly message: string | null;
  }[];
  /** Major units; `null` also where the channels differ. */
  readonly fee: string | null;
  /** What the account is debited with in all, in major units. */
  readonly total: string | null;
  /** Whose phone or account it is. */
  readonly accountName: string | null;
  /** Your own balance, in major units. */
  readonly balance: string | null;
  /** The gateway's own answer. */
  readonly raw: any;
}

export interface BankPaymentRequest extends MoneyRequest {
  /** The customer's bank: `'CRDB'`, `'NMB'`. */
  bank: string;
  /** The customer's account at the bank. */
  accountNumber: string;
  /** The customer's mobile number, as the bank knows it, in any form. */
  phone: string;
  /** The one-time password that the bank's own menu gave the customer. It is never shown or logged. */
  otp: string;
  /** Your shop's name, for the customer. */
  merchantName?: string | undefined;
}
