'use strict';

// Exact sums of amounts, which are decimal texts.

exports.plain = plain;
exports.isMore = (one, other) => units(one) > units(other);
exports.isSame = (one, other) => units(one) === units(other);
exports.sumOf = (amounts) => text(amounts.reduce((sum, amount) => sum + units(amount), 0n));
exports.times = (amount, count) => text(units(amount) * BigInt(count));

/** Enough for any currency, and for what a database may write behind the point. */
const DIGITS = 8;
const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d*))?$/;

function units(amount) {
  const [, sign, whole, part = ''] = DECIMAL.exec(amount) ?? [];
  if (whole === undefined || /[^0]/.test(part.slice(DIGITS))) throw new TypeError(`not an amount: ${amount}`);
  const all = BigInt(whole + part.slice(0, DIGITS).padEnd(DIGITS, '0'));
  return sign === '-' ? -all : all;
}

function text(all) {
  const digits = String(all < 0n ? -all : all).padStart(DIGITS + 1, '0');
  const part = digits.slice(-DIGITS).replace(/0+$/, '');
  return `${all < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}${part === '' ? '' : `.${part}`}`;
}

/** An amount without zeros that say nothing: `1000.00` is `1000`. */
function plain(amount) {
  return text(units(amount));
}
