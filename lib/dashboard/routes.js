'use strict';

// Which page is asked for, and what a form may do.

const { eventOf, attemptOf, iso, paymentOf } = require('../ledger/rows.js');
const answers = require('./answers.js');
const { formOf, isFromHere, listFilterOf, cursorOf, referenceOf } = require('./asked.js');
const { csvOf } = require('./export.js');
const { failurePage, frame } = require('./pages/frame.js');
const { Totals } = require('./totals.js');

exports.Routes = Routes;

const PERIODS = [1, 7, 30, 90];
const USUAL = 7;
const PAGE = 50;
const MOST_WAITING = 25;
const MOST_COUNTED = 1_000;
/** What is open for longer is shown to a person. */
const LATE_MS = 30 * 60_000;
/** The last status is for one whose attention is to be taken away. */
const RESOLVED = ['succeeded', 'failed', 'reversed', 'refunded'];

/** Answers requests: `{ base, at, method, query, header, read, mayAct, user }`. */
function Routes(source, { clock }) {
  const totalsOf = Totals(source);

  const GET = {
    '/': overview,
    '/attention': attention,
    '/payments': payments,
    '/payment': payment,
    '/search': search,
    '/payments.csv': async (asked) => answers.download('payments.csv', csvOf(source, listFilterOf(asked.query, clock))),
  };
  const POST = { '/ask': ask, '/resolve': resolve };

  return async function answer(asked) {
    const { method, at } = asked;
    const isRead = method === 'GET' || method === 'HEAD';
    const asset = answers.file(at.slice(1));
    if (asset !== undefined && isRead) return asset;
    const table = isRead ? GET : method === 'POST' ? POST : {};
    try {
      if (Object.hasOwn(table, at)) return await table[at](asked);
      if (Object.hasOwn(GET, at)) return answers.plain(405, undefined, { allow: 'GET, HEAD' });
      if (Object.hasOwn(POST, at)) return answers.plain(405, undefined, { allow: 'POST' });
      return shown(asked, failurePage('There is no such page.'), 404);
    } catch (error) {
      const found = failureOf(error);
      if (found === undefined) throw error;
      return shown({ ...asked, isBroken: found.status === 503 }, failurePage(found.words), found.status);
    }
  };

  /** A page in its frame, which tells how many payments need a person. */
  async function shown(asked, page, status) {
    const { base, query, mayAct, isBroken } = asked;
    const count = isBroken ? 0 : await source.read('attentionCount', { limit: MOST_COUNTED });
    const now = source.now();
    const about = {
      base,
      at: asked.at,
      text: query.get('q') ?? '',
      mayAct,
      clock,
      now,
      version: answers.assets().version,
    };
    return answers.page(frame({ ...about, count, isMore: count === MOST_COUNTED }, page), status);
  }

  async function overview(asked) {
    const { overviewPage } = require('./pages/overview.js');
    const given = Number(asked.query.get('days'));
    const count = PERIODS.includes(given) ? given : USUAL;
    const now = source.now();
    const today = clock.date(now);
    const days = Array.from({ length: count }, (_, at) => {
      const from = clock.begins(today, -at);
      return { from, to: clock.begins(today, 1 - at), date: clock.date(from) };
    });
    const totals = await totalsOf(days, now);
    const waiting = await waitingOf(5);
    return shown(asked, overviewPage({ base: asked.base, periods: PERIODS, count, clock, totals, waiting }));
  }

  async function waitingOf(limit) {
    const before = iso(source.now() - LATE_MS);
    const { attention: rows, open } = await source.read('waiting', { before, limit });
    const oldest = (one, other) => one.createdAt - other.createdAt;
    return { attention: rows.map((row) => paymentOf(row)), open: open.map((row) => paymentOf(row)).sort(oldest) };
  }

  async function attention(asked) {
    const { attentionPage } = require('./pages/payments.js');
    const waiting = await waitingOf(MOST_WAITING);
    return shown(asked, attentionPage({ ...asked, clock, now: source.now(), waiting, most: MOST_WAITING, LATE_MS }));
  }

  async function payments(asked) {
    const { listPage } = require('./pages/payments.js');
    const filter = listFilterOf(asked.query, clock);
    const before = cursorOf(asked.query.get('before'));
    const rows = await source.read('latest', { ...filter, ...(before && { before }), limit: PAGE + 1 });
    const isMore = rows.length > PAGE;
    const found = rows.slice(0, PAGE);
    const last = found.at(-1);
    const next = isMore ? `${iso(new Date(last.created_at))}~${last.id}` : undefined;
    return shown(asked, listPage({ ...asked, clock, found: found.map((row) => paymentOf(row)), next }));
  }

  async function search(asked) {
    const { foundPage } = require('./pages/payments.js');
    const text = (asked.query.get('q') ?? '').trim().slice(0, 200);
    const rows = text === '' ? [] : await source.read('found', { text });
    const found = rows.map((row) => paymentOf(row));
    if (found.length === 1) return answers.redirect(placeOf(asked.base, found[0].reference));
    return shown(asked, foundPage({ ...asked, clock, text, found }));
  }

  async function payment(asked, problem, status) {
    const { paymentPage } = require('./pages/payment.js');
    const reference = referenceOf(asked.reference ?? asked.query.get('reference'));
    const life = await source.read('life', { reference });
    if (life === undefined) return shown(asked, failurePage('There is no such payment.'), 404);
    const own = paymentOf(life.row);
    const may = asked.mayAct ? [...RESOLVED.filter((to) => source.mayBecome(own.status, to)), own.status] : [];
    const about = {
      ...own,
      attempts: life.attempts.map(attemptOf),
      events: life.events.map(eventOf),
      children: life.children.map((child) => child.reference),
    };
    const said = asked.query.get('said');
    return shown(
      asked,
      paymentPage({ ...asked, clock, payment: about, may: [...new Set(may)], said, problem }),
      status,
    );
  }

  /** What a form of this page says, of somebody who may do what it does. */
  async function formAsked(asked) {
    if (!asked.mayAct) throw refusal(403, 'This dashboard may only be read.');
    if (!isFromHere(asked.header)) throw refusal(403, 'This form was sent from another site: nothing was done.');
    if (asked.user === '') throw refusal(403, 'Nobody is logged in: nothing was done.');
    const form = await formOf(asked.read);
    return { ...form, reference: referenceOf(form.reference) };
  }

  async function ask(asked) {
    const { reference } = await formAsked(asked);
    return done(asked, reference, async () => {
      const { changed, asked: answered } = await source.ask(reference);
      return changed.length > 0 ? 'changed' : answered > 0 ? 'same' : 'silent';
    });
  }

  async function resolve(asked) {
    const { reference, status, by = '', note = '' } = await formAsked(asked);
    const said = { by: (asked.user ?? by).trim().slice(0, 100), note: note.trim().slice(0, 1_000) };
    return done(asked, reference, async () => {
      await source.resolve(reference, status, said);
      return 'resolved';
    });
  }

  /** What came of it, on the payment's own page: at another address, so that to load it again does nothing again. */
  async function done({ base, ...asked }, reference, work) {
    try {
      return answers.redirect(`${placeOf(base, reference)}&said=${await work()}`);
    } catch (error) {
      const found = failureOf(error);
      if (found === undefined || found.status === 503) throw error;
      return payment({ ...asked, base, reference }, found.words, found.status);
    }
  }
}

function placeOf(base, reference) {
  return `${base}/payment?reference=${encodeURIComponent(reference)}`;
}

function refusal(status, words) {
  return Object.assign(new Error(words), { status });
}

/** What to answer for an error that says so itself; `undefined` for any other. */
function failureOf(error) {
  const { code, status, message } = Object(error);
  if (typeof status === 'number') return { status, words: message };
  if (typeof code !== 'string') return undefined;
  const words = message.replace(/^ledger\.\w+ failed: /, '');
  if (code.startsWith('LEDGER_')) return { status: 503, words };
  return ['INVALID_REQUEST', 'NOT_FINAL', 'RATE_LIMITED'].includes(code) ? { status: 409, words } : undefined;
}
