import { outcomeOf } from './engine/checkout.js';
import { FAULTS, type Fault, type FaultName, gatewaysOf } from './engine/faults.js';
import type { SandboxEvent } from './engine/history.js';
import { settle } from './engine/lifecycle.js';
import { GATEWAYS, type Gateway } from './engine/payments.js';
import { MERCHANT, type World } from './engine/world.js';
import { generateTestCallback, type TestCallbackOptions } from './gateways/test-callback.js';
import { asset } from './http/assets.js';
import { type Fields, html, json, parseFields, type Reply, text, textOf } from './http/message.js';
import { type Exchange, reply } from './http/server.js';
import type { Sandbox } from './sandbox.js';

const API = '/_sandbox/api/';
const HEARTBEAT_MS = 15_000;
/** A page that reads this far behind is let go; it comes back and loads everything afresh. */
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

/** The page and what drives it. Returns false for a request that is none of its own. */
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
  const route = `${method} ${path.slice(API.length)}`;
  if (route === 'GET events') stream(exchange, sandbox, streams);
  else reply(response, await answer(route, exchange, sandbox, world));
  return true;
}

async function answer(route: string, { request }: Exchange, sandbox: Sandbox, world: World): Promise<Reply> {
  if (route === 'GET state') return json(200, state(sandbox, world), { 'Cache-Control': 'no-store' });
  const fields = parseFields(request.body);
  // A form of another site cannot send JSON without asking first.
  if (!fields || !request.headers['content-type']?.startsWith('application/json'))
    return text(415, 'A JSON object is needed.\n');
  for (const [pattern, act] of ACTIONS) {
    const found = pattern.exec(route);
    if (!found) continue;
    try {
      return json(200, (await act(fields, found.slice(1), sandbox, world)) ?? {});
    } catch (error) {
      return json(409, { error: error instanceof Error ? error.message : String(error) });
    }
  }
  return json(404, { error: `No such action: ${route}` });
}

type Action = (fields: Fields, params: string[], sandbox: Sandbox, world: World) => unknown;

const ACTIONS: [RegExp, Action][] = [
  [/^POST payments\/(\w+)\/([^/]+)\/answer$/, answerPrompt],
  [
    /^POST webhooks\/(\d+)\/redeliver$/,
    ({ tamper }, [id], sandbox) => sandbox.redeliver(Number(id), { tamper: tamper === true }),
  ],
  [/^POST rotate-key$/, (_fields, _params, sandbox) => sandbox.rotateKey()],
  [/^POST faults$/, (fields, _params, sandbox) => sandbox.next(fields as unknown as Fault)],
  [/^DELETE faults$/, (_fields, _params, sandbox) => sandbox.clearFaults()],
  [/^POST clock$/, ({ advance }, _params, sandbox) => sandbox.clock.advance(Number(advance))],
  [
    /^POST webhook-urls$/,
    ({ gateway, url }, _params, sandbox) => sandbox.setWebhook(gateway as 'azampay', textOf(url) || undefined),
  ],
  [/^POST callbacks$/, signedCallback],
];

/** A callback signed as this sandbox signs; AzamPay's key leaves the process only in this way. */
async function signedCallback({ gateway, ...given }: Fields, _params: string[], _sandbox: Sandbox, world: World) {
  const overrides = given as TestCallbackOptions;
  if (gateway === 'azampay') return generateTestCallback('azampay', { ...overrides, key: await world.keys.signing() });
  return generateTestCallback(gateway as Gateway, overrides);
}

/** What the customer does at the phone: `{ pin }`, or `{ decline: true }`. The PIN is kept nowhere. */
async function answerPrompt(fields: Fields, [gateway, id]: string[], _sandbox: Sandbox, world: World): Promise<void> {
  const payment = world.payments.get(gateway as Gateway, id ?? '');
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
    profile: world.profile,
    now: world.clock.now(),
    config: Object.fromEntries(GATEWAYS.map((gateway) => [gateway, sandbox.config(gateway)])),
    webhookUrls: { azampay: world.webhooks.urls.azampay ?? '', clickpesa: world.webhooks.urls.clickpesa ?? '' },
    faults: Object.entries(FAULTS)
      .map(([name, { magic, stage, about }]) => ({
        name,
        magic,
        stage,
        about,
        gateways: gatewaysOf(name as FaultName),
      }))
      .sort((a, b) => a.magic - b.magic),
    pendingFaults: pendingFaults(world),
    payments: sandbox.payments(),
    requests: sandbox.requests(),
    webhooks: sandbox.webhooks(),
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
