import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { FintechSDK } from 'finconnect';
import { EnvHttpProxyAgent, fetch as fetchBy } from 'undici';
import { authority } from '../support/certificates.mjs';
import { PAY_ROUTES, PAYMENTS, rejection, startGateway } from '../support/gateway.mjs';
import { startPeer } from '../support/peer.mjs';
import { payInChild, within } from './support.mjs';

const ours = authority();
const HOST = 'gateway.invalid';

/**
 * A proxy that takes CONNECT to one place, whatever it is asked for; `refuse` is a status line of its own, and
 * `identity` makes it speak TLS.
 */
async function startProxy(t, { to, refuse, identity }) {
  const connects = [];
  const sockets = new Set();
  const serve = (socket) => {
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
  };
  const server = identity ? tls.createServer(identity, serve) : net.createServer(serve);
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    connects,
    port: server.address().port,
    url: `${identity ? 'https' : 'http'}://127.0.0.1:${server.address().port}`,
  };
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
  const paid = await payInChild(config, {
    env: { HTTPS_PROXY: proxy.url.replace('http://', 'http://user:hunter2@') },
    options,
  });
  assert.deepEqual(paid, { ok: true });
  assert.match(
    proxy.connects[0].toLowerCase(),
    new RegExp(`proxy-authorization: basic ${Buffer.from('user:hunter2').toString('base64')}`.toLowerCase()),
  );
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
  const env = {
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: proxy.url,
    ALL_PROXY: proxy.url,
    https_proxy: proxy.url,
    http_proxy: proxy.url,
  };
  for (const { sandbox } of [gateway, secure]) {
    for (const host of ['127.0.0.1', 'localhost']) {
      const { baseUrl, ...config } = sandbox.config('azampay');
      const paid = await payInChild(
        { ...config, baseUrl: baseUrl.replace('127.0.0.1', host) },
        { env, options: { ca: ours.cert }, payment: { externalId: host } },
      );
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
  const impostor = await startPeer({
    origin: gateway.sandbox.url,
    identity: authority('The proxy’s own').issue({ names: [HOST] }),
  });
  t.after(() => impostor.close());
  const proxy = await startProxy(t, { to: impostor.port });
  const refused = await payInChild(config, { env: { HTTPS_PROXY: proxy.url }, options });
  assert.deepEqual([refused.code, refused.outcome, impostor.bytes], ['CONNECTION_FAILED', 'not_sent', 0]);
  assert.match(
    refused.message,
    new RegExp(`${HOST}:443 through the proxy 127\\.0\\.0\\.1:${proxy.port}: .*UnknownIssuer`),
  );
});

test('a payment that hangs behind a proxy is unknown, and came once', async (t) => {
  const { gateway, peer, proxy, config, options } = await behindProxy(t);
  gateway.sandbox.next({ name: 'hang', route: PAY_ROUTES.azampay });
  const hung = await payInChild(config, { env: { HTTPS_PROXY: proxy.url }, options: { ...options, timeoutMs: 3000 } });
  assert.deepEqual([hung.code, hung.outcome], ['TIMEOUT', 'unknown']);
  assert.equal(peer.requests.filter(({ path }) => path === PAY_ROUTES.azampay).length, 1);
});

/** How often a proxy was asked by us, and by undici, for `baseUrl`; and what it was told of who asks. */
async function asked(proxy, variables, baseUrl) {
  return within(variables, async () => {
    const config = {
      baseUrl,
      authBaseUrl: baseUrl,
      AZAMPAY_APP_NAME: 'a',
      AZAMPAY_CONSUMER_KEY: 'k',
      AZAMPAY_CONSUMER_SECRET: 's',
    };
    const count = async (work) => {
      proxy.connects.length = 0;
      await work().catch(() => {});
      const [head = ''] = proxy.connects;
      return { asked: proxy.connects.length, authorization: /proxy-authorization: (.*)/i.exec(head)?.[1].trim() };
    };
    const sdk = new FintechSDK({ provider: 'azampay', config, maxRetries: 0, allowInsecureHttp: true });
    const ours = await count(() => sdk.pay(PAYMENTS.azampay));
    const theirs = await count(async () => fetchBy(baseUrl, { dispatcher: new EnvHttpProxyAgent() }));
    return { ours, theirs };
  });
}

const LISTS = [
  ...[
    '',
    '*',
    ' *',
    '*,',
    'a,*',
    'gateway.invalid',
    'GATEWAY.invalid',
    'api.gateway.invalid',
    '.gateway.invalid',
    '*.gateway.invalid',
    '*.api.gateway.invalid',
  ],
  ...[
    'invalid',
    '*.invalid',
    '.invalid',
    'way.invalid',
    '*way.invalid',
    'gateway.*',
    'x.api.gateway.invalid',
    'gateway.invalid.',
    '.',
    '*.',
  ],
  ...[
    'api.gateway.invalid:443',
    'gateway.invalid:443',
    '*.gateway.invalid:443',
    'gateway.invalid:80',
    'gateway.invalid:8443',
    'gateway.invalid:',
    ':443',
  ],
  ...[
    'a.example, gateway.invalid',
    'a.example gateway.invalid',
    'a.example\tgateway.invalid',
    ' gateway.invalid ',
    ',,gateway.invalid,,',
    'a.example;gateway.invalid',
  ],
  ...['https://gateway.invalid', '192.0.2.0/24', '[2001:db8::1]'],
];

test('NO_PROXY is read as undici reads it', async (t) => {
  const proxy = await startProxy(t, { to: 9, refuse: '503 None' });
  for (const list of LISTS)
    await t.test(list, async () => {
      for (const baseUrl of ['https://api.gateway.invalid', 'https://gateway.invalid:8443']) {
        const { ours, theirs } = await asked(proxy, { HTTPS_PROXY: proxy.url, NO_PROXY: list }, baseUrl);
        assert.equal(ours.asked > 0, theirs.asked > 0, `NO_PROXY=${JSON.stringify(list)} for ${baseUrl}`);
      }
    });
});

test('the variables are read as undici reads them, the small letters first', async (t) => {
  const proxy = await startProxy(t, { to: 9, refuse: '503 None' });
  const table = [
    { HTTP_PROXY: proxy.url },
    { http_proxy: proxy.url },
    { HTTPS_PROXY: proxy.url },
    { https_proxy: '', HTTPS_PROXY: proxy.url },
    { http_proxy: '', HTTP_PROXY: proxy.url },
    { https_proxy: proxy.url, HTTPS_PROXY: 'http://127.0.0.1:9' },
    { HTTPS_PROXY: proxy.url, no_proxy: '', NO_PROXY: '*' },
    { HTTPS_PROXY: proxy.url, no_proxy: '*', NO_PROXY: '' },
  ];
  for (const variables of table) {
    for (const baseUrl of ['https://gateway.invalid', 'http://gateway.invalid']) {
      const { ours, theirs } = await asked(proxy, variables, baseUrl);
      assert.equal(ours.asked > 0, theirs.asked > 0, `${JSON.stringify(variables)} for ${baseUrl}`);
    }
  }
});

test('a proxy’s name and password are read as undici reads them', async (t) => {
  const proxy = await startProxy(t, { to: 9, refuse: '503 None' });
  for (const pair of [
    'user:secret',
    'user:p@ss',
    'us@er:p@s@s',
    'user:p%40ss',
    'user:a:b',
    'us%3Aer:x',
    'user:%C3%A9',
    'user:p+s',
    'user:p%2Fs',
    "user:'quoted'",
  ]) {
    const { ours, theirs } = await asked(
      proxy,
      { HTTPS_PROXY: proxy.url.replace('//', `//${pair}@`) },
      'https://gateway.invalid',
    );
    assert.ok(theirs.authorization);
    assert.equal(ours.authorization, theirs.authorization, pair);
  }
});

test('a proxy that is spoken to over TLS, and a gateway without it', async (t) => {
  const gateway = await startGateway(t);
  const plain = await startPeer({ origin: gateway.sandbox.url });
  const secure = await startPeer({
    origin: gateway.sandbox.url,
    identity: ours.issue({ names: [HOST], addresses: [] }),
  });
  t.after(() => Promise.all([plain.close(), secure.close()]));
  for (const [peer, scheme] of [
    [secure, 'https'],
    [plain, 'http'],
  ]) {
    const proxy = await startProxy(t, { to: peer.port, identity: ours.issue() });
    const baseUrl = `${scheme}://${HOST}`;
    const config = { ...gateway.sandbox.config('azampay'), baseUrl, authBaseUrl: baseUrl };
    const options = { ca: ours.cert, allowInsecureHttp: true };
    const paid = await payInChild(config, { env: { HTTP_PROXY: proxy.url }, options, payment: { externalId: scheme } });
    assert.deepEqual(paid, { ok: true });
    assert.match(proxy.connects[0], new RegExp(`^CONNECT ${HOST}:${scheme === 'https' ? 443 : 80} `));
    const untrusted = await payInChild(config, {
      env: { HTTP_PROXY: proxy.url },
      options: { allowInsecureHttp: true },
    });
    assert.match(
      untrusted.message,
      new RegExp(`the proxy 127\\.0\\.0\\.1:${proxy.port}: .*UnknownIssuer.*Nothing was sent`),
    );
  }
});

test('an error names the proxy that failed, and never its password', async (t) => {
  const { config, options } = await behindProxy(t);
  const answers = {
    '407 Proxy Authentication Required':
      /it answered CONNECT with HTTP 407: check the user name and password in its URL/,
    '502 Bad Gateway': /it answered CONNECT with HTTP 502/,
    '204 No Content': /it answered CONNECT with HTTP 204/,
    '301 Moved': /it answered CONNECT with HTTP 301/,
  };
  const failed = async (port, says) => {
    const env = { HTTPS_PROXY: `http://user:hunt%40er2@127.0.0.1:${port}` };
    const error = await payInChild(config, { env, options });
    assert.deepEqual([error.code, error.outcome], ['CONNECTION_FAILED', 'not_sent'], error.message);
    assert.match(
      error.message,
      new RegExp(`could not connect to AzamPay \\(the proxy 127\\.0\\.0\\.1:${port}: .*Nothing was sent\\.$`),
    );
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /hunt|user:|sandbox/);
  };
  for (const [refuse, says] of Object.entries(answers))
    await failed((await startProxy(t, { to: 9, refuse })).port, says);
  const ends = net.createServer((socket) => socket.on('error', () => {}).once('data', () => socket.destroy()));
  await new Promise((resolve) => ends.listen(0, '127.0.0.1', resolve));
  await failed(ends.address().port, /connection|reset/);
  const { port } = ends.address();
  await new Promise((resolve) => ends.close(resolve));
  await failed(port, /connection refused/);
});

test('a variable that names no proxy is refused by its name, before anything is sent', async () => {
  const make = (baseUrl) =>
    new FintechSDK({
      provider: 'azampay',
      config: { baseUrl, AZAMPAY_APP_NAME: 'a', AZAMPAY_CONSUMER_KEY: 'k', AZAMPAY_CONSUMER_SECRET: 's' },
    });
  const wrong = {
    'socks4://user:hunter2@proxy.example:1080': /HTTPS_PROXY names a socks4 proxy, which is not supported/,
    'http://user:hunter2@': /HTTPS_PROXY must be a URL such as http:\/\/proxy\.example:3128/,
    'http://user:hunter2@proxy.example:99999': /HTTPS_PROXY must be a URL/,
    'http://a b': /HTTPS_PROXY must be a URL/,
  };
  for (const [url, message] of Object.entries(wrong)) {
    await within({ HTTPS_PROXY: url }, () => {
      assert.throws(
        () => make('https://gateway.invalid'),
        (error) => {
          assert.equal(error.code, 'INVALID_CONFIG');
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
      make('http://127.0.0.1:1');
    });
    await within({ HTTPS_PROXY: url, NO_PROXY: '*' }, () => make('https://gateway.invalid'));
  }
});

test('a connection that is refused names host and port, and on this machine hints at the sandbox', async (t) => {
  const gateway = await startGateway(t);
  const closed = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  for (const host of ['127.0.0.1', 'localhost']) {
    const error = await rejection(gateway.sdk('azampay', { baseUrl: `http://${host}:${port}` }).pay(PAYMENTS.azampay));
    assert.deepEqual([error.code, error.outcome], ['CONNECTION_FAILED', 'not_sent']);
    const says = new RegExp(
      `could not connect to AzamPay \\(${host}:${port}: connection refused; is the sandbox running\\? npx finconnect sandbox\\)\\. Nothing was sent`,
    );
    assert.match(error.message, says);
    const { baseUrl: authBaseUrl } = gateway.sandbox.config('azampay');
    const asking = await rejection(
      gateway.sdk('azampay', { baseUrl: `http://${host}:${port}`, authBaseUrl }).getPaymentStatus('X'),
    );
    assert.match(asking.message, says);
  }
  const unknown = await within({}, () =>
    rejection(gateway.sdk('azampay', { baseUrl: 'https://gateway.invalid' }).pay(PAYMENTS.azampay)),
  );
  assert.match(unknown.message, /\(gateway\.invalid:443: its address was not found \(/);
  assert.doesNotMatch(unknown.message, /sandbox/);
});
