'use strict';

// A payment's parts for several recipients.

const { plain, sumOf, isMore } = require('./decimal.js');
const { addon, failure, refuse } = require('./parts.js');

exports.split = split;

const MOST = 100;

async function split(ledger, { parent, to, via }, payout) {
  if (!Array.isArray(to) || to.length === 0 || to.length > MOST)
    throw refuse('split', `to must be a list of 1 to ${MOST} recipients`);
  const row = await ledger.run('split', 'get', { reference: parent });
  if (row === undefined) throw refuse('split', `there is no payment ${String(parent)}`);
  const { currency, gateway } = row;
  const parts = to.map(({ phone, bank, lipaNamba, accountNumber, accountName, providerCode, operator, ...rest }) => {
    const target = { phone, bank, lipaNamba, accountNumber, accountName, providerCode, operator };
    for (const name of Object.keys(target)) if (target[name] === undefined) delete target[name];
    return { to: target, currency, of: parent, via: via ?? ledgerVia(ledger, gateway), ...rest };
  });
  const amounts = parts.map(({ amount }) => plain(addon.parseAmount(amount, currency)));
  const references = new Set(parts.map(({ reference }) => reference));
  if (references.size !== parts.length) throw refuse('split', 'each recipient needs a reference of its own');
  const sum = sumOf(amounts);
  if (isMore(sum, plain(String(row.amount))))
    throw failure('split', 'NOT_COVERED', `${sum} ${currency} is more than ${parent} brought. Nothing was sent.`);
  const made = [];
  for (const part of parts) made.push(await payout(part));
  return made;
}

/** The gateway that took the money, where it pays out; else the ledger's first that does. */
function ledgerVia(ledger, gateway) {
  return ledger.facts[gateway]?.can.has('payout') ? gateway : undefined;
}
