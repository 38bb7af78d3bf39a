import { LAST_TIME } from './engine/clock.js';
import {
  checkKnown,
  isAnything,
  isBoolean,
  isFunction,
  isMilliseconds,
  isText,
  oneOf,
  type Rule,
  shown,
} from './engine/known.js';
import { isWebUrl } from './http/message.js';
import type { SandboxOptions } from './sandbox.js';

/** Refuses, by its name, an option that `startSandbox` does not have, and a value that it cannot take. */
export function checkOptions(options: unknown): void {
  checkKnown('startSandbox', options, OPTIONS);
}

/** Refuses a gateway that has no webhook to set, and what is no URL. */
export function checkWebhooks(webhooks: unknown): boolean {
  checkKnown('webhooks', webhooks, { azampay: isAnything, clickpesa: isAnything });
  for (const [gateway, url] of Object.entries(webhooks as object)) {
    if (url !== undefined && (typeof url !== 'string' || !isWebUrl(url)))
      throw new TypeError(`The ${gateway} webhook must be an http or https URL; got ${shown(url)}`);
  }
  return true;
}

const isAmount: Rule = ['an amount in major units', (value) => typeof value === 'number' && Number.isFinite(value)];
const isPem: Rule = ['PEM text or a Buffer', (value) => typeof value === 'string' || Buffer.isBuffer(value)];

const OPTIONS: Record<keyof SandboxOptions, Rule> = {
  port: ['a whole number from 0 to 65535', (value) => Number.isInteger(value) && value === (Number(value) & 0xffff)],
  host: isText,
  allowedHosts: ['a list of names', (value) => Array.isArray(value) && value.every(isText[1])],
  tls: ['{ key, cert }', inside('tls', { key: isPem, cert: isPem })],
  webhooks: ['{ azampay, clickpesa }', checkWebhooks],
  allowRemote: isBoolean,
  profile: oneOf('sandbox', 'live'),
  seed: ['text or a number', (value) => typeof value === 'string' || typeof value === 'number'],
  clock: oneOf('real', 'manual'),
  startAt: [
    'milliseconds since the Unix epoch, up to the year 9999',
    (value) => typeof value === 'number' && Math.abs(value) <= LAST_TIME,
  ],
  settleAfterMs: isMilliseconds,
  promptExpiresAfterMs: isMilliseconds,
  checksum: isBoolean,
  balances: ['{ TZS, USD }', inside('balances', { TZS: isAmount, USD: isAmount })],
  switches: isAnything,
  onRequest: isFunction,
};

/** The rule of an object within the options; what it refuses names the inner member. */
function inside(what: string, table: Record<string, Rule>): Rule[1] {
  return (value) => {
    checkKnown(what, value, table);
    return true;
  };
}
