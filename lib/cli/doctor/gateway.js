'use strict';

// One gateway: its settings, credentials, clock, status queries and IPNs. Nothing here can move money.

const { randomUUID } = require('node:crypto');
const { ofSandbox } = require('../sandbox.js');

exports.gatewayLines = gatewayLines;

const TIMEOUT_MS = 15_000;
/** From when on a clock that differs is a warning, and when signatures and tokens are refused for it. */
const CLOCK_WARN_S = 30;
const CLOCK_BAD_S = 300;
/** What a gateway says of a name that it does not know: it has answered. */
const ANSWERS = ['REFUSED', 'NOT_FOUND'];

async function* gatewayLines({ name, config, callback }) {
  let sdk;
  try {
    sdk = sdkOf(name, config);
  } catch (error) {
    yield { check: 'settings', level: 'bad', says: error.message, todo: todoOfSettings(name) };
    return;
  }
  yield { check: 'settings', level: 'ok', says: 'All settings that it needs are there.' };
  const login = await credentialsLine(sdk, config.baseUrl);
  yield login;
  yield await clockLine(config.baseUrl);
  // Without a login each query would fail in the same way.
  if (login.level === 'bad') return;
  if (sdk.supports('getPaymentStatus')) yield await probeLine(sdk, 'getPaymentStatus', 'payments');
  if (sdk.supports('getPayoutStatus'))
    for (const [what, operator] of Object.entries(ofSandbox('probe.js').payoutRailsOf(name)))
      yield await probeLine(sdk, 'getPayoutStatus', what, operator);
  if (sdk.supports('listIpns')) yield await ipnLine(sdk, callback);
}

/** The SDK object of those settings that there are: an app may have more variables that begin with the name. */
function sdkOf(provider, given) {
  const { FintechSDK } = require('../../../index.js');
  const config = { ...given };
  for (;;) {
    try {
      return new FintechSDK({ provider, config, timeoutMs: TIMEOUT_MS });
    } catch (error) {
      const [, stranger] = /^Invalid configuration: config has (\w+), which does not exist/.exec(error.message) ?? [];
      // One that is nearly a setting is a slip.
      if (!Object.hasOwn(config, stranger) || error.message.includes('Did you mean')) throw error;
      delete config[stranger];
    }
  }
}

const todoOfSettings = (name) =>
  `Set the keys by their names, and ${name.toUpperCase()}_BASE_URL, in the environment or by --set.`;

async function credentialsLine(sdk, baseUrl) {
  const check = 'credentials';
  const { host } = new URL(baseUrl);
  try {
    const { world } = await sdk.verifyCredentials();
    const where = world === null ? host : `${host}, its ${world === 'live' ? 'live API' : 'sandbox'}`;
    return { check, level: 'ok', says: `The keys are accepted at ${where}.` };
  } catch (error) {
    const todo =
      error.code === 'AUTHENTICATION_FAILED'
        ? 'Copy the keys of the same world as the host from the gateway’s portal.'
        : 'See that this machine reaches the host: its address, firewall, proxy and certificates.';
    return { check, level: 'bad', says: error.message, todo };
  }
}

async function clockLine(baseUrl) {
  const check = 'clock';
  let offset;
  try {
    const started = Date.now();
    const { headers } = await fetch(baseUrl, {
      ...{ method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) },
    });
    // It tells whole seconds, of the moment when it answered.
    offset = Math.round((Date.parse(headers.get('date')) + 500 - (started + Date.now()) / 2) / 1_000);
  } catch {
    offset = NaN;
  }
  if (Number.isNaN(offset))
    return {
      ...{ check, level: 'warn', says: 'The gateway’s clock could not be read; it is asked without a proxy.' },
      todo: 'See that this machine’s clock is set by NTP.',
    };
  const side = offset > 0 ? 'behind' : 'ahead of';
  const says = `This machine’s clock is ${Math.abs(offset)} s ${side} the gateway’s.`;
  if (Math.abs(offset) <= CLOCK_WARN_S) return { check, level: 'ok', says };
  const level = Math.abs(offset) > CLOCK_BAD_S ? 'bad' : 'warn';
  return { check, level, says, todo: 'Set this machine’s clock by NTP.' };
}

/** Asks for what nobody has: that costs nothing. */
async function probeLine(sdk, operation, what, operator) {
  const options = { ...(operator && { operator }), timeoutMs: TIMEOUT_MS };
  try {
    await sdk[operation](randomUUID().replaceAll('-', '').slice(0, 18), options);
  } catch (error) {
    const isAnswer = ANSWERS.includes(error.code) && ![401, 403].includes(error.statusCode);
    if (!isAnswer)
      return {
        ...{ check: what, level: 'bad', says: error.message },
        todo: `See in the gateway’s portal that ${what} are switched on for these keys.`,
      };
  }
  return { check: what, level: 'ok', says: `It answers where ${what} stand.` };
}

/** Whether the URL is registered for notifications, and active. */
async function ipnLine(sdk, url) {
  const check = 'ipn';
  const todo = 'Register it by ensureIpn(url), and give its id with each payment.';
  let all;
  try {
    all = await sdk.listIpns();
  } catch (error) {
    return { check, level: 'bad', says: error.message, todo: 'Run the doctor again.' };
  }
  const own = url === undefined ? all : all.filter((one) => one.url === url);
  const active = own.filter(({ active: isActive }) => isActive !== false);
  const what = url === undefined ? 'An IPN URL' : 'The callback URL';
  if (active.length > 0) return { check, level: 'ok', says: `${what} is registered and active.` };
  const says =
    own.length > 0
      ? `${what} is registered, and not active.`
      : `${url ? what : 'No IPN URL'} is ${url ? 'not ' : ''}registered.`;
  return { check, level: 'bad', says, todo };
}
