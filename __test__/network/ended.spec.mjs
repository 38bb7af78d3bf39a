import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { authority } from '../support/certificates.mjs';
import { runNode } from '../support/child.mjs';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, startGateway } from '../support/gateway.mjs';
import { startH2Peer } from '../support/h2-peer.mjs';
import { startPeer } from '../support/peer.mjs';
import { until } from './support.mjs';

const ours = authority();
const PAY = PAY_ROUTES.azampay;
const QUIET_MS = 300;

/** A worker that asks for `count` payments at once. `script` runs in it after that. */
async function startWorker(t, config, count, { options = {}, script = '' } = {}) {
  const source = `
    const { workerData: { config, count, options, payment }, parentPort } = require('node:worker_threads');
    const { FintechSDK } = require('finconnect');
    const sdk = new FintechSDK({ provider: 'azampay', config, ...options });
    const pay = (n) => sdk.pay({ ...payment, externalId: 'W' + n }).catch(() => {});
    for (let n = 0; n < count; n++) pay(n);
    parentPort.postMessage('asked');
    parentPort.on('message', () => {});
    ${script}`;
  const worker = new Worker(source, {
    eval: true,
    workerData: { config, count, options: { maxRetries: 5, ...options }, payment: PAYMENTS.azampay },
  });
  t.after(() => worker.terminate());
  worker.on('error', () => {});
  await once(worker, 'message');
  return worker;
}

/** Everything that can answer a payment, held until it is let go. */
function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, request: async (socket, answer) => (await opened, socket.destroyed || socket.write(await answer())) };
}

async function behindPeer(t, { secure = false } = {}) {
  const gateway = await startGateway(t);
  const peer = await startPeer({
    origin: gateway.sandbox.url,
    keepAlive: true,
    identity: secure ? ours.issue() : undefined,
  });
  t.after(() => peer.close());
  const paid = () => peer.requests.filter(({ path }) => path === PAY).length;
  return { gateway, peer, paid, config: { ...gateway.sandbox.config('azampay'), baseUrl: peer.url } };
}

/** Each way in which the environment of a worker ends. */
const ENDS = {
  'is terminated': { end: (worker) => worker.terminate() },
  'calls process.exit()': {
    script: `parentPort.once('message', () => process.exit(3));`,
    end: (worker) => worker.postMessage('end'),
  },
  'throws what nobody catches': {
    script: `parentPort.once('message', () => { throw new Error('its own'); });`,
    end: (worker) => worker.postMessage('end'),
  },
};

for (const [how, { script, end }] of Object.entries(ENDS)) {
  test(`payments that wait for their turn never leave when their worker ${how}, and its connections close`, async (t) => {
    const { gateway, peer, paid, config } = await behindPeer(t);
    const { baseUrl: authBaseUrl } = gateway.sandbox.config('azampay');
    const sdk = gateway.sdk('azampay', { baseUrl: peer.url, authBaseUrl });
    await sdk.pay(PAYMENTS.azampay);
    const held = gate();
    peer.arm({ request: held.request, times: Infinity });
    const worker = await startWorker(t, { ...config, authBaseUrl }, 600, { script });
    await until(() => paid() >= 257, 'as many as may be under way');
    const ended = once(worker, 'exit');
    end(worker);
    await ended.catch(() => {});
    const left = paid();
    await until(() => peer.sockets.size === 1, 'only the connection of the main thread stays');
    held.open();
    await after(QUIET_MS);
    assert.equal(paid(), left, 'none left after the worker had ended');
    assert.ok(paid() < 300);
    peer.arm({});
    const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'NEXT' });
    assert.equal(answer.success, true, 'others go on');
  });
}

test('a payment that waits for its login never leaves when its worker ends', async (t) => {
  const { peer, paid, config } = await behindPeer(t);
  const held = gate();
  peer.arm({ request: held.request, times: Infinity });
  const worker = await startWorker(t, config, 20);
  await until(() => peer.requests.length === 1, 'the login');
  await worker.terminate();
  held.open();
  await after(QUIET_MS);
  assert.deepEqual([paid(), peer.requests.length, peer.sockets.size], [0, 1, 0]);
});

test('a payment that waits for its next attempt never leaves when its worker ends', async (t) => {
  const { gateway, config } = await behindPeer(t);
  gateway.sandbox.next({
    route: LOGIN_ROUTES.azampay,
    status: 503,
    body: '',
    headers: { 'retry-after': '1' },
    times: 1,
  });
  const worker = await startWorker(t, gateway.sandbox.config('azampay'), 20);
  await until(() => gateway.requests.length === 1, 'the first login');
  await after(50);
  await worker.terminate();
  await after(1200);
  assert.equal(gateway.requests.length, 1, config.baseUrl);
});

test('a payment that waits for its connection never leaves when its worker ends', async (t) => {
  const { gateway, peer, config } = await behindPeer(t, { secure: true });
  const waiting = [];
  peer.arm({ connection: (socket) => waiting.push(socket), times: Infinity });
  const { baseUrl: authBaseUrl } = gateway.sandbox.config('azampay');
  const worker = await startWorker(t, { ...config, authBaseUrl }, 5, { options: { ca: ours.cert } });
  await until(() => waiting.length > 0, 'a connection');
  await worker.terminate();
  await until(() => waiting.every((socket) => socket.resume().destroyed), 'every connection closes');
  await after(QUIET_MS);
  assert.equal(gateway.to(PAY).length, 0);
});

test('payments that wait for a stream of their HTTP/2 connection never leave when their worker ends', async (t) => {
  const gateway = await startGateway(t);
  const peer = await startH2Peer({
    origin: gateway.sandbox.url,
    identity: ours.issue(),
    settings: { maxConcurrentStreams: 2 },
  });
  t.after(() => peer.close());
  const { baseUrl: authBaseUrl } = gateway.sandbox.config('azampay');
  const held = [];
  peer.arm((stream) => held.push(stream), Infinity);
  const config = { ...gateway.sandbox.config('azampay'), baseUrl: peer.url, authBaseUrl };
  const worker = await startWorker(t, config, 50, { options: { ca: ours.cert } });
  // Two on each of 16 connections.
  await until(() => held.length === 32, 'all streams taken');
  await worker.terminate();
  for (const stream of held) if (!stream.destroyed) stream.respond({ ':status': 500 }, { endStream: true });
  await until(() => peer.sockets.size === 0, 'the connection closes');
  assert.equal(peer.requests.length, 32);
});

test('payments by the worker’s own fetch end with it', async (t) => {
  const { peer, paid, config } = await behindPeer(t);
  const held = gate();
  const worker = new Worker(
    `
    const { workerData: { config, payment }, parentPort } = require('node:worker_threads');
    const { FintechSDK } = require('finconnect');
    const sdk = new FintechSDK({ provider: 'azampay', config, fetch });
    sdk.pay(payment).catch(() => {});
    parentPort.postMessage('asked');
    parentPort.on('message', () => {});`,
    { eval: true, workerData: { config, payment: PAYMENTS.azampay } },
  );
  await once(worker, 'message');
  peer.arm({ request: held.request, times: Infinity });
  await until(() => peer.requests.length >= 1, 'its login');
  await worker.terminate();
  held.open();
  await after(QUIET_MS);
  assert.equal(paid(), 0);
});

test('an SDK object that is collected ends none of its calls', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ name: 'delay', delayMs: 300, route: PAY, times: 10 });
  const { code, stdout, stderr } = await runNode(
    [
      '--expose-gc',
      '-e',
      `
    const { FintechSDK } = require('finconnect');
    const one = (n) => new FintechSDK({ provider: 'azampay', config: ${JSON.stringify(gateway.sandbox.config('azampay'))} })
      .pay({ ...${JSON.stringify(PAYMENTS.azampay)}, externalId: 'GC-' + n });
    const all = Array.from({ length: 10 }, (_, n) => one(n));
    const collecting = setInterval(gc, 20);
    Promise.all(all).then((answers) => {
      clearInterval(collecting);
      console.log(answers.filter(({ success }) => success).length);
    });`,
    ],
    { timeout: 20_000 },
  );
  assert.deepEqual([code, stdout, stderr], [0, '10\n', '']);
});

test('a process that exits sends nothing more, though its threads have still to end', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ name: 'delay', delayMs: 20, route: PAY, times: 2000 });
  const { code } = await runNode(
    [
      '-e',
      `
    const { FintechSDK } = require('finconnect');
    const sdk = new FintechSDK({ provider: 'azampay', config: ${JSON.stringify(gateway.sandbox.config('azampay'))} });
    for (let n = 0; n < 2000; n++) sdk.pay({ ...${JSON.stringify(PAYMENTS.azampay)}, externalId: 'X' + n }).catch(() => {});
    setTimeout(() => process.exit(4), 150);`,
    ],
    { timeout: 20_000 },
  );
  const left = gateway.to(PAY).length;
  await after(QUIET_MS);
  assert.deepEqual([code, gateway.to(PAY).length], [4, left]);
  assert.ok(left < 2000, `${left}`);
});
