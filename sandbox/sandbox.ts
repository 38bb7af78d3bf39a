import type { Sandbox, SandboxOptions } from './api.js';
import { control } from './control.js';
import { Clock } from './engine/clock.js';
import { FaultQueue } from './engine/faults.js';
import { keyPairOf } from './engine/gateway.js';
import { Events } from './engine/history.js';
import { checkKnown, isBoolean, oneOf } from './engine/known.js';
import { outcomeOf, publicPayment, settle } from './engine/lifecycle.js';
import {
  DECLINE_REASONS,
  type DeclineReason,
  PaymentBook,
  type PaymentRecord,
  type PaymentStatus,
  type SandboxPayment,
} from './engine/payments.js';
import { Pipeline } from './engine/pipeline.js';
import { createRandom } from './engine/random.js';
import { readSwitches } from './engine/switches.js';
import { Tokens } from './engine/tokens.js';
import { Webhooks } from './engine/webhooks.js';
import { openWorld, type World } from './engine/world.js';
import { gatewayOf, SWITCHES, specs } from './gateways/index.js';
import { hostCheck } from './http/hosts.js';
import { type Listening, listen } from './http/server.js';
import { checkOptions, checkWebhooks } from './options.js';
import type { ConfigOf } from './types.js';

const PROMPT_EXPIRES_AFTER_MS = 120_000;

// Node 18 has no such symbol of its own; what compiles `await using` for it looks it up in this way.
const asyncDispose = (): typeof Symbol.asyncDispose =>
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** Starts a stand-in for the gateways on this machine. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  checkOptions(options);
  const host = options.host ?? '127.0.0.1';
  const world = createWorld(options);
  const pipeline = new Pipeline(world, options.onRequest);
  const pairs = Object.values(world.gateways).flatMap((open) => keyPairOf(open) ?? []);
  const streams = new Set<() => void>();
  let closing: Promise<void> | undefined;

  const sandbox: Omit<Sandbox, 'url'> & { url: string } = {
    url: '',
    clock: world.clock,
    config(gateway) {
      if (!Object.hasOwn(specs, gateway)) throw new TypeError(`Unknown gateway: ${String(gateway)}`);
      const at = world.gateways[gateway];
      return at.spec.config(sandbox.url, at.world) as ConfigOf<typeof gateway>;
    },
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
      await Promise.all(pairs.map((pair) => pair.rotate()));
      world.events.emit({ type: 'key' });
    },
    publicKey: async () => pairs[0]!.publicPem(),
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
    await Promise.all([listening.close(), ...pairs.map((pair) => pair.idle())]);
    world.clock.clear();
    world.payments.clear();
  }
}

function createWorld(options: SandboxOptions): World {
  const clock = new Clock(options.clock ?? 'real', options.startAt);
  const events = new Events();
  const shared = {
    clock,
    random: createRandom(options.seed),
    tokens: new Tokens(clock),
    payments: new PaymentBook(),
    faults: new FaultQueue(specs),
    webhooks: new Webhooks(clock, events, specs, { ...options.webhooks }, options.allowRemote ?? false),
    events,
    gatewayOf,
    settleAfterMs: options.settleAfterMs,
    promptExpiresAfterMs: options.promptExpiresAfterMs ?? PROMPT_EXPIRES_AFTER_MS,
  };
  return openWorld(shared, specs, options, readSwitches(SWITCHES, options.switches));
}

const urlHost = (host: string) =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;

function found(world: World, reference: string): PaymentRecord {
  const payment = world.payments.find(reference);
  if (!payment) {
    throw new RangeError(
      `No payment has the reference or id ${reference}: name it by the gatewayReference of the answer, or by the gateway's id`,
    );
  }
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
