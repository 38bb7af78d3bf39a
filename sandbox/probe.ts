import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { TestCallback } from './engine/gateway.js';
import { GATEWAYS, specs } from './gateways/index.js';
import { generateTestCallback } from './test-callback.js';
import type { Gateway } from './types.js';

export const gateways: readonly Gateway[] = GATEWAYS;

/** The brand, what `baseUrl` is at the real gateway, and how that is told your callback URL where no portal is. */
export const aboutOf = (gateway: Gateway): { title: string; calls?: string; live: string; sandbox?: string } => ({
  title: specs[gateway].title,
  calls: specs[gateway].calls,
  ...specs[gateway].probe.baseUrls,
});

/** By whose operator or bank each rail of payouts is asked; `undefined` where a gateway wants none. */
export const payoutRailsOf = (gateway: Gateway): Record<string, string | undefined> =>
  specs[gateway].probe.payoutRails ?? { payouts: undefined };

/**
 * Callbacks about a payment that nobody has: one that nobody's key has signed, and, where the gateway's own `config`
 * has the key to it, a genuine one that changes nothing.
 */
export function callbacksOfNobody(
  gateway: Gateway,
  config: Record<string, string>,
): { forged: TestCallback; genuine?: TestCallback } {
  const { signing, probe } = specs[gateway];
  const about = probe.ofNobody(`DOCTOR${randomBytes(6).toString('hex').toUpperCase()}`);
  const make = (more: object) => generateTestCallback(gateway, { ...about, ...more });
  const forged = make(signing ? { key: 'pair' in signing ? strangersKey() : randomBytes(16).toString('hex') } : {});
  const key = probe.harmless && config[probe.harmless.keySetting];
  return key ? { forged, genuine: make({ ...probe.harmless?.overrides, key }) } : { forged };
}

const strangersKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
