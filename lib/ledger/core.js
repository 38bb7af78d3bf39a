'use strict';

// What the parts of a ledger share.

const { Counts } = require('./counts.js');
const { isWithin, settle } = require('./handlers.js');
const { addon, failure, from } = require('./parts.js');
const { iso, paymentOf } = require('./rows.js');
const { againAfter, firstAsk } = require('./schedule.js');
const { FINAL } = require('./states.js');

const CODES = ['LEDGER_BUSY', 'LEDGER_FULL', 'LEDGER_READ_ONLY', 'LEDGER_UNREACHABLE', 'LEDGER_FAILED'];

function factsOf(sdk) {
  const { recovery, statusesPerMinute, reference } = sdk.capabilities();
  const can = new Set(['charge', 'payout', 'refund'].filter((name) => sdk.supports(name)));
  return {
    recovery,
    statusesPerMinute,
    reference,
    can,
    timeoutMs: addon.timeoutMs(sdk),
    // A page stays open after a failure.
    isPage: recovery.payment.resend === 'new',
  };
}

/** What the parts of the ledger share: the store, the gateways, and what the shop handed in. */
class Core {
  constructor(store, { gateways, handlers, before, rule, clock, delivers, onError }) {
    Object.assign(this, { core: this, onError, store, gateways, handlers, before, rule, delivers, isClosed: false });
    Object.assign(this, { sent: new Map(), later: new Set() });
    // What never changes of each gateway; asking for it takes longer than a payment's own work.
    this.facts = Object.fromEntries(Object.entries(gateways).map(([name, sdk]) => [name, factsOf(sdk)]));
    // Who leaves the telling to others does not know what they want to hear: they skip what they have no handler for.
    this.wants = Object.keys(handlers).filter((name) => !delivers || handlers[name] !== undefined);
    this.now = clock ?? Date.now;
    // The credentials of the first seal what is kept. A ledger that had other gateways was sealed by one of those.
    this.vaults = Object.keys(gateways)
      .sort()
      .map((name) => gateways[name]);
    this.counts = Counts(gateways, this.now);
  }

  /** The request of a payment as it was kept; `null` when the credentials have changed since. */
  opened({ reference, request }) {
    if (typeof request !== 'string') return null;
    for (const vault of this.vaults) {
      const text = addon.unseal(vault, reference, request);
      if (typeof text === 'string') return text;
    }
    return null;
  }

  allows(refusal) {
    try {
      const said = this.rule?.(refusal);
      // It was to answer at once: what it says later is nobody's.
      if (typeof said?.then === 'function') said.then(undefined, () => {});
      return said === true;
    } catch {
      return false;
    }
  }

  /** Tells the shop of an error that no call of its own rejects with. */
  hears(error, about) {
    try {
      const later = this.onError?.(error, Object.freeze(about));
      if (typeof later?.then === 'function') later.then(undefined, () => {});
    } catch {
      // What a listener throws is its own affair.
    }
  }

  async run(operation, name, args) {
    this.mayAsk(operation);
    try {
      return await this.store.run(name, args);
    } catch (error) {
      throw storeFailure(operation, error);
    }
  }

  async transaction(operation, work) {
    this.mayAsk(operation);
    try {
      return await this.store.transaction(work);
    } catch (error) {
      throw CODES.includes(error?.code) ? storeFailure(operation, error) : error;
    }
  }

  mayAsk(operation) {
    if (this.isClosed) throw failure(operation, 'LEDGER_FAILED', 'the ledger is closed.');
    if (isWithin(this))
      throw failure(operation, 'CALLER_ERROR', 'a handler called it, whose transaction it would wait for: use tx.');
  }

  settle(args) {
    return settle(this, args);
  }

  /** What `settle` is to take in. */
  news({ reference, number, status, source, outcome, code, gatewayCode, message, told, body, dueAt, inbox }) {
    const now = this.now();
    const isFinal = FINAL.includes(status);
    const next = dueAt !== undefined ? dueAt : isFinal ? null : now + firstAsk;
    return {
      reference,
      number,
      status,
      source,
      outcome,
      code,
      gatewayCode,
      message,
      told,
      body,
      inbox,
      from: from(status),
      now: iso(now),
      dueAt: next === null ? null : iso(next),
      wants: this.wants,
      mayTell: isFinal && this.delivers,
    };
  }

  /** Takes in that nobody can know any more from the call itself what became of an attempt: its process ended. */
  lost({ reference, number, source, dueAt }) {
    const lost = { reference, number, source, status: 'unknown', outcome: 'unknown', code: 'LOST', told: {}, dueAt };
    return this.settle(this.news(lost));
  }

  told(row) {
    return paymentOf(row);
  }

  async get(reference) {
    const row = await this.run('get', 'get', { reference });
    return row === undefined ? null : paymentOf(row);
  }

  /** Does `work` once for all who ask for the same at one time. */
  sending(reference, parameters, work) {
    const key = `${parameters} ${reference}`;
    const known = this.sent.get(key);
    if (known !== undefined) return known;
    const made = this.forgotten(key, work);
    this.sent.set(key, made);
    return made;
  }

  /** Does `work`, which is no longer known by `key` when it is done. */
  async forgotten(key, work) {
    try {
      return await work();
    } finally {
      this.sent.delete(key);
    }
  }

  /** Writes an answer down when the database is there again. */
  recordLater(args, tries) {
    const entry = { write: () => this.settle(args()) };
    const again = async () => {
      this.later.delete(entry);
      try {
        await entry.write();
      } catch {
        tries += 1;
        if (!this.isClosed) wait();
      }
    };
    const wait = () => {
      entry.timer = setTimeout(again, againAfter(tries));
      entry.timer.unref?.();
      this.later.add(entry);
    };
    wait();
  }

  async close() {
    if (this.isClosed) return;
    await Promise.allSettled(this.sent.values());
    for (const { timer } of this.later) clearTimeout(timer);
    await Promise.allSettled([...this.later].map(({ write }) => write()));
    this.isClosed = true;
    this.counts.close();
    await this.store.close();
  }
}

/** The failure of a call whose store failed. */
function storeFailure(operation, error) {
  const code = CODES.includes(error?.code) ? error.code : 'LEDGER_FAILED';
  const words = error instanceof Error ? error.message : String(error);
  return failure(operation, code, words, { cause: error, retryable: true });
}

exports.Core = Core;
