import { settle } from '../../engine/lifecycle.js';
import { tenfold } from '../../engine/money.js';
import { mayBecome, type PaymentRecord } from '../../engine/payments.js';
import { json, type Reply, textOf } from '../../http/message.js';
import { maskPhone } from '../../http/redact.js';
import { browserReturn, trackingId } from './page.js';
import { isRenewal } from './renewal.js';
import { dotNetDate, EAST_AFRICA_MS, envelopeStatus, HEADERS, noMembers, pesapalError } from './replies.js';
import type { Call, World } from './world.js';

const CODES = { pending: 0, paid: 1, settled: 1, failed: 2, refunded: 3, reversed: 3 };
const NAMES = ['INVALID', 'Completed', 'Failed', 'Reversed'];
const REASONS = {
  declined: { code: 'request_terminated_by_user', text: null },
  'insufficient-funds': { code: 'insufficient_funds', text: 'Insufficient funds' },
  'wrong-pin': { code: 'wrong_pin', text: 'Wrong PIN' },
  'prompt-expired': { code: 'request_timed_out', text: 'The request timed out' },
};

export function transactionStatus({ world, query }: Call): Reply {
  const payment = world.payments.get('pesapal', trackingId(query));
  return payment
    ? statusReply(payment, world)
    : pesapalError(world, 'invalid_request_error', 'invalid_api_request_parameters', '');
}

function statusReply(payment: PaymentRecord, world: World): Reply {
  const code = payment.status === 'cancelled' ? world.switches.pesapalCancelledCode : CODES[payment.status];
  const reason = payment.reason && REASONS[payment.reason];
  const callBackUrl = browserReturn(payment, world);
  const paid = code === 1 || code === 3;
  const unpaid = {
    error_type: 'api_error',
    code: 'payment_details_not_found',
    message: 'Pending Payment',
    call_back_url: callBackUrl,
  };
  const error = code === 0 ? unpaid : noMembers(world);
  const body = {
    payment_method: code === 0 ? '' : payment.operator || methodFor(payment.currency),
    amount: AMOUNT,
    created_date: dotNetDate(world, payment.createdAt + EAST_AFRICA_MS, 2),
    confirmation_code: paid ? payment.receipt : '',
    order_tracking_id: payment.id,
    payment_status_description: NAMES[code],
    description: reason?.text ?? null,
    message: 'Request processed successfully',
    payment_account: code === 0 ? '' : maskPhone(payment.phone).replace('****', 'xxx'),
    call_back_url: callBackUrl,
    status_code: code,
    merchant_reference: payment.reference,
    payment_status_code: reason?.code ?? '',
    currency: payment.currency,
    ...(error !== undefined && { error }),
    status: envelopeStatus(world, code === 0 ? '500' : '200'),
    ...(isRenewal(payment) && { subscription_transaction_info: renewalOf(payment) }),
  };
  const amount = Number(payment.faults.has('wrong-amount') ? tenfold(payment.amount) : payment.amount);
  // PesaPal keeps the decimals of a number, which JSON.stringify would drop.
  const text = JSON.stringify(body).replaceAll(`"${AMOUNT}"`, amount.toFixed(2));
  return { ...json(200, null, HEADERS), body: text };
}

const AMOUNT = '@amount';

const renewalOf = ({ reference, createdAt, detail }: PaymentRecord) => ({
  account_reference: reference,
  amount: AMOUNT,
  first_name: textOf(detail['firstName']),
  last_name: textOf(detail['lastName']),
  correlation_id: Math.trunc(createdAt / 1000) % 1_000_000,
});

/** What the customer most likely pays with where a currency is at home. */
function methodFor(currency: string): string {
  const methods: Record<string, string> = {
    KES: 'MpesaKE',
    TZS: 'TIGO',
    UGX: 'MTN',
    RWF: 'MTN',
    ZMW: 'MTN',
    MWK: 'Airtel',
  };
  return methods[currency] ?? 'Visa';
}

/** Queued, not done: the status shows REVERSED later. One refund a payment; mobile money only in full. */
export function refund({ world, fields = {} }: Call): Reply {
  const code = textOf(fields['confirmation_code']);
  const amount = Number(textOf(fields['amount']) || NaN);
  const payment = world.payments.all().find((found) => found.gateway === 'pesapal' && found.receipt === code);
  const refuse = (message: string) => plain(world, '500', message);
  if (!textOf(fields['username']) || !textOf(fields['remarks']))
    return refuse('Refund request failed: username and remarks are required');
  if (!code || payment?.status !== 'paid')
    return refuse('Refund request failed: no completed payment has this confirmation code');
  if (payment.detail['refundAsked']) return refuse('Refund request failed: a refund was already requested');
  if (!(amount > 0) || amount > Number(payment.amount)) return refuse('Refund request failed: invalid amount');
  if (payment.operator !== 'Visa' && amount !== Number(payment.amount))
    return refuse('Refund request failed: mobile money is refunded in full only');
  payment.detail['refundAsked'] = true;
  const reverse = async () => {
    if (mayBecome(payment, 'reversed')) await settle(world, payment, 'reversed');
  };
  payment.timers.push(world.clock.after(world.switches.pesapalRefundAfterMs, reverse));
  return plain(world, '200', 'Refund request successfully');
}

export async function cancelOrder({ world, fields = {} }: Call): Promise<Reply> {
  const payment = world.payments.get('pesapal', textOf(fields['order_tracking_id']).toLowerCase());
  if (!payment || !mayBecome(payment, 'cancelled')) return plain(world, '500', 'Order could not be cancelled.');
  await settle(world, payment, 'cancelled');
  return plain(world, '200', 'Order successfully cancelled.');
}

function plain(world: World, status: '200' | '500', message: string): Reply {
  if (status === '500' && world.switches.pesapalRefusal === 'error')
    return pesapalError(world, 'invalid_request_error', 'invalid_api_request_parameters', message);
  return json(200, { status: envelopeStatus(world, status), message }, HEADERS);
}
