'use strict';

// The methods of a ledger, and what they are given, checked.

const { randomUUID } = require('node:crypto');
const { KINDS, make } = require('./charge.js');
const { Core } = require('./core.js');
const { referenceOf } = require('./intent.js');
const { addon, failure, from, isStatus, refuse } = require('./parts.js');
const { attemptOf, eventOf, iso, paymentOf } = require('./rows.js');

const MAX_TIMEOUT_MS = 3_600_000;
const MAX_SWEPT = 10_000;
/** The end of the year 9999. */
const MAX_TIME = 253_402_300_799_999;
const DEFAULT_SWEPT = 500;
const FILTERS = ['status', 'kind', 'gateway', 'from', 'to', 'attention'];

/** Payments that are written down first, asked about until they are known, and fulfilled once. */
class Ledger {
  #core;

  constructor(store, settings) {
    this.#core = new Core(store, settings);
  }

  async charge(request, options) {
    const { via, ...own } = requestOf('charge', request);
    return this.#made('payment', { request: own, via: this.#via('charge', via, 'charge'), options });
  }

  async payout(request, options) {
    const { via, of, ...own } = requestOf('payout', request);
    const child = of === undefined ? undefined : { parent: referenceOf('payout', of, 'of') };
    return this.#made('payout', { request: own, via: this.#via('payout', via, 'payout'), options, child });
  }

  /** Gives back a payment, or a part of it, by the gateway that took it. */
  async refund(request, options) {
    const { of, attempt, ...own } = requestOf('refund', request);
    const parent = referenceOf('refund', of, 'of');
    const core = this.#core;
    const life = await core.run('refund', 'life', { reference: parent });
    if (life === undefined) throw refuse('refund', `there is no payment ${parent}`);
    const paid = life.attempts.find(({ number }) => Number(number) === Number(attempt ?? life.row.attempt));
    if (paid === undefined) throw refuse('refund', `${parent} has no attempt ${attempt}`);
    const { gateway, transaction_id: transactionId, receipt } = paid;
    const { currency } = life.row;
    if (own.currency !== undefined && own.currency !== currency)
      throw refuse('refund', `${parent} was made in ${currency}`);
    const { reference, ...asked } = { amount: String(life.row.amount), ...own, currency };
    try {
      addon.parseAmount(asked.amount, currency);
    } catch (cause) {
      throw refuse('refund', `amount cannot be read: ${cause.message}`, { cause });
    }
    const request_ = { ...asked, reference, transactionId, ...(receipt !== null && { confirmationCode: receipt }) };
    const via = this.#via('refund', [gateway], 'refund');
    return this.#made('refund', {
      request: request_,
      via,
      options,
      child: { parent, ofAttempt: Number(paid.number) },
    });
  }

  /** Pays out parts of a payment to several recipients; none of them is sent when their sum is too much. */
  async split(asked, options) {
    const { of, to, via } = Object(asked);
    const { split } = require('./split.js');
    return split(this.#core, { parent: of, to, via }, (request) => this.payout(request, options));
  }

  /** Begins the next attempt of a payment or payout that has failed for good. */
  async retry(reference, changes, options) {
    optionsOf('retry', options);
    const { retry } = require('./retry.js');
    const via = changes?.via === undefined ? undefined : this.#via('retry', changes.via, null);
    return retry(this.#core, referenceOf('retry', reference), { ...changes, via }, options);
  }

  async get(reference) {
    const life = await this.#core.run('get', 'life', { reference: referenceOf('get', reference) });
    if (life === undefined) return null;
    return {
      ...paymentOf(life.row),
      attempts: life.attempts.map(attemptOf),
      events: life.events.map(eventOf),
      children: life.children.map((child) => child.reference),
    };
  }

  find(filter) {
    const core = this.#core;
    const asked = filterOf(filter);
    return {
      async *[Symbol.asyncIterator]() {
        for (let after; ; ) {
          const rows = await core.run('find', 'page', { ...asked, ...(after && { after }) });
          for (const row of rows) yield paymentOf(row);
          if (rows.length === 0) return;
          const last = rows.at(-1);
          after = { createdAt: iso(new Date(last.created_at)), id: last.id };
        }
      },
    };
  }

  /** An operator's word on what became of a payment. */
  async resolve(reference, status, who) {
    const { by, note } = Object(who);
    referenceOf('resolve', reference);
    if (!isStatus(status)) throw refuse('resolve', `there is no status ${String(status)}`);
    for (const [name, value] of Object.entries({ by, note }))
      if (typeof value !== 'string' || value.trim() === '')
        throw refuse('resolve', `${name} is missing: who says so, and why`);
    const core = this.#core;
    const row = await core.run('resolve', 'get', { reference });
    if (row === undefined) throw refuse('resolve', `there is no payment ${reference}`);
    const now = iso(core.now());
    if (row.status === status) {
      const key = `${reference}/resolve/${randomUUID()}`;
      await core.run('resolve', 'attended', { reference, who: by, note, key, now });
      return core.get(reference);
    }
    if (!from(status).includes(row.status))
      throw refuse('resolve', `${reference} is ${row.status}, which cannot become ${status}`);
    const news = core.news({ reference, status, source: 'operator', told: {} });
    const { isMove } = await core.settle({ ...news, who: by, note });
    if (!isMove) throw failure('resolve', 'NOT_FINAL', `${reference} has changed meanwhile: look at it again.`);
    return core.get(reference);
  }

  async sweep(options) {
    const { limit = DEFAULT_SWEPT, signal, now, ...others } = Object(options);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw refuse('sweep', `options have ${unknown}; there are limit, signal, now`);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_SWEPT)
      throw refuse('sweep', `limit must be a whole number from 1 to ${MAX_SWEPT}`);
    signal?.throwIfAborted?.();
    const core = this.#core;
    const at = now === undefined ? undefined : Number(now);
    if (at !== undefined && !(at > 0 && at < MAX_TIME))
      throw refuse('sweep', 'now must be a Date or a time in milliseconds');
    const seen = at === undefined ? core : Object.create(core, { now: { value: () => at } });
    return require('./sweep.js').sweep(seen, { limit, signal });
  }

  async health(options) {
    return require('./health.js').health(this.#core, options);
  }

  webhooks(options) {
    return require('./hooks.js')(this.#core, options);
  }

  /** Pages about the money, to be mounted behind a login of the app's. */
  dashboard(options) {
    const core = this.#core;
    const source = {
      read: (name, args) => core.run('dashboard', name, args),
      now: core.now,
      ask: (reference) => require('./sweep.js').askOne(core, reference),
      resolve: (...said) => this.resolve(...said),
      mayBecome: (status, next) => from(next).includes(status),
    };
    return require('../dashboard/index.js')(source, options);
  }

  compare(rows, options) {
    const { gateway, from, to, kind = 'payment', ...others } = Object(options);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      throw refuse('compare', `there is no option ${unknown}; there are gateway, from, to, kind`);
    if (!['payment', 'payout'].includes(kind)) throw refuse('compare', 'kind must be payment or payout');
    this.#via('compare', [gateway], null);
    const period = { from: timeOf('compare', 'from', from), to: timeOf('compare', 'to', to) };
    if (period.from >= period.to) throw refuse('compare', 'from must be before to');
    const core = this.#core;
    const ours = {
      async find(references, ids) {
        const rows = await core.run('compare', 'named', { gateway, kind, references, ids });
        return rows.map(comparable);
      },
      async *range() {
        for (const isAgain of [false, true]) {
          for (let after, page; page?.length !== 0; ) {
            page = await core.run('compare', 'asked', { gateway, kind, ...period, isAgain, ...(after && { after }) });
            for (const row of page) yield comparable(row);
            const last = page.at(-1);
            if (last !== undefined) after = placeOf(last, isAgain);
          }
        }
      },
    };
    return require('./compare.js').compare({ rows, ours, gateway });
  }

  async close() {
    await this.#core.close();
  }

  #made(kind, asked) {
    const { operation } = KINDS[kind];
    referenceOf(operation, asked.request.reference);
    optionsOf(operation, asked.options);
    return make(this.#core, kind, { ...asked, operation });
  }

  /** The gateways to ask, one after the other; without `via` the first of them. */
  #via(operation, via, needs) {
    const { facts } = this.#core;
    const names = Object.keys(facts);
    const able = (name) => needs === null || facts[name].can.has(needs);
    if (via === undefined) {
      const first = names.find(able);
      if (first === undefined) throw refuse(operation, `no gateway of this ledger has ${needs}`);
      return [first];
    }
    const asked = typeof via === 'string' ? [via] : via;
    if (!Array.isArray(asked) || asked.length === 0 || new Set(asked).size !== asked.length)
      throw refuse(operation, 'via must be a gateway’s name, or a list of different ones');
    for (const name of asked) {
      if (!names.includes(name))
        throw refuse(operation, `there is no gateway ${String(name)}; there are ${names.join(', ')}`);
      if (!able(name)) throw failure(operation, 'NOT_SUPPORTED', `${name} has no ${needs}. Nothing was sent.`);
    }
    return asked;
  }
}

function requestOf(operation, request) {
  if (request === null || typeof request !== 'object' || Array.isArray(request))
    throw refuse(operation, 'it takes an object with reference, amount and currency');
  const own = { ...request };
  if (typeof own.currency === 'string') own.currency = own.currency.toUpperCase();
  return own;
}

/** The options of a call, which are those of the gateway's. */
function optionsOf(operation, options) {
  if (options === undefined) return;
  if (options === null || typeof options !== 'object') throw refuse(operation, 'options must be an object');
  const unknown = Object.keys(options).find((name) => !['signal', 'timeoutMs'].includes(name));
  if (unknown !== undefined) throw refuse(operation, `options have ${unknown}; there are signal, timeoutMs`);
  const { signal, timeoutMs } = options;
  if (timeoutMs !== undefined && !(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS))
    throw refuse(operation, `timeoutMs must be a number of milliseconds from 1 to ${MAX_TIMEOUT_MS}`);
  if (signal !== undefined && !(typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function'))
    throw refuse(operation, 'signal must be an AbortSignal');
}

/** Where a page of attempts went on from. */
function placeOf(row, isAgain) {
  const [createdAt, id] = isAgain ? [row.attempt_created_at, row.attempt_id] : [row.created_at, row.id];
  return { createdAt: iso(new Date(createdAt)), id };
}

/** A row as it is compared: as its own attempt stands. */
function comparable(row) {
  return { ...paymentOf(row, row.attempt_status), id: Number(row.attempt_id) };
}

function timeOf(operation, name, value) {
  const time = new Date(value);
  if (Number.isNaN(Number(time))) throw refuse(operation, `${name} must be a time`);
  return iso(time);
}

function filterOf(filter) {
  const asked = { ...filter };
  const unknown = Object.keys(asked).find((name) => !FILTERS.includes(name));
  if (unknown !== undefined) throw refuse('find', `there is no filter ${unknown}; there are ${FILTERS.join(', ')}`);
  for (const name of ['from', 'to']) {
    if (asked[name] !== undefined) asked[name] = timeOf('find', name, asked[name]);
  }
  if (asked.status !== undefined && !isStatus(asked.status)) throw refuse('find', `there is no status ${asked.status}`);
  if (![undefined, 'payment', 'payout', 'refund'].includes(asked.kind))
    throw refuse('find', `there is no kind ${asked.kind}`);
  if (![undefined, true, false].includes(asked.attention)) throw refuse('find', 'attention must be true or false');
  return asked;
}

module.exports = { Ledger };
