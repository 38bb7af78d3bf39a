'use strict';

// The shop's handlers: told of an event in the transaction that writes it, or again until they have done with it.

const { iso, paymentOf } = require('./rows.js');
const { nextTelling } = require('./schedule.js');

module.exports = { settle, tellAgain };

/** How long a handler may take; its transaction is open meanwhile. */
const HANDLER_MS = 10_000;
/** The longest sentence of an error that is kept. */
const LONGEST_ERROR = 500;

class HandlerFailed extends Error {}

/**
 * Takes in what is known of an attempt, and tells the handlers in the same transaction. Where one fails, the status is
 * kept and the event comes again.
 */
async function settle(ledger, args) {
  const isQuiet = args.wants.length === 0 || !args.mayTell;
  if (isQuiet) return ledger.run(args.source, 'settle', args);
  try {
    return await ledger.transaction(args.source, async (tx) => {
      const told = await tx.run('settle', args);
      for (const event of told.events) await tell(ledger, tx, event, await rowOf(tx, event));
      return told;
    });
  } catch (error) {
    if (!(error instanceof HandlerFailed)) throw error;
    const dueAt = iso(nextTelling(1, ledger.now()));
    return ledger.run(args.source, 'settle', { ...args, failure: { dueAt, tries: 1, error: wordsOf(error.cause) } });
  }
}

/** Tells the handlers again of what they have not done with. Gives how many they have, and have not. */
async function tellAgain(ledger, { limit, signal }) {
  const counts = { handled: 0, failed: 0 };
  if (ledger.wants.length === 0 || !ledger.delivers) return counts;
  const now = ledger.now();
  const due = await ledger.run('sweep', 'dueEvents', { now: iso(now), lease: iso(now + 2 * HANDLER_MS), limit });
  for (const reference of new Set(due.map((event) => event.reference))) {
    signal?.throwIfAborted();
    let open;
    try {
      await ledger.transaction('sweep', async (tx) => {
        const found = await tx.run('openEvent', { reference });
        open = found?.event;
        if (open === undefined) return;
        await tell(ledger, tx, { ...open, reference }, await rowOf(tx, { reference, number: open.number }));
      });
      if (open !== undefined) counts.handled += 1;
    } catch (error) {
      if (!(error instanceof HandlerFailed)) throw error;
      const dueAt = iso(nextTelling(Number(open.tries) + 1, now));
      await ledger.run('sweep', 'notHandled', { id: open.id, reference, dueAt, error: wordsOf(error.cause) });
      counts.failed += 1;
    }
  }
  return counts;
}

/** A payment's row as its event is about it: with the attempt of that event. */
function rowOf(tx, { reference, number }) {
  return tx.run('row', { reference, number });
}

async function tell(ledger, tx, { id, key, type, status, source, reference }, row) {
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
    try {
      const context = Object.freeze({
        eventId: key,
        source,
        signal,
        ...(type === 'duplicate' && { refund: refundOf(row) }),
      });
      const work = (async () => handler(payment, tx.app, context))();
      await Promise.race([work, late]);
    } catch (error) {
      throw new HandlerFailed('', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
  await tx.run('handled', { id, reference, now: iso(ledger.now()) });
}

/** What `refund()` takes to give back what was paid a second time. */
function refundOf(row) {
  const { reference, number, amount } = row;
  return {
    reference: `${reference}-R${number}`,
    of: reference,
    attempt: Number(number),
    amount: String(amount),
    reason: 'Paid twice',
  };
}

function wordsOf(error) {
  return String(error instanceof Error ? error.message : error).slice(0, LONGEST_ERROR);
}
