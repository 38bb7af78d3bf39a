'use strict';

// A payment's parts for several recipients.

const { plain } = require('./decimal.js');
const { addon, failure, refuse } = require('./parts.js');

exports.split = split;

const MOST = 100;

async function split(ledger, { parent, to, via }, payout) {
  if (!Array.isArray(to) || to.length === 0 || to.length > MOST)
    throw refuse('split', `to must be a list of 1 to ${MOST} recipients`);
  const row = await ledger.run('split', 'get', { reference: parent });
  if (row === undefined) throw refuse('split', `there is no payment ${String(parent)}`);
  const { currency, gateway } = row;
  const parts = to.map((part) => {
    if (part === null || typeof part !== 'object') throw refuse('split', 'each recipient must be an object');
    const { phone, bank, lipaNamba, accountNumber, accountName, providerCode, operator, ...rest } = part;
    const target = { phone, bank, lipaNamba, accountNumber, accountName, providerCode, operator };
    for (const name of Object.keys(target)) if (target[name] === undefined) delete target[name];
    return { to: target, currency, of: parent, via: via ?? ledgerVia(ledger, gateway), ...rest };
  });
  const sums = parts.map(({ reference, amount }) => {
    if (typeof reference !== 'string' || reference === '')
      throw refuse('split', 'each recipient needs a reference of its own');
    try {
      return { reference, amount: plain(addon.parseAmount(amount, currency)) };
    } catch (cause) {
      throw refuse('split', `the amount of ${reference} cannot be read: ${cause.message}`, { cause });
    }
  });
  if (new Set(sums.map(({ reference }) => reference)).size !== parts.length)
    throw refuse('split', 'each recipient needs a reference of its own');
  const { known, refusal } = await ledger.run('split', 'coverage', { parent, currency, parts: sums });
  const other = known.find((one) => one.parent !== parent);
  if (other !== undefined)
    throw failure('split', 'REFERENCE_CONFLICT', `${other.reference} is no part of ${parent}. Nothing was sent.`);
  if (refusal !== undefined) throw failure('split', 'NOT_COVERED', `${refusal}. Nothing was sent.`);
  const made = [];
  for (const part of parts) {
    try {
      made.push(await payout(part));
    } catch (error) {
      if (error instanceof Error && made.length > 0) {
        const names = made.map(({ reference }) => reference).join(', ');
        error.message = `${error.message} Sent before it: ${names}. Call split() again to go on.`;
      }
      throw error;
    }
  }
  return made;
}

/** The gateway that took the money, where it pays out; else the ledger's first that does. */
function ledgerVia(ledger, gateway) {
  return ledger.facts[gateway]?.can.has('payout') ? gateway : undefined;
}
