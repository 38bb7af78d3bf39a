import type {
  CallbackReason,
  Expectation,
  FintechSDK,
  Payment,
  PaymentKind,
  PaymentStatus,
  Payout,
  ProviderFace,
  ProviderName,
} from '../../index.js';

/** What a handler is told beside the payment. */
export interface WebhookContext {
  /** The same for each copy of this callback; up to 85 characters, which tell nothing of it. */
  readonly eventId: string;
  /** The callback as the gateway sent it, parsed. It may hold the customer's whole phone number. */
  readonly raw: any;
  /** The gateway that sent it. */
  readonly source: ProviderName;
  /**
   * Aborts when the time (`timeoutMs`) is over. The gateway has then been told that its callback failed, and comes
   * again, whatever you do: stop, and undo what is half done. A client that hangs up aborts nothing.
   */
  readonly signal: AbortSignal;
  /**
   * `true` when a copy of this callback was begun before and never ended well: its handler failed, or its process died,
   * perhaps after a part of the work.
   */
  readonly duplicate: boolean;
}

/** Handles one callback. What it gives is not looked at; when it throws, the gateway comes again. */
export type WebhookHandler<Subject> = (subject: Subject, context: WebhookContext) => unknown;

export interface WebhookOptions {
  /**
   * What your books say of the payment that a callback tells of; nothing for an order that you do not know. **Give
   * it**: AzamPay does not sign the amount. `payment.reference` is the reference that the gateway was given; where it
   * cannot carry yours, that is `gatewayReference` of what `charge` answered.
   *
   * It is asked about payments alone, and about AzamPay's callbacks that name no payer: those are payments only where
   * it gives their `reference`, and refused where it gives nothing and there is no `onOther`.
   */
  expect?:
    | ((
        callback: any,
        payment: Payment,
      ) => Expectation | null | undefined | false | Promise<Expectation | null | undefined | false>)
    | undefined;
  /**
   * Handles a payment: it is genuine and as `expect` says. `payment.status` is what became of it; change your order
   * only where `mayBecome` says so, for callbacks come late and out of order. It may be called again for one callback:
   * when it threw, took too long, or its process died.
   */
  onPayment: WebhookHandler<Payment>;
  /** Handlers in place of `onPayment` for payments of one status. */
  on?: { readonly [Status in PaymentStatus]?: WebhookHandler<Payment> | undefined } | undefined;
  /**
   * Handles a payout that is proven, which AzamPay's in Tanzania are not. Without it payouts are acknowledged, and told
   * to `onEvent` as `ignored`.
   */
  onPayout?: WebhookHandler<Payout> | undefined;
  /** Handles all else, by its `kind`: deposits, control numbers and events that are not known. Without it as above. */
  onOther?: WebhookHandler<Payment> | undefined;
  /** Is told what became of each delivery, for a log. What it throws is ignored. */
  onEvent?: ((event: WebhookEvent) => unknown) | undefined;
  /**
   * Total time until the answer, 100 to 3,600,000 milliseconds and 8,000 by default: reading the body, proving it,
   * asking `expect` and the handler.
   */
  timeoutMs?: number | undefined;
  /**
   * How long a callback is claimed: from `timeoutMs` to 3,600,000 milliseconds; 60,000 by default, or `timeoutMs` where
   * that is longer. When a process
   * dies, its callback can be handled again only after that time.
   */
  leaseMs?: number | undefined;
}

/** What became of one delivery. Long runs of digits in `reference` and `transactionId` are masked. */
export interface WebhookEvent {
  source: ProviderName;
  /**
   * - `handled`: the handler has ended (200). With an `error`, the store has not kept that, and a copy may be handled
   *   again.
   * - `ignored`: there is no handler for it, or it is a payout that AzamPay tells unsigned (200).
   * - `duplicate`: a copy was handled before (200).
   * - `busy`: a copy is being handled (409).
   * - `undecided`: the gateway, or its key, could not be asked, or does not say the same yet; or the store did not
   *   answer in time (503).
   * - `refused`: it is not the gateway's, or not as expected (400), too long (413), or of another method (405).
   * - `failed`: the handler or `expect` failed or took too long, the store failed, or the body did not come (500).
   */
  outcome: 'handled' | 'ignored' | 'duplicate' | 'busy' | 'undecided' | 'refused' | 'failed';
  /** The HTTP status of the answer. */
  status: number;
  /** Why the callback is not valid. The sender is never told. */
  reason: CallbackReason | null;
  eventId: string | null;
  kind: PaymentKind | null;
  paymentStatus: PaymentStatus | null;
  reference: string | null;
  transactionId: string | null;
  /** What was thrown, if anything. */
  error: unknown;
}

export interface HandleOptions {
  /** The gateway that sent it, where neither `webhooks` nor the last part of the path says so. */
  gateway?: string | undefined;
  /** The body, where the framework has read it: text, bytes, or parsed. */
  body?: unknown;
}

/** Handles callbacks: as a function in Express, Connect, Nest and `node:http`, by `handle` everywhere else. */
export interface Webhooks {
  /** Answers always, and never rejects. It calls `next` only for a path that names none of its gateways. */
  (req: any, res: any, next?: ((error?: any) => void) | undefined): Promise<void>;
  /** The same for a `Request` of the Web standard. It never rejects. */
  handle(request: Request, options?: HandleOptions): Promise<Response>;
}

/** An SDK object, or a provider class's. */
type Sdk<Name extends ProviderName> = FintechSDK<Name> | FintechSDK | ProviderFace<Name>;

/**
 * Makes the handler of a gateway's callbacks, or of several: then the last part of the path names the gateway. Each
 * callback is proven, compared with `expect`, claimed, handled and committed, in this order, and answered as its
 * gateway wants. What the handler did not end well comes again; what it ended well is handled once, in all processes
 * that share the SDK object's `replay` store. An SDK object without one remembers within this process only.
 *
 * It takes the body before any parser or after it. A body of more than 256 KiB is answered with 413.
 *
 * Throws a `TypeError` that names what is missing or not known. Options are copied: changes come too late.
 *
 * ```ts
 * app.use('/hooks/azampay', webhooks(azampay, { expect, onPayment }));
 * app.use('/hooks', webhooks({ azampay, clickpesa, pesapal }, { expect, onPayment })); // /hooks/azampay, …
 * ```
 */
export declare function webhooks(
  gateways: Sdk<any> | { readonly [Name in ProviderName]?: Sdk<Name> },
  options: WebhookOptions,
): Webhooks;

export interface ReturnedOptions {
  /** Answers the browser, most often by a redirect to the order's page; in `handle` it gives a `Response`. */
  onReturn(payment: Payment, req: any, res: any): unknown;
  /**
   * What to ask the gateway for, as `getPaymentStatus` takes it. By default PesaPal's `OrderTrackingId` of the query;
   * the pages of the other gateways name nothing, so that there it is needed.
   */
  reference?: ((req: any) => string | null | undefined | Promise<string | null | undefined>) | undefined;
}

/** The handler of the customer's way back from a gateway's page. */
export interface Returned {
  /** Hands to `next` what fails: the gateway cannot be asked, or `onReturn` threw. Without `next` it answers 503. */
  (req: any, res: any, next?: ((error?: any) => void) | undefined): Promise<void>;
  /** The same for a `Request`. It never rejects: what fails is 503, as is an `onReturn` that gives no `Response`. */
  handle(request: Request): Promise<Response>;
}

/**
 * Makes the handler of `callback_url`. It believes nothing that the browser says: it asks the gateway, and gives the
 * payment as it stands, pending too. It claims nothing, so that the gateway's own callback still comes. A request that
 * names no payment of the gateway's is answered with 400.
 *
 * Anybody can open such an address: show what only the customer may see by your own session, not by this.
 *
 * Throws a `TypeError` when `onReturn` is missing.
 */
export declare function returned(sdk: Sdk<any>, options: ReturnedOptions): Returned;
