'use strict';

// What the attempts of a time say of the money: how many paid, how long it took, who told of it.

const { PAID } = require('./states.js');

exports.measured = measured;
exports.quantiles = quantiles;

const time = (value) => Number(new Date(value));

/**
 * `rows`: attempts, each with the event that `closed` it, where there is one, and whether a callback `hasCalled` about
 * one that was closed by asking. `now` in milliseconds.
 */
function measured(rows, now) {
  const conversion = new Map();
  const gateways = new Map();
  const paid = new Map();
  const lost = { count: 0, since: null };
  for (const row of rows) {
    // Its sender died, and no sweep has come by.
    if (row.status === 'pending' && row.outcome === null && time(row.deadline_at) <= now) {
      const began = time(row.created_at);
      lost.count += 1;
      lost.since = Math.min(lost.since ?? began, began);
    }
    // What the shop itself refused asked no customer.
    if (row.kind !== 'payment' || row.code === 'BLOCKED') continue;
    const hasPaid = PAID.includes(row.status);
    const { gateway, operator } = row;
    const none = { gateway, operator, succeeded: 0, failed: 0, open: 0 };
    const counts = entry(conversion, JSON.stringify([gateway, operator]), none);
    counts[hasPaid ? 'succeeded' : row.status === 'failed' ? 'failed' : 'open'] += 1;
    const own = entry(gateways, gateway, { times: [], callback: 0, asking: 0, other: 0 });
    if (row.closed !== undefined && row.outcome === 'accepted')
      own.times.push(Math.max(0, time(row.closed.created_at) - time(row.created_at)));
    if (!hasPaid) continue;
    own[toldBy(row)] += 1;
    paid.set(row.reference, (paid.get(row.reference) ?? 0) + 1);
  }
  return {
    lost,
    doublePayments: [...paid.values()].filter((count) => count > 1).length,
    conversion: [...conversion.values()].map((counts) => ({ ...counts, rate: rateOf(counts) })),
    gateways: [...gateways].map(([gateway, { times, ...settled }]) => ({
      gateway,
      settled,
      finalMs: { count: times.length, ...quantiles(times) },
    })),
  };
}

function toldBy({ closed, hasCalled }) {
  // One that came after the question came all the same.
  if (closed?.source === 'callback' || hasCalled) return 'callback';
  return closed?.source === 'sweep' ? 'asking' : 'other';
}

function rateOf({ succeeded, failed }) {
  return succeeded + failed === 0 ? null : succeeded / (succeeded + failed);
}

/** The smallest of the times that so large a part of them does not exceed. */
function quantiles(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (part) => (sorted.length === 0 ? null : sorted[Math.ceil(part * sorted.length) - 1]);
  return { p50: at(0.5), p95: at(0.95) };
}

function entry(map, key, made) {
  if (!map.has(key)) map.set(key, made);
  return map.get(key);
}
