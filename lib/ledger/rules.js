'use strict';

// Ready rules for `before(intent, history)`. A rule gives nothing, or a text that says why it refuses.

const { isMore } = require('./decimal.js');

exports.triesPerPhone = triesPerPhone;
exports.amountLimit = amountLimit;
exports.refusedPhones = refusedPhones;
exports.all = all;

const DAY_MS = 86_400_000;
const LONGEST_MS = 31 * DAY_MS;
/** A rule sees the last 1,000 intents of a phone, of all kinds. */
const MOST_TRIES = 500;
const MOST_PHONES = 1_000_000;
const AMOUNT = /^(?=.*[1-9])\d{1,15}(\.\d{1,4})?$/;
const PHONE = /^[1-9]\d{7,14}$/;

/** Refuses what would be more than `most` intents of a kind by one phone within `withinMs`. */
function triesPerPhone({ most, withinMs, ...others } = {}) {
  nothingElse('triesPerPhone', others);
  if (!Number.isInteger(most) || most < 1 || most > MOST_TRIES)
    throw new TypeError(`triesPerPhone: most must be a whole number from 1 to ${MOST_TRIES}.`);
  if (!Number.isInteger(withinMs) || withinMs < 1_000 || withinMs > LONGEST_MS)
    throw new TypeError(`triesPerPhone: withinMs must be a whole number from 1000 to ${LONGEST_MS}, which is 31 days.`);
  return async ({ phone, kind }, history) => {
    if (!phone) return undefined;
    const recent = await history.recent({ withinMs });
    const tries = recent.filter((one) => one.kind === kind).length;
    return tries < most
      ? undefined
      : `This phone has tried ${tries} times within ${spanOf(withinMs)}; ${most} are allowed.`;
  };
}

/** Refuses an amount above that of its currency; another currency is not limited. */
function amountLimit(limits) {
  const most = new Map(Object.entries(Object(limits)).map(([currency, amount]) => [currency, String(amount)]));
  if (most.size === 0) throw new TypeError("amountLimit needs the most by currency, such as { TZS: '3000000' }.");
  for (const [currency, amount] of most) {
    if (!/^[A-Z]{3}$/.test(currency)) throw new TypeError(`amountLimit: ${currency} is no currency, such as TZS.`);
    if (!AMOUNT.test(amount)) throw new TypeError(`amountLimit: ${currency} must be an amount above 0; got ${amount}.`);
  }
  return ({ amount, currency }) => {
    const limit = most.get(currency);
    return limit !== undefined && isMore(amount, limit)
      ? `${amount} ${currency} is more than the ${limit} ${currency} that are allowed.`
      : undefined;
  };
}

/** Refuses phones of a list. They stand there with their country code: 255712345678, or +255 712 345 678. */
function refusedPhones(list) {
  if (typeof list === 'string' || typeof list?.[Symbol.iterator] !== 'function')
    throw new TypeError('refusedPhones takes a list of phone numbers.');
  const refused = new Set();
  let at = 0;
  for (const given of list) {
    at += 1;
    const digits = String(given).replace(/^\+|[\s()-]/g, '');
    if (!PHONE.test(digits))
      throw new TypeError(`refusedPhones: entry ${at} is no phone number with its country code, such as 255712345678.`);
    refused.add(digits);
    if (refused.size > MOST_PHONES) throw new TypeError(`refusedPhones takes at most ${MOST_PHONES} phone numbers.`);
  }
  return ({ phone }) => (refused.has(phone) ? 'This phone is on the list of refused phones.' : undefined);
}

/** Asks the rules in their order; the first that refuses is told. */
function all(...rules) {
  rules.forEach((rule, at) => {
    if (typeof rule !== 'function') throw new TypeError(`all: rule ${at + 1} must be a function.`);
  });
  return async (intent, history) => {
    for (const rule of rules) {
      const refusal = await rule(intent, history);
      if (refusal !== undefined && refusal !== null) return refusal;
    }
    return undefined;
  };
}

function nothingElse(rule, others) {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`${rule} has no option ${unknown}.`);
}

function spanOf(ms) {
  const units = [
    [DAY_MS, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ];
  const [length, name] = units.find(([unit]) => ms % unit === 0) ?? [1_000, 'second'];
  const count = Math.round(ms / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
