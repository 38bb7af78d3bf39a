import type { CommonConfig } from '../../binding/types/options';
import type { ProviderFace, ProviderOptions } from '../../binding/types/providers';
import type { CallOptions } from '../../binding/types/sdk';

/**
 * What AzamPay has: each method, with what it takes and what its promise gives where that is its own.
 *
 * Its `limits`: `currencies`, `wholeAmounts`, `phones`, `referenceCharacters`, `referenceLength` 128,
 * `chargeMaximum` 5,000,000 TZS of a push and of a bank, `checkoutReferenceLength` 30, `bankTextLength` 100,
 * `payoutReferenceLength` 30, `payoutDescription` 500. A charge is in TZS, RWF or MWK, all else in TZS. AzamPay
 * publishes no bounds for the amount of a payout in Tanzania.
 *
 * Its operators, in the words that people use: M-Pesa (Vodacom), Mixx by Yas (Tigo), Airtel Money, HaloPesa (Halotel),
 * AzamPesa, and for payouts T-Pesa (TTCL). A push goes to them as `Mpesa`, `Tigo`, `Airtel`, `Halopesa`, `Azampesa`, a
 * payout as `Vodacom`, `Yas`, `Airtel`, `Halotel`, `Azampesa`, `Tpesa`. Banks: `CRDB`, `NMB`.
 */
export interface AzampayGateway {
  config: AzampayConfig;
  limits:
    | 'currencies'
    | 'wholeAmounts'
    | 'phones'
    | 'referenceCharacters'
    | 'referenceLength'
    | 'chargeMaximum'
    | 'checkoutReferenceLength'
    | 'bankTextLength'
    | 'payoutReferenceLength'
    | 'payoutDescription';
  pay: { takes: AzampayPush; gives: AzampayPushAnswer };
  charge: unknown;
  preview: unknown;
  checkout: unknown;
  payBank: unknown;
  getPaymentStatus: unknown;
  waitForPayment: unknown;
  payout: unknown;
  getPayoutStatus: unknown;
  listPartners: unknown;
}

/** `baseUrl`: `https://checkout.azampay.co.tz`, sandbox `https://sandbox.azampay.co.tz`. */
export interface AzampayConfig extends CommonConfig {
  AZAMPAY_APP_NAME?: string | undefined;
  AZAMPAY_CONSUMER_KEY?: string | undefined;
  AZAMPAY_CONSUMER_SECRET?: string | undefined;
  /** AzamPay's portal "token", for accounts that need it; sent as `X-API-KEY`. */
  AZAMPAY_API_KEY?: string | undefined;
  /**
   * AzamPay's public key as PEM, base64 DER or XML; up to 8 keys, one after the other, while AzamPay goes over to a new
   * one. With it callbacks are verified offline, and what another key has signed is `BAD_SIGNATURE`. Payouts are
   * encrypted for the first of them; without one AzamPay is asked for its key before each payout.
   */
  AZAMPAY_PUBLIC_KEY?: string | undefined;
  /** AzamPay's authenticator, when it is not the one that belongs to `baseUrl`. */
  authBaseUrl?: string | undefined;
  /** AzamPay's host for payouts, when it is not the one that belongs to `baseUrl`. */
  disbursementBaseUrl?: string | undefined;
  /** Your vendor id at AzamPay, for `checkout`; left out of the request where it is not configured. */
  AZAMPAY_VENDOR_ID?: string | undefined;
  /** Who sells, on the page of `checkout`: `AZAMPAY_APP_NAME` (default). */
  AZAMPAY_VENDOR_NAME?: string | undefined;
  /** The number of your own account, which payouts are paid from. */
  AZAMPAY_SOURCE_ACCOUNT?: string | undefined;
  /** Whose account that is. */
  AZAMPAY_SOURCE_NAME?: string | undefined;
  /** Where that account is, by AzamPay's name: `Azampesa` (default), or `Vodacom` for a separate account there. */
  AZAMPAY_SOURCE_BANK?: string | undefined;
  /** `transferDetails.type` of payouts: `FUND` (default). AzamPay publishes no list; others used are `MNO`, `BANK`. */
  AZAMPAY_TRANSFER_TYPE?: string | undefined;
  /**
   * AzamPay's names for wallets and banks in payouts, where your account has others than the usual:
   * `Yas=Tigo, CRDB=CRDB`. What is none of an operator's names is a bank, to which `to: { bank: 'CRDB', … }` then pays.
   */
  AZAMPAY_BANK_NAMES?: string | undefined;
  /**
   * `'true'`: `getPayoutStatus` takes your own reference as well. AzamPay's platform can be asked by it; whether your
   * account can, AzamPay must tell: no document for Tanzania does.
   */
  AZAMPAY_STATUS_BY_REFERENCE?: 'true' | 'false' | (string & {}) | undefined;
}

/** A USSD push, as AzamPay takes it. Fields that are not listed here are sent as well. */
export interface AzampayPush {
  /** The customer's phone: `255712345678`. */
  accountNumber: string;
  /** Major units, up to 5,000,000. */
  amount: number | string;
  currency: 'TZS' | (string & {});
  /** Your own reference, a new one for each order: at most 128 characters. */
  externalId: string | number;
  /** The customer's operator. */
  provider: 'Mpesa' | 'Tigo' | 'Airtel' | 'Halopesa' | 'Azampesa' | (string & {});
  /** Comes back in the callback, unsigned: at most 4,096 bytes. */
  additionalProperties?: object | null;
  [field: string]: any;
}

/** AzamPay's answer to a USSD push. */
export interface AzampayPushAnswer {
  success: boolean;
  /** AzamPay's id of the payment. */
  transactionId: string;
  message: string;
  messageCode?: number;
  [field: string]: any;
}

export interface AzampayProvider extends ProviderFace<'azampay'> {
  /**
   * The public key that AzamPay signs callbacks with, as PEM; several of them one after the other while AzamPay goes
   * over to a new one. It is `AZAMPAY_PUBLIC_KEY` if that is configured, and else what AzamPay tells, kept for 24
   * hours. `handleCallback` needs no call of it. Rejects with `Failed to fetch public key: …`.
   */
  getPublicKey(options?: CallOptions): Promise<string>;
}

/** AzamPay by its documented class. `config` is that of `FintechSDK`. */
export declare class AzampayProvider {
  /** Throws what `new FintechSDK()` throws. */
  constructor(config: AzampayConfig, options?: ProviderOptions);
}
