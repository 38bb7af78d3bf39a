'use strict';

// The ledger that the app's module exports: whether it opens, and what its rules say.

const { ledgerOf } = require('../module.js');
const { UsageError, within } = require('../words.js');

exports.ledgerLines = ledgerLines;

const CLOSES_WITHIN_MS = 5_000;
const READS_WITHIN_MS = 60_000;
/** What a process that has just begun knows nothing of. */
const OWN = ['forged', 'logins-failing'];

async function* ledgerLines(path) {
  let ledger;
  try {
    ledger = await ledgerOf('doctor', path);
    if (typeof ledger.health !== 'function')
      throw new Error(`The ledger of ${path} has no health(): update finconnect.`);
    const { rules, attention } = await within(
      ...[READS_WITHIN_MS, ledger.health(), `The ledger gave no answer within ${READS_WITHIN_MS / 1_000} s.`],
    );
    yield { check: 'ledger', level: 'ok', says: 'It opens, and its tables are of this version.' };
    for (const { rule, isFiring, says } of rules.filter((one) => !OWN.includes(one.rule)))
      yield { check: rule, level: isFiring ? 'bad' : 'ok', says };
    const count = attention.reduce((sum, one) => sum + one.count, 0);
    const todo = 'Look at them by find({ attention: true }), and use resolve().';
    yield count === 0
      ? { check: 'attention', level: 'ok', says: 'No payment needs attention.' }
      : { check: 'attention', level: 'warn', says: `${count} payments need attention.`, todo };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    yield { check: 'ledger', level: 'bad', says: error.message, todo: 'See that its database is there.' };
  }
  // All has been told: what keeps it open keeps nobody waiting.
  await within(CLOSES_WITHIN_MS, ledger?.close(), '').catch(() => {});
}
