'use strict';

// What the tables hold, as their readers see it.

const { adviceOf } = require('./advice.js');
const { plain } = require('./decimal.js');

exports.paymentOf = paymentOf;
exports.attemptOf = attemptOf;
exports.eventOf = eventOf;
exports.iso = iso;
exports.masked = masked;
exports.scrubbed = scrubbed;
exports.hidden = hidden;

/** The longest body of a gateway's that is kept, in characters. */
const LONGEST_BODY = 16_384;
/** Mobile numbers of the gateways' countries, with their calling code or a leading zero. */
const PHONES = /(?<![\dA-Za-z])(\+?(?:25[0-8]|26[0-5]|27)\d{9}|0[1-9]\d{8})(?![\dA-Za-z])/g;

/** Many times of one burst are the same; to write one takes as long as a statement's part. */
const written = new Map();
const MAX_WRITTEN = 256;

function iso(time) {
  const at = Number(time);
  const known = written.get(at);
  if (known !== undefined) return known;
  if (written.size > MAX_WRITTEN) written.clear();
  const text = new Date(at).toISOString();
  written.set(at, text);
  return text;
}

const date = (time) => (time === null || time === undefined ? null : new Date(time));

/** A payment, payout or refund; `status` where it is told as it stood at an event. */
function paymentOf(row, status = row.status, provider = row.gateway) {
  const { code, gateway_code: gatewayCode, message } = row;
  return {
    reference: row.reference,
    kind: row.kind,
    status,
    amount: plain(String(row.amount)),
    currency: row.currency,
    gateway: provider,
    rail: row.rail,
    of: row.parent,
    phone: row.phone,
    description: row.description,
    attempt: Number(row.attempt),
    gatewayReference: row.gateway_reference,
    transactionId: row.transaction_id,
    receipt: row.receipt,
    redirectUrl: row.redirect_url,
    operator: row.operator,
    outcome: row.outcome,
    code,
    message,
    advice:
      status === 'failed' || status === 'unknown'
        ? adviceOf({ provider, kind: row.kind, status, code, gatewayCode, message })
        : null,
    attention: row.attention,
    createdAt: date(row.created_at),
    updatedAt: date(row.updated_at),
  };
}

function attemptOf(row) {
  return {
    number: Number(row.number),
    gateway: row.gateway,
    rail: row.rail,
    phone: row.phone,
    status: row.status,
    outcome: row.outcome,
    code: row.code,
    message: row.message,
    gatewayReference: row.gateway_reference,
    transactionId: row.transaction_id,
    receipt: row.receipt,
    asks: Number(row.asks),
    askedAt: date(row.asked_at),
    dueAt: date(row.due_at),
    createdAt: date(row.created_at),
    answeredAt: date(row.answered_at),
    raw: parsed(row.body),
  };
}

function eventOf(row) {
  return {
    eventId: row.key,
    type: row.type,
    attempt: row.attempt === null ? null : Number(row.attempt),
    status: row.status,
    source: row.source,
    gateway: row.gateway,
    by: row.who,
    note: row.note,
    raw: parsed(row.body),
    createdAt: date(row.created_at),
    handledAt: date(row.handled_at),
    dueAt: date(row.due_at),
    tries: Number(row.tries),
    error: row.error,
  };
}

function parsed(text) {
  if (text === null || text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The first four and the last four digits of a number. */
function masked(digits) {
  return `${digits.slice(0, 4)}****${digits.slice(-4)}`;
}

/** A text with its phone numbers masked. */
function hidden(text) {
  return text?.replace(PHONES, (phone) => masked(phone.replace('+', ''))) ?? null;
}

/** What a gateway said, as text to keep: without phone numbers, and cut where it is very long. */
function scrubbed(raw) {
  if (raw === null || raw === undefined) return null;
  let text;
  try {
    text = JSON.stringify(raw);
  } catch {
    return null;
  }
  text = hidden(text ?? null);
  return text !== null && text.length > LONGEST_BODY ? JSON.stringify(text.slice(0, LONGEST_BODY)) : text;
}
