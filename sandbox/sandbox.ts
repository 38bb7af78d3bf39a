import { control } from './control.js';
import { outcomeOf } from './engine/checkout.js';
import { Clock, type SandboxClock } from './engine/clock.js';
import { type Fault, FaultQueue } from './engine/faults.js';
import { Events, type RecordedRequest, type RecordedWebhook, type SandboxEvent } from './engine/history.js';
import { checkKnown, isBoolean, oneOf } from './engine/known.js';
import { publicPayment, settle } from './engine/lifecycle.js';
import {
  DECLINE_REASONS,
  type DeclineReason,
  type Gateway,
  PaymentBook,
  type PaymentRecord,
  type PaymentStatus,
  type SandboxPayment,
} from './engine/payments.js';
import { Pipeline } from './engine/pipeline.js';
import { createRandom } from './engine/random.js';
import { readSwitches, type Switches } from './engine/switches.js';
import { Tokens } from './engine/tokens.js';
import { Webhooks } from './engine/webhooks.js';
import type { Profile, World } from './engine/world.js';
import { KeyRing, publicPem } from './gateways/azampay/keys.js';
import { CREDENTIALS } from './gateways/credentials.js';
import { specs } from './gateways/index.js';
import { hostCheck } from './http/hosts.js';
import type { Inbound } from './http/message.js';
import { type Listening, listen } from './http/server.js';
import { checkOptions, checkWebhooks } from './options.js';

const PROMPT_EXPIRES_AFTER_MS = 120_000;

/** A request as it came over the wire, nothing hidden; for a test's eyes only. */
export type RawRequest = Inbound & { gateway: Gateway };

export interface SandboxOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Further names that may stand in the Host header, e.g. a container's. */
  allowedHosts?: string[];
  /** Serve HTTPS with this PEM key and certificate. */
  tls?: { key: string | Buffer; cert: string | Buffer };
  /** Your callback URLs, as you would enter them at each portal. PesaPal's are registered by API. */
  webhooks?: { azampay?: string; clickpesa?: string };
  /** Whether IPN, webhook and callback URLs on other machines are called; without it only loopback is. Default false. */
  allowRemote?: boolean;
  /** PesaPal's paths and token lifetime: `sandbox` 3600 s, `live` 300 s. Default `sandbox`. */
  profile?: Profile;
  /** Makes ids, tokens and keys repeatable; with `clock: 'manual'` and `startAt`, every byte. */
  seed?: string | number;
  /** `manual` stands still until `clock.advance()`. Default `real`. */
  clock?: 'real' | 'manual';
  /** Milliseconds since the Unix epoch at which the clock starts. Default: now. */
  startAt?: number;
  /** Approve payments after so many milliseconds. Default: they wait for you. */
  settleAfterMs?: number;
  /** An unanswered USSD prompt expires after so many milliseconds. Default 120,000. */
  promptExpiresAfterMs?: number;
  /** Turn ClickPesa's checksum feature on: requests must carry one, webhooks do. Default false. */
  checksum?: boolean;
  /** ClickPesa balances by currency, major units. Default `{ TZS: 5000000, USD: 1000 }`. */
  balances?: { TZS?: number; USD?: number };
  /** What the gateways leave undocumented; docs/guide/sandbox.md lists the switches. */
  switches?: Partial<Switches>;
  /** Called with every gateway request before it is answered, secrets included. */
  onRequest?: (request: RawRequest) => void;
}

export type ConfigOf<G extends Gateway> = G extends 'pesapal'
  ? { baseUrl: string; PESAPAL_CONSUMER_KEY: string; PESAPAL_CONSUMER_SECRET: string }
  : G extends 'clickpesa'
    ? { baseUrl: string; CLICKPESA_CLIENT_ID: string; CLICKPESA_API_KEY: string; CLICKPESA_CHECKSUM_KEY?: string }
    : { baseUrl: string; AZAMPAY_APP_NAME: string; AZAMPAY_CONSUMER_KEY: string; AZAMPAY_CONSUMER_SECRET: string };

export interface Sandbox {
  /** The origin of all three gateways and of the page, without a trailing slash. */
  readonly url: string;
  readonly clock: SandboxClock;
  /** What `new FintechSDK({ provider, config })` takes. */
  config<G extends Gateway>(gateway: G): ConfigOf<G>;
  /** The last 500 gateway requests, oldest first, without secrets or full phone numbers. */
  requests(): RecordedRequest[];
  /** The last 500 webhooks, IPNs and callbacks sent, oldest first. */
  webhooks(): RecordedWebhook[];
  payments(): SandboxPayment[];
  /** The customer enters the PIN. Resolves when your app has answered the callback's first attempt. */
  approve(reference: string): Promise<SandboxPayment>;
  /** The customer says no, or `reason`. */
  decline(reference: string, reason?: DeclineReason): Promise<SandboxPayment>;
  /** The prompt runs out unanswered. */
  expire(reference: string): Promise<SandboxPayment>;
  /** A chargeback or return after payment: REVERSED. */
  reverse(reference: string): Promise<SandboxPayment>;
  /** The next matching request meets this fault; faults queue up in order. */
  next(fault: Fault): void;
  /** Forgets the faults that still wait. */
  clearFaults(): void;
  /** AzamPay signs with a new key from now on, and serves its public half. */
  rotateKey(): Promise<void>;
  /** AzamPay's public key in PEM, as served. */
  publicKey(): Promise<string>;
  /** Sends a webhook again, or a copy that a forger changed. Resolves with your app's answer in `attempts`. */
  redeliver(webhookId: number, options?: { tamper?: boolean }): Promise<RecordedWebhook>;
  /** Changes where AzamPay's or ClickPesa's callbacks go; undefined stops them. */
  setWebhook(gateway: 'azampay' | 'clickpesa', url: string | undefined): void;
  /** Hears of every request, webhook and payment; returns the function that stops it. */
  subscribe(listener: (event: SandboxEvent) => void): () => void;
  /**
   * Keeps the process alive until `close()`, as the command line does. Without it a sandbox does so only while a
   * webhook is under way: a test that fails before `close()` ends all the same.
   */
  ref(): void;
  /** Ends everything: sockets, timers, webhooks under way. Safe to call twice. */
  close(): Promise<void>;
  /** `close()`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

// Node 18 has no such symbol of its own; what compiles `await using` for it looks it up in this way.
const asyncDispose = (): typeof Symbol.asyncDispose =>
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** Starts a stand-in for PesaPal, ClickPesa and AzamPay on this machine. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  checkOptions(options);
  const host = options.host ?? '127.0.0.1';
  const world = createWorld(options);
  const pipeline = new Pipeline(world, options.onRequest);
  const streams = new Set<() => void>();
  let closing: Promise<void> | undefined;

  const sandbox: Omit<Sandbox, 'url'> & { url: string } = {
    url: '',
    clock: world.clock,
    config: (gateway) => configOf(gateway, sandbox.url, world),
    requests: () => structuredClone(pipeline.history.all()),
    webhooks: () => world.webhooks.all(),
    payments: () => world.payments.all().map(publicPayment),
    approve: async (reference) => {
      const reason = outcomeOf(found(world, reference));
      return move(world, reference, reason ? 'failed' : 'paid', reason);
    },
    decline: async (reference, reason = 'declined') => {
      checkKnown('decline', { reason }, { reason: oneOf(...DECLINE_REASONS) });
      return move(world, reference, 'failed', reason);
    },
    expire: (reference) => move(world, reference, 'failed', 'prompt-expired'),
    reverse: (reference) => move(world, reference, 'reversed'),
    next(fault) {
      world.faults.add(fault);
      world.events.emit({ type: 'faults' });
    },
    clearFaults() {
      world.faults.clear();
      world.events.emit({ type: 'faults' });
    },
    async rotateKey() {
      await world.keys.rotate();
      world.events.emit({ type: 'key' });
    },
    publicKey: async () => publicPem(await world.keys.signing()),
    redeliver: async (id, options = {}) => {
      checkKnown('redeliver', options, { tamper: isBoolean });
      return world.webhooks.redeliver(id, options.tamper);
    },
    setWebhook(gateway, url) {
      checkWebhooks({ [gateway]: url });
      if (url === undefined) delete world.webhooks.urls[gateway];
      else world.webhooks.urls[gateway] = url;
    },
    subscribe: (listener) => world.events.on(listener),
    ref: () => listening.ref(),
    close: () => (closing ??= close()),
    [asyncDispose()]: () => sandbox.close(),
  };

  const listening: Listening = await listen({
    port: options.port ?? 0,
    host,
    tls: options.tls,
    allows: hostCheck(host, options.allowedHosts),
    handle: async (exchange) => {
      const handled = await control(exchange, sandbox, world, streams);
      if (!handled) await pipeline.serve(exchange);
    },
  });
  sandbox.url = `${options.tls ? 'https' : 'http'}://${urlHost(host)}:${listening.port}`;
  return sandbox;

  async function close(): Promise<void> {
    for (const end of streams) end();
    world.clock.clear();
    world.webhooks.close();
    await Promise.all([listening.close(), world.keys.idle()]);
    world.clock.clear();
    world.payments.clear();
  }
}

function createWorld(options: SandboxOptions): World {
  const clock = new Clock(options.clock ?? 'real', options.startAt);
  const events = new Events();
  return {
    profile: options.profile ?? 'sandbox',
    switches: readSwitches(options.switches),
    credentials: CREDENTIALS,
    checksum: options.checksum ?? false,
    clock,
    random: createRandom(options.seed),
    keys: new KeyRing(options.seed),
    tokens: new Tokens(clock),
    payments: new PaymentBook(),
    ipns: new Map(),
    balances: { ...(options.balances ?? { TZS: 5_000_000, USD: 1_000 }) },
    bills: new Map(),
    faults: new FaultQueue(),
    webhooks: new Webhooks(clock, events, { ...options.webhooks }, options.allowRemote ?? false),
    events,
    gateways: specs,
    settleAfterMs: options.settleAfterMs,
    promptExpiresAfterMs: options.promptExpiresAfterMs ?? PROMPT_EXPIRES_AFTER_MS,
    struck: new Set(),
    marks: { ipnListLag: false, rate: [] },
  };
}

const urlHost = (host: string) =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;

function configOf<G extends Gateway>(gateway: G, url: string, world: World): ConfigOf<G> {
  const keys = world.credentials;
  const configs = {
    pesapal: {
      baseUrl: url + (world.profile === 'live' ? '/v3' : '/pesapalv3'),
      PESAPAL_CONSUMER_KEY: keys.PESAPAL_CONSUMER_KEY,
      PESAPAL_CONSUMER_SECRET: keys.PESAPAL_CONSUMER_SECRET,
    },
    clickpesa: {
      baseUrl: url,
      CLICKPESA_CLIENT_ID: keys.CLICKPESA_CLIENT_ID,
      CLICKPESA_API_KEY: keys.CLICKPESA_API_KEY,
      ...(world.checksum && { CLICKPESA_CHECKSUM_KEY: keys.CLICKPESA_CHECKSUM_KEY }),
    },
    azampay: {
      baseUrl: url,
      AZAMPAY_APP_NAME: keys.AZAMPAY_APP_NAME,
      AZAMPAY_CONSUMER_KEY: keys.AZAMPAY_CONSUMER_KEY,
      AZAMPAY_CONSUMER_SECRET: keys.AZAMPAY_CONSUMER_SECRET,
    },
  };
  if (!Object.hasOwn(configs, gateway)) throw new TypeError(`Unknown gateway: ${String(gateway)}`);
  return configs[gateway] as ConfigOf<G>;
}

function found(world: World, reference: string): PaymentRecord {
  const payment = world.payments.find(reference);
  if (!payment) throw new RangeError(`No payment has the reference or id ${reference}`);
  return payment;
}

async function move(
  world: World,
  reference: string,
  to: PaymentStatus,
  reason?: DeclineReason,
): Promise<SandboxPayment> {
  const payment = found(world, reference);
  // A payout that fails is money that comes back.
  await settle(world, payment, payment.kind === 'payout' && to === 'failed' ? 'reversed' : to, reason);
  return publicPayment(payment);
}
