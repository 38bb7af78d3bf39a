import type {
  Balance,
  Bank,
  BillMethods,
  Capabilities,
  CardBuyer,
  DeletedCard,
  LipaNambaProvider,
  ListFilter,
  MandateMethods,
  Partner,
  PayoutFilter,
  RegisteredIpn,
  Statement,
  StatementFilter,
  StoredCard,
} from './account';
import type { CallbackOptions, CallbackResult, ClaimedCallbackResult } from './callback';
import type {
  BankPaymentRequest,
  Charge,
  ChargeRequest,
  CheckoutPage,
  CheckoutRequest,
  Preview,
  PreviewRequest,
} from './charge';
import type { FinConnectEvents } from './error';
import type { Gives, Group, NameOf, Provider, ProviderName, Takes } from './gateways';
import type { FintechSDKOptions } from './options';
import type { Expectation, Payment } from './payment';
import type { Cancellation, PayoutRequest, PayoutResult, Refund, RefundRequest } from './payout';
import type { Reconcilable, Reconciled, ReconcileOptions, Recoverable, RecoveryAdvice } from './recovery';

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
