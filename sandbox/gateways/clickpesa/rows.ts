import type { PaymentRecord, PaymentStatus } from '../../engine/payments.js';
import type { Fields } from '../../http/message.js';
import { CREDENTIALS } from './world.js';

export const DECLINES = {
  declined: 'Transaction cancelled by customer',
  'insufficient-funds': 'Insufficient balance',
  'wrong-pin': 'Invalid PIN',
  'prompt-expired': 'Transaction timed out',
};

export const isoTime = (time: number) => new Date(time).toISOString();

export interface ClickpesaCustomer {
  customerName: string;
  customerEmail?: string;
  customerPhoneNumber: string;
}

export function customerOf(payment: PaymentRecord): ClickpesaCustomer {
  const given = payment.detail['customer'] as Partial<ClickpesaCustomer> | undefined;
  return { customerName: 'Asha Juma', customerEmail: 'asha@example.com', customerPhoneNumber: payment.phone, ...given };
}

export interface Payout {
  amount: number;
  currency: string;
  reference: string;
  /** What the account pays, in its own currency: amount and fee. */
  total: number;
  fee: number;
  exchanged: boolean;
  channel: string;
  channelProvider: string;
  beneficiary: Fields;
  transferType?: string;
}

const STATUS_NAMES: Record<PaymentStatus, string> = {
  pending: 'PROCESSING',
  paid: 'SUCCESS',
  settled: 'SETTLED',
  failed: 'FAILED',
  cancelled: 'FAILED',
  refunded: 'REFUNDED',
  reversed: 'REVERSED',
};

export function paymentRow(payment: PaymentRecord): Fields {
  return {
    id: payment.id,
    status: STATUS_NAMES[payment.status],
    paymentReference: payment.receipt,
    paymentPhoneNumber: payment.phone,
    orderReference: payment.reference,
    collectedAmount: Number(payment.amount) * (payment.faults.has('wrong-amount') ? 10 : 1),
    collectedCurrency: payment.currency,
    message: payment.reason
      ? DECLINES[payment.reason]
      : payment.status === 'pending'
        ? 'Payment is being processed'
        : 'success',
    updatedAt: isoTime(payment.updatedAt),
    createdAt: isoTime(payment.createdAt),
    customer: customerOf(payment),
    clientId: CREDENTIALS.CLICKPESA_CLIENT_ID,
  };
}

const PAYOUT_STATUS: Record<string, string> = {
  pending: 'AUTHORIZED',
  paid: 'SUCCESS',
  refunded: 'REFUNDED',
  reversed: 'REVERSED',
};

/** A payout as queries and webhooks show it: amounts as text with two decimals. */
export function payoutRow(payment: PaymentRecord): Fields {
  const payout = payment.detail as unknown as Payout;
  const updatedAt = isoTime(payment.updatedAt);
  return {
    id: payment.id,
    createdAt: isoTime(payment.createdAt),
    updatedAt,
    orderReference: payment.reference,
    amount: payout.total.toFixed(2),
    currency: payment.currency,
    fee: payout.fee.toFixed(2),
    status: PAYOUT_STATUS[payment.status],
    channel: payout.channel,
    channelProvider: payout.channelProvider,
    ...(payout.transferType && { transferType: payout.transferType }),
    beneficiary: payout.beneficiary,
    clientId: CREDENTIALS.CLICKPESA_CLIENT_ID,
    ...(payment.status === 'refunded' && { refund: { message: 'Payout refunded', refundedAt: updatedAt } }),
    ...(payment.status === 'reversed' && {
      reverse: { message: 'Payout reversed', reversedAt: updatedAt, reversedWithFee: true },
    }),
  };
}
