import type { Fields } from '../http/message.js';
import { maskPhone } from '../http/redact.js';
import { type FaultName, stageOf } from './faults.js';
import type { Call } from './gateway.js';
import {
  type DeclineReason,
  mayBecome,
  type PaymentKind,
  type PaymentRecord,
  type PaymentStatus,
  type SandboxPayment,
} from './payments.js';
import type { World } from './world.js';

export interface NewPayment {
  kind: PaymentKind;
  id: string;
  reference: string;
  amount: string;
  currency: string;
  phone?: string;
  operator?: string;
  detail?: Fields;
}

/** Records a payment made by `call`, and arranges how it ends. */
export async function openPayment(call: Call<World>, given: NewPayment): Promise<PaymentRecord> {
  const payment = record(call, given);
  await arrange(call, payment);
  return payment;
}

/** Asks the customer of a recorded payment on the phone, by `call`, and arranges how that ends. */
export async function prompt(
  call: Call<World>,
  payment: PaymentRecord,
  phone: string,
  operator: string,
): Promise<void> {
  Object.assign(payment, { kind: 'push', phone, operator });
  for (const fault of call.faults) payment.faults.add(fault);
  call.world.events.emit({ type: 'payment', payment: publicPayment(payment) });
  await arrange(call, payment);
}

/** Records a payment made by `call`, which nobody is asked for yet. */
export function record(call: Call<World>, given: NewPayment): PaymentRecord {
  const { gateway, world } = call;
  const now = world.clock.now();
  const payment: PaymentRecord = {
    phone: '',
    operator: '',
    detail: {},
    ...given,
    gateway,
    status: 'pending',
    receipt: '',
    createdAt: now,
    updatedAt: now,
    faults: new Set(call.faults),
    timers: [],
  };
  world.payments.add(payment);
  world.events.emit({ type: 'payment', payment: publicPayment(payment) });
  return payment;
}

async function arrange(call: Call<World>, payment: PaymentRecord): Promise<void> {
  if (payment.faults.has('callback-first')) await settle(call.world, payment, 'paid');
  else arrangeEnd(call, payment);
}

/** How a payment ends by itself: by its fault, by `settleAfterMs`, or by the prompt's expiry. */
function arrangeEnd({ world, later }: Call<World>, payment: PaymentRecord): void {
  const end = payment.kind === 'payout' ? payoutEnd(payment) : outcomeFault(payment);
  const nobodyAsked = payment.kind === 'payout' || payment.kind === 'bank';
  const delay = world.settleAfterMs ?? (nobodyAsked ? BANK_TAKES_MS : end ? 0 : undefined);
  const run = () => finish(world, payment, end?.status ?? 'paid', end?.reason);
  if (delay === undefined) {
    if (payment.kind !== 'push') return;
    const expire = () => finish(world, payment, 'failed', 'prompt-expired');
    payment.timers.push(world.clock.after(world.promptExpiresAfterMs, expire));
  } else if (delay > 0) payment.timers.push(world.clock.after(delay, run));
  else later(run);
}

/** Payouts, and bank payments whose OTP was given, wait for nobody. */
const BANK_TAKES_MS = 1_000;

interface End {
  status: PaymentStatus;
  reason?: DeclineReason;
}

function outcomeFault(payment: PaymentRecord): End | undefined {
  const reason = [...payment.faults].find((name) => stageOf(name) === 'outcome') as OutcomeFault | undefined;
  return reason && { status: 'failed', reason };
}

/** No customer confirms a payout, so a fault that declines one means the money comes back. */
const payoutEnd = (payment: PaymentRecord): End | undefined => outcomeFault(payment) && { status: 'reversed' };

type OutcomeFault = Extract<FaultName, DeclineReason>;

const OUTCOMES: DeclineReason[] = ['insufficient-funds', 'wrong-pin', 'prompt-expired'];

/** Why a payment the customer agrees to fails all the same. */
export function outcomeOf(payment: PaymentRecord, pin?: string | null): DeclineReason | undefined {
  return (
    OUTCOMES.find((reason) => payment.faults.has(reason as 'wrong-pin')) ??
    (pin === WRONG_PIN ? 'wrong-pin' : undefined)
  );
}

/** Every other PIN is right. */
const WRONG_PIN = '0000';

/** Settles unless something else has settled it meanwhile. */
export async function finish(
  world: World,
  payment: PaymentRecord,
  to: PaymentStatus,
  reason?: DeclineReason,
): Promise<void> {
  if (mayBecome(payment, to)) await settle(world, payment, to, reason);
}

/**
 * Moves a payment on, and resolves when the app has answered the first attempt of its callback.
 * A transition the gateway does not have is a RangeError.
 */
export async function settle(
  world: World,
  payment: PaymentRecord,
  to: PaymentStatus,
  reason?: DeclineReason,
): Promise<void> {
  if (!mayBecome(payment, to)) {
    throw new RangeError(`${payment.gateway} ${payment.reference} is ${payment.status}; it cannot become ${to}`);
  }
  for (const cancel of payment.timers.splice(0)) cancel();
  payment.status = to;
  payment.reason = to === 'failed' ? (reason ?? 'declined') : undefined;
  payment.updatedAt = world.clock.now();
  const { spec, world: own } = world.gateways[payment.gateway];
  if (to === 'paid') payment.receipt ||= spec.receipt(own);
  world.events.emit({ type: 'payment', payment: publicPayment(payment) });
  spec.settled?.(payment, own);
  await notify(world, payment);
}

async function notify(world: World, payment: PaymentRecord): Promise<void> {
  if (payment.faults.has('no-callback')) return;
  const { spec, world: own } = world.gateways[payment.gateway];
  const draft = await spec.callback(payment, own);
  if (!draft) return;
  await world.webhooks.send(payment, draft);
  if (payment.faults.has('duplicate-callback')) await world.webhooks.send(payment, draft);
}

export function publicPayment(payment: PaymentRecord): SandboxPayment {
  const { gateway, kind, id, reference, amount, currency, operator, status, reason, receipt } = payment;
  return {
    gateway,
    kind,
    id,
    reference,
    amount,
    currency,
    phone: maskPhone(payment.phone),
    operator,
    status,
    ...(reason && { reason }),
    receipt,
    createdAt: new Date(payment.createdAt).toISOString(),
    updatedAt: new Date(payment.updatedAt).toISOString(),
  };
}
