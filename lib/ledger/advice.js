'use strict';

// What a failed payment means for the customer, and what to do next.

const ANSWERS = require('./answers.js');

exports.adviceOf = adviceOf;

/** Of these nothing is to be said: it went well, or is still on its way. */
const FINE = new Set(['succeeded', 'reversed', 'refunded', 'pending', 'processing', 'authorized']);
/** The money has not moved and will not. All other statuses leave it open. */
const OVER = new Set(['failed', 'cancelled', 'expired', 'refused', 'not_sent', 'blocked']);

/** Of longer words the beginning is read. */
const LONGEST = 1_000;

/** The gateway was not reached: the message is the library's own. */
const UNREACHED = new Set(['CONNECTION_FAILED', 'TIMEOUT', 'ABORTED']);

/** Of a failure of which no words are known: the library's code. */
const CODES = {
  BLOCKED: ['blocked'],
  DUPLICATE_REFERENCE: ['duplicate'],
  RATE_LIMITED: ['not-sent', 'try-later'],
  INVALID_CONFIG: ['not-sent', 'ask-support'],
  INVALID_REQUEST: ['not-sent', 'ask-support'],
  NOT_SUPPORTED: ['not-sent', 'other-method'],
  AUTHENTICATION_FAILED: ['not-sent', 'ask-support'],
};

/** By reason: what mostly follows, why it failed, and what that asks of the customer, if it is more than `NEXT`. */
const REASONS = {
  'insufficient-funds': {
    next: 'try-again',
    en: ['Your balance is too low for this payment.', 'Please add money, then try again.'],
    sw: ['Salio lako halitoshi kwa malipo haya.', 'Tafadhali ongeza salio, kisha ujaribu tena.'],
  },
  'wrong-pin': {
    next: 'try-again',
    en: ['The PIN was not correct.', 'Please try again with the correct PIN.'],
    sw: ['Namba ya siri si sahihi.', 'Tafadhali jaribu tena kwa namba ya siri iliyo sahihi.'],
  },
  'prompt-expired': {
    next: 'try-again',
    en: ['The payment request on your phone has expired.', 'Please try again and confirm it soon.'],
    sw: ['Muda wa ombi la malipo kwenye simu yako umeisha.', 'Tafadhali jaribu tena na uthibitishe mapema.'],
  },
  'cancelled-by-customer': {
    next: 'ask-customer',
    en: ['The payment was cancelled.'],
    sw: ['Malipo yalisitishwa.'],
  },
  'limit-exceeded': {
    next: 'other-method',
    en: ['This amount is outside the limits of this way to pay.'],
    sw: ['Kiasi hiki kiko nje ya viwango vya njia hii ya malipo.'],
  },
  'operator-down': {
    next: 'try-later',
    en: ['The mobile money service is not available now.'],
    sw: ['Huduma ya pesa kwa simu haipatikani kwa sasa.'],
  },
  'invalid-number': {
    next: 'other-number',
    en: ['We could not use this phone number for the payment.', 'Please check it, or use another number.'],
    sw: ['Hatukuweza kutumia namba hii ya simu kwa malipo.', 'Tafadhali ihakiki, au tumia namba nyingine.'],
  },
  'not-registered': {
    next: 'other-number',
    en: ['This number is not registered for mobile money.'],
    sw: ['Namba hii haijasajiliwa kwa huduma ya pesa kwa simu.'],
  },
  duplicate: {
    next: 'wait',
    en: ['We have received this request before and are checking it.'],
    sw: ['Tulishapokea ombi hili na tunalihakiki.'],
  },
  'not-sent': {
    next: 'try-again',
    en: ['We could not start your payment. No money was taken.'],
    sw: ['Hatukuweza kuanzisha malipo yako. Hakuna pesa iliyochukuliwa.'],
  },
  blocked: {
    next: 'ask-support',
    en: ['We cannot take this payment.'],
    sw: ['Hatuwezi kupokea malipo haya.'],
  },
  'refused-by-gateway': {
    next: 'try-again',
    en: ['The payment did not go through.'],
    sw: ['Malipo hayakukamilika.'],
  },
  unknown: {
    next: 'wait',
    en: ['We do not know yet whether your payment went through.'],
    sw: ['Bado hatujui kama malipo yako yamekamilika.'],
  },
};

const NEXT = {
  'try-again': { en: 'Please try again.', sw: 'Tafadhali jaribu tena.' },
  'try-later': { en: 'Please try again later.', sw: 'Tafadhali jaribu tena baadaye.' },
  'other-number': { en: 'Please use another number.', sw: 'Tafadhali tumia namba nyingine.' },
  'other-method': { en: 'Please pay another way.', sw: 'Tafadhali lipa kwa njia nyingine.' },
  'ask-customer': {
    en: 'If you still want to pay, please try again.',
    sw: 'Ikiwa bado unataka kulipa, tafadhali jaribu tena.',
  },
  'ask-support': { en: 'Please contact us.', sw: 'Tafadhali wasiliana nasi.' },
  wait: { en: 'Please wait, and do not pay again.', sw: 'Tafadhali subiri, na usilipe tena.' },
};

/** What whoever gets a payout or a refund is told; they can do little, and mostly only ask. */
const RECIPIENT = {
  'other-number': {
    en: 'We could not send the money to this number. Please give us another number.',
    sw: 'Hatukuweza kutuma pesa kwa namba hii. Tafadhali tupe namba nyingine.',
  },
  wait: {
    en: 'We are checking the money that we are sending to you. Please wait.',
    sw: 'Tunahakiki pesa tunazokutumia. Tafadhali subiri.',
  },
  'ask-support': {
    en: 'We could not send your money yet. Please contact us.',
    sw: 'Bado hatujaweza kukutumia pesa zako. Tafadhali wasiliana nasi.',
  },
};

/**
 * Tells what a payment's status and the words of its failure mean; `null` where nothing failed. `status` alone says
 * whether it is over: while it is not, the advice is to wait. `kind` is that of the ledger: payment, payout, refund.
 */
function adviceOf({ provider, kind = 'payment', status, code, gatewayCode, message }) {
  const isOver = OVER.has(status);
  if (!isOver && FINE.has(status) && !code) return null;
  const [reason, found] = isOver ? meaningOf({ provider, status, code, gatewayCode, message }) : ['unknown'];
  const next = found ?? REASONS[reason].next;
  const customer =
    kind === 'payment'
      ? { en: textOf('en', reason, next), sw: textOf('sw', reason, next) }
      : { ...(RECIPIENT[next] ?? RECIPIENT['ask-support']) };
  return { reason, next, customer };
}

function meaningOf({ provider, status, code, gatewayCode, message }) {
  if (code === 'BLOCKED' || status === 'blocked') return CODES.BLOCKED;
  if (UNREACHED.has(code)) return ['not-sent'];
  const words = [gatewayCode, message]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ')
    .slice(0, LONGEST);
  const row = ANSWERS.find(([gateway, pattern]) => (gateway === null || gateway === provider) && pattern.test(words));
  if (row !== undefined) return row.slice(2, 4);
  if (Object.hasOwn(CODES, code ?? '')) return CODES[code];
  if (status === 'cancelled') return ['cancelled-by-customer'];
  if (status === 'expired') return ['prompt-expired'];
  return status === 'not_sent' ? ['not-sent'] : ['refused-by-gateway'];
}

function textOf(language, reason, next) {
  const {
    [language]: [why, then],
    next: usual,
  } = REASONS[reason];
  return `${why} ${next === usual && then !== undefined ? then : NEXT[next][language]}`;
}
