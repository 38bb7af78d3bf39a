/* Joined from src/binding/types and src/provider/<gateway>/types.d.ts by `npm run build`: edit those. */

/** What every `config` holds. */
export interface CommonConfig {
  /** The gateway's API, `https://` (`http://` to loopback only); a trailing slash is accepted. */
  baseUrl?: string | undefined;
  /** These stand beside `config`. */
  timeoutMs?: undefined;
  maxRetries?: undefined;
  allowInsecureHttp?: undefined;
  ca?: undefined;
  replay?: undefined;
  tokens?: undefined;
  fetch?: undefined;
  [key: string]: any;
}

/**
 * The documented configuration keys of all gateways. Values may come straight from `process.env`: a missing one is
 * named in the error that the constructor throws.
 */
export interface FintechConfig extends PesapalConfig, ClickpesaConfig, AzampayConfig, SelcomConfig {}

export interface FintechSDKOptions<P extends Provider = Provider> {
  /** Which gateway. */
  provider: P;
  /** Its credentials and address. */
  config: ConfigOf<NameOf<P>>;
  /** Total time of one call in milliseconds, login included: 1 to 3,600,000, default 60,000. */
  timeoutMs?: number | undefined;
  /**
   * Further attempts, 0 to 10, default 2, for what cannot have reached the gateway or cannot move money
   * (logins, keys, status). A payment that may have reached the gateway is never sent again.
   */
  maxRetries?: number | undefined;
  /** Accepts an `http://` base URL that is not on this machine. Credentials then travel in clear text. */
  allowInsecureHttp?: boolean | undefined;
  /** Certificate authorities to trust beside the built-in ones, in PEM. */
  ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /**
   * Lets `handleCallback` accept each callback once. `'memory'` remembers the last 100,000 for 7 days, in one store for
   * all SDK objects and worker threads of this process; two installed copies of this package have one each. With
   * several processes pass a store they share, such as those of `finconnect/replay`.
   */
  replay?: 'memory' | ReplayStore | undefined;
  /**
   * The bounds within which requests are checked before they are sent, by the names that `capabilities().limits` has:
   * a number in place of the usual one, or `false` for none. `limits: false` switches all of them off.
   */
  limits?: false | Readonly<Partial<Record<LimitOf<NameOf<P>>, number | boolean>>> | undefined;
  /**
   * Shares access tokens between processes, so that many of them log in once for each token and not once each. Without
   * it each SDK object has its own.
   */
  tokens?: TokenSharing | undefined;
  /**
   * Sends every request in place of the built-in client: for tests, proxies and other transports. `globalThis.fetch` is
   * such a function, and so are those of undici and node-fetch.
   */
  fetch?: ((url: string, init: FetchInit) => Promise<FetchAnswer>) | undefined;
}

/** Where processes share access tokens, and what encrypts them there. */
export interface TokenSharing {
  /** Such as those of `finconnect/tokens`, for Redis and PostgreSQL. */
  store: TokenStore;
  /**
   * A secret text of at least 32 characters, the same in all processes: 32 random bytes as base64 or hexadecimal.
   * Tokens are encrypted with AES-256-GCM, by a key that HKDF-SHA256 derives from it. Without one the
   * constructor throws.
   */
  key: string | undefined;
}

/**
 * A store that processes share. It gets names and texts that tell nothing without the key.
 *
 * A function that throws, rejects, takes longer than 2 s or answers something else stops no payment: the process then
 * logs in by itself, and the `login` event says so in `storeFailure`.
 */
export interface TokenStore {
  /** The text under `key`; `null` where there is none. */
  get(key: string): Promise<string | null | undefined>;
  /** Keeps `value`, up to 64 KiB, under `key` for `ttlMs` milliseconds, in place of what is there. */
  set(key: string, value: string, ttlMs: number): Promise<unknown>;
  /**
   * Gives one caller at a time the lock called `key`, for `ttlMs` milliseconds at most: resolves with a function that
   * releases it earlier, or with `true`. Resolves with `false` while another has it.
   */
  lock(key: string, ttlMs: number): Promise<boolean | (() => Promise<unknown>)>;
}

/** What a `fetch` of your own is called with. */
export interface FetchInit {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers: Record<string, string>;
  /** JSON; absent where the request has none, as a GET. */
  body?: string;
  redirect: 'manual';
  /** Aborts at the deadline, or when the caller aborts. */
  signal: AbortSignal;
}

/**
 * What is read of a `fetch` answer; a `Response` is one, of whichever package. Anything else rejects with
 * `CALLER_ERROR`, and leaves a payment `unknown`.
 */
export interface FetchAnswer {
  /** A whole number from 100 to 999. */
  readonly status: number;
  readonly headers?: { get(name: string): string | null } | Record<string, string | readonly string[] | undefined>;
  /** A stream of bytes or texts, or all of it, up to 1 MiB. Where there is none, `text()` is called, or `json()`. */
  readonly body?: AsyncIterable<any> | { getReader(): any } | string | Uint8Array | null;
  text?(): Promise<string>;
  json?(): Promise<any>;
}

/** The last argument of every method. */
export interface CallOptions {
  /**
   * Ends the call. A signal that is aborted already rejects with its reason, unsent; where it has none, with a
   * `FinConnectError` with code `ABORTED` and `outcome: 'not_sent'`. Later the rejection
   * is a `FinConnectError` with code `ABORTED`, the reason as its `cause`, and `outcome: 'unknown'` when
   * a payment may have left.
   */
  signal?: AbortSignal | undefined;
  /** Total time of this call in milliseconds, in place of the SDK object's. */
  timeoutMs?: number | undefined;
}

export interface StatusOptions extends CallOptions {
  /**
   * What the payment should be, or a function that finds out, as for a callback. Another one rejects with
   * `AMOUNT_MISMATCH` or `REFERENCE_MISMATCH`. A payment under way is compared in what the gateway tells already. A
   * final one must tell all that you expect; only a failure may leave out the amount.
   */
  expect?:
    | Expectation
    | ((
        raw: any,
        payment: Payment,
      ) => Expectation | null | undefined | false | Promise<Expectation | null | undefined | false>);
  /** The payer's operator, which AzamPay may want to know: `'M-Pesa'`. */
  operator?: string | undefined;
}

export interface PayoutStatusOptions extends CallOptions {
  /** The recipient's operator, where the gateway asks for it: `'M-Pesa'`; at Selcom its bank too: `'CRDBBANK'`. */
  operator?: string | undefined;
}

export interface WaitOptions extends StatusOptions {
  /** Time between the first two looks in milliseconds, 10 to 3,600,000, default 3,000; later ones are longer. */
  pollMs?: number | undefined;
}

/** What `verifyCredentials` resolves with: the gateway has accepted the credentials. */
export interface VerifiedCredentials {
  provider: ProviderName;
  valid: true;
  /**
   * Whether `baseUrl` is the gateway's sandbox or where money moves, by its host. `null` for a host that is not the
   * gateway's own, such as that of `finconnect/sandbox` or of a proxy.
   */
  world: 'sandbox' | 'live' | null;
  /**
   * For so many seconds later calls use the token: the gateway's own expiry less 30 s or a tenth of it. `null` of
   * Selcom, which has no token.
   */
  expiresInSeconds: number | null;
  /** The gateway's answer is not told: it may hold the token. */
  raw: null;
}

/** One mobile-money gateway, as `new FintechSDK()` makes it. `FintechSDK<'clickpesa'>` has ClickPesa's own types. */
export interface FintechSDK<Name extends ProviderName = any> {
  /**
   * Asks the gateway for a payment.
   *
   * `paymentData` goes out as `JSON.stringify` writes it, in the gateway's own field names. PesaPal
   * opens an order for its hosted page (send the customer to `redirect_url`); ClickPesa, AzamPay and Selcom (for an
   * order that `checkout()` made) send a USSD push to the customer's phone. The promise resolves with the gateway's
   * answer as `JSON.parse` reads it. Accepted is not paid: the result comes with the IPN, webhook or callback.
   *
   * `ipnId` is for PesaPal: the id from `registerIpn()`, sent as `notification_id`. It wins over
   * the one in `paymentData`; without either the call is refused before anything is sent. `options`
   * may take its place.
   *
   * Rejects with a `FinConnectError` whose `outcome` says whether the payment may have been made.
   * A request that may have reached the gateway is never sent again.
   */
  pay(
    paymentData: Takes<Name, 'pay', any>,
    ipnId?: string | null | CallOptions,
    options?: CallOptions,
  ): Promise<Gives<Name, 'pay', any>>;
  /**
   * Asks a customer for money, in one vocabulary for all gateways: a push to the phone (ClickPesa, AzamPay, Selcom), or
   * a page (PesaPal: send the customer to `redirectUrl`). Accepted is not paid: the result comes with the callback.
   *
   * All that is wrong with `charge` is told at once, with `INVALID_REQUEST`, before anything is sent. Else it is as
   * with `pay`: `outcome` says whether the payment may have been made, and what may have arrived is never sent again.
   *
   * Selcom takes an order first, and then the push: an error before the push says that no payment was requested.
   *
   * Source and confidence: PesaPal H, ClickPesa H, AzamPay H, Selcom H: their documentation and captured answers.
   */
  charge(this: Having<Name, 'charge'>, charge: ChargeRequest, options?: CallOptions): Promise<Charge>;
  /**
   * What a charge, a card payment or a payout would cost, and whom it would meet. Nothing is done.
   *
   * Source and confidence: ClickPesa H (docs.clickpesa.com); AzamPay's name look-up M (its test host); Selcom's H for
   * wallets (real look-ups), M for banks.
   */
  preview(this: Having<Name, 'preview'>, preview: PreviewRequest, options?: CallOptions): Promise<Preview>;
  /**
   * Makes a page where the customer pays, by card or in any way that the gateway offers.
   *
   * Source and confidence: PesaPal H, ClickPesa H; AzamPay M: its samples differ from its specification; Selcom H for
   * the order, M for cards, L for its page, which one account was not shown: offer the push as well.
   */
  checkout(this: Having<Name, 'checkout'>, checkout: CheckoutRequest, options?: CallOptions): Promise<CheckoutPage>;
  /**
   * Registers `url` for PesaPal's instant payment notifications, which come as `'GET'` (default) or
   * `'POST'` requests, and resolves with the IPN id to pass to `pay()`. Each call makes a new id:
   * register once and keep it.
   *
   * Other gateways reject with `IPN registration not supported by this provider`.
   */
  registerIpn(
    this: Having<Name, 'registerIpn'>,
    url: string,
    type?: 'GET' | 'POST' | null | CallOptions,
    options?: CallOptions,
  ): Promise<string>;
  /**
   * Whether a callback is the gateway's, says what you expect, and comes for the first time.
   *
   * `body` is the parsed body or query, their text (`req.url` too), bytes, `URLSearchParams` or a `Map`. What can be
   * no body, such as `undefined` or a promise, rejects with `INVALID_REQUEST`. Valid means that the gateway
   * said it: look at `payment.status` for what it said.
   *
   * - AzamPay: its RSA signature, which covers `utilityref`, `externalreference`,
   *   `transactionstatus` and `operator`, **not the amount**: pass `expect`.
   * - ClickPesa: the checksum, when `CLICKPESA_CHECKSUM_KEY` is configured and the webhook carries
   *   one; otherwise ClickPesa is asked for the payment or the payout, which must agree. Its other
   *   webhooks (`payment.kind`) cannot be asked about.
   * - PesaPal: an IPN or a browser return proves nothing, so PesaPal is asked for the payment, which
   *   must agree. Answer an IPN with `acknowledgement`.
   * - Selcom: a webhook carries no proof, so Selcom is asked for the order, which must agree. Where a digest comes with
   *   it, pass `headers`: a wrong one is `BAD_SIGNATURE`.
   *
   * Rejects when nothing can be decided (the gateway or your own function fails, or the gateway's own
   * books do not show yet what the callback says), so that you can answer 500 and be called again.
   */
  handleCallback(
    body: any,
    options: CallbackOptions & { claim: true | { leaseMs: number } },
  ): Promise<ClaimedCallbackResult>;
  handleCallback(body: any, options?: CallbackOptions): Promise<CallbackResult>;
  /**
   * Where a payment stands, by the gateway's own word.
   *
   * `reference` is what the gateway looks it up by: PesaPal's `order_tracking_id`, ClickPesa's
   * `orderReference`, Selcom's `order_id`, which is your reference, AzamPay's `transactionId` (with `operator`, the
   * provider it was made with; accounts without this call reject with `NOT_SUPPORTED`).
   *
   * An answer about another payment than the one that was asked for rejects; `expect` compares the rest.
   *
   * A payment that ClickPesa has not indexed yet is `pending`; it answers the same for one that was
   * never made. So is an order that Selcom does not know; its `raw` is `null`.
   */
  getPaymentStatus(reference: string, options?: StatusOptions): Promise<Payment>;
  /**
   * Asks where a payment stands until that is final (`succeeded`, `failed`, `reversed` or
   * `refunded`), first after `pollMs` (default 3,000) and then ever more rarely, within the
   * gateway's rate limits.
   *
   * Rejects with `TIMEOUT` and `outcome: 'unknown'` after `timeoutMs` (default 180,000): the payment may
   * still go through. A payment that is not what `expect` says ends the wait at once.
   */
  waitForPayment(reference: string, options?: WaitOptions): Promise<Payment>;
  /**
   * Whether the gateway accepts the credentials: it is asked for a new access token, which later calls use; Selcom,
   * which has none, is asked for an order that nobody has. Call it when your program starts, to learn of a wrong key
   * before a customer does.
   *
   * Rejects with `AUTHENTICATION_FAILED` when the gateway refuses them; the message says whether `baseUrl` is its
   * sandbox or its live API, for the keys of one are refused by the other. Rejects with `INVALID_CONFIG`, and sends
   * nothing, when `baseUrl` has a known host with a wrong path, or leads to the sandbox while `authBaseUrl` leads to
   * the live API, or the reverse. Other codes say that the gateway could not be asked, and nothing of the keys.
   */
  verifyCredentials(options?: CallOptions): Promise<VerifiedCredentials>;
  /**
   * Asks a customer's bank for money, with the one-time password that the bank gave the customer. AzamPay: CRDB, NMB. A
   * payment whose answer was lost may have used the password up: wait for the callback before you ask for another one.
   *
   * Source and confidence: AzamPay H for the request; its answer has two shapes, and both are read.
   */
  payBank(this: Having<Name, 'payBank'>, payment: BankPaymentRequest, options?: CallOptions): Promise<Charge>;
  /**
   * Gives the IPN id of `url`, and registers `url` only when the gateway's list has no active one of the same URL and
   * type. Calls at the same time make one registration. The `signal` and `timeoutMs` of a call end that call only. An
   * answer counts for ten minutes, or until the gateway refuses a call of this object. A failure is not kept.
   *
   * Source and confidence: PesaPal H: each registration makes a new id, and none can be deleted.
   */
  ensureIpn(
    this: Having<Name, 'ensureIpn'>,
    url: string,
    type?: 'GET' | 'POST' | null | CallOptions,
    options?: CallOptions,
  ): Promise<string>;
  /**
   * The URLs that are registered for notifications.
   *
   * Source and confidence: PesaPal H (captured lists).
   */
  listIpns(this: Having<Name, 'listIpns'>, options?: CallOptions): Promise<RegisteredIpn[]>;
  /**
   * Asks for money back to the customer. The payment is looked at first, and what breaks one of the gateway's rules
   * rejects with `INVALID_REQUEST`, before the refund is asked for: only what has succeeded, at most what was paid,
   * mobile money whole. After an `outcome` of `'unknown'` the refund may have been asked for.
   *
   * Source and confidence: PesaPal M (developer.pesapal.com, "refund request").
   */
  refund(this: Having<Name, 'refund'>, refund: RefundRequest, options?: CallOptions): Promise<Refund>;
  /**
   * Ends an order that nobody has paid, by the gateway's id of it, at Selcom your reference. It is no refund. To ask
   * again is harmless: a second cancellation is refused.
   *
   * Source and confidence: PesaPal M (developer.pesapal.com, "order cancellation"), Selcom M (its documents).
   */
  cancel(this: Having<Name, 'cancel'>, transactionId: string, options?: CallOptions): Promise<Cancellation>;
  /**
   * The cards that a buyer has kept at Selcom.
   *
   * Source and confidence: Selcom M (developers.selcommobile.com); no traffic is known.
   */
  listCards(this: Having<Name, 'listCards'>, buyer: CardBuyer, options?: CallOptions): Promise<StoredCard[]>;
  /**
   * Ends the keeping of a card. `id` is the card's own, from `listCards()`. To ask again is harmless.
   *
   * Source and confidence: Selcom M (developers.selcommobile.com); no traffic is known.
   */
  deleteCard(
    this: Having<Name, 'deleteCard'>,
    card: { id: string; gatewayId: string },
    options?: CallOptions,
  ): Promise<DeletedCard>;
  /**
   * The operators and banks that AzamPay works with.
   *
   * Source and confidence: AzamPay M: its sandbox sometimes answers with nothing, and is asked again.
   */
  listPartners(this: Having<Name, 'listPartners'>, options?: CallOptions): Promise<Partner[]>;
  /**
   * All payments that `filter` lets through, the oldest first, page after page:
   * `for await (const payment of sdk.listPayments())`.
   * A day that is over is complete; rows of today may come in meanwhile.
   *
   * Source and confidence: ClickPesa H (docs.clickpesa.com); Selcom M (its documents): it gives all orders of the days
   * at once.
   */
  listPayments(this: Having<Name, 'listPayments'>, filter?: ListFilter, options?: CallOptions): AsyncIterable<Payment>;
  /**
   * Sends money: to a phone, a bank account, a till, or by a link. It is never sent again when it may have arrived.
   * After an `outcome` of `'unknown'` ask `getPayoutStatus` before you send it again, and then under the same
   * reference; one at Selcom is never sent again.
   *
   * Source and confidence: ClickPesa H for phones, M for banks and tills; AzamPay H for names, M for limits; Selcom H
   * for wallets, M for banks.
   */
  payout(this: Having<Name, 'payout'>, payout: PayoutRequest, options?: CallOptions): Promise<PayoutResult>;
  /**
   * Where a payout stands. `reference`: your own (ClickPesa), your own with `operator` or the `gatewayReference`
   * (Selcom), or the gateway's `transactionId` with `operator` (AzamPay). A payout that the gateway does not know, yet
   * or ever, is `unknown`. So is one at Selcom whose query tells neither
   * a success nor that it is under way: that proves nothing.
   *
   * Source and confidence: ClickPesa H, AzamPay H; Selcom H for wallets, M for banks.
   */
  getPayoutStatus(
    this: Having<Name, 'getPayoutStatus'>,
    reference: string,
    options?: PayoutStatusOptions,
  ): Promise<PayoutResult>;
  /**
   * All payouts that `filter` lets through, as `listPayments` does.
   *
   * Source and confidence: ClickPesa H.
   */
  listPayouts(
    this: Having<Name, 'listPayouts'>,
    filter?: PayoutFilter,
    options?: CallOptions,
  ): AsyncIterable<PayoutResult>;
  /**
   * Your own money at the gateway.
   *
   * Source and confidence: ClickPesa M: two shapes are told, and both are read; Selcom H: the float that payouts are
   * paid from, which `SELCOM_PIN` opens.
   */
  getBalance(this: Having<Name, 'getBalance'>, options?: CallOptions): Promise<Balance>;
  /**
   * The movements of your account.
   *
   * Source and confidence: ClickPesa H.
   */
  getStatement(this: Having<Name, 'getStatement'>, filter: StatementFilter, options?: CallOptions): Promise<Statement>;
  /**
   * Control numbers.
   *
   * Source and confidence: ClickPesa H (docs.clickpesa.com); whether their requests carry a checksum is not told.
   */
  readonly bills: Group<Name, 'bills', BillMethods>;
  /** Standing orders of customers at CRDB. **Confidence M**: no page of ClickPesa tells their fields. */
  readonly mandates: Group<Name, 'mandates', MandateMethods>;
  /**
   * Says what to do about a payment or payout whose outcome is `'unknown'`, after asking the gateway once where it can
   * be asked. It never sends anything again by itself.
   *
   * `payment`: your reference, or what you know of it (`gatewayReference` and `transactionId` help). Call it again
   * after `after` milliseconds while `next` is `'ask-again'` or `'wait-for-callback'`. `options.since`: when it was
   * first sent; without it, the first call for this reference counts.
   */
  recover(
    payment: string | Recoverable,
    options?: CallOptions & { since?: Date | number | undefined; operator?: string | undefined },
  ): Promise<RecoveryAdvice>;
  /**
   * Asks where each of `pending` stands, a few at a time and within the gateway's pace, and gives them in their order:
   * to go on after a stop, begin after the last one that came. One that cannot be told now comes with its `error`.
   */
  reconcile(
    pending: AsyncIterable<string | Reconcilable> | Iterable<string | Reconcilable>,
    options?: ReconcileOptions,
  ): AsyncGenerator<Reconciled, void, void>;
  /**
   * The banks that payouts reach.
   *
   * Source and confidence: ClickPesa H.
   */
  listBanks(this: Having<Name, 'listBanks'>, options?: CallOptions): Promise<Bank[]>;
  /**
   * Whose tills payouts reach.
   *
   * Source and confidence: ClickPesa H.
   */
  listLipaNambaProviders(
    this: Having<Name, 'listLipaNambaProviders'>,
    options?: CallOptions,
  ): Promise<LipaNambaProvider[]>;
  /**
   * What one unit of `source` is worth in `target`, today. Both are ISO 4217 codes; one that is left out stands for all
   * currencies. ClickPesa only.
   *
   * Nothing is exchanged by asking. The list is empty where ClickPesa has no such rate.
   */
  exchangeRates(
    this: Having<Name, 'exchangeRates'>,
    source?: string | null | CallOptions,
    target?: string | null | CallOptions,
    options?: CallOptions,
  ): Promise<Gives<Name, 'exchangeRates', any>>;
  /**
   * Whether the method of that name, such as `'registerIpn'`, can be called here. `recover` and `reconcile` always can.
   */
  supports(name: string): boolean;
  /** What this gateway is asked, and within which bounds. */
  capabilities(): Capabilities;
  /** Calls `listener` on each event of this object. What it throws is ignored. */
  on<E extends keyof FinConnectEvents>(event: E, listener: (event: FinConnectEvents[E]) => void): this;
  /** Stops calling `listener` on that event. */
  off<E extends keyof FinConnectEvents>(event: E, listener: (event: FinConnectEvents[E]) => void): this;
}

export interface FintechSDKConstructor {
  /**
   * Throws a `FinConnectError` with code `INVALID_CONFIG` when a required key is missing
   * (`Invalid configuration: Missing required fields for Pesapal.`), a value is not usable, or the
   * provider is unknown (`Unsupported provider type: …`), a credential has white space around it, or a
   * getter throws (its exception is the `cause`). Nothing is sent.
   */
  new <P extends Provider>(options: FintechSDKOptions<P> & Certain<P>): FintechSDK<NameOf<P>>;
  /** Makes the SDK object of a gateway that is known only when the program runs, as in a generic function. */
  new <P extends ProviderName = any>(options: FintechSDKOptions): FintechSDK<P>;
  new (options: FintechSDKOptions): FintechSDK;
  readonly prototype: FintechSDK;
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
 *     AZAMPAY_CONSUMER_SECRET: process.env.AZAMPAY_CLIENT_SECRET,
 *   },
 * });
 * ```
 *
 * A `provider` that is written out, such as `'clickpesa'`, types what that gateway takes and gives, and what it does
 * not have cannot be called. For a plain `string` everything is `any`.
 */
export declare const FintechSDK: FintechSDKConstructor;

/** The gateways by name: what each is configured with, and what it has. */
export interface Gateways {
  pesapal: PesapalGateway;
  clickpesa: ClickpesaGateway;
  azampay: AzampayGateway;
  selcom: SelcomGateway;
}

/** The gateways, matched without regard to case. */
export type ProviderName = keyof Gateways;

/** A gateway's name, or a text that is known only when the program runs. */
export type Provider = ProviderName | (string & {});

/** The gateway that a `provider` names for certain; `any` for a plain `string` and for a choice of several. */
export type NameOf<P> = 0 extends 1 & P
  ? any
  : true extends IsUnion<P>
    ? any
    : P extends string
      ? Lowercase<P> extends ProviderName
        ? Lowercase<P>
        : any
      : any;

/**
 * Adds nothing to the options of a known `provider`. In a generic function, where `P` may be any gateway, no options
 * are assignable to it.
 */
export type Certain<P> = 0 extends 1 & P ? unknown : P extends string ? unknown : never;
type IsUnion<T, All = T> = T extends All ? ([All] extends [T] ? false : true) : never;

/**
 * What a gateway's types say of a method: `never` when it does not have the method, `unknown` when the types do not
 * tell which gateway it is.
 */
type Told<Name, Method> = 0 extends 1 & Name
  ? unknown
  : Name extends ProviderName
    ? Method extends keyof Gateways[Name]
      ? Gateways[Name][Method]
      : never
    : never;

/** The `this` of a method: `never` when the gateway does not have the method, so that no call of it compiles. */
export type Having<Name, Method> = [Told<Name, Method>] extends [never] ? never : unknown;

/** A group of methods: `never` when the gateway does not have it. */
export type Group<Name, Key, Methods> = [Told<Name, Key>] extends [never] ? never : Methods;

/** What a method takes: the gateway's own type or, when it has none, `Plain`. */
export type Takes<Name, Method, Plain> = Told<Name, Method> extends { takes: infer Payload } ? Payload : Plain;

/** What the promise of a method resolves with: the gateway's own type or, when it has none, `Plain`. */
export type Gives<Name, Method, Plain> = Told<Name, Method> extends { gives: infer Answer } ? Answer : Plain;

/** The configuration keys of a gateway; those of all gateways when the types do not tell which one it is. */
export type ConfigOf<Name> = 0 extends 1 & Name
  ? FintechConfig
  : Name extends ProviderName
    ? Gateways[Name]['config']
    : never;

/** The names of a gateway's bounds; any name when the types do not tell which gateway it is. */
export type LimitOf<Name> = 0 extends 1 & Name ? string : Name extends ProviderName ? Gateways[Name]['limits'] : never;

/** The methods that a gateway may have. */
export type Operation =
  | 'pay'
  | 'charge'
  | 'preview'
  | 'checkout'
  | 'payBank'
  | 'registerIpn'
  | 'ensureIpn'
  | 'listIpns'
  | 'handleCallback'
  | 'getPaymentStatus'
  | 'waitForPayment'
  | 'listPayments'
  | 'refund'
  | 'cancel'
  | 'payout'
  | 'getPayoutStatus'
  | 'listPayouts'
  | 'getBalance'
  | 'getStatement'
  | 'verifyCredentials'
  | 'exchangeRates'
  | 'bills.create'
  | 'bills.createMany'
  | 'bills.get'
  | 'bills.update'
  | 'mandates.request'
  | 'mandates.get'
  | 'mandates.cancel'
  | 'listCards'
  | 'deleteCard'
  | 'listPartners'
  | 'listBanks'
  | 'listLipaNambaProviders';

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

/** Your own money at the gateway. A new merchant has none: the list is empty. */
export interface Balance {
  readonly provider: ProviderName;
  readonly balances: readonly {
    /** ISO 4217. */
    readonly currency: string;
    /** Major units. */
    readonly amount: string;
  }[];
  /** The gateway's own answer; `null` of a new merchant. */
  readonly raw: any;
}

/** ClickPesa tells no time zone of a day: where it matters, ask for a day more at each end. */
export interface StatementFilter {
  /** ISO 4217. */
  currency: string;
  /** The first day: `YYYY-MM-DD`. */
  startDate?: string | undefined;
  /** The last day: `YYYY-MM-DD`. */
  endDate?: string | undefined;
}

/** The movements of your account. Amounts are in major units; what the gateway does not tell is `null`. */
export interface Statement {
  readonly provider: ProviderName;
  readonly currency: string;
  readonly openingBalance: string | null;
  readonly closingBalance: string | null;
  readonly totalCredits: string | null;
  readonly totalDebits: string | null;
  readonly transactions: readonly {
    readonly id: string | null;
    readonly date: string | null;
    readonly description: string | null;
    readonly entry: 'credit' | 'debit' | (string & {}) | null;
    readonly type: string | null;
    readonly amount: string | null;
    readonly currency: string | null;
    /** The balance afterwards. */
    readonly balance: string | null;
    /** The reference that the gateway was given. */
    readonly reference: string | null;
    readonly raw: any;
  }[];
  readonly raw: any;
}

/**
 * No gateway tells the time zone of a day: where it matters, ask for a day more at each end. Selcom needs both days.
 */
export interface ListFilter {
  /** The first day: `YYYY-MM-DD`. */
  startDate?: string | undefined;
  /** The last day: `YYYY-MM-DD`. */
  endDate?: string | undefined;
  /**
   * The gateway's own word. ClickPesa's of payments: `SUCCESS`, `SETTLED`, `PROCESSING`, `PENDING`, `FAILED`; of
   * payouts: `SUCCESS`, `PROCESSING`, `PENDING`, `FAILED`, `REFUNDED`, `REVERSED` (its documents, 2026; confidence H).
   */
  status?: string | undefined;
  /** ISO 4217. Selcom takes none of what follows but `pageSize`. */
  currency?: string | undefined;
  /** The gateway's own word: `'BANK TRANSFER'`. */
  channel?: string | undefined;
  /** Your own, or the one that the gateway was given; the rows tell the latter. */
  reference?: string | undefined;
  /** Rows of one request: up to 100, the default. */
  pageSize?: number | undefined;
}

export interface PayoutFilter extends ListFilter {
  /** `'ACH'` or `'RTGS'`. */
  transferType?: string | undefined;
}

/** A bill as it is made. Without `customer` one payment closes its number; a customer's number stays open. */
export interface BillRequest {
  /** Major units, in TZS. */
  amount?: Money | undefined;
  /** Closes the number when so much has been paid: at least `amount`. */
  maximum?: Money | undefined;
  /** At most 500 characters. */
  description?: string | undefined;
  /** `'any'` (default): a part, or more. `'exact'`: the whole `amount` only. */
  mode?: 'exact' | 'any' | undefined;
  /** Letters and digits; it becomes the control number. */
  reference?: string | undefined;
  /** With a phone or an email. */
  customer?: { name: string; phone?: string | undefined; email?: string | undefined } | undefined;
}

export interface BillChanges {
  /** Major units. */
  amount?: Money | undefined;
  maximum?: Money | undefined;
  description?: string | undefined;
  mode?: 'exact' | 'any' | undefined;
  /** `false`: payers are refused. */
  active?: boolean | undefined;
}

/** A control number. What the gateway does not tell is `null`. */
export interface Bill {
  readonly provider: ProviderName;
  /** The control number, by which it is paid; webhooks name it as `reference`. */
  readonly number: string;
  readonly description: string | null;
  readonly customerName: string | null;
  /** Major units. */
  readonly amount: string | null;
  readonly mode: 'exact' | 'any' | null;
  readonly active: boolean | null;
  readonly raw: any;
}

/** Bills that were made together. Some may have failed. */
export interface Bills {
  readonly provider: ProviderName;
  /** The control numbers of those that were made. */
  readonly numbers: readonly string[];
  readonly created: number;
  readonly failed: number;
  /** Which failed, by their place in your list, and why. */
  readonly errors: readonly { readonly index: number | null; readonly reason: string | null }[];
  readonly raw: any;
}

/** Control numbers, by which bills are paid at a bank, at an agent or by phone. */
export interface BillMethods {
  /** Makes one control number, which is the `number` of the answer. */
  create(bill?: BillRequest, options?: CallOptions): Promise<Bill>;
  /** Up to 50 bills, all of customers or none of them. */
  createMany(bills: readonly BillRequest[], options?: CallOptions): Promise<Bills>;
  /** The bill of a control number. */
  get(number: string, options?: CallOptions): Promise<Bill>;
  /** Changes what `changes` names, and nothing else. */
  update(number: string, changes: BillChanges, options?: CallOptions): Promise<Bill>;
}

/** A standing order at CRDB. Its fields stand in one source only: `raw` is what counts. */
export interface Mandate {
  readonly provider: ProviderName;
  readonly id: string | null;
  readonly status: string | null;
  readonly raw: any;
}

/**
 * Standing orders of customers at CRDB. **Confidence M**: no page of ClickPesa tells the fields, so that what you pass
 * goes out as it is.
 */
export interface MandateMethods {
  request(mandate: Record<string, any>, options?: CallOptions): Promise<Mandate>;
  get(id: string, options?: CallOptions): Promise<Mandate>;
  cancel(mandate: Record<string, any>, options?: CallOptions): Promise<Mandate>;
}

/** Whose cards Selcom keeps. */
export interface CardBuyer {
  /** Your own id of the buyer: `customer.id` of `checkout()`. */
  id: string;
  /** Selcom's id of the buyer: `gateway_buyer_uuid` in the `raw` answer of `checkout()`. */
  gatewayId: string;
}

/** A card that a buyer has kept at Selcom. What Selcom does not tell is `null`. */
export interface StoredCard {
  readonly provider: ProviderName;
  readonly id: string;
  /** Selcom's token of the card. Whoever has it and your keys can charge the card: do not log it. */
  readonly token: string | null;
  /** `'4111-XXXX-XXXX-1111'`. */
  readonly masked: string | null;
  readonly name: string | null;
  readonly brand: 'visa' | 'mastercard' | null;
  readonly raw: any;
}

/** A card that Selcom no longer keeps. */
export interface DeletedCard {
  readonly provider: ProviderName;
  readonly id: string;
  readonly message: string | null;
  readonly raw: any;
}

/** A bank that payouts reach. */
export interface Bank {
  readonly provider: ProviderName;
  readonly name: string;
  readonly bic: string;
  readonly raw: any;
}

/** Whose tills payouts reach. Codes change: fetch them, and keep them for a day at most. */
export interface LipaNambaProvider {
  readonly provider: ProviderName;
  readonly name: string;
  readonly providerCode: string;
  readonly raw: any;
}

/** An operator or a bank that AzamPay works with. */
export interface Partner {
  readonly provider: ProviderName;
  readonly name: string | null;
  /** ISO 4217. */
  readonly currency: string | null;
  readonly raw: any;
}

/** A URL that PesaPal notifies. */
export interface RegisteredIpn {
  readonly provider: ProviderName;
  readonly ipnId: string;
  readonly url: string;
  readonly type: 'GET' | 'POST' | null;
  readonly active: boolean | null;
  readonly raw: any;
}

/** What a gateway can be asked, and within which bounds. */
export interface Capabilities {
  readonly provider: ProviderName;
  /**
   * What the gateway itself is asked. `supports(name)` says whether a method can be called, and so is `true` for
   * `recover` and `reconcile` too, which ask by the others.
   */
  readonly operations: readonly Operation[];
  /** ISO 4217. */
  readonly currencies: readonly string[];
  /** Digits after the point, by currency. */
  readonly decimals: Readonly<Record<string, number>>;
  /** Of a charge, in major units; `null` where no bound is told. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** Which references it carries as they are: how long, and of which characters. */
  readonly reference: { readonly maxLength: number | null; readonly characters: string };
  /** What it tells your server by itself, in its own words. */
  readonly webhooks: readonly string[];
  /** What is safe after an unknown outcome: by what the gateway is asked, and under which reference to send again. */
  readonly recovery: {
    readonly payment: Remedy;
    readonly payout: Remedy | null;
    /** A payment that is not final after so many milliseconds is late. Our default, not the gateway's. */
    readonly lateAfterMs: number;
    /** Whether its answer about a payment that succeeded tells the amount: then one that does not is not believed. */
    readonly tellsAmount: boolean;
    /** A success may still come for so many milliseconds. Our default, not the gateway's. */
    readonly expectedForMs: number;
  };
  /** How often it may be asked where payments stand. */
  readonly statusesPerMinute: number;
  /**
   * The bounds, each a setting of `limits`; `null` is off. A rule that is only on or off, such as `wholeAmounts`, is
   * `1` where it is on.
   */
  readonly limits: Readonly<Record<string, number | null>>;
  /** Where each bound is told. */
  readonly sources: Readonly<Record<string, string>>;
}

/** What is safe after an unknown outcome; `recover()` acts on it. */
export interface Remedy {
  readonly askedBy: 'reference' | 'transactionId' | null;
  /** `'never'`: a callback may come; then only the gateway's support can tell. */
  readonly resend: 'same' | 'new' | 'never';
  /** Milliseconds without news before it is sent again. */
  readonly afterMs: number;
}

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

/** Remembers which callbacks came before. */
export interface ReplayStore {
  /**
   * Keeps `key` for `ttlMs` unless it is kept already, in one step; resolves with whether it was new. Any other answer
   * than `true` or `false` rejects the call with `CALLER_ERROR`: a wrong guess would lose an order or accept a callback
   * twice.
   */
  setIfAbsent(key: string, ttlMs: number): Promise<boolean>;
  /**
   * Claims `key` for `leaseMs`, in one step. Resolves with `'claimed'` when nobody else has it, or when `token` has it
   * already; with `'busy'` while another token claims it, and with `'committed'` while it is kept.
   *
   * A store has all three of `claim`, `commit` and `release`, or none. With none, a callback that is to be claimed is
   * kept by `setIfAbsent` at once, and stays kept when its handler fails.
   */
  claim?(key: string, leaseMs: number, token: string): Promise<'claimed' | 'busy' | 'committed'>;
  /**
   * Keeps `key` for `ttlMs`, in one step. Resolves with whether it was kept: not when another token has claimed or kept
   * it, so that who comes too late changes nothing.
   */
  commit?(key: string, ttlMs: number, token: string): Promise<boolean>;
  /** Frees `key` where `token` still claims it, in one step. Resolves with whether it did. */
  release?(key: string, token: string): Promise<boolean>;
}

export interface CallbackOptions extends CallOptions {
  /**
   * What the callback should say, or a function that finds out once the callback is known to be
   * genuine. A function that gives nothing says that there is no such order: `REFERENCE_MISMATCH`.
   */
  expect?:
    | Expectation
    | ((
        callback: any,
        payment: Payment,
      ) => Expectation | null | undefined | false | Promise<Expectation | null | undefined | false>);
  /**
   * The request's headers, for ClickPesa accounts that send the checksum in one, and for Selcom's digests. Names may be
   * in any case, and an empty value counts as none.
   */
  headers?: CallbackHeaders | undefined;
  /**
   * Claims a valid callback until you `commit()` or `release()` it, in place of remembering it at once. Nobody else's
   * copy is valid meanwhile: `CLAIMED`. When your process dies, the claim ends by itself after `leaseMs`, 100 to
   * 3,600,000 and 60,000 by default, and the next copy is valid. Without a `replay` store the claim counts in this
   * process only.
   */
  claim?: boolean | { leaseMs: number } | undefined;
}

/** Node's `headers` or `rawHeaders`, a `Headers`, a `Map`, or a list of entries. */
export type CallbackHeaders =
  | Record<string, string | readonly string[] | undefined>
  | Iterable<readonly [name: string, value: string | readonly string[] | undefined]>
  | { forEach(callback: (value: string, name: string) => void): void }
  | readonly string[];

/** Why a callback is not valid. */
export type CallbackReason =
  /**
   * It is no callback: an array, JSON beyond the documented bounds, or a proven body that names no reference and
   * no id. Nothing would tell such a body from another.
   */
  | 'MALFORMED'
  /** It carries no signature, and the gateway cannot be asked about it: a ClickPesa deposit, for one. */
  | 'MISSING_SIGNATURE'
  /** Its signature or checksum is not the gateway's. */
  | 'BAD_SIGNATURE'
  /** The amount is not the expected one. */
  | 'AMOUNT_MISMATCH'
  /** The reference or the gateway's id is not the expected one, or there is no such order. */
  | 'REFERENCE_MISMATCH'
  /** It came before. */
  | 'REPLAY'
  /** A copy of it is being handled: let it come again. Only with the option `claim`. */
  | 'CLAIMED'
  /**
   * The gateway, asked for it, says something else; or the body names nothing that it could be asked for, as another
   * gateway's callback or an empty one.
   */
  | 'UNCONFIRMED'
  /**
   * AzamPay signed these characters, which stand without separators, but not surely as these fields: they can be read
   * in another way, or the operator is not a known one. A new operator's callback is valid where `expect` holds
   * `reference` and `transactionId`.
   */
  | 'AMBIGUOUS';

interface CallbackFacts {
  /** What came in, parsed. */
  data: any;
  /**
   * The payout that the callback is about; `null` where `payment.kind` is not `'payout'`. What became of one that
   * AzamPay tells unsigned is `'unknown'`: ask AzamPay.
   */
  payout: Payout | null;
  /** The JSON to answer a PesaPal IPN with; `null` for the other gateways, whose answer is HTTP 200. */
  acknowledgement: {
    orderNotificationType: string;
    orderTrackingId: string;
    orderMerchantReference: string;
    status: 200 | 500;
  } | null;
}

/** The gateway said this, as expected, for the first time. `payment.status` is what it said. */
export interface ValidCallback extends CallbackFacts {
  isValid: true;
  reason: null;
  payment: Payment;
}

/** Nothing may be done on this callback's word. */
export interface InvalidCallback extends CallbackFacts {
  isValid: false;
  reason: CallbackReason;
  /**
   * `null` when the callback could not be attributed to the gateway; but a payout that AzamPay tells unsigned is named,
   * with `MISSING_SIGNATURE`.
   */
  payment: Payment | null;
}

/** What `handleCallback` found. */
export type CallbackResult = ValidCallback | InvalidCallback;

/** A valid callback that you have claimed: handle it, and then commit or release it. */
export interface ClaimedCallback extends ValidCallback {
  /** The same for each copy of this callback: up to 85 characters, which tell nothing of it. */
  eventId: string;
  /**
   * `true` when a copy of it was claimed before and never committed: its handler failed, or its process died, perhaps
   * after a part of the work. `false` in a store without claims.
   */
  duplicate: boolean;
  /**
   * Call it when the callback was handled: its copies are `REPLAY` for 7 days. Resolves with whether the claim still
   * was yours; when its lease has ended, another copy may have been handled too.
   *
   * Rejects with `CALLER_ERROR` when the replay store fails, or does not answer within 10 seconds.
   */
  commit(): Promise<boolean>;
  /**
   * Call it when the callback could not be handled: its next copy is valid. Resolves with whether the claim still was
   * yours. Rejects as `commit` does.
   */
  release(): Promise<boolean>;
}

/** A callback that was not claimed. */
export interface UnclaimedCallback extends InvalidCallback {
  /** The same for each copy of this callback; only where it is `REPLAY` or `CLAIMED`. */
  eventId?: string;
}

/** What `handleCallback` found, with the option `claim`. */
export type ClaimedCallbackResult = ClaimedCallback | UnclaimedCallback;

/** What stands beside `config` for a `FintechSDK`, such as `timeoutMs` and `replay`. */
export type ProviderOptions = Omit<FintechSDKOptions, 'provider' | 'config'>;

/**
 * What `PesapalProvider`, `ClickpesaProvider` and `AzampayProvider` share. They are for programs that use the
 * documented provider classes; `FintechSDK` does the same, knows the payloads by their types, and does more.
 */
export interface ProviderFace<Name extends ProviderName> {
  /** What does the work: for events, `getPaymentStatus` and all else. */
  readonly sdk: FintechSDK<Name>;
  /**
   * The access token, from a login unless there is one that has not expired. Payments log in by themselves: there is no
   * need to call it. Whoever has the token can pay in your name: do not log it.
   *
   * It is as the gateway gives it: ClickPesa's begins with `Bearer `, those of PesaPal and AzamPay do not. Rejects with
   * `Authentication failed: …`.
   */
  authenticate(options?: CallOptions): Promise<string>;
  /**
   * `sdk.pay()`. `request` is the payload, or `{ payload, ipnId }`; PesaPal needs the `ipnId`, unless the payload has a
   * `notification_id`. Resolves with the gateway's answer. Rejects with `Payment request failed: …`.
   */
  initiateUssdPushRequest(request: any, options?: CallOptions): Promise<any>;
  /** `sdk.handleCallback()`. Rejects with `Callback handling failed: …`. */
  handleCallback(
    body: any,
    options: CallbackOptions & { claim: true | { leaseMs: number } },
  ): Promise<ClaimedCallbackResult>;
  handleCallback(body: any, options?: CallbackOptions): Promise<CallbackResult>;
}

/** A country whose mobile numbers are known, by its code in ISO 3166-1. */
export type PhoneCountry = 'TZ' | 'KE' | 'UG' | 'RW' | 'MW' | 'ZM' | 'ZW';

/** A mobile operator by the brand that its customers see today, or the wallet AzamPesa, which belongs to none. */
export type OperatorName =
  | 'Vodacom'
  | 'Yas'
  | 'Airtel'
  | 'Halotel'
  | 'AzamPesa'
  | 'TTCL'
  | 'Safaricom'
  | 'Telkom'
  | 'Equitel'
  | 'Faiba'
  | 'MTN'
  | 'Lycamobile'
  | 'UTel'
  | 'TNM'
  | 'Zamtel'
  | 'Econet'
  | 'NetOne'
  | 'Telecel';

/** What {@link guessOperator} answers. */
export interface OperatorGuess {
  name: Exclude<OperatorName, 'AzamPesa'>;
  country: PhoneCountry;
  /** Always `true`: people keep their number when they change the operator. */
  guessed: true;
}

/**
 * Gives the digits of a mobile number as the gateways want them: calling code and number, without `+`, as in
 * `'255712345678'`. It reads what people write: `'0712 345 678'`, `'+255 712-345-678'`, `'00255712345678'`,
 * `'255712345678'`, in Arabic digits too, up to 64 characters.
 *
 * What is a mobile number of a country comes from Google's libphonenumber, of autumn 2026.
 *
 * @param country Whose number it is. A number with a calling code needs none; one of another country is refused.
 * @throws {@link FinConnectError} `INVALID_REQUEST`: it is no mobile number of these countries, or none of `country`.
 * The message says why, and shows at most eight digits of the number.
 * @example
 * normalizePhone('0712 345 678', 'TZ'); // '255712345678'
 */
export declare function normalizePhone(phone: string, country?: PhoneCountry): string;

/**
 * Guesses the operator of a mobile number by its first digits. It takes a number with calling code, in every form that
 * {@link normalizePhone} reads. `null` for a number without calling code, for what is no mobile number, and where the
 * digits belong to no operator with mobile money.
 *
 * It is a guess: a number may be carried to another operator. Let the customer choose where it matters. The table is
 * that of Google's libphonenumber, of July 2026; for Tanzania it agrees with the gateways' own tables.
 *
 * @example
 * guessOperator('255741234567'); // { name: 'Vodacom', country: 'TZ', guessed: true }
 */
export declare function guessOperator(phone: string): OperatorGuess | null;

/**
 * Gives an amount that is to be paid as decimal text, in its shortest form: `'25000'`, `'10.5'`. Nothing is rounded.
 *
 * A currency has the decimals that are paid in practice: TZS, UGX and RWF none, all others two, among them KES, USD,
 * ZMW and MWK. `'25000.00'` TZS is `'25000'`, and `'25000.50'` TZS is refused.
 *
 * @param value Major units, above zero, with at most 15 digits before the point. A number may have 15 digits in all,
 * for JavaScript keeps no more of every decimal.
 * @param currency A code of ISO 4217 in capital letters. Where `value` names one too, both must be the same.
 * @throws {@link FinConnectError} `INVALID_REQUEST`: `0.1 + 0.2`, `'1,000'`, `'1e3'`, `NaN`, zero, negative amounts and
 * excess decimals, each by name.
 * @example
 * parseAmount(25000, 'TZS'); // '25000'
 * parseAmount({ value: '10.50', currency: 'KES' }); // '10.5'
 */
export declare function parseAmount(value: Money, currency: string): string;
export declare function parseAmount(value: Exclude<Money, string | number | bigint>): string;

/**
 * What listeners are told; the same objects go to `node:diagnostics_channel` as `finconnect:<event>`. No secret is in
 * any, and phone numbers are masked.
 */
export interface FinConnectEvents {
  /** A request is about to be sent. */
  request: {
    provider: ProviderName;
    operation: Operation | 'getPublicKey' | 'login';
    attempt: number;
    method: string;
    host: string;
    port: number;
    path: string;
  };
  /** A request has ended, with or without an answer. */
  response: {
    provider: ProviderName;
    operation: Operation | 'getPublicKey' | 'login';
    attempt: number;
    method: string;
    host: string;
    port: number;
    path: string;
    status: number | null;
    ms: number;
    outcome: 'success' | FinConnectError['outcome'];
    code: FinConnectErrorCode | null;
  };
  /** Another attempt follows after `delayMs`. */
  retry: {
    provider: ProviderName;
    operation: Operation | 'getPublicKey' | 'login';
    attempt: number;
    delayMs: number;
    code: FinConnectErrorCode;
  };
  /** A login has ended, or another process has shared its token. */
  login: {
    provider: ProviderName;
    ms: number;
    outcome: 'success' | FinConnectError['outcome'];
    code: FinConnectErrorCode | null;
    /** Where the token is from: `'store'` is that of `tokens`. */
    from: 'gateway' | 'store';
    /**
     * Why the store brought no token although it should have: a function of it failed or answered wrongly; it did not
     * answer in time; it holds what cannot be read; another process held the lock
     * all the time. `null` otherwise.
     */
    storeFailure: 'failed' | 'late' | 'unreadable' | 'busy' | null;
  };
  /** A callback has been judged. */
  callback: {
    provider: ProviderName;
    isValid: boolean;
    reason: CallbackReason | null;
    kind: PaymentKind | null;
    status: PaymentStatus | null;
    reference: string | null;
    transactionId: string | null;
    payer: string | null;
    /**
     * Whether AzamPay documents the operator that a genuine callback names; `null` for other gateways, and where
     * nothing is known.
     */
    operatorKnown: boolean | null;
  };
}

/**
 * What kind of failure it was.
 *
 * | code | meaning |
 * |---|---|
 * | `INVALID_CONFIG` | the constructor's options are not usable |
 * | `INVALID_REQUEST` | an argument breaks a rule; nothing was sent that changes anything |
 * | `NOT_SUPPORTED` | this gateway does not have the operation |
 * | `AUTHENTICATION_FAILED` | the credentials were refused |
 * | `CONNECTION_FAILED` | name look-up, TCP, TLS or the connection failed |
 * | `TIMEOUT` | no answer within `timeoutMs` |
 * | `ABORTED` | the caller's signal ended the call |
 * | `REFUSED` | the gateway said no |
 * | `RATE_LIMITED` | the gateway said no for now (HTTP 429), or too many callbacks came: answer 503 |
 * | `DUPLICATE_REFERENCE` | the gateway has a payment with this reference: ask for its status; `outcome` is `unknown` |
 * | `GATEWAY_ERROR` | the gateway, or something between, failed: HTTP 5xx, 408, 499 and others that leave it open |
 * | `INVALID_RESPONSE` | the answer is unreadable, too large, a redirect, contradictory, or about another payment |
 * | `NOT_CONFIRMED_YET` | the gateway does not show yet what a callback says: answer 500, so that it comes again |
 * | `AMOUNT_MISMATCH` | the payment has another amount than `expect` says; `response` is the gateway's own object |
 * | `REFERENCE_MISMATCH` | the payment has another reference or id than `expect` says, or there is no such order |
 * | `REFERENCE_CONFLICT` | the ledger has this reference with other parameters; nothing was sent |
 * | `BLOCKED` | your `before` rule refused it; nothing was sent |
 * | `NOT_FINAL` | the payment may still go through, or has: it is not tried again |
 * | `NOT_COVERED` | with this refund or payout more would go out than the payment brought |
 * | `LEDGER_BUSY` | the ledger's database was locked by others for too long |
 * | `LEDGER_FULL` | the ledger's disk is full |
 * | `LEDGER_READ_ONLY` | the ledger's database cannot be written |
 * | `LEDGER_UNREACHABLE` | the ledger's database does not answer |
 * | `LEDGER_FAILED` | the ledger's database refused, or the ledger is closed |
 * | `CALLER_ERROR` | your `expect` or replay store failed, or one of them or your `fetch` answered wrongly |
 * | `INTERNAL` | a defect of this library |
 */
export type FinConnectErrorCode =
  | 'INVALID_CONFIG'
  | 'INVALID_REQUEST'
  | 'NOT_SUPPORTED'
  | 'AUTHENTICATION_FAILED'
  | 'CONNECTION_FAILED'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'REFUSED'
  | 'RATE_LIMITED'
  | 'DUPLICATE_REFERENCE'
  | 'GATEWAY_ERROR'
  | 'INVALID_RESPONSE'
  | 'NOT_CONFIRMED_YET'
  | 'AMOUNT_MISMATCH'
  | 'REFERENCE_MISMATCH'
  | 'REFERENCE_CONFLICT'
  | 'BLOCKED'
  | 'NOT_FINAL'
  | 'NOT_COVERED'
  | 'LEDGER_BUSY'
  | 'LEDGER_FULL'
  | 'LEDGER_READ_ONLY'
  | 'LEDGER_UNREACHABLE'
  | 'LEDGER_FAILED'
  | 'CALLER_ERROR'
  | 'INTERNAL';

/**
 * Why a call failed, and whether it can have moved money. Every field but `message` and `stack` is in
 * `JSON.stringify(error)`.
 */
export declare class FinConnectError extends Error {
  readonly name: 'FinConnectError';
  readonly code: FinConnectErrorCode;
  /** `null` when the provider is unknown. */
  readonly provider: ProviderName | null;
  /** The method or function that failed. */
  readonly operation:
    | 'constructor'
    | 'authenticate'
    | 'getPublicKey'
    | 'normalizePhone'
    | 'parseAmount'
    | 'recover'
    | 'reconcile'
    | 'split'
    | 'retry'
    | 'get'
    | 'find'
    | 'resolve'
    | 'sweep'
    | 'ask'
    | 'health'
    | 'dashboard'
    | 'compare'
    | 'webhooks'
    | Operation
    | null;
  /** The HTTP status of the answer, when there was one. */
  readonly statusCode: number | null;
  /** The gateway's own error code, when it gives one. */
  readonly gatewayCode: string | null;
  /**
   * The gateway's own words. In them, in `message` and in `response` credentials and tokens are `[redacted]`, telephone
   * numbers masked.
   */
  readonly gatewayMessage: string | null;
  /** The answer's body: parsed when it is JSON of up to 64 KiB and 64 levels, else the beginning of its text. */
  readonly response: any;
  /**
   * Whether this call can have moved money. `not_sent`: it sent no payment request that reached the gateway.
   * `refused`: the gateway said no. `unknown`: the payment may have been made; find out before you ask again.
   *
   * `getPaymentStatus` and `handleCallback` never send a payment request: their `not_sent` says nothing about the
   * payment that you ask about. So does that of `waitForPayment`. Two failures of a look-up are `unknown`, for there is
   * or may be a payment: a wait that ends before the payment does (`TIMEOUT`, `ABORTED`), and a payment that is not
   * what `expect` says (`AMOUNT_MISMATCH`, `REFERENCE_MISMATCH`).
   */
  readonly outcome: 'not_sent' | 'refused' | 'unknown';
  /**
   * Whether making the same call again is safe and may help. Never `true` for an unknown payment. Of a call that asks
   * about a payment it means asking again, not paying again.
   */
  readonly retryable: boolean;
  /** Of a `PaymentRouter`: who was asked, and what each said. */
  readonly asked?: readonly Asked[];
}

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
