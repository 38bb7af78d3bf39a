'use strict';

// The values of a new payment, of its first attempt and of a first answer, in the order of the statements that take
// them: what each payment needs crosses to SQLite's thread as lists, in half the time that objects take. And what is
// read of a payment.

exports.PAYMENT = `reference, kind, parent, status, amount, currency, gateway, phone, description, parameters,
request, created_at, updated_at, attempt`;
exports.ATTEMPT = `reference, number, kind, gateway, rail, gateway_reference, token, status, transaction_id, operator,
deadline_at, due_at, created_at, phone, phone_tag`;

exports.paymentValues = (made, { status, gateway }, now) => [
  made.reference,
  made.kind,
  made.parent,
  status,
  made.amount,
  made.currency,
  gateway,
  made.phone,
  made.description,
  made.parameters,
  made.request,
  now,
  now,
];

exports.attemptValues = (reference, number, kind, one, now) => [
  reference,
  number,
  kind,
  one.gateway,
  one.rail,
  one.gatewayReference,
  one.token,
  one.status,
  one.transactionId,
  one.operator,
  one.deadlineAt,
  one.dueAt,
  now,
  one.phone,
  one.phoneTag,
];

exports.answerValues = ({ message, told, body }, now, { id, status }) => [
  message ?? null,
  told.transactionId ?? null,
  told.receipt ?? null,
  told.redirectUrl ?? null,
  told.operator ?? null,
  body ?? null,
  now,
  id,
  status,
];

/** Of the attempt that a payment's row is told with. */
const OF_ATTEMPT =
  'a.rail, a.gateway_reference, a.outcome, a.code, a.gateway_code, a.message, a.transaction_id, a.receipt, a.redirect_url, a.operator, a.answered_at, a.deadline_at';
exports.OF_ATTEMPT = OF_ATTEMPT;

/** Payments, each with its current attempt. */
exports.viewOf = ({ payment, attempt }) => `SELECT p.*, ${OF_ATTEMPT} FROM ${payment} p
JOIN ${attempt} a ON a.reference = p.reference AND a.number = p.attempt`;
