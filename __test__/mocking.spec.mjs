// The examples of docs/mocking.md, each run as it stands there.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import nock from 'nock';
import { ProxyAgent, fetch as undiciFetch } from 'undici';
import { PAYMENTS, startGateway } from './support/gateway.mjs';

const config = {
  baseUrl: 'https://sandbox.azampay.co.tz',
  AZAMPAY_APP_NAME: 'Shop',
  AZAMPAY_CONSUMER_KEY: 'key',
  AZAMPAY_CONSUMER_SECRET: 'secret',
};
const LOGIN = { data: { accessToken: 'token', expire: '2099-01-01T00:00:00Z' }, success: true };
const ACCEPTED = { success: true, transactionId: '0a1b' };

test('nock', async (t) => {
  t.after(() => nock.restore());
  nock('https://authenticator-sandbox.azampay.co.tz').post('/AppRegistration/GenerateToken').reply(200, LOGIN);
  const push = nock('https://sandbox.azampay.co.tz').post('/azampay/mno/checkout', PAYMENTS.azampay).reply(200, ACCEPTED);
  const sdk = new FintechSDK({ provider: 'azampay', config, fetch: globalThis.fetch });
  assert.deepEqual(await sdk.pay(PAYMENTS.azampay), ACCEPTED);
  assert.ok(push.isDone());
});

test('msw', async (t) => {
  const server = setupServer(
    http.post('https://authenticator-sandbox.azampay.co.tz/AppRegistration/GenerateToken', () => HttpResponse.json(LOGIN)),
    http.post('https://sandbox.azampay.co.tz/azampay/mno/checkout', () => HttpResponse.json(ACCEPTED)),
  );
  server.listen();
  t.after(() => server.close());
  const sdk = new FintechSDK({ provider: 'azampay', config, fetch: (url, init) => fetch(url, init) });
  assert.deepEqual(await sdk.pay(PAYMENTS.azampay), ACCEPTED);
});

test('a proxy of your own', async (t) => {
  const gateway = await startGateway(t);
  let tunnels = 0;
  const proxy = createServer().on('connect', (request, socket) => {
    tunnels++;
    const [host, port] = request.url.split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => {});
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const dispatcher = new ProxyAgent(`http://127.0.0.1:${proxy.address().port}`);
  t.after(async () => {
    await dispatcher.close();
    proxy.close().closeAllConnections();
  });
  const sdk = gateway.sdk('azampay', {}, { fetch: (url, init) => undiciFetch(url, { ...init, dispatcher }) });
  assert.equal((await sdk.pay(PAYMENTS.azampay)).success, true);
  assert.ok(tunnels > 0);
});

test('a plain function, as in a Workers test', async () => {
  const answers = { '/AppRegistration/GenerateToken': LOGIN, '/azampay/mno/checkout': ACCEPTED };
  const sdk = new FintechSDK({
    provider: 'azampay',
    config,
    fetch: async (url) => Response.json(answers[new URL(url).pathname]),
  });
  assert.deepEqual(await sdk.pay(PAYMENTS.azampay), ACCEPTED);
});
