'use strict';

// When a gateway is asked about an attempt, a handler told again, an answer written again, and a person to look at it.

const { PAID } = require('./states.js');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The first time after the intent, then so often after five minutes, hourly for a day, daily. */
exports.firstAsk = MINUTE_MS;
const SOON = { times: 5, everyMs: 5 * MINUTE_MS };
/** After so long a payment whose state nobody knows is asked about once in so long only. */
const ASKED_FOR_MS = 90 * DAY_MS;
/** A handler is told again after so long, and twice as long each time, up to an hour. */
const HANDLER = { firstMs: MINUTE_MS, longestMs: HOUR_MS };

/** When an attempt is asked about again, in milliseconds of the clock; `null`: never. */
exports.nextAsk = function nextAsk({ status, asks, createdAt, now, recovery, isPage }) {
  const age = now - createdAt;
  if (PAID.includes(status)) return null;
  // A page stays open after a failure, and may be paid.
  if (status === 'failed' && (!isPage || age > recovery.expectedForMs)) return null;
  if (age > ASKED_FOR_MS) return now + ASKED_FOR_MS / 3;
  if (status === 'failed') return now + (age < DAY_MS ? HOUR_MS : DAY_MS);
  if (asks <= SOON.times) return now + SOON.everyMs;
  return now + (age < DAY_MS ? HOUR_MS : DAY_MS);
};

/** Whether a payment that is not final should be looked at by a person. */
exports.isLate = ({ createdAt, now, recovery }) => now - createdAt > recovery.lateAfterMs;

/** When a handler that failed so often is told again. */
exports.nextTelling = (tries, now) => now + Math.min(HANDLER.firstMs * 2 ** Math.max(0, tries - 1), HANDLER.longestMs);

const WRITES_MS = [100, 300, 1_000, 3_000, 10_000, 30_000, 60_000];

/** How long after an answer could not be written, for the so-manieth time, that is tried again. */
exports.againAfter = (tries) => WRITES_MS[Math.min(tries, WRITES_MS.length - 1)];
