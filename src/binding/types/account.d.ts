import type { Money } from './charge';
import type { ProviderName } from './gateways';
import type { Operation } from './operation';
import type { CallOptions } from './sdk';

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
