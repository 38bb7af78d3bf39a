import { settle } from '../../engine/lifecycle.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { textOf } from '../../http/message.js';
import type { World } from './world.js';

/** Whether it is a later charge of a recurring payment, which goes by the customer's account, not by an order's id. */
export const isRenewal = (payment: PaymentRecord): boolean => payment.detail['isRenewal'] === true;

/** Charges the card again, some time after an order with an account has been paid, and so on. */
export function renew(payment: PaymentRecord, world: World): void {
  const after = world.switches.pesapalRenewAfterMs;
  const account = textOf(payment.detail['accountNumber']);
  if (payment.status !== 'paid' || !account || !(after > 0)) return;
  const charge = async () => {
    const now = world.clock.now();
    const next: PaymentRecord = {
      ...payment,
      id: world.random.guid(),
      reference: account,
      operator: 'Visa',
      status: 'pending',
      receipt: '',
      createdAt: now,
      updatedAt: now,
      faults: new Set(),
      timers: [],
      detail: { ...payment.detail, isRenewal: true, refundAsked: false },
    };
    world.payments.add(next);
    await settle(world, next, 'paid');
  };
  payment.timers.push(world.clock.after(after, charge));
}
