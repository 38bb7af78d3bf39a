import type { Fields } from '../http/message.js';
import type { Gateway } from '../types.js';
import type { Cancel } from './clock.js';
import type { FaultName } from './faults.js';

export type PaymentKind = 'push' | 'order' | 'bank' | 'card' | 'checkout' | 'payout' | 'bill';
export type PaymentStatus = 'pending' | 'paid' | 'settled' | 'failed' | 'cancelled' | 'refunded' | 'reversed';
export const DECLINE_REASONS = ['declined', 'insufficient-funds', 'wrong-pin', 'prompt-expired'] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** A payment, order or payout as the sandbox shows it. */
export interface SandboxPayment {
  gateway: Gateway;
  kind: PaymentKind;
  /** The gateway's own id, e.g. an order_tracking_id or a transactionId. */
  id: string;
  /** Your reference: merchant_reference, orderReference, externalId. */
  reference: string;
  /** Major units, as sent. */
  amount: string;
  /** ISO 4217. */
  currency: string;
  /** Masked: 2557****5678. */
  phone: string;
  /** Operator or bank, spelt as the gateway does; empty when there is none. */
  operator: string;
  status: PaymentStatus;
  /** Why it failed. */
  reason?: DeclineReason;
  /** The operator's receipt, or the gateway's confirmation code; empty until paid. */
  receipt: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
}

/** The sandbox's own record of a payment; only its gateway reads `detail`. */
export interface PaymentRecord extends Omit<SandboxPayment, 'createdAt' | 'updatedAt'> {
  createdAt: number;
  updatedAt: number;
  faults: Set<FaultName>;
  detail: Fields;
  timers: Cancel[];
}

const NEXT: Record<PaymentStatus, readonly PaymentStatus[]> = {
  pending: ['paid', 'failed', 'cancelled'],
  paid: ['settled', 'refunded', 'reversed'],
  settled: ['reversed'],
  failed: [],
  cancelled: [],
  refunded: [],
  reversed: [],
};

/** Whether a payment may go from its status to `to`: the gateways' documented transitions. */
export function mayBecome(payment: Pick<PaymentRecord, 'kind' | 'status'>, to: PaymentStatus): boolean {
  if (payment.kind === 'payout' && payment.status === 'pending') return ['paid', 'refunded', 'reversed'].includes(to);
  // The customer may try again on an order's page, and a failed order may be cancelled.
  if (payment.kind === 'order' && payment.status === 'failed') return ['paid', 'failed', 'cancelled'].includes(to);
  return NEXT[payment.status].includes(to);
}

/** Payments kept; the oldest go first, and their references become free again. */
const MAX_PAYMENTS = 2_000;

export class PaymentBook {
  private readonly byId = new Map<string, PaymentRecord>();
  private readonly byReference = new Map<string, PaymentRecord>();

  add(payment: PaymentRecord): void {
    this.byId.set(`${payment.gateway}:${payment.id}`, payment);
    this.byReference.set(referenceKey(payment.gateway, payment.kind, payment.reference), payment);
    if (this.byId.size > MAX_PAYMENTS) {
      const oldest = this.byId.values().next().value;
      if (oldest) this.remove(oldest);
    }
  }

  get(gateway: Gateway, id: string): PaymentRecord | undefined {
    return this.byId.get(`${gateway}:${id}`);
  }

  /** The newest payment of one gateway under a reference; payouts have references of their own. */
  byRef(gateway: Gateway, reference: string, kind?: 'payout'): PaymentRecord | undefined {
    return this.byReference.get(referenceKey(gateway, kind ?? 'push', reference));
  }

  /** The newest payment, of any gateway, with this reference or gateway id. */
  find(reference: string): PaymentRecord | undefined {
    return this.all()
      .reverse()
      .find((payment) => payment.reference === reference || payment.id === reference);
  }

  all(): PaymentRecord[] {
    return [...this.byId.values()];
  }

  clear(): void {
    this.byId.clear();
    this.byReference.clear();
  }

  private remove(payment: PaymentRecord): void {
    for (const cancel of payment.timers.splice(0)) cancel();
    this.byId.delete(`${payment.gateway}:${payment.id}`);
    const key = referenceKey(payment.gateway, payment.kind, payment.reference);
    if (this.byReference.get(key) === payment) this.byReference.delete(key);
  }
}

const referenceKey = (gateway: Gateway, kind: PaymentKind, reference: string) =>
  `${gateway}:${kind === 'payout' ? 'payout' : 'payment'}:${reference}`;
