import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { FintechSDK } from 'finconnect';
import { WIRE_FAULTS } from '../matrix/faults.mjs';
import { authority } from '../support/certificates.mjs';
import { PAY_ROUTES, PAYMENTS, startGateway } from '../support/gateway.mjs';
import { startPeer } from '../support/peer.mjs';
import { payInChild, until, within } from './support.mjs';

const ours = authority();
const HOST = 'gateway.invalid';

/**
 * A SOCKS 5 proxy with one place behind it. `reply` is what it says to CONNECT, `pair` the only name and password that
 * it takes.
 */
async function startSocks(t, { to = 9, reply = 0, pair }) {
  const proxy = { asked: [], pairs: [], sockets: new Set() };
  const server = net.createServer(async (socket) => {
    proxy.sockets.add(socket);
    socket.on('error', () => {}).on('close', () => proxy.sockets.delete(socket));
    const next = async () => (await once(socket, 'data'))[0];
    const methods = [...(await next()).subarray(2)];
    if (methods.includes(2)) {
      socket.write(Buffer.from([5, 2]));
      const told = await next();
      const name = told.subarray(2, 2 + told[1]).toString();
      const password = told.subarray(3 + told[1]).toString();
      proxy.pairs.push(`${name}:${password}`);
      if (pair && pair !== `${name}:${password}`) return socket.end(Buffer.from([1, 1]));
      socket.write(Buffer.from([1, 0]));
    } else {
      socket.write(Buffer.from([5, 0]));
    }
    const command = await next();
    const name = command.subarray(5, 5 + command[4]).toString();
    proxy.asked.push(
      command[3] === 3 ? `${name}:${command.readUInt16BE(5 + command[4])}` : `an address of kind ${command[3]}`,
    );
    const answer = Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
    if (reply) return socket.end(answer);
    const upstream = net.connect(to, '127.0.0.1', () => {
      socket.write(answer);
      socket.resume();
    });
    // Each side ends as the other does, also by a reset.
    for (const [from, into] of [
      [socket, upstream],
      [upstream, socket],
    ]) {
      from.on('data', (data) => into.write(data)).on('end', () => into.end());
      from.on('error', () => into.resetAndDestroy()).on('close', () => into.destroySoon());
    }
    proxy.sockets.add(upstream);
    upstream.on('close', () => proxy.sockets.delete(upstream));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of proxy.sockets) socket.destroy();
  });
  return Object.assign(proxy, { port: server.address().port, url: `socks5://127.0.0.1:${server.address().port}` });
}

/** A gateway with a name that only a proxy can find. */
async function behindSocks(t, { secure = true, ...options } = {}) {
  const gateway = await startGateway(t);
  const peer = await startPeer({
    origin: gateway.sandbox.url,
    keepAlive: true,
    identity: secure ? ours.issue({ names: [HOST], addresses: [] }) : undefined,
  });
  t.after(() => peer.close());
  const proxy = await startSocks(t, { to: peer.port, ...options });
  const baseUrl = `${secure ? 'https' : 'http'}://${HOST}`;
  const config = { ...gateway.sandbox.config('azampay'), baseUrl, authBaseUrl: baseUrl };
  const paid = () => peer.requests.filter(({ path }) => path === PAY_ROUTES.azampay).length;
  return { gateway, peer, proxy, config, paid, options: { ca: ours.cert, allowInsecureHttp: true } };
}

for (const scheme of ['socks', 'socks5', 'socks5h']) {
  test(`${scheme}://: a payment goes through a SOCKS proxy, which looks the gateway up and sees its name and no more`, async (t) => {
    const { proxy, peer, config, paid, options } = await behindSocks(t);
    const env = { HTTPS_PROXY: proxy.url.replace('socks5', scheme) };
    assert.deepEqual(await payInChild(config, { env, options }), { ok: true });
    assert.deepEqual(new Set(proxy.asked), new Set([`${HOST}:443`]));
    assert.equal(paid(), 1);
    assert.ok(peer.requests.every(({ headers }) => headers['accept-encoding'] === 'identity'));
  });
}

test('a gateway without TLS, and NO_PROXY', async (t) => {
  const { proxy, config, paid, options } = await behindSocks(t, { secure: false });
  assert.deepEqual(await payInChild(config, { env: { ALL_PROXY: proxy.url }, options }), { ok: true });
  assert.deepEqual([new Set(proxy.asked), paid()], [new Set([`${HOST}:80`]), 1]);
  const alone = await payInChild(config, { env: { ALL_PROXY: proxy.url, NO_PROXY: HOST }, options });
  assert.deepEqual([alone.code, alone.outcome, paid()], ['CONNECTION_FAILED', 'not_sent', 1]);
  const gateway = await startGateway(t);
  assert.deepEqual(
    await payInChild(gateway.sandbox.config('azampay'), { env: { ALL_PROXY: 'socks5://127.0.0.1:9' } }),
    { ok: true },
  );
});

test('a SOCKS proxy’s name and password are read as a URL has them', async (t) => {
  for (const [given, pair] of [
    ['user:p%40ss', 'user:p@ss'],
    ['user:p@ss', 'user:p@ss'],
    ['user:a:b', 'user:a:b'],
  ]) {
    const { proxy, config, options } = await behindSocks(t, { pair });
    const env = { HTTPS_PROXY: proxy.url.replace('//', `//${given}@`) };
    assert.deepEqual(await payInChild(config, { env, options }), { ok: true });
    assert.deepEqual(new Set(proxy.pairs), new Set([pair]));
  }
});

test('a SOCKS proxy that refuses, or is not there, sends nothing, and the error names it without its password', async (t) => {
  const absent = net.createServer().listen(0, '127.0.0.1');
  await once(absent, 'listening');
  const { port } = absent.address();
  await new Promise((resolve) => absent.close(resolve));
  const table = [
    [{ reply: 2 }, /not allowed/i],
    [{ reply: 4 }, /unreachable/i],
    [{ reply: 5 }, /refused/i],
    [{ pair: 'other:word' }, /credentials not accepted/],
    [{ port }, /SOCKS error/],
  ];
  for (const [how, says] of table) {
    const { proxy, peer, config, options } = await behindSocks(t, how);
    const at = how.port ?? proxy.port;
    const error = await payInChild(config, {
      env: { HTTPS_PROXY: `socks5://user:hunt%40er2@127.0.0.1:${at}` },
      options,
    });
    assert.deepEqual(
      [error.code, error.outcome, peer.connections],
      ['CONNECTION_FAILED', 'not_sent', 0],
      error.message,
    );
    assert.match(
      error.message,
      new RegExp(
        `could not connect to AzamPay \\(${HOST}:443 through the proxy 127\\.0\\.0\\.1:${at}: .*Nothing was sent\\.$`,
      ),
    );
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /hunt|user:/);
  }
});

test('a SOCKS proxy cannot stand in for the gateway', async (t) => {
  const { gateway, config, options } = await behindSocks(t);
  const impostor = await startPeer({
    origin: gateway.sandbox.url,
    identity: authority('The proxy’s own').issue({ names: [HOST] }),
  });
  t.after(() => impostor.close());
  const proxy = await startSocks(t, { to: impostor.port });
  const refused = await payInChild(config, { env: { HTTPS_PROXY: proxy.url }, options });
  assert.deepEqual([refused.code, refused.outcome, impostor.bytes], ['CONNECTION_FAILED', 'not_sent', 0]);
  assert.match(refused.message, /UnknownIssuer.*pass that authority's/);
});

test('every fault of a connection ends as it does without a proxy', async (t) => {
  const { gateway, peer, proxy, config, options } = await behindSocks(t, { secure: false });
  const authBaseUrl = gateway.sandbox.url;
  const make = (baseUrl, timeoutMs) => {
    const own = { ...config, baseUrl, authBaseUrl };
    return within(
      { ALL_PROXY: proxy.url },
      () => new FintechSDK({ provider: 'azampay', config: own, ...options, maxRetries: 0, timeoutMs }),
    );
  };
  for (const { name, arm, timeoutMs } of WIRE_FAULTS.filter(({ layer, arm }) => layer === 'tcp' && arm)) {
    const ends = [];
    for (const baseUrl of [peer.url, `http://${HOST}`]) {
      const sdk = await make(baseUrl, timeoutMs);
      await sdk.getPaymentStatus('X').catch(() => {});
      gateway.sandbox.reset?.();
      const before = peer.requests.length;
      peer.arm(arm);
      const word = await sdk.pay({ ...PAYMENTS.azampay, externalId: `${name} ${baseUrl}`.slice(0, 60) }).then(
        () => ['accepted'],
        ({ code, outcome, status }) => [code, outcome, status],
      );
      ends.push({
        word,
        arrived: peer.requests.slice(before).filter(({ path }) => path === PAY_ROUTES.azampay).length,
      });
      peer.arm({ times: 0 });
    }
    assert.deepEqual(ends[1], ends[0], name);
  }
});

test('payments behind a SOCKS proxy never leave when their worker ends, and its connections close', async (t) => {
  const { peer, proxy, config, paid, options } = await behindSocks(t);
  peer.arm({ request: () => {}, times: Infinity });
  const source = `
    const { workerData: { config, options, payment }, parentPort } = require('node:worker_threads');
    const { FintechSDK } = require('finconnect');
    const sdk = new FintechSDK({ provider: 'azampay', config, ...options });
    for (let n = 0; n < 20; n++) sdk.pay({ ...payment, externalId: 'S' + n }).catch(() => {});
    parentPort.postMessage('asked');
    parentPort.on('message', () => {});`;
  const worker = await within({ HTTPS_PROXY: proxy.url }, async () => {
    const worker = new Worker(source, { eval: true, workerData: { config, options, payment: PAYMENTS.azampay } });
    t.after(() => worker.terminate());
    await once(worker, 'message');
    return worker;
  });
  await until(() => peer.requests.length > 0, 'a login came');
  await worker.terminate();
  await until(() => proxy.sockets.size === 0, 'its connections close');
  assert.deepEqual([peer.requests.length, paid()], [1, 0], 'the login, and no payment');
});
