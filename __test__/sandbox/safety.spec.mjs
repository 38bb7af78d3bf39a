import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { describe, test } from 'node:test';
import { call, start } from './helpers.mjs';

/** A request with headers that fetch would not let through. */
async function raw(sandbox, { method = 'GET', path = '/', headers = {}, body } = {}) {
  const { hostname, port } = new URL(sandbox.url);
  const request = http.request({ hostname, port, method, path, headers, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

describe('nobody elsewhere drives the sandbox', () => {
  test('it binds loopback only, unless told otherwise', async (t) => {
    const { sandbox } = await start(t);
    assert.equal(new URL(sandbox.url).hostname, '127.0.0.1');
    const { sandbox: open } = await start(t, { host: '0.0.0.0' });
    assert.equal(new URL(open.url).hostname, '127.0.0.1');
  });

  test('the Host header must name this machine, or a name that was allowed', async (t) => {
    const { sandbox } = await start(t);
    const { port } = new URL(sandbox.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'localhost'])
      assert.equal(await raw(sandbox, { headers: { host } }), 200, host);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '169.254.169.254',
    ]) {
      for (const path of ['/', '/_sandbox/api/state', '/azampay/mno/checkout', '/_sandbox/api/events'])
        assert.equal(await raw(sandbox, { path, headers: { host } }), 403, host + path);
    }
    const { sandbox: named } = await start(t, { allowedHosts: ['Payments'] });
    assert.equal(await raw(named, { headers: { host: 'payments:4010' } }), 200);
  });

  test("another site's scripts and forms are refused, its links are not", async (t) => {
    const { sandbox } = await start(t);
    const path = '/_sandbox/api/rotate-key';
    const body = '{}';
    const headers = { 'content-type': 'application/json', 'content-length': 2 };
    const post = (extra) => raw(sandbox, { method: 'POST', path, body, headers: { ...headers, ...extra } });
    assert.equal(await post({ origin: 'https://evil.example' }), 403);
    assert.equal(await post({ origin: 'null' }), 403);
    assert.equal(await post({ 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(await post({ 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }), 403);
    assert.equal(await post({ 'content-type': 'text/plain' }), 415);
    assert.equal(await post({ origin: sandbox.url, 'sec-fetch-site': 'same-origin' }), 200);
    assert.equal(
      await raw(sandbox, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } }),
      200,
    );
    assert.equal(
      await raw(sandbox, {
        path: '/_sandbox/api/state',
        headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
      }),
      403,
    );
  });
});

describe('what is kept and shown', () => {
  test('holds no secret, token, PIN or full phone number', async (t) => {
    const rig = await start(t, { checksum: false }, () => ({ status: 500, body: 'failed for 255712345678' }));
    const secrets = [];
    const { azampay, clickpesa, pesapal, sandbox } = rig;
    const bearers = [await azampay.bearer(), await clickpesa.bearer(), await pesapal.bearer()];
    for (const { authorization } of bearers) secrets.push(authorization.replace(/^Bearer /, ''));
    for (const gateway of ['azampay', 'clickpesa', 'pesapal']) {
      for (const [name, value] of Object.entries(sandbox.config(gateway)))
        if (!/baseUrl|APP_NAME|SOURCE_NAME/.test(name)) secrets.push(value);
    }
    await azampay.push({ accountNumber: '0712345678' }, bearers[0]);
    await call(`${sandbox.url}/azampay/mno/checkout`, {
      json: '{"accountNumber":"255712345678","clientSecret":"hunter2-secret',
      headers: bearers[0],
    });
    await call(`${sandbox.url}/azampay/bank/checkout`, {
      body: { otp: '987123', merchantMobileNumber: '255712345678', provider: 'CRDB' },
      headers: bearers[0],
    });
    await clickpesa.push({}, bearers[1]);
    const { json } = await pesapal.post(
      'URLSetup/RegisterIPN',
      { url: `${rig.app.url}/ipn?phone=255712345678`, ipn_notification_type: 'GET' },
      bearers[2],
    );
    const order = await pesapal.order(
      { notification_id: json.ipn_id, billing_address: { phone_number: '+254712345678' } },
      bearers[2],
    );
    await pesapal.page(order.json.redirect_url, { action: 'pay', pin: '4821907' });
    await sandbox.approve('ORDER-1').catch(() => {});
    await sandbox.approve('ORD1');
    await fetch(`${sandbox.url}/_sandbox/api/payments/azampay/none/answer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"pin":"55667788"}',
    });
    const events = [];
    const stop = sandbox.subscribe((event) => events.push(event));
    await sandbox.redeliver(1);
    stop();
    const shown = JSON.stringify([sandbox.requests(), sandbox.webhooks(), sandbox.payments(), events]);
    for (const secret of [...secrets, 'hunter2-secret', '987123', '4821907', '55667788', '712345678'])
      assert.ok(!shown.includes(secret), `shows ${secret.slice(0, 12)}`);
    assert.match(shown, /2557\*\*\*\*5678/);
    assert.ok(sandbox.requests().length > 8);
  });

  test('onRequest alone sees the bytes as they came, header case and all', async (t) => {
    const seen = [];
    const { sandbox } = await start(t, { onRequest: (request) => seen.push(request) });
    const body = '{"appName" : "x",\n"clientId":"é"}';
    await raw(sandbox, {
      method: 'POST',
      path: '/AppRegistration/GenerateToken?a=b%20c',
      body,
      headers: { 'X-MixedCase': 'Yes', 'content-length': Buffer.byteLength(body) },
    });
    const [request] = seen;
    assert.equal(request.body.toString(), body);
    assert.deepEqual(
      [request.method, request.path, request.query.get('a'), request.gateway],
      ['POST', '/AppRegistration/GenerateToken', 'b c', 'azampay'],
    );
    assert.ok(request.rawHeaders.includes('X-MixedCase'));
  });

  test("bounds: a body over 1 MB is 413, half a request is nobody's", async (t) => {
    const { sandbox } = await start(t);
    assert.equal(
      await raw(sandbox, { method: 'POST', path: '/azampay/mno/checkout', body: 'x'.repeat(1024 * 1024 + 1) }),
      413,
    );
    const { hostname, port } = new URL(sandbox.url);
    const socket = net.connect(Number(port), hostname);
    socket.write('POST /azampay/mno/checkout HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"half');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    assert.equal(await raw(sandbox, {}), 200);
  });
});
