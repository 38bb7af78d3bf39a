// What guests send, read with care: they get `problem`, a sentence to mend it by, or what they asked for.
import { normalizePhone } from 'finconnect';
import { ROOMS } from './rooms.mjs';

const MOST_NIGHTS = 30;
/** Letters and digits, which every gateway carries as they are, and too many to be guessed. */
const REFERENCE = /^BK[0-9A-F]{12}$/;
const NAME = /^\p{L}[^<>]{1,59}$/u;

/** A booking of the form, and `via`: the gateways by which it is paid. */
export function bookingOf(form, methods) {
  const [reference, room, guest] = ['reference', 'room', 'guest'].map((name) => String(form[name] ?? '').trim());
  const nights = Number(form.nights);
  if (!REFERENCE.test(reference)) return { problem: 'Please open the form again.' };
  if (!Object.hasOwn(ROOMS, room)) return { problem: 'Please choose a room.' };
  if (!(Number.isInteger(nights) && nights >= 1 && nights <= MOST_NIGHTS))
    return { problem: `Please stay 1 to ${MOST_NIGHTS} nights.` };
  if (!NAME.test(guest)) return { problem: 'Please tell your name.' };
  // The price is the app's own, whatever a form says.
  return { reference, room, nights, amount: nights * ROOMS[room].price, guest, ...payerOf(form, methods) };
}

/** The phone and the way to pay. */
export function payerOf({ phone, method }, methods) {
  if (!Object.hasOwn(methods, String(method))) return { problem: 'Please choose how to pay.' };
  try {
    return { phone: normalizePhone(String(phone), 'TZ'), via: methods[method] };
  } catch {
    return { problem: 'Please check the phone number.' };
  }
}
