import type { CommonConfig } from '../../binding/types/options';
import type { ProviderFace, ProviderOptions } from '../../binding/types/providers';

/** What ClickPesa has: each method, with what it takes and what its promise gives where that is its own. */
export interface ClickpesaGateway {
  config: ClickpesaConfig;
  limits:
    | 'currencies'
    | 'wholeAmounts'
    | 'phones'
    | 'referenceCharacters'
    | 'referenceLength'
    | 'chargeMinimum'
    | 'chargeMaximum'
    | 'payoutMinimum'
    | 'payoutMaximum'
    | 'bankPayoutMaximum'
    | 'bankPayoutUsdMaximum'
    | 'billMinimum'
    | 'billMaximum'
    | 'billDescription'
    | 'billsAtOnce'
    | 'pageSize';
  pay: { takes: ClickpesaPush; gives: ClickpesaPushAnswer };
  charge: unknown;
  preview: unknown;
  checkout: unknown;
  getPaymentStatus: unknown;
  waitForPayment: unknown;
  listPayments: unknown;
  payout: unknown;
  getPayoutStatus: unknown;
  listPayouts: unknown;
  getBalance: unknown;
  getStatement: unknown;
  bills: unknown;
  mandates: unknown;
  listBanks: unknown;
  listLipaNambaProviders: unknown;
  exchangeRates: { gives: ClickpesaExchangeRate[] };
}

/** `baseUrl`: `https://api.clickpesa.com`. */
export interface ClickpesaConfig extends CommonConfig {
  CLICKPESA_CLIENT_ID?: string | undefined;
  CLICKPESA_API_KEY?: string | undefined;
  /**
   * The checksum key of your ClickPesa application. Set it when the checksum feature is on there: each
   * payment then gains `checksum`.
   */
  CLICKPESA_CHECKSUM_KEY?: string | undefined;
  /**
   * How that application signs: `canonical` (default) or `legacy`, the method of 2025. A legacy checksum does not say
   * where one value ends and the next begins, so that ClickPesa is asked about each webhook that carries one.
   */
  CLICKPESA_CHECKSUM_METHOD?: 'canonical' | 'legacy' | (string & {}) | undefined;
  /**
   * Whether requests about bills carry the checksum too, when its key is configured: `'true'` (default) or `'false'`.
   * ClickPesa's pages say nothing of it.
   */
  CLICKPESA_SIGN_BILLS?: 'true' | 'false' | (string & {}) | undefined;
}

/** A USSD push, as ClickPesa takes it. Fields that are not listed here are sent as well. */
export interface ClickpesaPush {
  /** Major units, as text: `'1000'`. */
  amount: string;
  currency: 'TZS' | (string & {});
  /** Your own reference, a new one for each order: 1 to 20 letters and digits. */
  orderReference: string;
  /** Digits with the country code: `255712345678`. */
  phoneNumber: string;
  /** Made by this library when `CLICKPESA_CHECKSUM_KEY` is configured. */
  checksum?: string;
  [field: string]: any;
}

/** ClickPesa's answer to a USSD push. */
export interface ClickpesaPushAnswer {
  /** ClickPesa's id of the payment. */
  id: string;
  status: 'PROCESSING' | 'SUCCESS' | 'SETTLED' | (string & {});
  /** The operator's channel: `'TIGO-PESA'`. */
  channel: string;
  orderReference: string;
  /** Major units, as text: `'1000.00'`. */
  collectedAmount: string;
  collectedCurrency: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  [field: string]: any;
}

/** What one unit of `source` is worth. */
export interface ClickpesaExchangeRate {
  /** ISO 4217. */
  source: string;
  /** ISO 4217. */
  target: string;
  /** Units of `target`. */
  rate: number;
  /** The day of the rate: `YYYY-MM-DD`. */
  date?: string;
  [field: string]: any;
}

export interface ClickpesaProvider extends ProviderFace<'clickpesa'> {}

/** ClickPesa by its documented class. `config` is that of `FintechSDK`. */
export declare class ClickpesaProvider {
  /** Throws what `new FintechSDK()` throws. */
  constructor(config: ClickpesaConfig, options?: ProviderOptions);
}
