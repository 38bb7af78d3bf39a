import type { CommonConfig } from '../../binding/types/options';
import type { ProviderFace, ProviderOptions } from '../../binding/types/providers';
import type { CallOptions } from '../../binding/types/sdk';

/**
 * What PesaPal has: each method, with what it takes and what its promise gives where that is its own.
 *
 * Its `limits`: `currencies` (KES UGX TZS RWF MWK ZMW USD), `wholeAmounts` (UGX TZS RWF), `phones`,
 * `referenceCharacters`, `referenceLength` 50, `descriptionLength` 100, `refundRules`. PesaPal publishes neither a
 * least nor a greatest amount; each merchant has a ceiling of its own, of which only a refusal tells. It names no
 * operators: the customer chooses on the page.
 */
export interface PesapalGateway {
  config: PesapalConfig;
  limits:
    | 'currencies'
    | 'wholeAmounts'
    | 'phones'
    | 'referenceCharacters'
    | 'referenceLength'
    | 'descriptionLength'
    | 'refundRules';
  pay: { takes: PesapalOrder; gives: PesapalOrderAnswer };
  charge: unknown;
  checkout: unknown;
  registerIpn: unknown;
  ensureIpn: unknown;
  listIpns: unknown;
  getPaymentStatus: unknown;
  waitForPayment: unknown;
  refund: unknown;
  cancel: unknown;
}

/** `baseUrl`: `https://pay.pesapal.com/v3`, sandbox `https://cybqa.pesapal.com/pesapalv3`. */
export interface PesapalConfig extends CommonConfig {
  PESAPAL_CONSUMER_KEY?: string | undefined;
  PESAPAL_CONSUMER_SECRET?: string | undefined;
}

/** An order for PesaPal's hosted page, as PesaPal takes it. Fields that are not listed here are sent as well. */
export interface PesapalOrder {
  /** Your own reference, a new one for each order: at most 50 letters, digits and `-` `_` `.` `:`. */
  id: string;
  /** ISO 4217. */
  currency: string;
  /** Major units. */
  amount: number | string;
  /** At most 100 characters. */
  description: string;
  /** Where the customer's browser goes afterwards. */
  callback_url: string;
  /** Where it goes when the customer cancels. */
  cancellation_url?: string;
  redirect_mode?: 'TOP_WINDOW' | 'PARENT_WINDOW' | (string & {});
  /** The id from `registerIpn()`, where it is not passed as `ipnId`. */
  notification_id?: string;
  /** The shop's branch, for your own reports. */
  branch?: string;
  billing_address: PesapalBillingAddress;
  /** The customer's account with you, which offers recurring payments. */
  account_number?: string;
  subscription_details?: {
    /** `dd-MM-yyyy`. */
    start_date: string;
    /** `dd-MM-yyyy`. */
    end_date: string;
    frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY' | (string & {});
  };
  [field: string]: any;
}

/** One of `email_address` and `phone_number` is needed. */
export interface PesapalBillingAddress {
  email_address?: string | null;
  phone_number?: string | null;
  /** ISO 3166, two letters. */
  country_code?: string | null;
  first_name?: string | null;
  middle_name?: string | null;
  last_name?: string | null;
  line_1?: string | null;
  line_2?: string | null;
  city?: string | null;
  /** At most 3 characters. */
  state?: string | null;
  postal_code?: string | number | null;
  zip_code?: string | number | null;
  [field: string]: any;
}

/** PesaPal's answer to an order. */
export interface PesapalOrderAnswer {
  /** PesaPal's id of the order: keep it before you redirect, for nothing else finds the payment. */
  order_tracking_id: string;
  /** Your own `id`. */
  merchant_reference: string;
  /** The page where the customer pays. */
  redirect_url: string;
  status: string;
  [field: string]: any;
}

export interface PesapalProvider extends ProviderFace<'pesapal'> {
  /** `sdk.registerIpn()`. Rejects with `IPN registration failed: …`. */
  registerIpn(url: string, type?: 'GET' | 'POST' | null, options?: CallOptions): Promise<string>;
}

/** PesaPal by its documented class. `config` is that of `FintechSDK`. */
export declare class PesapalProvider {
  /** Throws what `new FintechSDK()` throws. */
  constructor(config: PesapalConfig, options?: ProviderOptions);
}
