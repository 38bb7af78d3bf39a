// What the app does with money. Each function may be called twice: money moves once for each reference.
import { partsOf } from './rooms.mjs';

const CURRENCY = 'TZS';

/**
 * `publicUrl`: where guests reach the app. `ipnId`: PesaPal's id of the app's IPN URL, where there is PesaPal.
 */
export function moneyOf({ gateways, ledger, setPhone }, { publicUrl, ipnId }) {
  // #region charge
  /** Asks for the money of a booking, by the phone or on a page. `via`: which gateways, the next where one is down. */
  async function charge({ reference, amount, guest, phone, room, nights }, via) {
    return ledger.charge({
      reference,
      amount,
      currency: CURRENCY,
      phone,
      customer: { name: guest },
      description: `Room ${room}, nights: ${nights}`,
      // For the page, which may also be chosen later, when the phone has failed.
      callbackUrl: `${publicUrl}/bookings/${reference}/return`,
      ...(ipnId && { ipnId }),
      via,
    });
  }
  // #endregion charge

  // #region retry
  /** Tries again what has failed, perhaps by another phone or way. What may still go through it leaves alone. */
  async function tryAgain(booking, { phone, via }) {
    const payment = await ledger.get(booking.reference);
    if (payment && (payment.status !== 'failed' || payment.advice?.next === 'ask-support')) return payment;
    // Before the phone rings: money that goes back must find who paid, even if the app stops in between.
    await setPhone(booking.reference, phone);
    try {
      return payment ? await ledger.retry(booking.reference, { phone, via }) : await charge({ ...booking, phone }, via);
    } catch (error) {
      // Then no other phone has rung.
      if (error.outcome === 'not_sent') await setPhone(booking.reference, booking.phone);
      throw error;
    }
  }
  // #endregion retry

  // #region refund
  /** Gives the money back: by a refund where the gateway has one, else by a payout to the phone. */
  async function giveBack({ reference, amount, guest, phone }, by) {
    const payment = await ledger.get(reference);
    if (payment?.status !== 'succeeded') throw new Error('Only what was paid can be given back.');
    const back = { reference: `${reference}R`, of: reference };
    if (gateways[payment.gateway].supports('refund'))
      return ledger.refund({ ...back, reason: 'Booking cancelled', requestedBy: by });
    const to = { to: { phone }, name: guest, description: 'Booking cancelled' };
    return sentAgain(await ledger.payout({ ...back, amount, currency: CURRENCY, ...to, via: payment.gateway }));
  }
  // #endregion refund

  // #region split
  /** Pays the host and the cleaner their parts of what the guest has paid. */
  async function payHost(booking) {
    const parts = await ledger.split({ of: booking.reference, to: partsOf(booking) });
    return Promise.all(parts.map(sentAgain));
  }

  /** A payout that has failed for certain goes out again; it is the same one, in its next attempt. */
  const sentAgain = (payout) => (payout.status === 'failed' ? ledger.retry(payout.reference) : payout);
  // #endregion split

  return { charge, tryAgain, giveBack, payHost };
}
