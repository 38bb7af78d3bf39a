// The books: bookings in a table of the app's, and payments in the ledger's tables beside it.
import { openLedger, triesPerPhone } from 'finconnect/ledger';
import { openDatabase } from './database.mjs';
import { openGateways } from './gateways.mjs';

const HOUR_MS = 3_600_000;
/** What becomes of a booking when its payment does. After a failure it stays PENDING, and the guest may try again. */
const BOOKING = { succeeded: 'CONFIRMED', reversed: 'CANCELLED', refunded: 'CANCELLED' };
/** The ledger's statuses in this app's words. All others are PENDING: `unknown` is never FAILED. */
const PAYMENT = { succeeded: 'SUCCESS', failed: 'FAILED', reversed: 'REFUNDED', refunded: 'REFUNDED' };

/** `env`: the settings of `.env.example`. */
export async function openBooks(env, log) {
  const gateways = openGateways(env);
  const { store, query, close: closeDatabase } = await openDatabase(env);
  const move = (tx, reference, status) =>
    query("UPDATE booking SET status = ? WHERE reference = ? AND status <> 'CANCELLED'", [status, reference], tx);

  // #region ledger
  const mayRing = triesPerPhone({ most: 10, withinMs: HOUR_MS });
  const ledger = await openLedger(store, {
    gateways,
    // In one transaction with the payment's status: a booking is confirmed once, or not at all.
    async onPayment({ reference, status }, tx) {
      if (BOOKING[status]) await move(tx, reference, BOOKING[status]);
    },
    // Money goes back by a payout where the gateway has no refunds.
    async onPayout({ reference, of, status }, tx) {
      if (reference === `${of}R` && status === 'succeeded') await move(tx, of, 'CANCELLED');
    },
    // Nobody can make a stranger's phone ring all day.
    before: (intent, history) => (intent.kind === 'payment' ? mayRing(intent, history) : undefined),
    onError: (error, { reference }) => log(`${reference}: ${error.message}`),
  });
  // #endregion ledger

  /** Writes a booking down. The form has made its reference: a second click finds the booking of the first. */
  async function book({ reference, room, nights, amount, guest, phone }) {
    const text = `INSERT INTO booking (reference, room, nights, amount, guest, phone, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (reference) DO NOTHING RETURNING reference`;
    await query(text, [reference, room, nights, amount, guest, phone, new Date().toISOString()]);
    return find(reference);
  }

  async function find(reference) {
    const [booking] = await query('SELECT * FROM booking WHERE reference = ?', [reference]);
    return booking;
  }

  /** Keeps the phone that pays now: money that goes back would go there. */
  const setPhone = (reference, phone) =>
    query('UPDATE booking SET phone = ? WHERE reference = ? RETURNING reference', [phone, reference]);

  /** The newest bookings, each with its payment, what went back, and the parts of host and cleaner. */
  async function newest() {
    const text = `SELECT b.*, p.status AS payment, p.gateway, r.status AS back, h.status AS host, c.status AS cleaner
      FROM booking b
      LEFT JOIN finconnect_payment p ON p.reference = b.reference
      LEFT JOIN finconnect_payment r ON r.reference = b.reference || 'R'
      LEFT JOIN finconnect_payment h ON h.reference = b.reference || 'H'
      LEFT JOIN finconnect_payment c ON c.reference = b.reference || 'C'
      ORDER BY b.created_at DESC LIMIT 50`;
    return (await query(text, [])).map((row) => ({ ...row, payment: wordOf(row.payment) }));
  }

  async function close() {
    await ledger.close();
    await closeDatabase();
  }
  return { gateways, ledger, book, find, setPhone, newest, close };
}

/** What a guest and the guest's app are told of a booking and its payment, which may not have begun. */
export function viewOf({ reference, room, nights, amount, guest, status }, payment) {
  const { attempt = 0, rail = null, redirectUrl = null, advice = null } = payment ?? {};
  const word = wordOf(payment?.status);
  return { reference, room, nights, amount, guest, status, payment: word, attempt, rail, redirectUrl, advice };
}

const wordOf = (status) => (status ? (PAYMENT[status] ?? 'PENDING') : null);
