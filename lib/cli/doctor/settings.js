'use strict';

// Which gateways are to be looked at, and with which settings; and what of them must not be printed.

const { ofSandbox } = require('../sandbox.js');
const { UsageError } = require('../words.js');

exports.settingsOf = settingsOf;

/** `gateways`: the name, `config` and `callback` of each; `hidden`: a text without any secret. */
function settingsOf({ set = [], callback = [] }, asked, environment) {
  const { gateways: names } = ofSandbox('probe.js');
  const settings = { ...environment, ...Object.fromEntries(set.map((text) => pair('--set', text))) };
  const wrong = asked.find((name) => !names.includes(name));
  if (wrong !== undefined) throw usage(`There is no gateway ${wrong}; there are ${names.join(', ')}.`);
  const callbacks = Object.fromEntries(callback.map((text) => pair('--callback', text)));
  const stranger = Object.keys(callbacks).find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw usage(`--callback takes GATEWAY=URL; there is no gateway ${stranger}; there are ${names.join(', ')}.`);
  const own = (name) => Object.keys(settings).filter((key) => key.startsWith(`${name.toUpperCase()}_`));
  const chosen = names.filter((name) => (asked.length > 0 ? asked.includes(name) : own(name).length > 0));
  const gateways = chosen.map((name) => ({
    name,
    config: Object.fromEntries(own(name).map((key) => [keyOf(name, key), settings[key]])),
    callback: callbacks[name] ?? settings[`${name.toUpperCase()}_WEBHOOK_URL`],
  }));
  return { gateways, hidden: hiding(gateways) };
}

/** A variable's name in `config`: base URLs are told there without the gateway. */
function keyOf(name, variable) {
  const rest = variable.slice(name.length + 1);
  if (!rest.endsWith('BASE_URL')) return variable;
  return rest.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}

/** What names no secret by its name is printed. */
const SECRET = /KEY|SECRET|PIN|CLIENT_ID|ACCOUNT|PHONE/;

/** Takes secrets out of a text, and what a URL says of a user. */
function hiding(gateways) {
  const secrets = gateways
    .flatMap(({ config }) => Object.entries(config))
    .filter(([key, value]) => SECRET.test(key) && value.length >= 4)
    .map(([, value]) => value)
    .sort((one, two) => two.length - one.length);
  return (text) =>
    secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text).replace(/\/\/[^/@\s]+@/g, '//***@');
}

function pair(flag, text) {
  const at = text.indexOf('=');
  if (at < 1) throw usage(`${flag} takes NAME=VALUE.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

const usage = (words) => new UsageError(words, 'doctor ');
