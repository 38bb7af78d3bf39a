'use strict';

// What `webhooks` is given, checked when it is called: a server that cannot work does not start.

const { optionsOf } = require('../clients.js');

const OPTIONS = ['expect', 'onPayment', 'on', 'onPayout', 'onOther', 'onEvent', 'timeoutMs', 'leaseMs'];
const STATUSES = ['pending', 'processing', 'succeeded', 'failed', 'reversed', 'refunded', 'unknown'];
const DEFAULT_TIMEOUT_MS = 8_000;
const DEFAULT_LEASE_MS = 60_000;
const LONGEST_MS = 3_600_000;

exports.settingsOf = settingsOf;
exports.sdkOf = sdkOf;
exports.functionOf = functionOf;

function settingsOf(given, options) {
  const known = optionsOf('webhooks', options, OPTIONS);
  const part = (name) => functionOf('webhooks', name, known[name]);
  const onPayment = part('onPayment');
  if (onPayment === undefined) throw new TypeError('webhooks needs onPayment, the function that handles a payment.');
  if (Array.isArray(known.on)) throw new TypeError('webhooks: on must be an object of functions by status.');
  const own = optionsOf('webhooks: on', known.on === undefined ? {} : known.on, STATUSES);
  const on = new Map(
    STATUSES.map((status) => [status, functionOf('webhooks', `on.${status}`, own[status]) ?? onPayment]),
  );
  const { onPayout, onOther, onEvent, expect } = Object.fromEntries(
    ['onPayout', 'onOther', 'onEvent', 'expect'].map((name) => [name, part(name)]),
  );
  const timeoutMs = milliseconds('timeoutMs', known.timeoutMs ?? DEFAULT_TIMEOUT_MS, 100);
  const leaseMs = known.leaseMs ?? Math.max(DEFAULT_LEASE_MS, timeoutMs);
  return {
    ...gatewaysOf(given),
    expect: expect && ((callback, payment) => expected(expect, onOther, callback, payment)),
    handlers: {
      of(payment) {
        if (payment.kind === 'payment') return on.get(payment.status) ?? onPayment;
        return payment.kind === 'payout' ? onPayout : onOther;
      },
    },
    tell: (event) => onEvent && tell(onEvent, event),
    timeoutMs,
    // A copy that comes within the time of the first must not be handled beside it.
    leaseMs: milliseconds('leaseMs', leaseMs, timeoutMs),
  };
}

/** Each gateway's SDK object by its name, and the one that needs no name in the path. */
function gatewaysOf(given) {
  if (isSdk(given?.sdk ?? given)) {
    const sdk = sdkOf('webhooks', given);
    const { provider } = sdk.capabilities();
    return { gateways: { [provider]: sdk }, only: provider };
  }
  if (typeof given !== 'object' || given === null || Object.keys(given).length === 0)
    throw new TypeError('webhooks takes a FintechSDK object, or an object of several by their names.');
  const gateways = {};
  for (const [name, one] of Object.entries(given)) {
    const sdk = sdkOf(`webhooks: ${name}`, one);
    const { provider } = sdk.capabilities();
    if (provider !== name)
      throw new TypeError(`webhooks: there is no gateway ${name}; that SDK object is ${provider}.`);
    gateways[name] = sdk;
  }
  return { gateways, only: undefined };
}

/** An SDK object, or the one of a provider class. */
function sdkOf(who, given) {
  const sdk = given?.sdk ?? given;
  if (!isSdk(sdk)) throw new TypeError(`${who} is no FintechSDK object.`);
  return sdk;
}

function isSdk(sdk) {
  return typeof sdk?.handleCallback === 'function' && typeof sdk.capabilities === 'function';
}

function functionOf(who, name, value) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'function') throw new TypeError(`${who}: ${name} must be a function.`);
  return value;
}

function milliseconds(name, value, least) {
  if (Number.isFinite(value) && value >= least && value <= LONGEST_MS) return value;
  throw new TypeError(`webhooks: ${name} must be a number of milliseconds from ${least} to ${LONGEST_MS}.`);
}

/**
 * What the shop's books say of a callback. They know payments: what is about something else is compared with itself by
 * one member, which makes no payment of it and clears no doubt.
 */
async function expected(expect, onOther, callback, payment) {
  const { kind, reference, transactionId, amount } = payment;
  // A callback may name no payer: to an order with its reference it is a payment. It comes again for one that is not
  // stored yet, unless somebody handles what is no payment.
  const said = kind === 'payment' || kind === 'other' ? await expect(callback, payment) : undefined;
  if (said || kind === 'payment' || (kind === 'other' && !onOther)) return said;
  if (transactionId !== null) return { transactionId };
  if (amount !== null) return { amount };
  // By its reference alone a callback without a payer would become a payment.
  return kind === 'other' || reference === null ? undefined : { reference };
}

/** What a listener throws, at once or later, is its own affair. */
function tell(listener, event) {
  try {
    const later = listener(event);
    if (typeof later?.then === 'function') later.then(undefined, () => {});
  } catch {}
}
