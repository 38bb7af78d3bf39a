'use strict';

// What the ledger has of the package below it: the addon, and how its errors are made.

const { mayBecome, [Symbol.for('finconnect.parts')]: parts } = require('../../index.js');

const { addon, errorOf } = parts;

const STATUSES = ['pending', 'authorized', 'processing', 'succeeded', 'failed', 'reversed', 'refunded', 'unknown'];
const NUMBERS = Object.fromEntries(['charge', 'payout', 'refund'].map((name) => [name, addon.numberOf(name)]));
const FROM = new Map(STATUSES.map((to) => [to, STATUSES.filter((from) => mayBecome(from, to))]));

module.exports = { addon, errorOf, isStatus, from, failure, refuse, numberOf };

function isStatus(status) {
  return FROM.has(status);
}

/** The statuses that may become this one. */
function from(status) {
  return FROM.get(status);
}

/** The number by which the addon knows an operation. */
function numberOf(operation) {
  return NUMBERS[operation];
}

/** The error of a call of the ledger's. */
function failure(operation, code, words, more, entered = failure) {
  const { cause, ...others } = more ?? {};
  const nothing = { provider: null, statusCode: null, gatewayCode: null, gatewayMessage: null, response: null };
  const message = `ledger.${operation} failed: ${words}`;
  const fields = { message, code, operation, ...nothing, outcome: 'not_sent', retryable: false, ...others };
  return errorOf({ text: JSON.stringify(fields), cause }, entered);
}

function refuse(operation, rule, more) {
  return failure(operation, 'INVALID_REQUEST', `${rule}. Nothing was sent.`, more, refuse);
}
