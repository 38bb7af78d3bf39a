import type { Gateway } from '../types.js';
import type { Clock } from './clock.js';
import type { FaultQueue } from './faults.js';
import type { GatewaySpec } from './gateway.js';
import type { Events } from './history.js';
import type { PaymentBook } from './payments.js';
import type { Random } from './random.js';
import type { Tokens } from './tokens.js';
import type { Webhooks } from './webhooks.js';

/** The shop's name, on prompts and hosted pages. */
export const MERCHANT = 'Duka la Mfano';

/** What all gateways of one sandbox share. */
export interface World {
  clock: Clock;
  random: Random;
  tokens: Tokens;
  payments: PaymentBook;
  faults: FaultQueue;
  webhooks: Webhooks;
  events: Events;
  gateways: Record<Gateway, OpenGateway>;
  /** Which gateway answers a path. */
  gatewayOf(path: string): Gateway;
  /** Milliseconds after which a payment settles by itself; undefined waits for a person or a script. */
  settleAfterMs: number | undefined;
  promptExpiresAfterMs: number;
}

/** The world as one gateway sees it. */
export interface GatewayWorld<Own = unknown, Switches = unknown> extends World {
  /** What only this gateway keeps. */
  own: Own;
  switches: Switches;
}

/** A gateway at work in one sandbox. */
export interface OpenGateway {
  spec: GatewaySpec<GatewayWorld>;
  world: GatewayWorld;
}

export type Specs = Record<Gateway, GatewaySpec<GatewayWorld>>;

/** Opens each gateway on what they share. */
export function openWorld(shared: Omit<World, 'gateways'>, specs: Specs, options: object, switches: unknown): World {
  const world = { ...shared, gateways: {} as World['gateways'] };
  for (const spec of Object.values(specs))
    world.gateways[spec.name] = { spec, world: { ...world, switches, own: spec.open(options) } };
  return world;
}
