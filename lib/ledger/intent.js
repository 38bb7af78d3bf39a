'use strict';

// What a caller asks for, checked, and as the tables keep it.

const { createHash } = require('node:crypto');
const { plain } = require('./decimal.js');
const { addon, errorOf, numberOf, refuse } = require('./parts.js');
const { masked } = require('./rows.js');

exports.intentOf = intentOf;
exports.checked = checked;
exports.referenceFor = referenceFor;
exports.railOf = railOf;

/** Every gateway carries such a reference as it is. */
const PLAIN = /^[A-Za-z0-9]{1,20}$/;
/** So much of a phone's name tells it from others. */
const TAG = 24;
const MADE = 20;
const START = 5;
/** Digits and capital letters without those that are taken for one another. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
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

/** How the money goes: a push to the phone or a page, and where a payout goes to. */
function railOf({ isPage }, kind, { to }) {
  if (kind === 'payout') return TARGETS.find((name) => to?.[name] !== undefined) ?? null;
  if (kind === 'refund') return null;
  return isPage ? 'page' : 'push';
}

/** By what a payout's state may have to be asked, beside its reference: the recipient's operator or bank. */
exports.operatorOf = function operatorOf(kind, { to }, phone) {
  if (kind !== 'payout') return null;
  return to?.operator ?? to?.bank ?? (phone === null ? null : (addon.guessOperator(phone)?.name ?? null));
};

/**
 * The row of a request, checked by the gateway that is asked first, and what is kept of it for a later attempt: sealed,
 * with the phone in it. `whole`: what is kept, where that is more than the gateway is asked. `under` names and seals it
 * by another gateway's credentials.
 */
function intentOf(ledger, { kind, operation, gateway, asked, whole, parent = null, ofAttempt }, entered) {
  const about = `${kind} ${parent} ${ofAttempt}`;
  const sdk = ledger.gateways[gateway];
  const textOf = (request) => written(sdk, operation, request, entered);
  const all = whole && textOf(whole);
  const text = textOf(asked);
  const under = (vault) => {
    const told = addon.intent(sdk, vault, numberOf(operation), text, all, about);
    if (typeof told !== 'string') throw errorOf(told, entered);
    const [amount, phone, phoneName, parameters, request] = JSON.parse(told);
    return { amount, phone, phoneTag: phoneName === null ? null : phoneName.slice(0, TAG), parameters, request };
  };
  const { amount, phone, phoneTag, parameters, request } = under(ledger.vaults[0]);
  const { reference, currency, description } = whole ?? asked;
  return {
    made: {
      reference,
      kind,
      parent,
      ofAttempt,
      amount,
      currency,
      parameters,
      request,
      phone: phone === null ? null : masked(phone),
      phoneTag,
      description: typeof description === 'string' ? description : null,
    },
    phone,
    under,
  };
}

/** A request as JSON text; what has none is refused as the gateway would. */
function written(sdk, operation, request, entered) {
  const { amount } = request;
  try {
    // Written as JSON it would be null, as if there were none.
    if (typeof amount === 'number' && !Number.isFinite(amount)) throw new TypeError('amount is no number');
    return JSON.stringify(request) ?? '';
  } catch {
    checked(sdk, operation, request, entered);
    return JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  }
}

/** Whether a row was made of the same request. After the credentials changed, what anybody can read must do. */
exports.isSame = function isSame(ledger, row, { made, under }) {
  if (row.kind !== made.kind) return false;
  if (ledger.vaults.some((vault) => under(vault).parameters === row.parameters)) return true;
  const { currency, phone } = row;
  return (
    ledger.opened(row) === null &&
    [currency === made.currency, phone === made.phone, plain(String(row.amount)) === made.amount].every(Boolean)
  );
};

exports.referenceOf = function referenceOf(operation, value, name = 'reference') {
  if (typeof value === 'string' && value !== '') return value;
  throw refuse(operation, `${name} is missing: your own reference, a text`);
};
