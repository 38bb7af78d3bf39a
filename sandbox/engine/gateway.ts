import type { KeyObject } from 'node:crypto';
import type { Fields, Inbound, Reply } from '../http/message.js';
import type { Params, Router, Target } from '../http/router.js';
import type { Gateway } from '../types.js';
import type { CallbackDraft, CallbackRules } from './deliver.js';
import type { FaultName } from './faults.js';
import type { Rule } from './known.js';
import type { PaymentRecord } from './payments.js';
import type { SwitchTable } from './switches.js';

/** One request on its way through a gateway, whose view of the sandbox is `world`. */
export interface Call<World> extends Inbound {
  gateway: Gateway;
  world: World;
  /** The body when it is a JSON object. */
  fields: Fields | undefined;
  /** What stood for the parameters of the route's path. */
  params: Params;
  /** Callback and outcome faults the payment made here will carry. */
  faults: FaultName[];
  /** Runs `task` once the answer is on its way. */
  later(task: () => void | Promise<void>): void;
}

export interface Route<World> extends Target {
  /** No token needed. */
  open?: boolean;
  /** Makes a payment. */
  creates?: boolean;
  handle(call: Call<World>): Reply | Promise<Reply>;
}

/**
 * All that the sandbox knows of one gateway. `World` is the gateway's view of a sandbox: what all gateways share, and
 * with it `own`, the state that only this gateway reads. The functions read and change it; they do no I/O.
 */
export interface GatewaySpec<World extends { own: unknown }> extends CallbackRules {
  name: Gateway;
  /** The brand, as people read it. */
  title: string;
  /** The brand's colour on the page's light and dark ground. */
  colour: { light: string; dark: string };
  /** Whether a path is one of this gateway's. */
  claims(path: string): boolean;
  routes: Router<Route<World>>;
  /** The options of `startSandbox` that only this gateway reads; `open` is given all options. */
  options: Record<string, OptionRow>;
  switches: SwitchTable;
  /** The gateway's state as a sandbox starts. */
  open(options: object): World['own'];
  config(url: string, world: World): { baseUrl: string };
  /** A sentence that says where its callbacks go; without one they go to the URL that is set at its portal. */
  calls?: string;
  /** Whether the request carries a token that is valid now. */
  authorised(call: Call<World>): boolean;
  unauthorised(world: World): Reply;
  unknownRoute(call: Call<World>): Reply;
  /** Runs before any route, the login too; an answer ends the request. */
  gate?(call: Call<World>): Reply | undefined;
  /** How this gateway spells the answers that a fault asks for. */
  refusals: {
    '429'(call: Call<World>): Reply;
    'error-in-200'(call: Call<World>): Reply;
    'success-false'(call: Call<World>): Reply;
  };
  /** Which of the optional faults it can have. */
  faults: readonly FaultName[];
  /**
   * The members of a request that hold these, as paths such as `customer.phoneNumber`; the first that is there counts.
   */
  reads: { phone: readonly string[]; amount: readonly string[]; reference: readonly string[] };
  /** A receipt number as the operator prints it, in the SMS and in the callback alike. */
  receipt(world: World): string;
  /** What else changes when a payment moves on. */
  settled?(payment: PaymentRecord, world: World): void;
  /** The callback a payment's present state calls for; undefined when there is none. */
  callback(payment: PaymentRecord, world: World): Promise<CallbackDraft | undefined>;
  /** How its callbacks are signed, and in words which key that takes; without it they are not signed. */
  signing?: { key: string; secret: string; isRare?: boolean } | { key: string; pair(world: World): KeyPair };
  page: HostedPage<World>;
  sample: Sample;
  probe: Probe;
  /** The callbacks that `finconnect trigger` sends, each by the sample's options and members. */
  events: Record<string, { about: string; overrides?: Fields }>;
  /** How the page's phone makes a push, if it can. */
  testPush?(world: World): TestPush;
}

export interface OptionRow {
  rule: Rule;
  /** How the command line takes it; a flag without a value is `true`. */
  flag?: { value?: string; about: string };
}

/** A key pair whose public half the gateway serves. */
export interface KeyPair {
  signing(): Promise<KeyObject>;
  publicPem(): Promise<string>;
  rotate(): Promise<void>;
  /** Settles when no key is being made any more. */
  idle(): Promise<void>;
}

/** Where a customer pays in the browser. */
export interface HostedPage<World> {
  /** Its address; without one it is the sandbox's own. */
  path?(id: string, world: World): string;
  /** The payment's id in a request for that address; undefined for any other request. */
  idIn?(request: Inbound): string | undefined;
  /** The operator of who pays by card, where the page offers a card beside mobile money. */
  card?: string;
  /** Where the browser goes when the customer is done. */
  returnTo(payment: PaymentRecord, world: World): string;
  /** Where it goes when the customer gives up, if elsewhere. */
  cancelTo?(payment: PaymentRecord, world: World): string;
}

/** A callback as a gateway sends it. */
export interface TestCallback {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  /** The query's members. */
  query: Record<string, string>;
  /** The JSON body's members; undefined for a GET. */
  body: Fields | undefined;
  /** The body's exact text; empty for a GET. */
  rawBody: string;
}

/** How a callback is made without a sandbox. */
export interface Sample {
  /** The members a callback can have, in any of its shapes. */
  members: readonly string[];
  options: Record<string, Rule>;
  make(options: object, members: Fields): TestCallback;
}

/**
 * By what `finconnect doctor` learns what an app does with callbacks, and a gateway with questions; and what
 * `finconnect init` writes of it.
 */
export interface Probe {
  /** What `baseUrl` is at the real gateway; not every one has a sandbox of its own. */
  baseUrls: { live: string; sandbox?: string };
  /** The members of a callback that name its payment, for one that nobody has. */
  ofNobody(id: string): Fields;
  /** A genuine callback that changes nothing: the setting that it is signed with, and its members. */
  harmless?: { keySetting: string; overrides: Fields };
  /** By whose operator or bank a payout is looked up, where that is wanted: one for each rail with its own question. */
  payoutRails?: Record<string, string>;
}

/** A login and a payment, sent by the page as an app would. */
export interface TestPush {
  login: { path: string; body: Fields };
  /** The path to the token in the answer to the login. */
  token: string;
  payment: { path: string; body: Fields };
  /** The payment's member that must be new each time. */
  reference: string;
  /** The answer's member that is true when the payment was taken. */
  accepted: string;
  /** The answer's member that says why it was not. */
  problem: string;
}

/** The key pair by which a gateway signs; undefined where it signs with none. */
export function keyPairOf<World extends { own: unknown }>(open: {
  spec: GatewaySpec<World>;
  world: World;
}): KeyPair | undefined {
  const { signing } = open.spec;
  return signing && 'pair' in signing ? signing.pair(open.world) : undefined;
}
