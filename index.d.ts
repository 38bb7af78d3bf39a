/* auto-generated from src/binding by `npm run build`; edit the sources */

/** The gateways, matched without regard to case. */
export type ProviderName = 'pesapal' | 'clickpesa' | 'azampay';

/**
 * The documented configuration keys. Values may come straight from `process.env`: a missing one is
 * named in the error that the constructor throws.
 */
export interface FintechConfig {
  /**
   * The gateway's API, `https://` (`http://` to loopback only); a trailing slash is accepted.
   * PesaPal: `https://pay.pesapal.com/v3`, sandbox `https://cybqa.pesapal.com/pesapalv3`.
   * ClickPesa: `https://api.clickpesa.com`.
   * AzamPay: `https://checkout.azampay.co.tz`, sandbox `https://sandbox.azampay.co.tz`.
   */
  baseUrl?: string | undefined;
  PESAPAL_CONSUMER_KEY?: string | undefined;
  PESAPAL_CONSUMER_SECRET?: string | undefined;
  CLICKPESA_CLIENT_ID?: string | undefined;
  CLICKPESA_API_KEY?: string | undefined;
  /**
   * The checksum key of your ClickPesa application. Set it when the checksum feature is on there: each
   * payment then gains `checksum`.
   */
  CLICKPESA_CHECKSUM_KEY?: string | undefined;
  AZAMPAY_APP_NAME?: string | undefined;
  AZAMPAY_CONSUMER_KEY?: string | undefined;
  AZAMPAY_CONSUMER_SECRET?: string | undefined;
  /** AzamPay's portal "token", for accounts that need it; sent as `X-API-KEY`. */
  AZAMPAY_API_KEY?: string | undefined;
  /** AzamPay's public key as PEM, base64 DER or XML. With it callbacks are verified offline. */
  AZAMPAY_PUBLIC_KEY?: string | undefined;
  /** AzamPay's authenticator, when it is not the one that belongs to `baseUrl`. */
  authBaseUrl?: string | undefined;
  [key: string]: any;
}

export interface FintechSDKOptions {
  /** Which gateway. */
  provider: ProviderName | (string & {});
  /** Its credentials and address. */
  config: FintechConfig;
  /** Total time of one call in milliseconds, login included: 1 to 3,600,000, default 60,000. */
  timeoutMs?: number | undefined;
  /** Accepts an `http://` base URL that is not on this machine. Credentials then travel in clear text. */
  allowInsecureHttp?: boolean | undefined;
}

/** What `handleCallback` found. */
export interface CallbackResult {
  /** Whether the gateway signed the callback. */
  isValid: boolean;
  /** What came in, parsed. */
  data: any;
}

/**
 * What kind of failure it was.
 *
 * | code | meaning |
 * |---|---|
 * | `INVALID_CONFIG` | the constructor's options are not usable |
 * | `INVALID_REQUEST` | an argument breaks a rule; nothing was sent |
 * | `NOT_SUPPORTED` | this gateway does not have the operation |
 * | `AUTHENTICATION_FAILED` | the credentials were refused |
 * | `CONNECTION_FAILED` | name look-up, TCP, TLS or the connection failed |
 * | `TIMEOUT` | no answer within `timeoutMs` |
 * | `REFUSED` | the gateway said no |
 * | `RATE_LIMITED` | the gateway said no for now (HTTP 429) |
 * | `GATEWAY_ERROR` | the gateway failed (HTTP 5xx) |
 * | `INVALID_RESPONSE` | the answer is empty, not readable, too large or a redirect |
 * | `INTERNAL` | a defect of this library |
 */
export type FinConnectErrorCode =
  | 'INVALID_CONFIG'
  | 'INVALID_REQUEST'
  | 'NOT_SUPPORTED'
  | 'AUTHENTICATION_FAILED'
  | 'CONNECTION_FAILED'
  | 'TIMEOUT'
  | 'REFUSED'
  | 'RATE_LIMITED'
  | 'GATEWAY_ERROR'
  | 'INVALID_RESPONSE'
  | 'INTERNAL';

/** Why a call failed, and whether it can have moved money. Every field but `message` and `stack` is in `JSON.stringify(error)`. */
export declare class FinConnectError extends Error {
  readonly name: 'FinConnectError';
  readonly code: FinConnectErrorCode;
  /** `null` when the provider is unknown. */
  readonly provider: ProviderName | null;
  readonly operation: 'constructor' | 'pay' | 'registerIpn' | 'handleCallback' | null;
  /** The HTTP status of the answer, when there was one. */
  readonly statusCode: number | null;
  /** The gateway's own error code, when it gives one. */
  readonly gatewayCode: string | null;
  /** The gateway's own words. */
  readonly gatewayMessage: string | null;
  /** The answer's body: parsed when it is JSON, else its text. */
  readonly response: any;
  /**
   * `not_sent`: no payment request reached the gateway. `refused`: the gateway said no. `unknown`: the
   * payment may have been made; find out before you ask again.
   */
  readonly outcome: 'not_sent' | 'refused' | 'unknown';
  /** Whether making the same call again is safe and may help. Never `true` for an unknown payment. */
  readonly retryable: boolean;
}

/**
 * One mobile-money gateway.
 *
 * The object keeps a pool of connections and an access token, so make one per gateway and keep it.
 *
 * ```ts
 * import { FintechSDK } from 'finconnect';
 *
 * const sdk = new FintechSDK({
 *   provider: 'azampay',
 *   config: {
 *     baseUrl: process.env.AZAMPAY_BASE_URL || 'https://sandbox.azampay.co.tz',
 *     AZAMPAY_APP_NAME: process.env.AZAMPAY_APP_NAME,
 *     AZAMPAY_CONSUMER_KEY: process.env.AZAMPAY_CLIENT_ID,
 *     AZAMPAY_CONSUMER_SECRET: process.env.AZAMPAY_API_KEY,
 *   },
 * });
 * ```
 */
export declare class FintechSDK {
  /**
   * Throws a `FinConnectError` with code `INVALID_CONFIG` when a required key is missing
   * (`Invalid configuration: Missing required fields for Pesapal.`), a value is not usable, or the
   * provider is unknown (`Unsupported provider type: …`). Nothing is sent.
   */
  constructor(options: FintechSDKOptions)
  /**
   * Asks the gateway for a payment.
   *
   * `paymentData` goes out as `JSON.stringify` writes it, in the gateway's own field names. PesaPal
   * opens an order for its hosted page (send the customer to `redirect_url`); ClickPesa and AzamPay
   * send a USSD push to the customer's phone. The promise resolves with the gateway's answer as
   * `JSON.parse` reads it. Accepted is not paid: the result comes with the IPN, webhook or callback.
   *
   * `ipnId` is for PesaPal: the id from `registerIpn()`, sent as `notification_id`. It wins over
   * the one in `paymentData`; without either the call is refused before anything is sent.
   *
   * Rejects with a `FinConnectError` whose `outcome` says whether the payment may have been made.
   * A request that may have reached the gateway is never sent again.
   */
  pay(paymentData: any, ipnId?: string): Promise<any>
  /**
   * Registers `url` for PesaPal's instant payment notifications, which come as `'GET'` (default) or
   * `'POST'` requests, and resolves with the IPN id to pass to `pay()`. Each call makes a new id:
   * register once and keep it.
   *
   * Other gateways reject with `IPN registration not supported by this provider`.
   */
  registerIpn(url: string, type?: 'GET' | 'POST'): Promise<string>
  /**
   * Whether a callback's signature is the gateway's. AzamPay only, for now.
   *
   * `body` is the parsed object, a JSON string or a Buffer. Resolves with `{ isValid, data }`;
   * `data` is what came in, parsed. A callback that is unsigned, or signed by someone else, is
   * `isValid: false`. AzamPay's signature covers `utilityref`, `externalreference`,
   * `transactionstatus` and `operator`, not the amount: compare the amount with your order.
   *
   * Rejects when AzamPay's public key cannot be fetched, so that you can answer 500 and be called
   * again. Other gateways reject with `Callback handling not supported by this provider`.
   */
  handleCallback(body: any): Promise<CallbackResult>
}
