'use strict';

// Asks the gateways about what is not final, tells the handlers again, and puts up for attention what nobody knows.

const { tellAgain } = require('./handlers.js');
const isAsMade = require('./mismatch.js');
const { failure, refuse } = require('./parts.js');
const { iso, scrubbed } = require('./rows.js');
const { isLate, nextAsk } = require('./schedule.js');
const { FINAL, PAID } = require('./states.js');

exports.sweep = sweep;
exports.askOne = askOne;
exports.advised = advised;

/** How long one attempt is taken for, so that a sweep that dies keeps nobody. */
const LEASE_MS = 120_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const AT_ONCE = 4;
/** A person may have one payment asked about so often. */
const AGAIN_MS = 10_000;

/** Everything that is due, at most `limit` attempts and `limit` events. */
async function sweep(ledger, { limit, signal }) {
  const result = { changed: [], asked: 0, handled: 0, failed: 0 };
  const each = Object.entries(ledger.gateways).map(([name, sdk]) =>
    askAll(ledger, name, sdk, { limit, signal, result }),
  );
  await Promise.all(each);
  await ledger.run('sweep', 'unasked', {
    gateways: Object.keys(ledger.gateways),
    now: iso(ledger.now()),
    later: iso(ledger.now() + DAY_MS),
    limit,
  });
  const { handled, failed } = await tellAgain(ledger, { limit, signal });
  result.handled += handled;
  result.failed += failed;
  const { broken, ...told } = result;
  // What one could not do has kept nobody else from it.
  if (broken !== undefined) throw broken;
  return told;
}

async function askAll(ledger, gateway, sdk, { limit, signal, result }) {
  const { recovery, statusesPerMinute } = ledger.facts[gateway];
  const now = ledger.now();
  const due = await ledger.run('sweep', 'due', {
    gateway,
    limit,
    perMinute: statusesPerMinute,
    now: iso(now),
    lease: iso(now + LEASE_MS),
    ahead: iso(now + MINUTE_MS),
    minuteAgo: iso(now - MINUTE_MS),
  });
  const next = due[Symbol.iterator]();
  const worker = async () => {
    for (const attempt of next) {
      if (signal?.aborted) return;
      try {
        await ask(ledger, sdk, attempt, recovery, { signal, result });
      } catch (error) {
        result.broken ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Asks about one payment at once, since a person wants to know. Gives what a sweep gives. */
async function askOne(ledger, reference) {
  const row = await ledger.run('ask', 'get', { reference });
  if (row === undefined) throw refuse('ask', `there is no payment ${reference}`);
  const { gateway, status } = row;
  const sdk = ledger.gateways[gateway];
  if (sdk === undefined) throw refuse('ask', `this ledger has no gateway ${gateway}`);
  if (PAID.includes(status)) throw refuse('ask', `${reference} is ${status}: there is nothing to ask about`);
  const now = ledger.now();
  if (row.outcome === null && Number(new Date(row.deadline_at)) > now)
    throw failure('ask', 'NOT_FINAL', `${reference} is being sent: its answer may still come. Try again in a minute.`);
  const { recovery, statusesPerMinute: perMinute } = ledger.facts[gateway];
  const times = {
    now: iso(now),
    lease: iso(now + LEASE_MS),
    minuteAgo: iso(now - MINUTE_MS),
    soon: iso(now - AGAIN_MS),
  };
  const attempt = await ledger.run('ask', 'dueOne', { reference, gateway, perMinute, ...times });
  if (attempt === undefined)
    throw failure('ask', 'RATE_LIMITED', `${gateway} was asked a moment ago, or often of late. Try again in a minute.`);
  const result = { changed: [], asked: 0, handled: 0, failed: 0 };
  await ask(ledger, sdk, attempt, recovery, { result });
  return result;
}

async function ask(ledger, sdk, attempt, recovery, { signal, result }) {
  const now = ledger.now();
  const { reference, number, kind } = attempt;
  const createdAt = Number(new Date(attempt.created_at));
  const timing = {
    createdAt,
    now,
    recovery,
    isPage: ledger.facts[attempt.gateway].isPage && kind === 'payment',
    asks: Number(attempt.asks),
  };
  const base = { reference, number: Number(number), source: 'sweep' };
  const isLost = attempt.outcome === null && Number(new Date(attempt.deadline_at)) <= now;
  if (isLost) {
    // Whoever sent it died before its answer was written down.
    const dueAt = nextAsk({ ...timing, status: 'unknown', asks: 0 });
    const { isMove } = await ledger.lost({ ...base, dueAt });
    if (isMove) attempt.status = 'unknown';
    attempt.outcome = 'unknown';
  }
  let advice;
  try {
    advice = await advised(ledger, sdk, attempt, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    ledger.hears(error, { reference, eventId: null });
    advice = { payment: null, next: 'ask-again' };
    result.asked -= 1;
  }
  result.asked += 1;
  const { payment } = advice;
  const isTold = payment !== null && payment.raw !== null && (await isBelieved(ledger, attempt, payment));
  const status = isTold ? payment.status : attempt.status;
  // A refund is told by what becomes of its payment.
  const dueAt = nextAsk({ ...timing, status: kind === 'refund' ? attempt.status : status });
  if (isTold && status !== attempt.status) {
    const { transactionId, receipt, message } = payment;
    const about = kind === 'refund' ? { ...base, reference: attempt.of, number: attempt.ofNumber } : base;
    const told = { ...about, status, outcome: 'accepted', message, told: { transactionId, receipt } };
    const news = ledger.news({ ...told, body: scrubbed(payment.raw), dueAt });
    const { isMove, handled = 0, failed = 0 } = await ledger.settle(news);
    if (isMove) result.changed.push(await ledger.get(reference));
    result.handled += handled;
    result.failed += failed;
    if (isMove && kind !== 'refund') return;
  }
  const isOpen = !FINAL.includes(attempt.status);
  const attention = isOpen && isLate(timing) ? (attempt.status === 'unknown' ? 'unknown' : 'late') : undefined;
  await ledger.run('sweep', 'schedule', {
    id: attempt.id,
    reference,
    status: attempt.status,
    dueAt: dueAt === null ? null : iso(dueAt),
    attention: advice.next === 'ask-support' && isOpen ? 'ask-support' : attention,
  });
}

async function isBelieved(ledger, { kind, reference, number, gateway }, payment) {
  // A payout may be told with its fee in it.
  if (kind !== 'payment') return true;
  const { amount, currency, attention } = await ledger.run('sweep', 'get', { reference });
  const asked = { reference, number: Number(number), gateway, amount, currency, isDoubted: attention === 'mismatch' };
  return isAsMade(ledger, asked, payment, 'sweep');
}

/** What is safe to do about an attempt, after its gateway was asked, on the rail that made it. */
async function advised(ledger, sdk, attempt, signal) {
  const { gateway_reference: gatewayReference, transaction_id: transactionId, operator, kind } = attempt;
  // `recover` reads this machine's clock.
  const since = Date.now() - Math.max(0, ledger.now() - Number(new Date(attempt.created_at)));
  const options = { since, ...(signal && { signal }) };
  if (kind === 'refund') {
    const of = await ledger.run('sweep', 'refundedBy', { gateway: attempt.gateway, transactionId });
    if (of === undefined)
      return { payment: null, next: 'ask-support', why: 'the payment of this refund is not known.' };
    Object.assign(attempt, { of: of.reference, ofNumber: Number(of.number) });
    return advised(ledger, sdk, of, signal);
  }
  const error = attempt.code === 'DUPLICATE_REFERENCE' ? { code: attempt.code } : undefined;
  return sdk.recover(
    {
      reference: gatewayReference,
      gatewayReference,
      kind,
      ...(transactionId !== null && { transactionId }),
      ...(operator !== null && { operator }),
      ...(attempt.outcome === 'accepted' && { raw: {} }),
      ...(error !== undefined && { error }),
    },
    options,
  );
}
