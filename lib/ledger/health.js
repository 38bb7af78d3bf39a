'use strict';

// How the money stands: the numbers of a time, and the four rules of when somebody should look.

const { measured } = require('./measure.js');
const { refuse } = require('./parts.js');
const { iso } = require('./rows.js');

exports.health = health;
exports.rulesOf = rulesOf;

const DAY_MS = 86_400_000;
const MIN_WITHIN_MS = 60_000;
const MAX_WITHIN_MS = 31 * DAY_MS;
/** The newest payments of the time that are read: so it takes as long with a million of them. */
const MOST_READ = 5_000;
/** From when on a rule fires. */
const UNKNOWN_FOR_MS = 15 * 60_000;
const FAILED_LOGINS = 3;

const time = (value) => Number(new Date(value));

async function health(core, options) {
  const { withinMs = DAY_MS, ...others } = Object(options);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refuse('health', `there is no option ${unknown}; there is withinMs`);
  if (!Number.isInteger(withinMs) || withinMs < MIN_WITHIN_MS || withinMs > MAX_WITHIN_MS)
    throw refuse('health', `withinMs must be a whole number from ${MIN_WITHIN_MS} to ${MAX_WITHIN_MS}`);
  core.counts.listen();
  const now = core.now();
  const begin = now - withinMs;
  const { attempts, payments, oldest } = await lately(core, begin);
  const { unknown: known, attention } = await core.run('health', 'standing', {});
  const { lost, ...measures } = measured(attempts, now);
  const since = [known.since && time(known.since), lost.since].filter((one) => one !== null);
  const numbers = {
    at: new Date(now),
    from: new Date(oldest ?? begin),
    isWhole: oldest === undefined,
    payments,
    ...measures,
    unknown: {
      count: Number(known.count) + lost.count,
      oldestMs: since.length === 0 ? null : now - Math.min(...since),
    },
    attention: attention.map((row) => ({ reason: row.attention, count: Number(row.count) })),
    ...core.counts.told(),
  };
  return { rules: rulesOf(numbers), ...numbers };
}

/**
 * The attempts of the newest payments since `begin`, read page by page, so that no page keeps others waiting; `oldest`:
 * when the last began that was read, where there are more.
 */
async function lately(core, begin) {
  const found = { attempts: [], payments: 0, oldest: undefined };
  for (let after; ; ) {
    const page = await core.run('health', 'lately', { from: iso(begin), ...(after && { after }) });
    for (const attempt of page.attempts) found.attempts.push(attempt);
    found.payments += page.payments;
    if (page.last === undefined) return found;
    const { created_at: createdAt, id } = page.last;
    if (found.payments >= MOST_READ) return { ...found, oldest: time(createdAt) };
    after = { createdAt: iso(time(createdAt)), id };
  }
}

/** Each rule, whether it fires, for which gateways, and what to do. */
function rulesOf(numbers) {
  return RULES.map(({ rule, firesFor, quiet, says }) => {
    const { isFiring, gateways = [] } = firesFor(numbers);
    return { rule, isFiring, gateways, says: isFiring ? says(gateways.join(', '), numbers) : quiet };
  });
}

const byGateway = (rows) => ({ isFiring: rows.length > 0, gateways: rows.map(({ gateway }) => gateway) });

const RULES = [
  {
    rule: 'callbacks-silent',
    firesFor: ({ gateways }) =>
      byGateway(gateways.filter(({ settled }) => settled.asking > 0 && settled.callback === 0)),
    quiet: 'Callbacks come, or nothing was paid.',
    says: (names) =>
      `Payments of ${names} were known by asking alone, and no callback came: register the callback URL with the gateway, then run "npx finconnect doctor".`,
  },
  {
    rule: 'oldest-unknown',
    firesFor: ({ unknown }) => ({ isFiring: unknown.oldestMs !== null && unknown.oldestMs > UNKNOWN_FOR_MS }),
    quiet: 'No payment has been unknown for more than 15 minutes.',
    says: (_, { unknown }) =>
      `A payment has been unknown for ${Math.floor(unknown.oldestMs / 60_000)} minutes: see that sweep() runs each minute, then ask the gateway's support and use resolve().`,
  },
  {
    rule: 'forged',
    firesFor: ({ callbacks, from }) =>
      byGateway(callbacks.filter(({ forgedAt }) => forgedAt !== null && forgedAt >= from)),
    quiet: 'No forged callback came to this process.',
    says: (names) =>
      `Forged callbacks of ${names} came and were refused: see who sends them, and that your signing key is the gateway's own.`,
  },
  {
    rule: 'logins-failing',
    firesFor: ({ logins }) => byGateway(logins.filter(({ failedInARow }) => failedInARow >= FAILED_LOGINS)),
    quiet: 'Logins of this process succeed.',
    says: (names) =>
      `The last ${FAILED_LOGINS} logins at ${names} failed: run "npx finconnect doctor", which says whether the keys or the network are wrong.`,
  },
];
