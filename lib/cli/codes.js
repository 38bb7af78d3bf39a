'use strict';

// What each code means, whether money moved, and what to do: `npx finconnect explain` and docs/guide/errors.md tell it.

/** What `money` stands for. */
exports.MONEY = {
  no: 'No. This call sent nothing that moves money.',
  outcome: 'Only if `outcome` is `unknown`: then it may have.',
  maybe: 'It may have.',
  asks: 'This call moves none. The payment that it is about may be paid.',
};

const FIND_OUT = 'If `outcome` is `unknown`, do not pay again: call `recover`, which says what is safe.';

/** `code` of an error: who gives it, what happened, whether money moved, what to do. */
exports.errors = {
  INVALID_CONFIG: [
    '`new`',
    'The options cannot be used. The message names the one that is wrong.',
    'no',
    'Correct it, and do not start without: `npx finconnect doctor` checks all settings.',
  ],
  INVALID_REQUEST: [
    'every method',
    'An argument breaks a rule, such as a phone, an amount or a reference. The message names all that are wrong.',
    'no',
    'Correct the argument. A callback that is refused so has mostly met no body parser.',
  ],
  NOT_SUPPORTED: [
    'every method',
    'This gateway does not have the method.',
    'no',
    'Ask `sdk.supports(name)` first, or use another gateway.',
  ],
  AUTHENTICATION_FAILED: [
    'every method that asks a gateway',
    'The gateway refused the credentials or the access token.',
    'outcome',
    'Check the keys, and that `baseUrl` is of the same world, sandbox or live: `npx finconnect doctor`.',
  ],
  CONNECTION_FAILED: [
    'every method that asks a gateway',
    'There was no connection, or it broke: name look-up, TCP, proxy or TLS.',
    'outcome',
    `Make the same call again if \`retryable\`. ${FIND_OUT}`,
  ],
  TIMEOUT: [
    'every method that asks a gateway',
    'No answer came within `timeoutMs`, or a wait ended before its payment did.',
    'outcome',
    `Make the same call again if \`retryable\`. ${FIND_OUT}`,
  ],
  ABORTED: ['every method with a `signal`', 'Your signal ended the call.', 'outcome', FIND_OUT],
  REFUSED: [
    'every method that asks a gateway',
    'The gateway said no. `gatewayMessage` and `gatewayCode` say why.',
    'outcome',
    'Tell the customer, or correct what the words name. The same call would be refused again.',
  ],
  RATE_LIMITED: [
    'every method that asks a gateway, `handleCallback`',
    'Too many requests for now, says the gateway (HTTP 429) or a bound of this library.',
    'outcome',
    'Make the same call later if `retryable`. Answer a callback with 503: it comes again.',
  ],
  DUPLICATE_REFERENCE: [
    '`pay`, `charge`, `checkout`, `payout`, `refund`',
    'The gateway has a payment with this reference already: an earlier call arrived.',
    'maybe',
    'Do not take a new reference. Ask where that payment stands, or give this error to `recover`.',
  ],
  GATEWAY_ERROR: [
    'every method that asks a gateway',
    'The gateway failed, or something on the way: HTTP 5xx, 408 and others that leave it open.',
    'outcome',
    `Make the same call again if \`retryable\`. ${FIND_OUT}`,
  ],
  INVALID_RESPONSE: [
    'every method that asks a gateway',
    'The answer cannot be relied on: unreadable, too large, a redirect, contradictory, or about another payment.',
    'outcome',
    `Check \`baseUrl\` where it came from a redirect or a web page. ${FIND_OUT}`,
  ],
  NOT_CONFIRMED_YET: [
    '`handleCallback`',
    'A callback came before the gateway itself shows what it says.',
    'asks',
    'Answer 503, and it comes again. `webhooks` does so.',
  ],
  AMOUNT_MISMATCH: [
    '`getPaymentStatus`, `waitForPayment`, `recover`',
    'The payment has another amount or currency than `expect` says, or the gateway tells none.',
    'maybe',
    'Do not deliver. Compare `response` with your order by hand.',
  ],
  REFERENCE_MISMATCH: [
    '`getPaymentStatus`, `waitForPayment`, `recover`',
    'The payment has another reference or id than `expect` says, or `expect` knows no such order.',
    'maybe',
    'Do not deliver. Look the order up by `gatewayReference`, then compare `response` with it.',
  ],
  CALLER_ERROR: [
    'every method that calls a function of yours',
    'Your `expect`, `fetch` or store failed or answered wrongly, or a handler called the ledger.',
    'outcome',
    `Correct your function; the message says which. ${FIND_OUT}`,
  ],
  INTERNAL: [
    'every method',
    'This library has a defect.',
    'outcome',
    `Report it, with the message and the version. ${FIND_OUT}`,
  ],
};

/** The same of `finconnect/ledger`, which gives those above too. `LOST` is the `code` of a payment. */
exports.ledger = {
  REFERENCE_CONFLICT: [
    '`charge`, `payout`, `refund`, `split`',
    'The ledger has this reference with other parameters.',
    'no',
    'Take a new reference for a new payment. `ledger.get(reference)` shows the one that is there.',
  ],
  BLOCKED: [
    '`charge`, `payout`, `refund`, `retry`',
    'Your `before` rule refused it. That is written down.',
    'no',
    'Tell the customer what your rule says.',
  ],
  NOT_FINAL: [
    '`retry`, `resolve`, `ask`',
    'The payment may still go through, has gone through, or has just changed.',
    'asks',
    'Wait for its callback or a `sweep`, then look at it again.',
  ],
  NOT_COVERED: [
    '`refund`, `split`, `retry`',
    'More would go out than the payment brought.',
    'no',
    'Look at the refunds and parts that there are, and ask for less.',
  ],
  LEDGER_BUSY: [
    'every method of the ledger',
    'Others kept the database locked for too long. Nothing was written.',
    'outcome',
    'Make the same call again. See what holds long transactions. `sweep` finds out about a payment that was sent.',
  ],
  LEDGER_FULL: [
    'every method of the ledger',
    'The disk of the database is full. Nothing was written.',
    'outcome',
    'Make room, then make the same call again. `sweep` finds out about a payment that was sent.',
  ],
  LEDGER_READ_ONLY: [
    'every method of the ledger',
    'The database cannot be written: rights, or a replica.',
    'outcome',
    'Give the process the right to write, or connect to the primary. Then make the same call again.',
  ],
  LEDGER_UNREACHABLE: [
    'every method of the ledger',
    'The database does not answer. Whether this was written is not known.',
    'outcome',
    'Make the same call again, with the same reference: that is one push, whatever was written.',
  ],
  LEDGER_FAILED: [
    'every method of the ledger',
    'The database refused, or the ledger is closed. The message says which.',
    'outcome',
    'Correct what the message names, then make the same call again.',
  ],
  LOST: [
    '`payment.code`',
    'The process that sent the request ended before its answer came.',
    'maybe',
    'Wait: callbacks and `sweep` find out. Do not pay again.',
  ],
  INVALID_CSV: [
    '`fromCsv`',
    'A file of the gateway cannot be read. The message names the line.',
    'no',
    'Correct the file.',
  ],
};

/** `reason` of a callback that is not valid: what was found, what `webhooks` answers, what to do. */
exports.reasons = {
  MALFORMED: [
    'It is no callback: an array, more than the bounds allow, or nothing that names a payment.',
    '400',
    'See who posts it. Mostly it is not the gateway.',
  ],
  MISSING_SIGNATURE: [
    'It has no signature, and the gateway cannot be asked about it.',
    '400; 200 for a payout',
    'Do not act on it. Ask where the payment or payout stands, or ask the gateway to sign.',
  ],
  BAD_SIGNATURE: [
    'Its signature or checksum is not the gateway’s.',
    '400',
    'It is forged, or your key is of the other world, sandbox or live, or something changed the body on its way.',
  ],
  AMBIGUOUS: [
    'What is signed could be read as other fields, or names an operator that is not documented.',
    '400',
    'Give `expect` the `reference` and the `transactionId` of the order.',
  ],
  UNCONFIRMED: [
    'The gateway, asked about it, says something else, or it names nothing to ask about.',
    '503, or 400 if it names nothing',
    'Nothing. A genuine one comes again.',
  ],
  AMOUNT_MISMATCH: [
    'It is proven as far as the gateway proves it, and has another amount or currency than `expect` says.',
    '400',
    'Do not deliver. Compare it with your order: the order changed, or the amount is forged.',
  ],
  REFERENCE_MISMATCH: [
    'Its reference or id is not what `expect` says, or `expect` knows no such order.',
    '400',
    'Look orders up by the `gatewayReference` that the call gave.',
  ],
  REPLAY: ['It came before, and was handled.', '200', 'Nothing.'],
  CLAIMED: ['A copy of it is being handled now.', '409', 'Nothing. It comes again.'],
};
