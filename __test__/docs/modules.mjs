// Runs a block of TypeScript or JavaScript as a module, and then what it has set up: routes, handlers and timers.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Server } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { transform } from 'esbuild';
import { listen, startShop } from '../support/shop.mjs';
import { moduleOf } from './blocks.mjs';
import { atHome, environmentOf, GATEWAYS, GIVEN, gatewaysIn, openWorld } from './given.mjs';

const DEADLINE_MS = 15_000;
const END = 'SIGTERM';
const CALLBACK = /hooks?\b|callback|webhook|ipn/i;
const ROUTE = /\.(use|all|get|post)\(\s*(['"`])(\/[^'"`]*)\2/g;
/** A call whose result the page tells: `normalizePhone('0712 345 678', 'TZ'); // '255712345678'`. */
const TOLD = /^((?!console\b)[\w.]+\(.*\)); \/\/ (.+)$/;

/**
 * Runs a block in `folder`. `before(world)` sets up what it stands among, `after(declared, world, more)` looks at what
 * came of it; `packages` are stand-ins for packages that are not installed, by their names.
 */
export async function runModule(folder, block, { before, after, packages = {} } = {}) {
  const world = await openWorld(block.code);
  const undo = [];
  const opened = { servers: [], timers: [], errors: [], before: process.listeners(END) };
  try {
    const shop = await startShop();
    undo.push(shop.close);
    const code = shapedFor(world, shop, block);
    await before?.(world, folder);
    const module = await compiled(code);
    const given = { said, database: world.database };
    for (const name of module.used) given[name] ??= await world.given(name);
    undo.push(...among(given, await environmentOf(world, block.code), folder), ...watch(opened));
    for (const [name, text] of Object.entries(packages)) standIn(folder, name, text);
    const file = join(folder, `${block.file.replaceAll('/', '-')}.${block.line}.mjs`);
    writeFileSync(file, module.code);
    const ran = (async () => {
      const exported = await import(pathToFileURL(file));
      const declared = { ...given, ...exported, ...exported.__declared };
      try {
        await drive(world, declared, opened, code);
        await after?.(declared, world, { folder, servers: opened.servers });
        for (const end of addedSince(opened.before)) await end();
      } finally {
        await closeAll(exported.__declared);
      }
    })();
    await within(DEADLINE_MS, ran);
    assert.deepEqual(opened.errors, [], 'it printed an error');
  } finally {
    for (const back of undo.reverse()) await back();
    await world.close();
  }
}

/** The block with this machine's addresses, a database that every Node has, and the results that it tells compared. */
function shapedFor(world, shop, block) {
  const lines = block.code.split('\n').map((line, at) => {
    const [, call, told] = TOLD.exec(line) ?? [];
    return call && isLiteral(told) ? `__given.said(${call}, (${told}), ${block.line + at});` : line;
  });
  const code = atHome(world, lines.join('\n'))
    .replace(/\bsqlite\(('[^']*')\)/g, 'sqlite(__given.database($1))')
    .replace(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/g, (url) => (url === world.sandbox.url ? url : shop.url));
  return moduleOf({ ...block, code });
}

function isLiteral(text) {
  try {
    new Function(`return (${text})`)();
    return true;
  } catch {
    return false;
  }
}

function said(result, told, line) {
  assert.ok(isDeepStrictEqual(result, told), `line ${line} gives ${JSON.stringify(result)}`);
}

/**
 * The block as JavaScript, where the names that it does not bind by itself are members of `__given`: `used` are these.
 * What it declares at its top is exported as `__declared`.
 */
async function compiled(code) {
  const define = Object.fromEntries(Object.keys(GIVEN).map((name) => [name, `__given.${name}`]));
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const { code: js } = await transform(code, { loader: 'ts', format: 'esm', target: 'es2022', define, tsconfigRaw });
  const names = [...js.matchAll(/^(?:export )?(?:const|let|var|class|(?:async )?function\*?) (\w+)/gm)];
  return {
    code: `${js}export const __declared = { ${names.map(([, name]) => name).join(', ')} };\n`,
    used: [...new Set([...js.matchAll(/\b__given\.(\w+)/g)].map(([, name]) => name))],
  };
}

/** Puts the block among these names, variables of the environment and this folder; gives what takes it back. */
function among(given, env, folder) {
  const before = { cwd: process.cwd(), env: { ...process.env } };
  globalThis.__given = given;
  Object.assign(process.env, env);
  process.chdir(folder);
  return [
    () => {
      delete globalThis.__given;
      for (const name of Object.keys(env)) delete process.env[name];
      Object.assign(process.env, before.env);
      process.chdir(before.cwd);
    },
  ];
}

/** Servers of the block listen on a free port, its timers are kept for `drive`, and what it prints is not shown. */
function watch(opened) {
  const real = { listen: Server.prototype.listen, setInterval: globalThis.setInterval, console: { ...console } };
  Server.prototype.listen = function own(port, ...rest) {
    if (port === 0 || !/^(number|string)$/.test(typeof port)) return real.listen.call(this, port, ...rest);
    opened.servers.push(this);
    return real.listen.call(this, 0, '127.0.0.1', ...rest.filter((one) => typeof one === 'function'));
  };
  globalThis.setInterval = (work, ...rest) => {
    const timer = real.setInterval(work, ...rest);
    opened.timers.push({ work, timer });
    return timer;
  };
  for (const name of ['log', 'info', 'warn', 'error'])
    console[name] = (...words) => opened.errors.push(...words.filter((word) => word instanceof Error));
  return [
    () => {
      for (const server of opened.servers) server.close(), server.closeAllConnections?.();
      for (const { timer } of opened.timers) clearInterval(timer);
      for (const added of addedSince(opened.before)) process.removeListener(END, added);
    },
    () => {
      Server.prototype.listen = real.listen;
      globalThis.setInterval = real.setInterval;
      Object.assign(console, real.console);
    },
  ];
}

/** What the block does when the process is told to end. */
const addedSince = (before) => process.listeners(END).filter((listener) => !before.includes(listener));

/** A package that is not installed, as far as a block needs one to be loaded. */
function standIn(folder, name, text) {
  const place = join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
  writeFileSync(join(place, 'index.js'), text);
}

/** Does once what would happen to the block in an app: gateways call its routes, browsers open them, timers come. */
async function drive(world, declared, { servers, timers }, code) {
  for (const { work } of timers) await work();
  if (typeof declared.POST === 'function') await answersRequest(world, declared.POST);
  const routes = new Map([...code.matchAll(ROUTE)].map(([, method, , path]) => [path, method]));
  if (routes.size === 0 || !(declared.app || servers.length > 0)) return;
  const own = servers[0];
  if (own && !own.listening) await once(own, 'listening');
  const app = own ? { url: `http://127.0.0.1:${own.address().port}`, close() {} } : await listen(declared.app);
  try {
    for (const [path, method] of routes) {
      if (CALLBACK.test(path)) await takesCallbacks(world, declared, app.url + path, code);
      else await opens(world, app.url + path, method, code);
    }
  } finally {
    await app.close();
  }
}

async function takesCallbacks(world, { ledger }, url, code) {
  const named = GATEWAYS.filter((name) => url.includes(name));
  for (const gateway of named.length > 0 ? named : gatewaysIn(code)) {
    const whole = named.length > 0 ? url : `${url.replace(/\/:\w+$/, '')}/${gateway}`;
    // Selcom calls what the config of its SDK object says, which is the ledger's own.
    if (ledger && gateway === 'selcom') continue;
    const { id, status, error } = await (ledger
      ? world.paidByLedger(ledger, gateway, whole)
      : world.paid(gateway, whole));
    assert.equal(status, 200, `a callback of ${gateway} is answered ${status ?? error}`);
    if (gateway !== 'azampay') continue;
    const forged = (await world.sandbox.redeliver(id, { tamper: true })).attempts.at(-1).status;
    assert.equal(forged, 400, `a forged callback of ${gateway} is answered ${forged}`);
  }
}

/** A customer's browser comes, back from PesaPal's page where the block is about that, or sends a form. */
async function opens(world, url, route, code) {
  const address = new URL(url.replaceAll(/:(\w+)/g, (all, name) => (/^\d/.test(name) ? all : 'ORDER-9')));
  if (/\bpesapal\b/.test(code)) {
    const { transactionId } = await world.charge('pesapal');
    address.searchParams.set('OrderTrackingId', transactionId);
  }
  const body = JSON.stringify({ reference: 'ORDER-9', amount: 1000, currency: 'TZS', phone: '255712345678' });
  const form = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const response = await fetch(address, { redirect: 'manual', ...(route === 'post' && form) });
  const isThere = !(await response.text()).includes(`Cannot ${route === 'post' ? 'POST' : 'GET'} `);
  assert.ok(response.status < 500 && isThere, `${route} ${address.pathname} is answered ${response.status}`);
}

/** A route of the Web standard, as Next.js has them. */
async function answersRequest(world, handle) {
  const { headers, text } = await world.callback('azampay');
  const request = new Request('http://shop.example/hooks/azampay', {
    method: 'POST',
    headers: { 'content-type': headers['content-type'] },
    body: text,
  });
  const { status } = await handle(request);
  assert.equal(status, 200, `a callback of azampay is answered ${status}`);
}

async function closeAll(declared) {
  for (const one of Object.values(declared ?? {})) {
    const name = ['end', 'close', 'quit', 'destroy'].find((close) => typeof one?.[close] === 'function');
    if (name) await one[name]();
  }
}

/** Rejects when `promise` takes too long. */
export async function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it has not ended within ${ms / 1_000} s`)), ms);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
