'use strict';

const { Ledger } = require('./ledger.js');
const { addon } = require('./parts.js');
const { postgres, sqlite } = require('./stores/index.js');

exports.openLedger = openLedger;
exports.sqlite = sqlite;
exports.postgres = postgres;
// Written out, so that Node finds the names for `import`.
exports.triesPerPhone = (options) => require('./rules.js').triesPerPhone(options);
exports.amountLimit = (limits) => require('./rules.js').amountLimit(limits);
exports.refusedPhones = (list) => require('./rules.js').refusedPhones(list);
exports.all = (...rules) => require('./rules.js').all(...rules);
exports.fromCsv = (source, options) => require('./csv.js')(addon).fromCsv(source, options);
exports.metricsText = (health) => require('./metrics.js').metricsText(health);
exports.toCsv = (rows, options) => require('./csv.js')(addon).toCsv(rows, options);

const OPTIONS = [
  'gateways',
  'onPayment',
  'onPayout',
  'onRefund',
  'onDuplicate',
  'onError',
  'before',
  'rule',
  'clock',
  'delivers',
];

async function openLedger(store, options) {
  if (typeof store?.open !== 'function') throw new TypeError('openLedger takes what sqlite() or postgres() gives.');
  const settings = settingsOf(options);
  await store.open();
  return new Ledger(store, settings);
}

function settingsOf(options) {
  const given = Object(options);
  const unknown = Object.keys(given).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`openLedger has no option ${unknown}; there are ${OPTIONS.join(', ')}.`);
  const { gateways, onPayment, onPayout, onRefund, onDuplicate, onError, before, rule, clock, delivers = true } = given;
  for (const [name, value] of Object.entries({
    onPayment,
    onPayout,
    onRefund,
    onDuplicate,
    onError,
    before,
    rule,
    clock,
  }))
    if (value !== undefined && typeof value !== 'function')
      throw new TypeError(`openLedger: ${name} must be a function.`);
  if (typeof delivers !== 'boolean') throw new TypeError('openLedger: delivers must be true or false.');
  const handlers = { payment: onPayment, payout: onPayout, refund: onRefund, duplicate: onDuplicate };
  return { gateways: gatewaysOf(gateways), handlers, onError, before, rule, clock, delivers };
}

/** The SDK objects by their gateways' names, of provider classes too. */
function gatewaysOf(gateways) {
  const entries = Object.entries(Object(gateways));
  if (entries.length === 0)
    throw new TypeError('openLedger needs gateways: FintechSDK objects by the names of theirs.');
  return Object.fromEntries(
    entries.map(([name, one]) => {
      const sdk = one?.sdk ?? one;
      if (typeof sdk?.capabilities !== 'function') throw new TypeError(`openLedger: ${name} is no FintechSDK object.`);
      const { provider } = sdk.capabilities();
      if (provider !== name) throw new TypeError(`openLedger: that SDK object is ${provider}, not ${name}.`);
      return [name, sdk];
    }),
  );
}
