import type {
  CallOptions,
  ChargeRequest,
  FinConnectError,
  FintechSDK,
  Money,
  Payment,
  PayoutRequest,
  PayoutResult,
  ProviderFace,
  ProviderName,
  RefundRequest,
} from '../../index.js';
import type { Dashboard, DashboardOptions } from '../dashboard/index.js';
import type { WebhookOptions, Webhooks } from '../webhooks/index.js';
import type { HealthOptions, LedgerHealth } from './health.js';
import type { LedgerKind, LedgerLife, LedgerPayment, LedgerSource, LedgerStatus } from './payment.js';

export type { Dashboard, DashboardOptions } from '../dashboard/index.js';
export * from './health.js';
export * from './payment.js';

/** Where a ledger keeps its three tables, as `sqlite()` and `postgres()` give it. */
export interface LedgerStore {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The transaction that writes the status. What you write through it counts if, and only if, the status does. */
export interface LedgerTransaction {
  /** Runs one statement; `values` stand for its `?` (SQLite) or `$1` (PostgreSQL). Resolves with the rows. */
  query(text: string, values?: readonly any[]): Promise<any[]>;
  /** PostgreSQL: the client of your pool, or what your adapter's `transaction` gave. */
  readonly client?: any;
  /** `sqlite(db)`: your own database. */
  readonly db?: any;
}

/** What a handler is told beside the payment. */
export interface LedgerContext {
  /** The same whenever this event is told: `BOOKING-17/1/succeeded`. */
  readonly eventId: string;
  readonly source: LedgerSource;
  /** Aborts after 8 s: the transaction is rolled back, the status kept, and the event told again. */
  readonly signal: AbortSignal;
}

/**
 * Handles one event. When it throws, or does not end in time, what it wrote through `tx` is rolled back, and the event
 * is told again. It may not call the ledger: that would wait for its own transaction, and rejects.
 */
export type LedgerHandler<Context = LedgerContext> = (
  payment: LedgerPayment,
  tx: LedgerTransaction,
  context: Context,
) => unknown;

/** What is about to be sent, as your rule sees it. */
export interface Intent {
  readonly reference: string;
  readonly kind: LedgerKind;
  readonly amount: string;
  readonly currency: string;
  /** The whole number, in digits. */
  readonly phone: string | null;
  readonly description: string | null;
  readonly gateway: ProviderName;
  readonly attempt: number;
}

/** What was asked for before from, or for, the same phone. */
export interface IntentHistory {
  /** Attempts of the last `withinMs` milliseconds (default a day), the newest first, at most 1,000. */
  recent(options?: {
    withinMs?: number | undefined;
  }): Promise<
    readonly Pick<
      LedgerPayment,
      'reference' | 'kind' | 'status' | 'amount' | 'currency' | 'gateway' | 'attempt' | 'createdAt'
    >[]
  >;
}

/** Refuses an intent by giving a text that says why, or `false`. Nothing, `null` or `true` lets it pass. */
export type Before = (intent: Intent, history: IntentHistory) => unknown;

export interface LedgerOptions {
  /** `FintechSDK` objects, or those of provider classes, by the names of their gateways. */
  gateways: { readonly [Name in ProviderName]?: FintechSDK<Name> | ProviderFace<Name> | undefined };
  /**
   * Handles what became of a payment: `succeeded`, `failed`, `reversed` or `refunded`. Fulfil the order in `tx`, and it
   * is fulfilled once; do elsewhere only what may be done twice, and tell it apart by `eventId`.
   */
  onPayment?: LedgerHandler | undefined;
  /** Handles what became of a payout. */
  onPayout?: LedgerHandler | undefined;
  /** Handles what became of a refund. */
  onRefund?: LedgerHandler | undefined;
  /**
   * Handles a payment that was paid a second time, by another attempt. `refund` is what `ledger.refund()` takes; `null`
   * where that gateway has no refunds: give it back by a payout.
   */
  onDuplicate?: LedgerHandler<LedgerContext & { readonly refund: LedgerRefund | null }> | undefined;
  /**
   * Hears why a handler failed, and why a gateway could not be asked, which no call of yours rejects with. `eventId`:
   * of the handler's event.
   */
  onError?:
    | ((error: unknown, about: { readonly reference: string; readonly eventId: string | null }) => unknown)
    | undefined;
  /**
   * Your rule, asked after an intent was written down and before it is sent. One that throws, or has not answered after
   * 10 s, refuses.
   */
  before?: Before | undefined;
  /** Whether another gateway of `via` may be asked after this refusal; it answers at once. Without it, none is. */
  rule?: ((refusal: FinConnectError) => boolean) | undefined;
  /** The time in milliseconds, for tests. Default `Date.now`. */
  clock?: (() => number) | undefined;
  /** `false`: handlers are told by other processes, not by this one. Default `true`. */
  delivers?: boolean | undefined;
}

/** The gateway to ask, or several, each only after the one before has certainly done nothing. */
export type Via = ProviderName | readonly ProviderName[];

export interface LedgerCharge extends ChargeRequest {
  /** Default: the first of the ledger's `gateways` that has `charge`. It is no parameter: the first answer stands. */
  via?: Via | undefined;
}

export interface LedgerPayout extends PayoutRequest {
  via?: Via | undefined;
  /** The payment that it is a part of: with all other refunds and parts it must not be more than that brought. */
  of?: string | undefined;
}

export interface LedgerRefund extends Omit<RefundRequest, 'transactionId' | 'confirmationCode' | 'amount'> {
  /** Your own reference of the refund. */
  reference: string;
  /** The reference of the payment. */
  of: string;
  /** Which attempt, where the payment was paid twice. Default: the one that counts. */
  attempt?: number | undefined;
  /** Major units; default: the whole payment. */
  amount?: Money | undefined;
}

/** One recipient of a part. */
export type Part = PayoutRequest['to'] & {
  reference: string;
  amount: Money;
  /** The recipient's name. AzamPay needs it. */
  name?: string | undefined;
  description?: string | undefined;
};

export interface LedgerFilter {
  status?: LedgerStatus | undefined;
  kind?: LedgerKind | undefined;
  gateway?: ProviderName | undefined;
  /** Begun at this time or later, and before `to`. */
  from?: Date | number | string | undefined;
  to?: Date | number | string | undefined;
  /** Only what a person should look at. */
  attention?: boolean | undefined;
}

export interface SweepOptions {
  /** Attempts of each gateway, and events, at most: 1 to 10,000, default 500. */
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
  /** The time that it counts as, for tests. */
  now?: Date | number | undefined;
}

export interface Sweep {
  /** What has another status now. A sweep that rejects has done all the rest. */
  readonly changed: readonly LedgerPayment[];
  /** How many attempts the gateways were asked about. */
  readonly asked: number;
  /** How many events your handlers have done with, and how many they have failed. */
  readonly handled: number;
  readonly failed: number;
}

/** A row that a gateway's list, its statement or a CSV file tells. */
export type ForeignRow =
  | Payment
  | PayoutResult
  | {
      readonly reference?: string | null;
      readonly amount?: string | number | null;
      readonly currency?: string | null;
      readonly status?: string | null;
      readonly transactionId?: string | null;
    };

export interface CompareOptions {
  gateway: ProviderName;
  /** The period of `rows`. What was begun in it here and is not among them is `missing-there`. */
  from: Date | number | string;
  to: Date | number | string;
  /** Default `'payment'`. */
  kind?: 'payment' | 'payout' | undefined;
}

export interface Difference<Row = ForeignRow> {
  /** `twice`: one row more about a payment that was told already. */
  readonly kind: 'missing-here' | 'missing-there' | 'differs' | 'twice';
  /** Your own reference; of what is missing here, the gateway's. */
  readonly reference: string | null;
  /** As the attempt of that row stands. */
  readonly here: LedgerPayment | null;
  readonly there: Row | null;
  /** What differs. */
  readonly fields: readonly ('amount' | 'currency' | 'status')[];
}

/** Payments that are written down before they leave, asked about until they are known, and fulfilled once. */
export interface Ledger {
  /**
   * Asks a customer for money, once for each `reference`. The intent is durable before it is sent. Asked again with the
   * same parameters, from any process, it resolves with the first answer and sends nothing.
   *
   * Resolves with what became of the request, also when the gateway refused it (`status: 'failed'`, with `advice`) or
   * nobody knows (`'unknown'`). Rejects, and has sent nothing, with `INVALID_REQUEST` (nothing is written down),
   * `REFERENCE_CONFLICT`, `BLOCKED`, or a code that begins with `LEDGER_`.
   */
  charge(charge: LedgerCharge, options?: CallOptions): Promise<LedgerPayment>;
  /** Sends money, once for each `reference`. It resolves and rejects as `charge` does, also with `NOT_COVERED`. */
  payout(payout: LedgerPayout, options?: CallOptions): Promise<LedgerPayment>;
  /**
   * Gives a payment back by the gateway that took it, once for each `reference`. It resolves and rejects as `charge`
   * does, also with `NOT_COVERED` and `NOT_SUPPORTED`. It has succeeded when the gateway tells the payment as reversed.
   */
  refund(refund: LedgerRefund, options?: CallOptions): Promise<LedgerPayment>;
  /**
   * Pays out parts of a payment to up to 100 recipients, one after the other. When they are more than is left of the
   * payment, or a reference is another's, none is sent. When one rejects, its message names those that were sent;
   * called again it goes on: each part is sent once.
   */
  split(
    split: { of: string; to: readonly Part[]; via?: Via | undefined },
    options?: CallOptions,
  ): Promise<LedgerPayment[]>;
  /**
   * Makes the next attempt of a payment or payout that has failed, under a gateway reference of its own. One whose
   * outcome is unknown is sent again only where its gateway makes that safe. Everything else rejects with `NOT_FINAL`.
   * `via` and the customer's `phone` may change.
   */
  retry(
    reference: string,
    changes?: { via?: Via | undefined; phone?: string | undefined },
    options?: CallOptions,
  ): Promise<LedgerPayment>;
  /** A payment with all attempts and events; `null` where there is none. It asks no gateway. */
  get(reference: string): Promise<LedgerLife | null>;
  /** All payments that `filter` lets through, the oldest first, read page by page. */
  find(filter?: LedgerFilter): AsyncIterable<LedgerPayment>;
  /**
   * Sets the status that a person has found out, and says who and why. Handlers are told as of any other. With the
   * status that it has, a payment is taken from the list of those that need attention. Rejects with `INVALID_REQUEST`
   * where `mayBecome` does not allow it.
   */
  resolve(reference: string, status: LedgerStatus, said: { by: string; note: string }): Promise<LedgerPayment>;
  /**
   * Asks the gateways about what is due, and tells your handlers again of what they have not done with. Call it every
   * minute, on as many machines as you like: each due row is asked about once.
   */
  sweep(options?: SweepOptions): Promise<Sweep>;
  /**
   * How the money stands: conversion, time to pay, what is unknown, what needs attention, and four rules of when
   * somebody should look. It asks no gateway, and takes as long with a million payments as with 5,000. Callbacks and
   * logins are not in the tables: it tells those of this process, logins from its first call on.
   */
  health(options?: HealthOptions): Promise<LedgerHealth>;
  /**
   * The handler of `finconnect/webhooks` that takes callbacks into this ledger. A payment that the ledger does not know
   * is refused with 400.
   */
  webhooks(options?: Omit<WebhookOptions, 'expect' | 'onPayment' | 'onPayout' | 'on'>): Webhooks;
  /** Pages about the money, as a handler. Mount it behind a login of your own: it has none. */
  dashboard(options?: DashboardOptions): Dashboard;
  /** How the gateway's own list differs from the ledger. */
  compare<Row extends ForeignRow>(
    rows: Iterable<Row> | AsyncIterable<Row>,
    options: CompareOptions,
  ): AsyncIterable<Difference<Row>>;
  /** Ends it when what is under way has ended. Your own database, pool and SDK objects stay open. */
  close(): Promise<void>;
}

/** What `sqlite()` takes as your own database: that of `node:sqlite`, `better-sqlite3` 12 or `bun:sqlite`. */
export interface SqliteDatabase {
  prepare(text: string): any;
  exec(text: string): unknown;
}

/** A client of PostgreSQL other than `pg`. */
export interface PostgresAdapter {
  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it rejects. `query` runs one statement with
   * `values` for its `$1`, `$2` …, and resolves with the rows, or with `{ rows }`. Handlers get `app` as `tx.client`.
   */
  transaction(
    work: (tx: { query(text: string, values: any[]): Promise<any>; app?: any }) => Promise<any>,
  ): Promise<any>;
}

/**
 * Keeps a ledger in SQLite. A path: in a thread of its own, by `node:sqlite` (Node 22.13 or newer). Your own database:
 * in one transaction with your tables; `synchronous = FULL` is set on it.
 *
 * `prefix`: of the three tables, `finconnect_` by default.
 */
export declare function sqlite(
  database: string | SqliteDatabase,
  options?: { prefix?: string | undefined },
): LedgerStore;

/** Keeps a ledger in PostgreSQL, for many machines: by a `Pool` of `pg`, or by an adapter of another client. */
export declare function postgres(
  pool: { connect(): Promise<any>; query(text: string, values?: any[]): Promise<any> } | PostgresAdapter,
  options?: { prefix?: string | undefined; schema?: string | undefined },
): LedgerStore;

/** Opens a ledger: makes or migrates its tables, and resolves when it can be used. Rejects with what is wrong. */
export declare function openLedger(store: LedgerStore, options: LedgerOptions): Promise<Ledger>;

/** A rule that refuses more than `most` tries of a kind by one phone within `withinMs`: up to 31 days. */
export declare function triesPerPhone(options: { most: number; withinMs: number }): Before;
/** A rule that refuses more than so much of each currency, in major units, at one time. */
export declare function amountLimit(limits: Readonly<Record<string, Money>>): Before;
/** A rule that refuses phones, which stand with their country code: up to 1,000,000. */
export declare function refusedPhones(phones: Iterable<string>): Before;
/** The rules one after the other; the first that refuses is told. */
export declare function all(...rules: readonly Before[]): Before;

/** A source of CSV: text, bytes, or a stream of them. */
export type CsvSource = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Reads CSV row by row, each an object by the names of the first row. `columns` chooses: a list of those names, or an
 * object of them by the names that you want. A field may have 64 KiB, a row 1 MiB and 1,000 columns; what cannot be
 * read rejects with code `INVALID_CSV` and the line.
 */
export declare function fromCsv(
  source: CsvSource,
  options?: { columns?: readonly string[] | Readonly<Record<string, string>> | undefined },
): AsyncIterable<Record<string, string>>;

/**
 * Writes rows as CSV, some hundred at a time. `columns`: names of members, or headings by such names. What a
 * spreadsheet would take for a formula begins with `'`.
 */
export declare function toCsv(
  rows: Iterable<object> | AsyncIterable<object>,
  options: { columns: readonly string[] | Readonly<Record<string, string>> },
): AsyncIterable<string>;
