'use strict';

// What the overview tells of a period: day by day, so that the payments of others get in between.

const { adviceOf } = require('../ledger/advice.js');
const { quantiles } = require('../ledger/measure.js');
const { PAID, TAKEN_BACK, FINAL } = require('../ledger/states.js');

exports.Totals = Totals;

/** How far payments come, why they fail, and how long they take, is told of so many of the newest. */
const SAMPLE = 1_000;
/** How long the sums of a day are kept: payments of a day that has ended change seldom. */
const KEPT_MS = { today: 2_000, ended: 60_000 };
const MOST_KEPT = 200;
const MOST_FAILURES = 8;
/** More days are told in weeks: three months of days are too many to be read. */
const MOST_DAYS = 31;
const WEEK = 7;

/** Reads totals by `source`, and keeps those of days for a moment. */
function Totals(source) {
  const kept = new Map();

  /** One read for all who ask at one time. */
  function dayOf(day, now) {
    const key = `${day.from} ${day.to}`;
    const known = kept.get(key);
    const lasts = now < day.to ? KEPT_MS.today : KEPT_MS.ended;
    if (known !== undefined && now >= known.at && now - known.at < lasts) return known.read;
    if (kept.size >= MOST_KEPT) kept.clear();
    const read = source.read('day', { from: iso(day.from), to: iso(day.to) });
    kept.set(key, { at: now, read });
    read.catch(() => kept.delete(key));
    return read;
  }

  /** What is told of `days`, the newest first. */
  return async function totalsOf(days, now) {
    const counted = [];
    for (const day of days) counted.push({ ...day, ...(await dayOf(day, now)) });
    const period = { from: iso(days.at(-1).from), to: iso(days[0].to), limit: SAMPLE };
    const failures = reasonsOf(await source.read('failures', period));
    const times = timesOf(await source.read('paid', period));
    return {
      currencies: currenciesOf(counted),
      funnel: funnelOf(await source.read('funnel', period)),
      failures,
      times,
      sample: SAMPLE,
      isPart: counted.some(({ isPart }) => isPart),
    };
  };
}

const iso = (time) => new Date(time).toISOString();

/** By currency, the one with the most payments first: a row for each day or week, and all of them together. */
function currenciesOf(days) {
  const counts = new Map();
  for (const { totals } of days)
    for (const { currency, count } of totals) counts.set(currency, (counts.get(currency) ?? 0) + Number(count));
  const currencies = [...counts].sort(([, one], [, other]) => other - one).map(([currency]) => currency);
  const spans = spansOf(days);
  return currencies.map((currency) => {
    return {
      currency,
      spans: spans.map(({ totals, ...span }) => ({ ...span, ...sumOf(totals, currency) })),
      all: sumOf(
        days.flatMap(({ totals }) => totals),
        currency,
      ),
    };
  });
}

/** Days, or weeks of them, the newest first: the first and the last day of each, and what was counted. */
function spansOf(days) {
  const length = days.length > MOST_DAYS ? WEEK : 1;
  const spans = [];
  for (let at = 0; at < days.length; at += length) {
    const own = days.slice(at, at + length);
    spans.push({ first: own.at(-1), last: own[0], totals: own.flatMap(({ totals }) => totals) });
  }
  return spans;
}

/** Counts, and amounts in ten-thousandths. */
function sumOf(totals, currency) {
  const sum = { asked: 0, paid: 0, received: 0n, back: 0n, out: 0n };
  for (const { kind, status, count, amount, currency: own } of totals) {
    if (own !== currency) continue;
    const units = BigInt(amount);
    if (kind === 'payment') {
      sum.asked += Number(count);
      if (PAID.includes(status)) sum.paid += Number(count);
      if (status === 'succeeded') sum.received += units;
      if (TAKEN_BACK.includes(status)) sum.back += units;
    }
    if (kind === 'payout' && status === 'succeeded') sum.out += units;
  }
  return sum;
}

/** How many payments came how far. */
function funnelOf(rows) {
  const funnel = { asked: 0, taken: 0, ended: 0, paid: 0 };
  for (const { status, outcome, count } of rows) {
    const own = Number(count);
    const isLeft = status === 'failed' && (outcome === 'refused' || outcome === 'not_sent');
    funnel.asked += own;
    if (!isLeft) funnel.taken += own;
    if (FINAL.includes(status)) funnel.ended += own;
    if (PAID.includes(status)) funnel.paid += own;
  }
  return funnel;
}

/** The same advice once, the most frequent first. */
function reasonsOf(rows) {
  const found = new Map();
  for (const { kind, gateway, code, gateway_code: gatewayCode, message, count } of rows) {
    const { reason, next, customer } = adviceOf({
      provider: gateway,
      kind,
      status: 'failed',
      code,
      gatewayCode,
      message,
    });
    const key = `${kind} ${reason} ${next}`;
    const one = found.get(key) ?? { kind, reason, next, customer, count: 0 };
    one.count += Number(count);
    found.set(key, one);
  }
  const all = [...found.values()].sort((one, other) => other.count - one.count);
  return {
    all: all.slice(0, MOST_FAILURES),
    count: all.reduce((sum, { count }) => sum + count, 0),
    others: all.slice(MOST_FAILURES).reduce((sum, { count }) => sum + count, 0),
  };
}

/** The time from the intent until it was known to be paid, of which half and 95 of 100 were within. */
function timesOf(rows) {
  const times = rows.map(({ created_at: created, paid_at: paid }) => Math.max(0, new Date(paid) - new Date(created)));
  return { count: times.length, ...quantiles(times) };
}
