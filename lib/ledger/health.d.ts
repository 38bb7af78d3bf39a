import type { CallbackReason, FinConnectErrorCode, ProviderName } from '../../index.js';
import type { LedgerPayment } from './payment.js';

export interface HealthOptions {
  /** The time that is looked at, up to now, in milliseconds: 60,000 to 31 days, by default a day. */
  withinMs?: number | undefined;
}

/** When somebody should look, and what to do. */
export interface HealthRule {
  /**
   * - `callbacks-silent`: payments were known by asking, and none by a callback: the URL is not registered.
   * - `oldest-unknown`: a payment has been unknown for more than 15 minutes.
   * - `forged`: a callback to this process was surely not the gateway's.
   * - `logins-failing`: the last three logins of this process failed.
   */
  readonly rule: 'callbacks-silent' | 'oldest-unknown' | 'forged' | 'logins-failing';
  readonly isFiring: boolean;
  /** For which gateways; empty of `oldest-unknown`. */
  readonly gateways: readonly ProviderName[];
  /** What is so and, where it fires, what to do. */
  readonly says: string;
}

/** How the money stands. Its rows are at most the newest 5,000 payments of the time. */
export interface LedgerHealth {
  readonly rules: readonly HealthRule[];
  readonly at: Date;
  /** The beginning of the time, or the oldest payment that was read where there were more than 5,000. */
  readonly from: Date;
  /** Whether all payments of the time were read. */
  readonly isWhole: boolean;
  /** How many were read: payments, payouts and refunds. */
  readonly payments: number;
  /** Payments that customers were asked for, each attempt by itself, without those that your `before` refused. */
  readonly conversion: readonly {
    readonly gateway: ProviderName;
    /** `null` where nobody told it, as of a page. */
    readonly operator: string | null;
    readonly succeeded: number;
    readonly failed: number;
    readonly open: number;
    /** The part that succeeded of those that are final; `null` where none is. */
    readonly rate: number | null;
  }[];
  readonly gateways: readonly {
    readonly gateway: ProviderName;
    /** Who told first that one was paid, or whether a callback came later: a callback, a sweep, or another. */
    readonly settled: { readonly callback: number; readonly asking: number; readonly other: number };
    /** From the push to its final status, of what the gateway had accepted. */
    readonly finalMs: { readonly count: number; readonly p50: number | null; readonly p95: number | null };
  }[];
  /** Of all times, up to 1,000; one whose sender died counts as soon as its answer cannot come any more. */
  readonly unknown: { readonly count: number; readonly oldestMs: number | null };
  /** What a person should look at, of all times, up to 1,000. */
  readonly attention: readonly { readonly reason: NonNullable<LedgerPayment['attention']>; readonly count: number }[];
  /** Payments that were paid by two attempts. */
  readonly doublePayments: number;
  /** Since when this process counts callbacks: since the ledger was opened. */
  readonly callbacksSince: Date;
  /** Callbacks to `ledger.webhooks()` of this process. */
  readonly callbacks: readonly {
    readonly gateway: ProviderName;
    /** By `reason`, or by `outcome` of those that are valid, as `onEvent` tells them. */
    readonly verdicts: Readonly<Record<CallbackReason | 'handled' | 'ignored' | 'failed' | (string & {}), number>>;
    /**
     * Those with a wrong signature, and payments without one where there must be one. Where only the gateway can tell,
     * as at PesaPal, none counts.
     */
    readonly forged: number;
    readonly forgedAt: Date | null;
  }[];
  /** Since when this process counts logins: since its first `health()`. */
  readonly loginsSince: Date;
  /** Logins of this process at the gateways. */
  readonly logins: readonly {
    readonly gateway: ProviderName;
    readonly succeeded: number;
    readonly failed: number;
    readonly failedInARow: number;
    /** Why the last one failed; `null` when it succeeded. */
    readonly code: FinConnectErrorCode | null;
  }[];
}

/**
 * The health of a ledger as text that Prometheus reads, for your route `/metrics`. `examples/prometheus-rules.yml` and
 * `examples/grafana-dashboard.json` of the package use its names.
 */
export declare function metricsText(health: LedgerHealth): string;
