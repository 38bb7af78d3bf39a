import type { CommonConfig } from '../../binding/types/options';

/**
 * What Selcom has: each method, with what it takes and what its promise gives where that is its own.
 *
 * Its `limits`: `currencies`, `wholeAmounts`, `phones`, `referenceCharacters`, `referenceLength` 36,
 * `payoutReferenceLength` 34, `chargeMinimum` 100 TZS, `mixxChargeMinimum` 1,000 TZS of a push to Mixx by Yas, by the
 * number's first digits, `payoutMinimum` 1,000 TZS. All is in TZS. Selcom publishes no bounds; these were seen in 2026
 * (confidence M, of payouts H).
 *
 * Its operators, in the words that people use: M-Pesa (Vodacom), Mixx by Yas (Tigo), Airtel Money, HaloPesa (Halotel),
 * T-Pesa (TTCL); of payouts EzyPesa (Zantel) too, whose code only its documents tell. A push finds the operator by the
 * number. A payout without `operator` does so too. Banks by Selcom's own codes: `CRDBBANK`, `NMB`, `NBC`,
 * `EQUITYBANK`, `STANBIC` and 32 others.
 */
export interface SelcomGateway {
  config: SelcomConfig;
  limits:
    | 'currencies'
    | 'wholeAmounts'
    | 'phones'
    | 'referenceCharacters'
    | 'referenceLength'
    | 'payoutReferenceLength'
    | 'chargeMinimum'
    | 'mixxChargeMinimum'
    | 'payoutMinimum';
  pay: { takes: SelcomPush; gives: SelcomPushAnswer };
  charge: unknown;
  preview: unknown;
  checkout: unknown;
  getPaymentStatus: unknown;
  waitForPayment: unknown;
  listPayments: unknown;
  cancel: unknown;
  payout: unknown;
  getPayoutStatus: unknown;
  getBalance: unknown;
  listCards: unknown;
  deleteCard: unknown;
}

/** `baseUrl`: `https://apigw.selcommobile.com`, with `/v1` or without. */
export interface SelcomConfig extends CommonConfig {
  /** Your vendor id, or till. */
  SELCOM_VENDOR?: string | undefined;
  SELCOM_API_KEY?: string | undefined;
  /** Signs each request by HMAC-SHA256 (`HS256`), and proves the webhooks that carry a digest. */
  SELCOM_API_SECRET?: string | undefined;
  /**
   * An RSA private key in PEM, PKCS#8 or PKCS#1, 2048 to 4096 bits, without a password. With it each request is signed
   * by RSA (`RS256`), for accounts that gave Selcom the public half. Confidence M: its documents, no known traffic.
   */
  SELCOM_PRIVATE_KEY?: string | undefined;
  /** The PIN of your float. Payouts and `getBalance` need it. It is never shown or logged. */
  SELCOM_PIN?: string | undefined;
  /**
   * Your webhook: Selcom calls it when an order is paid. Selcom has no setting for it; each order names it. The
   * `callbackUrl` of a checkout goes before it.
   */
  SELCOM_WEBHOOK_URL?: string | undefined;
  /** The account that payouts to banks come from, as the bank is told it. */
  SELCOM_SENDER_ACCOUNT?: string | undefined;
  /** Whose account that is. Payouts to banks need it. */
  SELCOM_SENDER_NAME?: string | undefined;
  /**
   * Your mobile number in any form, `0712345678`, checked when the SDK is made. Payouts to banks need it; those to
   * wallets tell it where it is set.
   */
  SELCOM_SENDER_PHONE?: string | undefined;
}

/**
 * A USSD push for an order that is there, as Selcom takes it. Fields that are not listed here are sent and signed as
 * well: each a string or a number.
 */
export interface SelcomPush {
  /** Your own id of this push, a new one for each. */
  transid: string;
  /** Your own id of the order, which `checkout()` made. */
  order_id: string;
  /** The customer's phone: `255712345678`. */
  msisdn: string;
  [field: string]: string | number;
}

/** Selcom's answer to a USSD push. */
export interface SelcomPushAnswer {
  transid: string;
  /** Selcom's number of this answer. It may come twice: it names no payment. */
  reference: string;
  /** `'111'`: the customer is asked. */
  resultcode: '000' | '111' | '927' | (string & {});
  result: 'SUCCESS' | 'PENDING' | 'INPROGRESS' | (string & {});
  message: string;
  data: any[];
  [field: string]: any;
}
