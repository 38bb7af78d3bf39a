'use strict';

// Money that is told otherwise than it was asked for.

const { isSame, plain } = require('./decimal.js');
const { iso, scrubbed } = require('./rows.js');

/**
 * Whether what a gateway tells is about the money that was asked for. What is not is written down, for a person.
 * `asked`: the payment's `reference`, `amount`, `currency` and the `number` and `gateway` of its attempt. What tells no
 * amount is not believed where another was told before, as `isDoubted` says, nor a success of a gateway that always
 * tells it.
 */
module.exports = async function isAsMade(
  ledger,
  { reference, number, gateway, amount, currency, isDoubted },
  told,
  source,
) {
  const own = plain(String(amount));
  const isTold = ledger.facts[gateway].recovery.tellsAmount && told.status === 'succeeded';
  const isAlike =
    (told.amount === null ? !isDoubted && !isTold : isSameAmount(told.amount, own)) &&
    (told.currency === null || told.currency.toUpperCase() === currency);
  if (isAlike) return true;
  const operation = source === 'callback' ? 'webhooks' : source;
  await ledger.run(operation, 'mismatch', {
    key: `${reference}/${number}/mismatch/${told.amount} ${told.currency}`,
    reference,
    number,
    gateway,
    source,
    note: `${told.amount} ${told.currency} is told, and ${own} ${currency} was asked for`,
    body: scrubbed(told.raw),
    now: iso(ledger.now()),
  });
  return false;
};

/** What is no amount at all is another one. */
function isSameAmount(one, other) {
  try {
    return isSame(one, other);
  } catch {
    return false;
  }
}
