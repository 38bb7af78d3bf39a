'use strict';

// What a caller asks for, checked, and as the tables keep it.

const { createHash } = require('node:crypto');
const { plain } = require('./decimal.js');
const { addon, errorOf, numberOf, refuse } = require('./parts.js');
const { masked } = require('./rows.js');

exports.intentOf = intentOf;
exports.checked = checked;
exports.referenceFor = referenceFor;
exports.phoneOf = phoneOf;
exports.railOf = railOf;

/** Every gateway carries such a reference as it is. */
const PLAIN = /^[A-Za-z0-9]{1,20}$/;
const MADE = 20;
const START = 5;
/** Digits and capital letters without those that are taken for one another. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Whose numbers are meant where one is written without its calling code. */
const COUNTRIES = { TZS: 'TZ', KES: 'KE', UGX: 'UG', RWF: 'RW', MWK: 'MW', ZMW: 'ZM' };
const TARGETS = ['phone', 'bank', 'lipaNamba', 'qrCode', 'link'];

/**
 * The reference that the gateway is given for an attempt. The first one has the caller's own where the gateway carries
 * it, any other one that is made from it.
 */
function referenceFor(facts, reference, number, kind) {
  if (number === 1 && (PLAIN.test(reference) || (kind === 'payment' && carries(facts, reference)))) return reference;
  const name = number === 1 ? reference : `${reference}/${number}`;
  let made = reference.replace(/[^A-Za-z0-9]/g, '').slice(0, START);
  let bits = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`);
  for (; made.length < MADE; bits >>= 5n) made += ALPHABET[Number(bits & 31n)];
  return made;
}

function carries({ reference: { maxLength, characters } }, reference) {
  const signs = characters.split(' ')[3] ?? '';
  return reference.length <= (maxLength ?? 0) && [...reference].every((c) => PLAIN.test(c) || signs.includes(c));
}

/** Throws why a gateway would refuse the request, before anything is written or sent. */
function checked(sdk, operation, request, entered) {
  const why = addon.refusal(sdk, numberOf(operation), request);
  if (why !== null && why !== undefined) throw errorOf(why, entered);
}

/** The digits of a phone in any form; of what is none for certain, the text itself. */
function phoneOf(phone, currency) {
  if (typeof phone !== 'string' || phone === '') return null;
  const country = COUNTRIES[currency];
  for (const args of country === undefined ? [[phone]] : [[phone, country], [phone]]) {
    try {
      return addon.normalizePhone(...args);
    } catch {
      // Gateways have the last word on numbers.
    }
  }
  return phone.replace(/\D/g, '');
}

/** How the money goes: a push to the phone or a page, and where a payout goes to. */
function railOf({ isPage }, kind, { to }) {
  if (kind === 'payout') return TARGETS.find((name) => to?.[name] !== undefined) ?? null;
  if (kind === 'refund') return null;
  return isPage ? 'page' : 'push';
}

/** The row of a new payment, and what is kept of its request for a later attempt: sealed, with the phone in it. */
function intentOf(vault, kind, request, { parent = null, ofAttempt } = {}) {
  const { reference, currency } = request;
  const amount = plain(addon.parseAmount(request.amount, currency));
  const phone = phoneOf(request.phone ?? request.to?.phone ?? request.customer?.phone, currency);
  const { amount: _, phone: __, ...others } = request;
  const same = sorted({ ...others, amount, kind, parent, ofAttempt, phone });
  return {
    made: {
      ...{ reference, kind, parent, ofAttempt, amount, currency },
      phone: phone === null ? null : masked(phone),
      phoneTag: phone === null ? null : vault.name(phone).slice(0, 24),
      description: typeof request.description === 'string' ? request.description : null,
      parameters: vault.name(same),
      request: vault.seal(reference, JSON.stringify({ ...request, amount })),
    },
    phone,
  };
}

/** Whether a row was made of the same request. After the credentials changed, what anybody can read must do. */
exports.isSame = function isSame(vault, row, made) {
  if (row.kind !== made.kind) return false;
  if (row.parameters === made.parameters) return true;
  const { currency, phone } = row;
  return (
    vault.open(row.reference, row.request) === null &&
    [currency === made.currency, phone === made.phone, plain(String(row.amount)) === made.amount].every(Boolean)
  );
};

/** JSON text with its names in order, so that the order in which they were written does not count. */
function sorted(value) {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === 'bigint') return String(part);
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

exports.referenceOf = function referenceOf(operation, value, name = 'reference') {
  if (typeof value === 'string' && value !== '') return value;
  throw refuse(operation, `${name} is missing: your own reference, a text`);
};
