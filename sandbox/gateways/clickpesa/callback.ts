import type { CallbackDraft } from '../../engine/deliver.js';
import { tenfold } from '../../engine/money.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { type Fields, isFields, parseFields } from '../../http/message.js';
import { JSON_HEADERS } from '../sample.js';
import { clickpesaChecksum } from './checksum.js';
import { customerOf, DECLINES, isoTime, payoutRow } from './rows.js';
import { CREDENTIALS, type World } from './world.js';

/** The `data` of PAYMENT RECEIVED. */
export function receivedData(payment: PaymentRecord, clientId: string): Fields {
  const amount = payment.faults.has('wrong-amount') ? tenfold(payment.amount) : payment.amount;
  return {
    id: payment.id,
    status: payment.status === 'settled' ? 'SETTLED' : 'SUCCESS',
    paymentReference: payment.receipt,
    paymentPhoneNumber: payment.phone,
    orderReference: payment.reference,
    collectedAmount: String(Number(amount)),
    collectedCurrency: payment.currency,
    message: 'success',
    channel: payment.operator,
    updatedAt: isoTime(payment.updatedAt),
    createdAt: isoTime(payment.createdAt),
    customer: customerOf(payment),
    clientId,
  };
}

/** The `data` of PAYMENT FAILED: no amount, no customer. */
export function failedData(payment: PaymentRecord, clientId: string): Fields {
  return {
    id: payment.id,
    status: 'FAILED',
    channel: payment.operator,
    orderReference: payment.reference,
    message: DECLINES[payment.reason ?? 'declined'],
    updatedAt: isoTime(payment.updatedAt),
    createdAt: isoTime(payment.createdAt),
    clientId,
  };
}

/** The `data` of early 2025. */
export function oldData(payment: PaymentRecord): Fields {
  const { customerName: name, customerEmail: email, customerPhoneNumber: phone } = customerOf(payment);
  const amount = payment.faults.has('wrong-amount') ? tenfold(payment.amount) : payment.amount;
  return {
    paymentId: payment.id,
    orderReference: payment.reference,
    amount: Number(amount).toFixed(2),
    currency: payment.currency,
    status: payment.status === 'failed' ? 'FAILED' : 'SUCCESS',
    customer: { name, email, phone },
    createdAt: isoTime(payment.createdAt),
    updatedAt: isoTime(payment.updatedAt),
  };
}

function eventOf(payment: PaymentRecord): string | undefined {
  if (payment.kind === 'payout') {
    const events: Record<string, string> = {
      paid: 'PAYOUT INITIATED',
      refunded: 'PAYOUT REFUNDED',
      reversed: 'PAYOUT REVERSED',
    };
    return events[payment.status];
  }
  if (payment.status === 'failed') return 'PAYMENT FAILED';
  return payment.status === 'paid' || payment.status === 'settled' ? 'PAYMENT RECEIVED' : undefined;
}

function dataOf(payment: PaymentRecord): Fields {
  const clientId = CREDENTIALS.CLICKPESA_CLIENT_ID;
  if (payment.kind === 'payout') return payoutRow(payment);
  if (payment.faults.has('old-shape')) return oldData(payment);
  return payment.status === 'failed' ? failedData(payment, clientId) : receivedData(payment, clientId);
}

export async function clickpesaCallback(payment: PaymentRecord, world: World): Promise<CallbackDraft | undefined> {
  const event = eventOf(payment);
  // A checkout link's own callbackUrl hears of success only; the account's webhook hears of everything.
  const own = payment.detail['callbackUrl'];
  const url = typeof own === 'string' && event === 'PAYMENT RECEIVED' ? own : world.webhooks.urls.clickpesa;
  if (!event || !url) return undefined;
  const headers: Record<string, string> = { ...JSON_HEADERS };
  const body = signed({ [world.switches.clickpesaEventKey]: event, data: dataOf(payment) }, payment, world, headers);
  return { event, method: 'POST', url, headers, body: JSON.stringify(body) };
}

function signed(body: Fields, payment: PaymentRecord, world: World, headers: Record<string, string>): Fields {
  const { clickpesaChecksumPlace: place, clickpesaChecksumMethod: method } = world.switches;
  if (!world.own.checksum || place === 'none' || payment.faults.has('unsigned')) return body;
  const key = payment.faults.has('wrong-key') ? 'CHKanotherKey' : CREDENTIALS.CLICKPESA_CHECKSUM_KEY;
  if (place === 'data') {
    const data = body['data'] as Fields;
    return { ...body, data: { ...data, checksum: clickpesaChecksum(data, key, method) } };
  }
  const checksum = clickpesaChecksum(body, key, method);
  if (place === 'body') return { ...body, checksum };
  headers['X-ClickPesa-Signature'] = checksum;
  return body;
}

/** Any 2xx. */
export const accepts = ({ status }: { status: number }) => ({ accepted: status >= 200 && status < 300 });

/** A forger tells more money. */
export function tamper(draft: CallbackDraft): CallbackDraft {
  const body = parseFields(draft.body) ?? {};
  const data = isFields(body['data']) ? body['data'] : {};
  const name = 'amount' in data ? 'amount' : 'collectedAmount';
  const raised = { ...data, [name]: String(Number(data[name] ?? 0) * 10 || 1_000_000) };
  return { ...draft, body: JSON.stringify({ ...body, data: raised }) };
}
