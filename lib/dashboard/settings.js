'use strict';

// What `ledger.dashboard` is given, checked when it is called.

const { optionsOf } = require('../clients.js');
const { Clock } = require('./words.js');

exports.settingsOf = settingsOf;

const OPTIONS = ['act', 'user', 'path', 'timeZone'];
/** All of East Africa’s coast and lakes but for the west of the Congo: three hours before UTC. */
const TIME_ZONE = 'Africa/Dar_es_Salaam';
const PATH = /^(\/[\w.~-]+)+$/;

function settingsOf(source, options = {}) {
  const { act = false, user, path, timeZone = TIME_ZONE } = optionsOf('ledger.dashboard', options, OPTIONS);
  if (typeof act !== 'boolean' && typeof act !== 'function')
    throw new TypeError('ledger.dashboard: act must be true, false or a function of the request.');
  if (act !== false && source.ask === undefined)
    throw new TypeError('ledger.dashboard: this ledger can only be read; leave act out.');
  if (user !== undefined && typeof user !== 'function')
    throw new TypeError('ledger.dashboard: user must be a function of the request, which names who is logged in.');
  if (path !== undefined && !(typeof path === 'string' && PATH.test(path)))
    throw new TypeError("ledger.dashboard: path must be where it is mounted, such as '/admin/money'.");
  let clock;
  try {
    clock = new Clock(timeZone);
  } catch (cause) {
    throw new TypeError(`ledger.dashboard: there is no timeZone ${String(timeZone)}.`, { cause });
  }
  return {
    path,
    clock,
    mayAct: async (req) => (typeof act === 'function' ? (await act(req)) === true : act),
    /** The name of who is logged in; `undefined` where the page asks for it. */
    userOf: async (req) => (user === undefined ? undefined : String((await user(req)) ?? '').trim()),
  };
}
