import type { KeyRing } from '../gateways/azampay/keys.js';
import type { Credentials } from '../gateways/credentials.js';
import type { Fields, Inbound, Reply } from '../http/message.js';
import type { Clock } from './clock.js';
import type { FaultName, FaultQueue } from './faults.js';
import type { Events } from './history.js';
import type { Gateway, PaymentBook, PaymentRecord } from './payments.js';
import type { Random } from './random.js';
import type { Switches } from './switches.js';
import type { Tokens } from './tokens.js';
import type { Webhooks } from './webhooks.js';

/** The shop's name, on prompts and hosted pages. */
export const MERCHANT = 'Duka la Mfano';

export type Profile = 'sandbox' | 'live';

/** A URL registered for IPNs at PesaPal. */
export interface Ipn {
  number: number;
  id: string;
  url: string;
  method: 'GET' | 'POST';
  createdAt: number;
}

/** Everything one sandbox knows; the gateways read and change it, and do no I/O of their own. */
export interface World {
  profile: Profile;
  switches: Switches;
  credentials: Credentials;
  /** Whether ClickPesa's checksum feature is on. */
  checksum: boolean;
  clock: Clock;
  random: Random;
  keys: KeyRing;
  tokens: Tokens;
  payments: PaymentBook;
  ipns: Map<string, Ipn>;
  /** ClickPesa balances by currency, major units. */
  balances: Record<string, number>;
  bills: Map<string, Fields>;
  faults: FaultQueue;
  webhooks: Webhooks;
  gateways: Record<Gateway, GatewaySpec>;
  events: Events;
  /** Milliseconds after which a payment settles by itself; undefined waits for a person or a script. */
  settleAfterMs: number | undefined;
  promptExpiresAfterMs: number;
  /** References that have met a fault which strikes once. */
  struck: Set<string>;
  marks: { payoutAt?: number; ipnListLag: boolean; rate: number[] };
}

/** One request on its way through a gateway. */
export interface Call extends Inbound {
  world: World;
  /** The body when it is a JSON object. */
  fields: Fields | undefined;
  /** What the route's pattern captured. */
  params: string[];
  /** Callback and outcome faults the payment made here will carry. */
  faults: FaultName[];
  /** Runs once the answer is on its way. */
  later(task: () => void | Promise<void>): void;
}

export interface Route {
  method: string;
  path: RegExp;
  /** No token needed. */
  open?: boolean;
  /** Makes a payment. */
  creates?: boolean;
  handle(call: Call): Reply | Promise<Reply>;
}

export interface GatewaySpec {
  name: Gateway;
  routes: Route[];
  /** Whether the request carries a token that is valid now. */
  authorised(call: Call): boolean;
  unauthorised(world: World): Reply;
  unknownRoute(call: Call): Reply;
  /** Runs before any route, the login too; an answer ends the request. */
  gate?(call: Call): Reply | undefined;
  /** How this gateway spells the answers that a fault asks for. */
  refusals: Record<'429' | 'error-in-200' | 'success-false', (call: Call) => Reply>;
  /** A receipt number as the operator prints it, in the SMS and in the callback alike. */
  receipt(world: World): string;
  /** What else changes when a payment moves on. */
  settled?(payment: PaymentRecord, world: World): void;
  /** The callback a payment's present state calls for; undefined when there is none. */
  callback(payment: PaymentRecord, world: World): Promise<CallbackDraft | undefined>;
}

/** A callback ready to be sent. */
export interface CallbackDraft {
  event: string;
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: string;
}
