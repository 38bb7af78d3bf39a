'use strict';

// The shop's handlers: told of an event in the transaction that writes it, or again until they have done with it.

const { AsyncLocalStorage } = require('node:async_hooks');
const { hidden, iso, paymentOf } = require('./rows.js');
const { nextTelling } = require('./schedule.js');

module.exports = { settle, tellAgain, isWithin };

/** How long a handler may take; its transaction is open meanwhile, which the stores bound by 10 s. */
const HANDLER_MS = 8_000;
/** In whose transaction code runs, while it is open. */
const within = new AsyncLocalStorage();
/** The longest sentence of an error that is kept. */
const LONGEST_ERROR = 500;

/** Whether a handler asks, from whose transaction this ledger would be waited for without end. */
function isWithin(ledger) {
  const told = within.getStore();
  return told?.isOpen === true && told.core === ledger.core;
}

/**
 * Takes in what is known of an attempt, and tells the handlers in the same transaction. Where one fails, the status is
 * kept and the event comes again.
 */
async function settle(ledger, args) {
  const isQuiet = args.wants.length === 0 || !args.mayTell;
  if (isQuiet) return ledger.run(args.source, 'settle', args);
  const told = { isOpen: false };
  try {
    const settled = await ledger.transaction(args.source, async (tx) => {
      const found = await tx.run('settle', args);
      for (const event of found.events) await tell(ledger, tx, event, await rowOf(tx, event), told);
      return found;
    });
    return { ...settled, handled: settled.events.length, failed: 0 };
  } catch (error) {
    // Before a handler was told, it is not its failure.
    if (told.event === undefined) throw error;
    const { cause } = failed(ledger, error, told);
    const failure = { dueAt: iso(nextTelling(1, ledger.now())), tries: 1, error: wordsOf(cause) };
    return { ...(await ledger.run(args.source, 'settle', { ...args, failure })), handled: 0, failed: 1 };
  }
}

/** Tells the shop why its handler failed. */
function failed(ledger, error, { event }) {
  const cause = error?.code?.startsWith?.('LEDGER_') && error.cause !== undefined ? error.cause : error;
  ledger.hears(cause, { reference: event.reference, eventId: event.key });
  return { cause };
}

/** Tells the handlers again of what they have not done with. Gives how many they have, and have not. */
async function tellAgain(ledger, { limit, signal }) {
  const counts = { handled: 0, failed: 0 };
  if (ledger.wants.length === 0 || !ledger.delivers) return counts;
  const now = ledger.now();
  const due = await ledger.run('sweep', 'dueEvents', { now: iso(now), lease: iso(now + 2 * HANDLER_MS), limit });
  for (const reference of new Set(due.map((event) => event.reference))) {
    signal?.throwIfAborted();
    const told = { isOpen: false };
    let tries = 0;
    let id;
    try {
      await ledger.transaction('sweep', async (tx) => {
        const found = await tx.run('openEvent', { reference });
        if (found === undefined) return;
        ({ tries, id } = found.event);
        const event = { ...found.event, reference };
        await tell(ledger, tx, event, await rowOf(tx, { reference, number: event.number }), told);
      });
      counts.handled += id === undefined ? 0 : 1;
    } catch (error) {
      if (told.event === undefined) throw error;
      const { cause } = failed(ledger, error, told);
      const dueAt = iso(nextTelling(Number(tries) + 1, now));
      await ledger.run('sweep', 'notHandled', { id, reference, dueAt, error: wordsOf(cause) });
      counts.failed += 1;
    }
  }
  return counts;
}

/** A payment's row as its event is about it: with the attempt of that event. */
function rowOf(tx, { reference, number }) {
  return tx.run('row', { reference, number });
}

async function tell(ledger, tx, event, row, told) {
  const { id, key, type, status, source, reference } = event;
  const handler = ledger.handlers[type === 'duplicate' ? 'duplicate' : row.kind];
  const payment = paymentOf(row, type === 'duplicate' ? row.status : status);
  if (handler !== undefined) {
    const controller = new AbortController();
    const { signal } = controller;
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`the handler did not end within ${HANDLER_MS} ms`);
        reject(error);
        controller.abort(error);
      }, HANDLER_MS);
      timer.unref?.();
    });
    late.catch(() => {});
    Object.assign(told, { core: ledger.core, isOpen: true, event });
    try {
      const context = Object.freeze({
        eventId: key,
        source,
        signal,
        ...(type === 'duplicate' && { refund: refundOf(ledger, row) }),
      });
      const work = within.run(told, async () => handler(payment, tx.app, context));
      await Promise.race([work, late]);
    } finally {
      told.isOpen = false;
      clearTimeout(timer);
    }
  }
  await tx.run('handled', { id, reference, now: iso(ledger.now()) });
}

/** What `refund()` takes to give back what was paid a second time; `null` where that gateway has no refunds. */
function refundOf(ledger, row) {
  if (!ledger.facts[row.attempt_gateway]?.can.has('refund')) return null;
  const { reference, number, amount } = row;
  return {
    reference: `${reference}-R${number}`,
    of: reference,
    attempt: Number(number),
    amount: String(amount),
    reason: 'Paid twice',
    requestedBy: 'Ledger',
  };
}

function wordsOf(error) {
  let words;
  try {
    words = String(error instanceof Error ? error.message : error);
  } catch {
    words = 'what was thrown has no words';
  }
  return hidden(words.replaceAll('\0', '')).slice(0, LONGEST_ERROR);
}
