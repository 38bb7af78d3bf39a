import type { Expectation, Payment, Payout } from './payment';
import type { CallOptions } from './sdk';

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
