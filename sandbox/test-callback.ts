import type { TestCallbackOptions } from './api.js';
import type { TestCallback } from './engine/gateway.js';
import { checkKnown, isAnything, shown } from './engine/known.js';
import { specs, type TestCallbackMember } from './gateways/index.js';
import type { Gateway } from './types.js';

/** Whether a gateway's callback has a member of this name. */
export const isMember = (gateway: Gateway, name: string): boolean => specs[gateway].sample.members.includes(name);

/**
 * The exact callback of a gateway, truly signed when given a key; for tests that need no server. An override that is
 * no option replaces the callback's own member of that name, before it is signed: `{ amount: '9999' }`. Where a
 * gateway nests its members, an override goes to where its member stands. A name that is neither an option nor a member
 * of the gateway's callbacks is a TypeError.
 */
export function generateTestCallback<G extends Gateway>(
  gateway: G,
  overrides: TestCallbackOptions & { [Name in TestCallbackMember<G>]?: unknown } = {},
): TestCallback {
  if (!Object.hasOwn(specs, gateway)) throw new TypeError(`Unknown gateway: ${shown(gateway)}`);
  const { members, options, make } = specs[gateway].sample;
  const free = Object.fromEntries(members.map((name) => [name, isAnything]));
  checkKnown(`generateTestCallback('${gateway}')`, overrides, { ...options, ...free });
  return make(overrides, Object.fromEntries(Object.entries(overrides).filter(([name]) => isMember(gateway, name))));
}
