import type { OwnOptions } from './api.js';
import { LAST_TIME } from './engine/clock.js';
import {
  checkKnown,
  inside,
  isAnything,
  isBoolean,
  isFunction,
  isMilliseconds,
  isText,
  oneOf,
  type Rule,
  shown,
} from './engine/known.js';
import { GATEWAYS, PORTALS, specs } from './gateways/index.js';
import { isWebUrl } from './http/message.js';

/** Refuses, by its name, an option that `startSandbox` does not have, and a value that it cannot take. */
export function checkOptions(options: unknown): void {
  const ofGateways = GATEWAYS.flatMap((name) => Object.entries(specs[name].options));
  checkKnown('startSandbox', options, {
    ...OWN,
    ...Object.fromEntries(ofGateways.map(([name, { rule }]) => [name, rule])),
  });
}

/** Refuses a gateway that has no webhook to set, and what is no URL. */
export function checkWebhooks(webhooks: unknown): boolean {
  checkKnown('webhooks', webhooks, Object.fromEntries(PORTALS.map((name) => [name, isAnything])));
  for (const [gateway, url] of Object.entries(webhooks as object)) {
    if (url !== undefined && (typeof url !== 'string' || !isWebUrl(url)))
      throw new TypeError(`The ${gateway} webhook must be an http or https URL; got ${shown(url)}`);
  }
  return true;
}

const isPem: Rule = ['PEM text or a Buffer', (value) => typeof value === 'string' || Buffer.isBuffer(value)];

const OWN: Record<keyof OwnOptions, Rule> = {
  port: ['a whole number from 0 to 65535', (value) => Number.isInteger(value) && value === (Number(value) & 0xffff)],
  host: isText,
  allowedHosts: ['a list of names', (value) => Array.isArray(value) && value.every(isText[1])],
  tls: ['{ key, cert }', inside('tls', { key: isPem, cert: isPem })],
  webhooks: [`{ ${PORTALS.join(', ')} }`, checkWebhooks],
  allowRemote: isBoolean,
  seed: ['text or a number', (value) => typeof value === 'string' || typeof value === 'number'],
  clock: oneOf('real', 'manual'),
  startAt: [
    'milliseconds since the Unix epoch, up to the year 9999',
    (value) => typeof value === 'number' && Math.abs(value) <= LAST_TIME,
  ],
  settleAfterMs: isMilliseconds,
  promptExpiresAfterMs: isMilliseconds,
  switches: isAnything,
  onRequest: isFunction,
};
