'use strict';

// How amounts, times and states are written for people.

/** How a status looks. */
const LOOKS = {
  succeeded: 'good',
  failed: 'bad',
  reversed: 'warn',
  refunded: 'warn',
  unknown: 'warn',
};
const STATUSES = ['pending', 'processing', 'authorized', 'succeeded', 'failed', 'reversed', 'refunded', 'unknown'];

const ATTENTION = {
  unknown: 'Nobody knows yet whether it was made.',
  late: 'It is not final, and should be by now.',
  'ask-support': 'Only the gateway’s support can tell. Ask it, then write down what it says.',
  'no-gateway': 'Your app no longer has the gateway, so that nobody asks about it. Give it back to the ledger.',
  handler: 'Your own handler fails. See the error of the last event.',
  duplicate: 'The customer paid twice. Give one of the two back.',
  mismatch: 'The gateway tells of another amount than was asked for.',
};

const REASONS = {
  'insufficient-funds': 'Balance too low',
  'wrong-pin': 'Wrong PIN',
  'prompt-expired': 'Request on the phone expired',
  'cancelled-by-customer': 'Cancelled by the customer',
  'limit-exceeded': 'Amount outside the limits',
  'operator-down': 'Mobile money service down',
  'invalid-number': 'Number cannot be used',
  'not-registered': 'Number not registered',
  duplicate: 'Reference used before',
  'not-sent': 'Not sent',
  blocked: 'Blocked by your rule',
  'refused-by-gateway': 'Refused by the gateway',
  unknown: 'Not known yet',
};

const NEXT = {
  'try-again': 'The customer may try again.',
  'try-later': 'Try again later.',
  'other-number': 'Ask for another number.',
  'other-method': 'Offer another way to pay.',
  'ask-customer': 'Ask whether the customer still wants to pay.',
  'ask-support': 'Look at the settings, or ask the gateway’s support.',
  wait: 'Wait, and send nothing again.',
};

/** What brought a status. */
const SOURCES = {
  charge: 'The answer to the request',
  payout: 'The answer to the request',
  refund: 'The answer to the request',
  retry: 'The answer to the next attempt',
  callback: 'The gateway’s callback',
  sweep: 'The gateway was asked',
  operator: 'A person wrote it down',
};

/** What happened that is no status. */
const EVENTS = {
  attempt: 'An attempt',
  callback: 'A callback came',
  mismatch: 'Another amount was told',
  duplicate: 'Paid a second time',
  blocked: 'Blocked by your rule',
  resend: 'Sent again',
  resolve: 'A person looked at it',
};

/** An amount, a decimal text, with its thousands apart. */
function money(amount, currency) {
  const [whole, part] = String(amount).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${currency} ${grouped}${part === undefined ? '' : `.${part.padEnd(2, '0')}`}`;
}

/** A part of a whole in percent. */
function share(part, whole) {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** A length of time by its two greatest units. */
function span(ms) {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const at = UNITS.findIndex(([unit]) => ms >= unit);
  const [[unit, name], smaller] = UNITS.slice(at, at + 2);
  const whole = Math.floor(ms / unit);
  const rest = smaller === undefined ? 0 : Math.floor((ms % unit) / smaller[0]);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smaller[1]}`;
}

/** Days and times of day in one time zone. */
class Clock {
  constructor(timeZone) {
    const format = (options) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
    const day = { day: 'numeric', month: 'short' };
    const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
    this.zone = timeZone;
    this.formats = {
      day: format({ weekday: 'short', ...day }),
      time: format(time),
      full: format({ ...day, year: 'numeric', ...time }),
      parts: format({ year: 'numeric', month: 'numeric', day: 'numeric', ...time }),
    };
  }

  day = (time) => this.formats.day.format(time);
  time = (time) => this.formats.time.format(time);
  full = (time) => this.formats.full.format(time).replace(',', '');

  /** `2026-11-28`, the day on which a time falls. */
  date(time) {
    return new Date(this.#local(Number(time))).toISOString().slice(0, 10);
  }

  /** When a day of the calendar begins, or the one so many days later; `NaN` of what is no day. */
  begins(date, later = 0) {
    const [year, month, day] = date.split('-').map(Number);
    const midnight = Date.UTC(year, month - 1, day + later);
    if (!(later !== 0 || new Date(midnight).toISOString().startsWith(date))) return Number.NaN;
    // Twice, for a day on which the clocks change. Some change at midnight, and the day begins at one.
    const first = midnight - this.#offset(midnight);
    const second = midnight - this.#offset(first);
    return this.#local(second) < midnight ? first : second;
  }

  #offset(time) {
    return this.#local(time) - Math.floor(time / 1_000) * 1_000;
  }

  /** What the clock on the wall shows, as if it were UTC. */
  #local(time) {
    const parts = Object.fromEntries(this.formats.parts.formatToParts(time).map(({ type, value }) => [type, value]));
    const { year, month, day, hour, minute, second } = parts;
    return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  }
}

module.exports = { money, share, span, Clock, LOOKS, ATTENTION, REASONS, NEXT, SOURCES, EVENTS, STATUSES };
