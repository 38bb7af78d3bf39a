import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { authority } from '../../faults/lib/certificates.mjs';
import { startPeer } from '../../faults/lib/peer.mjs';
import { PAY_ROUTES, startGateway } from '../support/gateway.mjs';
import { payInChild } from './support.mjs';

const ours = authority();
const HOST = 'gateway.invalid';

/** A proxy that takes CONNECT to one place, whatever it is asked for; `refuse` is a status line of its own. */
async function startProxy(t, { to, refuse }) {
  const connects = [];
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', (data) => {
      const [head] = data.toString().split('\r\n\r\n');
      connects.push(head);
      if (refuse) return socket.end(`HTTP/1.1 ${refuse}\r\ncontent-length: 0\r\n\r\n`);
      const upstream = net.connect(to, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      sockets.add(upstream);
      upstream.on('error', () => socket.destroy());
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { connects, url: `http://127.0.0.1:${server.address().port}` };
}

/** A gateway with a name that only a proxy can find. */
async function behindProxy(t, { refuse } = {}) {
  const gateway = await startGateway(t);
  const peer = await startPeer({ origin: gateway.sandbox.url, identity: ours.issue({ names: [HOST], addresses: [] }) });
  t.after(() => peer.close());
  const proxy = await startProxy(t, { to: peer.port, refuse });
  const config = { ...gateway.sandbox.config('azampay'), baseUrl: `https://${HOST}`, authBaseUrl: `https://${HOST}` };
  return { gateway, peer, proxy, config, options: { ca: ours.cert } };
}

for (const variable of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
  test(`${variable}: a payment goes through CONNECT, its TLS unbroken`, async (t) => {
    const { gateway, peer, proxy, config, options } = await behindProxy(t);
    const paid = await payInChild(config, { env: { [variable]: proxy.url }, options });
    assert.deepEqual(paid, { ok: true });
    assert.ok(proxy.connects.length > 0);
    for (const head of proxy.connects) {
      assert.match(head, new RegExp(`^CONNECT ${HOST}:443 HTTP/1\\.1\r\n`));
      assert.ok(!/authorization|bearer|GenerateToken|checkout/i.test(head), 'the proxy sees a name and no more');
    }
    assert.equal(peer.requests.filter(({ path }) => path === PAY_ROUTES.azampay).length, 1);
    assert.equal(gateway.sandbox.payments().length, 1);
  });
}

test('a proxy’s own name and password go to the proxy alone', async (t) => {
  const { peer, proxy, config, options } = await behindProxy(t);
  const paid = await payInChild(config, { env: { HTTPS_PROXY: proxy.url.replace('http://', 'http://user:hunter2@') }, options });
  assert.deepEqual(paid, { ok: true });
  assert.match(proxy.connects[0].toLowerCase(), new RegExp(`proxy-authorization: basic ${Buffer.from('user:hunter2').toString('base64')}`.toLowerCase()));
  assert.ok(peer.requests.every(({ headers }) => headers['proxy-authorization'] === undefined));
});

for (const list of [HOST, '.invalid', `other.example, ${HOST}`, '*']) {
  test(`NO_PROXY=${list}: the proxy is not asked`, async (t) => {
    const { proxy, config, options } = await behindProxy(t);
    const alone = await payInChild(config, { env: { HTTPS_PROXY: proxy.url, NO_PROXY: list }, options });
    assert.deepEqual([alone.code, alone.outcome], ['CONNECTION_FAILED', 'not_sent'], 'the name is not known here');
    assert.deepEqual(proxy.connects, []);
  });
}

test('a gateway on this machine is never asked through a proxy', async (t) => {
  const gateway = await startGateway(t);
  const secure = await startGateway(t, { tls: ours.issue() });
  const proxy = await startProxy(t, { to: 9 });
  const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url, https_proxy: proxy.url, http_proxy: proxy.url };
  for (const { sandbox } of [gateway, secure]) {
    for (const host of ['127.0.0.1', 'localhost']) {
      const { baseUrl, ...config } = sandbox.config('azampay');
      const paid = await payInChild({ ...config, baseUrl: baseUrl.replace('127.0.0.1', host) }, { env, options: { ca: ours.cert }, payment: { externalId: host } });
      assert.deepEqual(paid, { ok: true }, `${sandbox.url} as ${host}`);
    }
  }
  assert.deepEqual(proxy.connects, []);
});

test('a proxy that refuses, or is not there, sends nothing', async (t) => {
  for (const refuse of ['407 Proxy Authentication Required', '502 Bad Gateway', '403 Forbidden']) {
    const { peer, proxy, config, options } = await behindProxy(t, { refuse });
    const refused = await payInChild(config, { env: { HTTPS_PROXY: proxy.url }, options });
    assert.deepEqual([refused.code, refused.outcome], ['CONNECTION_FAILED', 'not_sent'], refused.message);
    assert.equal(peer.connections, 0);
  }
  const { peer, config, options } = await behindProxy(t);
  const closed = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  const absent = await payInChild(config, { env: { HTTPS_PROXY: `http://127.0.0.1:${port}` }, options });
  assert.deepEqual([absent.code, absent.outcome], ['CONNECTION_FAILED', 'not_sent']);
  assert.equal(peer.connections, 0);
});

test('a proxy cannot stand in for the gateway', async (t) => {
  const { gateway, config, options } = await behindProxy(t);
  const impostor = await startPeer({ origin: gateway.sandbox.url, identity: authority('The proxy’s own').issue({ names: [HOST] }) });
  t.after(() => impostor.close());
  const proxy = await startProxy(t, { to: impostor.port });
  const refused = await payInChild(config, { env: { HTTPS_PROXY: proxy.url }, options });
  assert.deepEqual([refused.code, refused.outcome, impostor.bytes], ['CONNECTION_FAILED', 'not_sent', 0]);
});

test('a payment that hangs behind a proxy is unknown, and came once', async (t) => {
  const { gateway, peer, proxy, config, options } = await behindProxy(t);
  gateway.sandbox.next({ name: 'hang', route: PAY_ROUTES.azampay });
  const hung = await payInChild(config, { env: { HTTPS_PROXY: proxy.url }, options: { ...options, timeoutMs: 3000 } });
  assert.deepEqual([hung.code, hung.outcome], ['TIMEOUT', 'unknown']);
  assert.equal(peer.requests.filter(({ path }) => path === PAY_ROUTES.azampay).length, 1);
});
