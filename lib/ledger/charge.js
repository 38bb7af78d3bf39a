'use strict';

// A payment, payout or refund on its way: written down, sent, and its answer written down.

const { randomUUID } = require('node:crypto');
const { setTimeout: after } = require('node:timers/promises');
const { blocked, refusedBefore } = require('./before.js');
const { checked, intentOf, isSame, operatorOf, railOf, referenceFor } = require('./intent.js');
const { failure } = require('./parts.js');
const { answerValues, attemptValues, paymentValues } = require('./procedures/columns.js');
const { iso, scrubbed } = require('./rows.js');
const { againAfter, firstAsk } = require('./schedule.js');

exports.make = make;
exports.send = send;

/** What a call may take beyond its own deadline, until its attempt counts as lost. */
const GRACE_MS = 5_000;
/** How often another process's answer is looked for. */
const LOOKS_MS = [20, 50, 100, 200, 400, 800, 1_000];
/** How long an answer that cannot be written down keeps its caller. */
const RECORDS_WITHIN_MS = 5_000;

const named = (request, reference) => (request.reference === reference ? request : { ...request, reference });
/** How each kind begins, by what it is asked for, and the word for it. */
const KINDS = {
  payment: { operation: 'charge', status: 'pending', asked: named },
  payout: { operation: 'payout', status: 'unknown', asked: named },
  // Gateways know a refund by its payment.
  refund: { operation: 'refund', status: 'unknown', asked: ({ reference: _, currency: __, ...request }) => request },
};
exports.KINDS = KINDS;

/**
 * Writes an intent down and sends it. What was asked for before under the same reference is not sent again: its first
 * answer is given, when it is there.
 */
async function make(ledger, kind, { request, via, options, child, operation = KINDS[kind].operation }) {
  options?.signal?.throwIfAborted?.();
  const asked = KINDS[kind].asked(request, request.reference);
  for (const name of via.slice(1)) checked(ledger.gateways[name], operation, asked, make);
  const whole = kind === 'refund' ? request : undefined;
  const { parent, ofAttempt } = child ?? {};
  const intent = intentOf(ledger, { kind, operation, gateway: via[0], asked, whole, parent, ofAttempt }, make);
  const { made } = intent;
  const all = { kind, operation, request, via, options, intent };
  return ledger.sending(made.reference, made.parameters, () => begin(ledger, all));
}

async function begin(ledger, { kind, operation, request, via, options, intent }) {
  const { made } = intent;
  const about = { reference: made.reference, number: 1, kind, request, options, intent };
  const first = attemptOn(ledger, via[0], about);
  let intended = await ledger.run(operation, 'intend', intending(ledger, made, first));
  if (intended.isTaken) {
    // Another payment has that name at the gateway: then it is one that is made of it.
    first.gatewayReference = referenceFor(ledger.facts[first.gateway], `${made.reference}/1`, 0, kind);
    intended = await ledger.run(operation, 'intend', intending(ledger, made, first));
  }
  const { isNew, id, row, refusal, gatewayReference = first.gatewayReference } = intended;
  if (refusal !== undefined) throw failure(operation, 'NOT_COVERED', `${refusal}. Nothing was sent.`);
  if (!isNew) {
    if (!isSame(ledger, row, intent))
      throw failure(
        operation,
        'REFERENCE_CONFLICT',
        `${row.kind} ${made.reference} was asked for before with other parameters; its own stand. Nothing was sent.`,
      );
    return waited(ledger, operation, made.reference, options);
  }
  Object.assign(first, { gatewayReference, number: 1, id });
  return send(ledger, { kind, operation, request, via, options, intent, attempt: first });
}

/** Whose intents come one after the other: a rule looks at those before. */
function ofPhone(ledger, { phoneTag }) {
  return ledger.before === undefined || phoneTag === null ? undefined : phoneTag;
}
exports.ofPhone = ofPhone;

/** What `intend` is given. */
function intending(ledger, made, first) {
  const { reference, kind, parent, ofAttempt, amount, currency } = made;
  return {
    reference,
    token: first.token,
    values: {
      payment: paymentValues(made, first, first.now),
      attempt: attemptValues(reference, 1, kind, first, first.now),
    },
    part: parent === null ? undefined : { parent, ofAttempt, kind, amount, currency },
    ofPhone: ofPhone(ledger, first),
  };
}

/** An attempt as the tables know it before it leaves. */
function attemptOn(ledger, gateway, { reference, number, kind, request, options, intent }) {
  const facts = ledger.facts[gateway];
  const { at, deadlineAt, dueAt } = deadlinesOf(ledger, gateway, options);
  return {
    gateway,
    rail: railOf(facts, kind, request),
    status: KINDS[kind].status,
    token: randomUUID(),
    operator: operatorOf(kind, request, intent.phone),
    phone: intent.made.phone,
    phoneTag: intent.made.phoneTag,
    transactionId: kind === 'refund' ? request.transactionId : null,
    at,
    now: iso(at),
    gatewayReference: referenceFor(facts, reference, number, kind),
    deadlineAt,
    dueAt,
    number,
    id: undefined,
  };
}
exports.attemptOn = attemptOn;

/** When an attempt that begins now counts as lost. */
function deadlinesOf(ledger, gateway, options) {
  const at = ledger.now();
  const deadlineAt = at + (options?.timeoutMs ?? ledger.facts[gateway].timeoutMs) + GRACE_MS;
  // A process that dies now is noticed then.
  return { at, deadlineAt: iso(deadlineAt), dueAt: iso(Math.max(deadlineAt, at + firstAsk)) };
}

/** Sends an attempt that is written down, and the next one where nothing can have moved. */
async function send(ledger, { kind, operation, request, via, options, intent, attempt, source = operation }) {
  const { reference } = intent.made;
  const first = attempt;
  let current = attempt;
  for (let at = 0; ; at += 1) {
    const sdk = ledger.gateways[current.gateway];
    if (ledger.before !== undefined) await refusedBefore(ledger, operation, { intent, attempt: current });
    if (ledger.before !== undefined || ledger.now() > current.at + GRACE_MS) {
      // Who was held up may have been given up, and another attempt may be on its way.
      const held = await ledger.run(operation, 'hold', {
        ...current,
        ...deadlinesOf(ledger, current.gateway, options),
      });
      if (!held) return waited(ledger, operation, reference, options);
    }
    let answer;
    try {
      if (options?.signal?.aborted) throw failure(operation, 'ABORTED', 'the signal was aborted. Nothing was sent.');
      const told = await sdk[KINDS[kind].operation](KINDS[kind].asked(request, current.gatewayReference), options);
      answer = answered(kind, told);
    } catch (error) {
      answer = failed(error);
      const isOver = at + 1 >= via.length || options?.signal?.aborted;
      if (!isOver && (answer.outcome === 'not_sent' || (answer.outcome === 'refused' && ledger.allows(error)))) {
        const number = current.number;
        const next = attemptOn(ledger, via[at + 1], {
          reference,
          number: number + 1,
          kind,
          request,
          options,
          intent,
        });
        const now = iso(ledger.now());
        const about = { reference, number, ofPhone: ofPhone(ledger, next) };
        const asked = { ...about, left: answer, next, source, who: null, now, from: ['failed'] };
        const begun = await ledger.run(operation, 'again', asked);
        if (!begun.isNew) return waited(ledger, operation, reference, options);
        current = { ...next, ...begun };
        continue;
      }
    }
    if (current === first && isPlain(first, answer)) return plainly(ledger, operation, { intent, first, answer });
    return record(ledger, operation, { reference, number: current.number, answer });
  }
}

/** Whether an answer brings nothing that decides anything. */
function isPlain({ number, status, gatewayReference }, { outcome, status: answered, told }) {
  return number === 1 && outcome === 'accepted' && answered === status && told.gatewayReference === gatewayReference;
}

/** Writes down an answer that changes no status. */
async function plainly(ledger, operation, { intent: { made }, first, answer }) {
  const { reference } = made;
  const { told, message } = answer;
  const values = answerValues(answer, iso(ledger.now()), first);
  try {
    if (!(await ledger.run(operation, 'answer', values))) throw new Error('something else came first');
  } catch {
    return record(ledger, operation, { reference, number: 1, answer });
  }
  return ledger.told({
    reference,
    kind: made.kind,
    status: first.status,
    amount: made.amount,
    currency: made.currency,
    gateway: first.gateway,
    rail: first.rail,
    parent: made.parent,
    phone: made.phone,
    attempt: 1,
    description: made.description,
    gateway_reference: told.gatewayReference,
    outcome: 'accepted',
    code: null,
    transaction_id: told.transactionId ?? null,
    receipt: told.receipt ?? null,
    operator: told.operator ?? null,
    redirect_url: told.redirectUrl ?? null,
    message: message ?? null,
    attention: null,
    created_at: first.at,
    updated_at: first.at,
  });
}

/** What a gateway's answer says of an attempt. */
function answered(kind, told) {
  const { transactionId, receipt, redirectUrl, operator, gatewayReference, message, raw } = told;
  // A refund is known by the payment that it is of, and is done when that one was taken back.
  const status = kind === 'refund' ? { queued: 'authorized', done: 'processing' }[told.status] : told.status;
  return {
    status: status ?? 'unknown',
    outcome: 'accepted',
    message,
    body: scrubbed(raw),
    told: { transactionId, receipt, redirectUrl, operator: operator?.name, gatewayReference },
  };
}

/** What a failure says of an attempt. */
function failed(error) {
  const { outcome = 'unknown', code = 'INTERNAL', gatewayCode, gatewayMessage, response } = Object(error);
  // One whose reference was new, and which the gateway knows all the same, has arrived.
  const isLost = !['refused', 'not_sent'].includes(outcome) || code === 'DUPLICATE_REFERENCE';
  return {
    status: isLost ? 'unknown' : 'failed',
    outcome: isLost ? 'unknown' : outcome,
    code,
    gatewayCode: typeof gatewayCode === 'string' ? gatewayCode : undefined,
    // What was never sent the gateway has not answered.
    message:
      (outcome === 'not_sent' ? undefined : gatewayMessage) ?? (error instanceof Error ? error.message : undefined),
    body: scrubbed(response),
    told: {},
  };
}

/** Writes down what an attempt came to. The answer is kept here, and written when the database is there again. */
async function record(ledger, operation, { reference, number, answer }) {
  const args = () => ledger.news({ reference, number, source: operation, ...answer });
  const started = performance.now();
  for (let tries = 0; ; tries += 1) {
    try {
      const { row } = await ledger.settle(args());
      return ledger.told(row);
    } catch (error) {
      const waitMs = againAfter(tries);
      if (ledger.isClosed || performance.now() - started + waitMs > RECORDS_WITHIN_MS) {
        ledger.recordLater(args, tries);
        throw failure(
          operation,
          error.code,
          `the answer came, and could not be written down yet: ${error.message} It will be. Ask get() later.`,
          { cause: error, outcome: answer.outcome === 'accepted' ? 'unknown' : answer.outcome },
        );
      }
      await after(waitMs);
    }
  }
}

/** The answer of an attempt that somebody else has sent, when it is there or cannot come any more. */
async function waited(ledger, operation, reference, options) {
  for (let looks = 0; ; looks += 1) {
    const row = await ledger.run(operation, 'get', { reference });
    const isOpen = row.outcome === null && row.status === KINDS[row.kind].status;
    const isOver = ledger.now() > Number(new Date(row.deadline_at));
    if (isOpen && isOver) {
      // Whoever sent it has ended: what became of it is asked for by the next sweep.
      const { row: told } = await ledger.lost({ reference, number: Number(row.attempt), source: operation });
      return ledger.told(told);
    }
    if (row.code === 'BLOCKED' && row.outcome === 'not_sent') throw blocked(operation, row.message);
    if (!isOpen) return ledger.told(row);
    options?.signal?.throwIfAborted?.();
    await after(LOOKS_MS[Math.min(looks, LOOKS_MS.length - 1)], undefined, { signal: options?.signal });
  }
}
