'use strict';

// The shop's own rule, asked before anything is sent.

const { failure } = require('./parts.js');
const { hidden, iso } = require('./rows.js');

exports.refusedBefore = refusedBefore;
exports.blocked = blocked;

/** How long a rule may take. */
const BEFORE_MS = 10_000;
/** What a rule may look back on. */
const HISTORY = { most: 1_000, withinMs: 86_400_000, longestMs: 366 * 86_400_000 };

/** Asks the shop's rule, which sees what was asked for before. */
async function refusedBefore(ledger, operation, { intent, attempt }) {
  const { made, phone } = intent;
  const { reference, kind, amount, currency, description } = made;
  const now = ledger.now();
  const about = {
    reference,
    kind,
    amount,
    currency,
    phone,
    description,
    gateway: attempt.gateway,
    attempt: attempt.number,
  };
  const history = {
    async recent({ withinMs = HISTORY.withinMs } = {}) {
      if (phone === null) return [];
      const since = iso(now - Math.min(withinMs, HISTORY.longestMs));
      const rows = await ledger.run(operation, 'history', {
        tags: ledger.vaults.map((vault) => intent.under(vault).phoneTag),
        since,
        before: attempt.id,
        limit: HISTORY.most,
      });
      return rows.map((row) => ({
        reference: row.reference,
        kind: row.kind,
        status: row.status,
        amount: String(row.amount),
        currency: row.currency,
        gateway: row.gateway,
        attempt: Number(row.number),
        createdAt: new Date(row.created_at),
      }));
    },
  };
  let why;
  let cause;
  try {
    why = await inTime((async () => ledger.before(Object.freeze(about), history))());
  } catch (error) {
    cause = error;
    why = `before() threw${error instanceof Error ? `: ${error.message}` : ''}`;
  }
  if (why === undefined || why === null || why === true) return;
  const words = hidden((typeof why === 'string' && why.replace(/\.$/, '').trim()) || 'before() refused it');
  await ledger.run(operation, 'block', { reference, number: attempt.number, why: words, now: iso(now) });
  throw blocked(operation, words, cause);
}

/** What a rule says, if it says it in time. */
async function inTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${BEFORE_MS} ms`)), BEFORE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function blocked(operation, why, cause) {
  return failure(operation, 'BLOCKED', `${why}. Nothing was sent.`, { cause });
}
