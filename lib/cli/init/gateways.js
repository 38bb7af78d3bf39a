'use strict';

// What a project needs to know of a gateway.

const { FintechSDK } = require('../../../index.js');
const { ofSandbox } = require('../sandbox.js');
const { UsageError } = require('../words.js');

/** Of each gateway its name, brand, keys and base URLs. */
exports.gatewaysOf = function gatewaysOf(names) {
  const { gateways, aboutOf } = ofSandbox('probe.js');
  const known = gateways.join(', ');
  if (names.length === 0) throw usage(`Missing: --gateway. There are ${known}.`);
  const stranger = names.find((name) => !gateways.includes(name));
  if (stranger !== undefined) throw usage(`There is no gateway ${stranger}; there are ${known}.`);
  return [...new Set(names)].map((name) => ({ name, keys: keysOf(name), ...aboutOf(name) }));
};

/** The keys that it cannot do without, and that of the callback URL where it goes out with each order. */
function keysOf(name) {
  const url = `${name.toUpperCase()}_WEBHOOK_URL`;
  return [...missing(name, {}), ...(missing(name, { [url]: '' }) ? [url] : [])];
}

/** The constructor names them; nothing where it refuses `config` for something else. */
function missing(provider, config) {
  try {
    new FintechSDK({ provider, config });
  } catch ({ message }) {
    const [, keys] = /Missing: (.+)\.$/.exec(message) ?? [];
    return keys?.split(', ').filter((key) => key !== 'baseUrl');
  }
}

const usage = (words) => new UsageError(words, 'init ');
