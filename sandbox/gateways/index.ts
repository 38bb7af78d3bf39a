import type { SwitchesOf, SwitchTable } from '../engine/switches.js';
import type { Specs } from '../engine/world.js';
import type { Gateway, PortalGateway } from '../types.js';
import { azampay } from './azampay/index.js';
import { clickpesa } from './clickpesa/index.js';
import { pesapal } from './pesapal/index.js';
import { selcom } from './selcom/index.js';

/** Every gateway of the sandbox. A new one is a folder, and a line here. */
const REGISTRY = { pesapal, clickpesa, azampay, selcom };

/** Of each gateway what users' types tell of it: else declarations would spell out its whole spec. */
const told = <All extends Record<string, { switches: SwitchTable; sample: { members: readonly string[] } }>>(
  registry: All,
) =>
  registry as unknown as {
    [G in keyof All]: {
      switches: { -readonly [Name in keyof All[G]['switches']]: SwitchesOf<All[G]['switches']>[Name] };
      member: All[G]['sample']['members'][number];
    };
  };
const TOLD = told(REGISTRY);

export const specs: Specs = REGISTRY;
export const GATEWAYS = Object.keys(specs) as Gateway[];

/** Which gateway a path is meant for; what nobody claims is answered as AzamPay's host answers. */
export const gatewayOf = (path: string): Gateway => GATEWAYS.find((name) => specs[name].claims(path)) ?? 'azampay';

/** The gateways whose callbacks go where their portal says. */
export const PORTALS = GATEWAYS.filter((name) => specs[name].calls === undefined).sort() as PortalGateway[];

/** What is undocumented at the gateways, or answered in more than one way: the switches of all of them. */
export const SWITCHES = Object.assign({}, ...GATEWAYS.map((name) => specs[name].switches)) as All<
  (typeof REGISTRY)[Gateway]['switches']
>;
export type Switches = All<(typeof TOLD)[Gateway]['switches']>;
type All<Part> = (Part extends unknown ? (part: Part) => void : never) extends (all: infer Whole) => void
  ? { [Name in keyof Whole]: Whole[Name] }
  : never;

/** A member of one gateway's callback that may be replaced. */
export type TestCallbackMember<G extends Gateway = Gateway> = (typeof TOLD)[G]['member'];
