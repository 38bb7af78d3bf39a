import type { Sandbox } from './api.js';
import { pagePath } from './engine/checkout.js';
import { FAULTS, type Fault, type FaultName } from './engine/faults.js';
import { keyPairOf } from './engine/gateway.js';
import type { SandboxEvent } from './engine/history.js';
import { outcomeOf, settle } from './engine/lifecycle.js';
import { MERCHANT, type OpenGateway, type World } from './engine/world.js';
import { GATEWAYS, PORTALS } from './gateways/index.js';
import { asset } from './http/assets.js';
import { type Fields, html, json, parseFields, type Reply, text, textOf } from './http/message.js';
import { type Params, Router, type Target } from './http/router.js';
import { type Exchange, reply } from './http/server.js';
import { generateTestCallback } from './test-callback.js';
import type { Gateway, PortalGateway } from './types.js';

const API = '/_sandbox/api/';
const HEARTBEAT_MS = 15_000;
/** A page that has this many bytes unread is disconnected; it reconnects and loads the state anew. */
const MAX_BEHIND = 4 * 1024 * 1024;
const PAGE_POLICY = `default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'`;

const JS = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const FILES: Record<string, { name: string; type: string }> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/_sandbox/logo.svg': { name: 'logo.svg', type: 'image/svg+xml' },
  ...files(['page', 'phone', 'tools', 'payments', 'timeline', 'checkout'], 'css', CSS),
  ...files(['page', 'phone', 'sms', 'payments', 'timeline', 'connect', 'dom'], 'js', JS),
};

function files(names: string[], extension: string, type: string) {
  return Object.fromEntries(
    names.map((name) => [`/_sandbox/${name}.${extension}`, { name: `${name}.${extension}`, type }]),
  );
}

/** Answers requests for the page and from it. Returns false for any other request. */
export async function control(
  exchange: Exchange,
  sandbox: Sandbox,
  world: World,
  streams: Set<() => void>,
): Promise<boolean> {
  const { request, response } = exchange;
  const { method, path } = request;
  const file = FILES[path];
  if (file && method === 'GET') {
    const headers = { 'Content-Type': file.type, 'Cache-Control': 'no-cache', 'Content-Security-Policy': PAGE_POLICY };
    reply(response, { status: 200, headers, body: asset(file.name) });
    return true;
  }
  if (path === '/_sandbox/elsewhere') {
    reply(response, html(200, '<!doctype html><title>Sign in</title><h1>Sign in</h1>'));
    return true;
  }
  if (!path.startsWith(API)) return false;
  if (method === 'GET' && path === `${API}events`) stream(exchange, sandbox, streams);
  else reply(response, await answer(exchange, sandbox, world));
  return true;
}

async function answer({ request }: Exchange, sandbox: Sandbox, world: World): Promise<Reply> {
  const { method } = request;
  const path = request.path.slice(API.length);
  if (method === 'GET' && path === 'state') return json(200, state(sandbox, world), { 'Cache-Control': 'no-store' });
  const fields = parseFields(request.body);
  // A form of another site cannot send JSON without asking first.
  if (!fields || !request.headers['content-type']?.startsWith('application/json'))
    return text(415, 'A JSON object is needed.\n');
  const found = ACTIONS.find(method, path);
  if (!found) return json(404, { error: `No such action: ${method} ${path}` });
  try {
    return json(200, (await found.route.act({ fields, params: found.params, sandbox, world })) ?? {});
  } catch (error) {
    return json(409, { error: error instanceof Error ? error.message : String(error) });
  }
}

interface Request {
  fields: Fields;
  params: Params;
  sandbox: Sandbox;
  world: World;
}

interface Action extends Target {
  act(request: Request): unknown;
}

const ACTIONS = new Router<Action>([
  { method: 'POST', path: 'payments/:gateway/:id/answer', act: answerPrompt },
  {
    method: 'POST',
    path: 'webhooks/:id#/redeliver',
    act: ({ fields: { tamper }, params, sandbox }) =>
      sandbox.redeliver(Number(params['id']), { tamper: tamper === true }),
  },
  { method: 'POST', path: 'rotate-key', act: ({ sandbox }) => sandbox.rotateKey() },
  { method: 'POST', path: 'faults', act: ({ fields, sandbox }) => sandbox.next(fields as unknown as Fault) },
  { method: 'DELETE', path: 'faults', act: ({ sandbox }) => sandbox.clearFaults() },
  { method: 'POST', path: 'clock', act: ({ fields, sandbox }) => sandbox.clock.advance(Number(fields['advance'])) },
  {
    method: 'POST',
    path: 'webhook-urls',
    act: ({ fields: { gateway, url }, sandbox }) =>
      sandbox.setWebhook(gateway as PortalGateway, textOf(url) || undefined),
  },
  { method: 'POST', path: 'callbacks', act: signedCallback },
]);

/** A callback signed as this sandbox signs; a private key leaves the process only in this way. */
async function signedCallback({ fields: { gateway, ...overrides }, world }: Request) {
  const name = gateway as Gateway;
  const pair = Object.hasOwn(world.gateways, name) ? keyPairOf(world.gateways[name]) : undefined;
  return generateTestCallback(name, { ...overrides, ...(pair && { key: await pair.signing() }) });
}

/** What the customer does at the phone: `{ pin }`, or `{ decline: true }`. The PIN is kept nowhere. */
async function answerPrompt({ fields, params: { gateway, id = '' }, world }: Request): Promise<void> {
  const payment = world.payments.get(gateway as Gateway, id);
  if (!payment) throw new RangeError('No such payment');
  if (fields['decline'] === true) return settle(world, payment, 'failed', 'declined');
  const pin = textOf(fields['pin']);
  if (!/^\d{4,6}$/.test(pin)) throw new RangeError('A PIN has four to six digits');
  const reason = outcomeOf(payment, pin);
  await settle(world, payment, reason ? 'failed' : 'paid', reason);
}

function state(sandbox: Sandbox, world: World) {
  return {
    url: sandbox.url,
    merchant: MERCHANT,
    now: world.clock.now(),
    gateways: Object.values(world.gateways).map(about),
    config: Object.fromEntries(GATEWAYS.map((gateway) => [gateway, sandbox.config(gateway)])),
    webhookUrls: Object.fromEntries(PORTALS.map((gateway) => [gateway, world.webhooks.urls[gateway] ?? ''])),
    faults: Object.entries(FAULTS)
      .map(([name, { magic, stage, about }]) => ({
        name,
        magic,
        stage,
        about,
        gateways: world.faults.gatewaysOf(name as FaultName),
      }))
      .sort((a, b) => a.magic - b.magic),
    pendingFaults: pendingFaults(world),
    payments: sandbox.payments(),
    requests: sandbox.requests(),
    webhooks: sandbox.webhooks(),
  };
}

/** What the page knows of a gateway. */
function about(open: OpenGateway) {
  const { name, title, colour, calls, reads, testPush } = open.spec;
  return {
    name,
    title,
    colour,
    calls,
    reference: reads.reference,
    page: pagePath(open, '{id}'),
    keys: keyPairOf(open) !== undefined,
    testPush: testPush?.(open.world),
  };
}

const pendingFaults = (world: World) =>
  world.faults.pending().map(({ fault, left }) => ({
    name: 'name' in fault ? fault.name : `script ${fault.status}`,
    gateway: fault.gateway ?? '',
    left,
  }));

/** Server-sent events: everything that happens, as it happens. */
function stream({ response }: Exchange, sandbox: Sandbox, streams: Set<() => void>): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write('retry: 1000\n\n');
  const write = (event: SandboxEvent) => {
    if (response.writableLength > MAX_BEHIND) response.destroy();
    else response.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  const stop = sandbox.subscribe(write);
  const beat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS).unref();
  const end = () => {
    stop();
    clearInterval(beat);
    streams.delete(end);
    response.end();
  };
  streams.add(end);
  response.on('close', end);
}
