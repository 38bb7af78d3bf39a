'use strict';

// The daily reconciliation: what a gateway's list and the ledger tell differently.

const { isSame, sumOf } = require('./decimal.js');

exports.compare = compare;

const BATCH = 500;
/** Of each payment that was seen a number is kept, about 40 bytes. */
const MOST_SEEN = 5_000_000;

/** What gateways and their portals call a status; each word is looked for without regard to case, blanks and dashes. */
const WORDS = {
  succeeded: ['succeeded', 'success', 'successful', 'settled', 'completed', 'complete', 'paid', 'received'],
  failed: [
    'failed',
    'failure',
    'fail',
    'cancelled',
    'canceled',
    'usercancelled',
    'usercanceled',
    'rejected',
    'declined',
    'expired',
  ],
  pending: ['pending', 'authorized', 'created', 'initiated'],
  processing: ['processing', 'inprogress', 'onhold'],
  reversed: ['reversed', 'reversal'],
  refunded: ['refunded', 'refund'],
};
const MEANING = new Map(Object.entries(WORDS).flatMap(([status, words]) => words.map((word) => [word, status])));
/** A list without statuses, as a statement is, tells of money that has moved, of which some may have come back. */
const MOVED = ['succeeded', 'reversed', 'refunded'];

/**
 * Tells each difference: `missing-here`, a row of the gateway's that the ledger does not know; `differs`; and at the
 * end `missing-there`, what the ledger asked this gateway for in the period and no row told of. What failed here is not
 * missed there. `ours.find` gives the ledger's rows by the references that the gateway was given, `ours.range` those of
 * the period; each has a number of its own as `id`.
 */
async function* compare({ rows, ours, gateway }) {
  if (typeof rows === 'string' || !(rows?.[Symbol.asyncIterator] ?? rows?.[Symbol.iterator]))
    throw new TypeError('compare takes a list of rows, or something else that can be gone through.');
  const seen = new Set();
  for await (const batch of batchesOf(rows)) {
    for (const row of batch) check(row, gateway);
    const references = [...new Set(batch.map(referenceOf).filter((reference) => reference !== null))];
    const ids = [...new Set(batch.map(idOf).filter((id) => id !== null))];
    const found = references.length + ids.length === 0 ? [] : await ours.find(references, ids);
    const named = new Map(found.map((row) => [row.gatewayReference, row]));
    const known = new Map(found.map((row) => [row.transactionId, row]));
    for (const there of batch) {
      const here = named.get(referenceOf(there)) ?? known.get(idOf(there));
      if (here === undefined) {
        yield { kind: 'missing-here', reference: referenceOf(there), here: null, there, fields: [] };
        continue;
      }
      if (seen.has(here.id)) yield { kind: 'twice', reference: here.reference, here, there, fields: [] };
      seen.add(here.id);
      if (seen.size > MOST_SEEN)
        throw new RangeError(`compare takes at most ${MOST_SEEN} payments at a time: compare a shorter period.`);
      const fields = fieldsOf(here, there);
      if (fields.length > 0) yield { kind: 'differs', reference: here.reference, here, there, fields };
    }
  }
  for await (const here of ours.range()) {
    if (here.status === 'failed' || seen.has(here.id)) continue;
    yield { kind: 'missing-there', reference: here.reference, here, there: null, fields: [] };
  }
}

async function* batchesOf(rows) {
  let batch = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function check(row, gateway) {
  if (row === null || typeof row !== 'object')
    throw new TypeError('compare: each row must be an object with reference, amount, currency and status.');
  if (typeof row.provider === 'string' && row.provider !== gateway)
    throw new TypeError(`compare: a row is of ${row.provider}, and the ledger was asked about ${gateway}.`);
}

/** The reference that the gateway was given. */
function referenceOf({ gatewayReference, reference }) {
  const given = textOf(gatewayReference) ?? textOf(reference);
  return given ?? null;
}

/** The gateway's own id. */
function idOf({ transactionId }) {
  return textOf(transactionId) ?? null;
}

/** What both tell, and tell differently. */
function fieldsOf(here, there) {
  const fields = [];
  if (!sameAmount(here, there)) fields.push('amount');
  const currency = textOf(there.currency);
  if (currency !== undefined && currency.toUpperCase() !== here.currency) fields.push('currency');
  const status = textOf(there.status);
  const isSameStatus =
    status === undefined ? MOVED.includes(here.status) : meaningOf(status) === meaningOf(here.status);
  if (!isSameStatus) fields.push('status');
  return fields;
}

/** A gateway may tell a payout's amount with its fee in it. */
function sameAmount(here, there) {
  const amount = decimalOf(there.amount, here.kind);
  if (amount === undefined) return true;
  try {
    if (isSame(amount, here.amount)) return true;
    const fee = here.kind === 'payout' ? decimalOf(there.fee, here.kind) : undefined;
    return fee !== undefined && isSame(amount, sumOf([here.amount, fee]));
  } catch {
    // It is no amount at all.
    return false;
  }
}

/** An amount as portals write it: with commas between thousands, and a sign where money went out. */
function decimalOf(amount, kind) {
  const text = textOf(amount)?.replace(kind === 'payout' ? /^[+-]/ : /^\+/, '');
  return text !== undefined && /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
}

function meaningOf(status) {
  return MEANING.get(status.toLowerCase().replace(/[\s_-]/g, '')) ?? status.toLowerCase();
}

/** The words of a cell, if there are any. */
function textOf(value) {
  if (value === null || value === undefined) return undefined;
  const text = String(value).trim();
  return text === '' ? undefined : text;
}
