import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  ACCEPTED,
  LOGIN_ROUTES,
  PAY_ROUTES,
  PAYMENTS,
  PROVIDERS,
  pay,
  rejection,
  startGateway,
} from './support/gateway.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
const json = (request) => JSON.parse(request.body);

for (const provider of PROVIDERS) {
  test(`${provider}: a payment is a login, if there is one, and one request, with the payload's own bytes`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    const ipnId = provider === 'pesapal' ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
    const answer = await sdk.pay(PAYMENTS[provider], ipnId);

    assert.deepEqual(
      gateway.requests
        .map((request) => `${request.method} ${request.path}`)
        .filter((line) => !line.includes('RegisterIPN')),
      [LOGIN_ROUTES, PAY_ROUTES]
        .filter((routes) => routes[provider] !== null)
        .map((routes) => `POST ${provider === 'pesapal' ? '/pesapalv3' : ''}${routes[provider]}`),
    );
    const [request] = gateway.to(PAY_ROUTES[provider]);
    const sent = provider === 'pesapal' ? { ...PAYMENTS.pesapal, notification_id: ipnId } : PAYMENTS[provider];
    assert.equal(request.body.toString(), JSON.stringify(sent));
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['content-length'], String(request.body.length));
    assert.equal(request.headers.accept, 'application/json');
    assert.equal(request.headers['user-agent'], `finconnect/${version}`);
    assert.match(request.headers.authorization, /^(Bearer|SELCOM) [^ ]+$/);

    const id = { pesapal: answer.order_tracking_id, clickpesa: answer.id, azampay: answer.transactionId }[provider];
    if (id !== undefined) assert.equal(gateway.sandbox.payments()[0].id, id);
  });

  test(`${provider}: a base URL with a path, a trailing slash or blanks is joined as text`, async (t) => {
    const gateway = await startGateway(t);
    const route = PAY_ROUTES[provider];
    gateway.answer(route, 200, ACCEPTED);
    const sdk = gateway.sdk(provider, { baseUrl: ` ${gateway.sandbox.url}// ` });
    await pay(sdk, provider);
    assert.equal(gateway.to(route).length, 1);
  });
}

test('PesaPal: paths are appended to the documented bases', async (t) => {
  const gateway = await startGateway(t);
  for (const base of ['/pesapalv3', '/v3/']) {
    const sdk = gateway.sdk('pesapal', { baseUrl: gateway.sandbox.url + base });
    await sdk.registerIpn('https://shop.example/ipn');
  }
  assert.deepEqual(
    gateway.requests.map((r) => r.path),
    [
      '/pesapalv3/api/Auth/RequestToken',
      '/pesapalv3/api/URLSetup/RegisterIPN',
      '/v3/api/Auth/RequestToken',
      '/v3/api/URLSetup/RegisterIPN',
    ],
  );
});

test('PesaPal: the ipnId argument wins, an omitted one leaves the payload alone, neither is refused unsent', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal');
  const first = await sdk.registerIpn('https://shop.example/ipn');
  const second = await sdk.registerIpn('https://shop.example/ipn', 'POST');
  assert.notEqual(first, second);

  await sdk.pay({ ...PAYMENTS.pesapal, id: 'A', notification_id: first, branch: 'x' }, second);
  await sdk.pay({ ...PAYMENTS.pesapal, id: 'B', notification_id: first, branch: 'x' });
  await sdk.pay({ ...PAYMENTS.pesapal, id: 'C', notification_id: first }, null);
  await sdk.pay({ ...PAYMENTS.pesapal, id: 'D', notification_id: first }, '');
  const sent = gateway.to(PAY_ROUTES.pesapal).map((request) => request.body.toString());
  assert.deepEqual(
    sent.map((body) => JSON.parse(body).notification_id),
    [second, first, first, first],
  );
  assert.equal(sent[0], JSON.stringify({ ...PAYMENTS.pesapal, id: 'A', notification_id: second, branch: 'x' }));
  assert.equal(sent[1], JSON.stringify({ ...PAYMENTS.pesapal, id: 'B', notification_id: first, branch: 'x' }));

  const before = gateway.requests.length;
  for (const [payment, ipnId] of [
    [{}, undefined],
    [{ notification_id: '' }, ''],
    [{ notification_id: null }, null],
    [{}, 5],
  ]) {
    const error = await rejection(sdk.pay(payment, ipnId));
    assert.match(error.message, /^Payment request failed: .*(IPN id|ipnId)/);
    assert.equal(error.code, 'INVALID_REQUEST');
    assert.equal(error.outcome, 'not_sent');
  }
  assert.equal(gateway.requests.length, before);
});

test('PesaPal: registerIpn sends the URL and the type, GET by default', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal');
  for (const type of [undefined, null, 'GET', 'POST', 'post']) {
    const id = await sdk.registerIpn('https://shop.example/ipn?a=b', type);
    assert.match(id, /^[0-9a-f-]{36}$/);
  }
  const sent = gateway.to('/api/URLSetup/RegisterIPN').map(json);
  assert.deepEqual(sent[0], { url: 'https://shop.example/ipn?a=b', ipn_notification_type: 'GET' });
  assert.deepEqual(
    sent.map((body) => body.ipn_notification_type),
    ['GET', 'GET', 'GET', 'POST', 'POST'],
  );

  const before = gateway.requests.length;
  for (const url of [undefined, null, 5, '', '/ipn', 'shop.example']) {
    assert.match((await rejection(sdk.registerIpn(url))).message, /^IPN registration failed: url must be/);
  }
  for (const type of ['PUT', 5, {}]) {
    assert.match((await rejection(sdk.registerIpn('https://shop.example', type))).message, /'GET' or 'POST'/);
  }
  assert.equal(gateway.requests.length, before);
});

test('the other gateways have no IPN registration, in exactly these words', async (t) => {
  const gateway = await startGateway(t);
  for (const provider of ['clickpesa', 'azampay']) {
    const error = await rejection(gateway.sdk(provider).registerIpn('https://shop.example/ipn'));
    assert.equal(error.message, 'IPN registration not supported by this provider');
    assert.equal(error.code, 'NOT_SUPPORTED');
  }
  assert.equal(gateway.requests.length, 0);
});

test('ClickPesa: the credentials travel as headers, the token as it came', async (t) => {
  const gateway = await startGateway(t);
  const config = gateway.sandbox.config('clickpesa');
  await gateway
    .sdk('clickpesa', { baseUrl: `${gateway.sandbox.url}/third-parties/` })
    .pay(PAYMENTS.clickpesa, 'ignored');
  const [login] = gateway.to(LOGIN_ROUTES.clickpesa);
  assert.equal(login.headers['client-id'], config.CLICKPESA_CLIENT_ID);
  assert.equal(login.headers['api-key'], config.CLICKPESA_API_KEY);
  assert.equal(login.body.toString(), '{}');
  const [push] = gateway.to(PAY_ROUTES.clickpesa);
  assert.match(push.headers.authorization, /^Bearer (?!Bearer)/);
});

test('ClickPesa: a checksum is added when its key is configured, and accepted', async (t) => {
  const gateway = await startGateway(t, { checksum: true });
  const sdk = gateway.sdk('clickpesa');
  const payment = {
    phoneNumber: '255712345678',
    currency: 'TZS',
    amount: '1000',
    orderReference: 'Ünï1'.replace(/[^A-Za-z0-9]/g, ''),
  };
  const answer = await sdk.pay(payment);
  assert.equal(answer.status, 'PROCESSING');
  const { checksum, ...rest } = json(gateway.to(PAY_ROUTES.clickpesa)[0]);
  assert.match(checksum, /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, payment);

  const without = gateway.sdk('clickpesa', { CLICKPESA_CHECKSUM_KEY: undefined });
  const error = await rejection(without.pay({ ...payment, orderReference: 'B' }));
  assert.equal(error.outcome, 'refused');
  assert.equal(
    gateway.to(PAY_ROUTES.clickpesa)[1].body.toString(),
    JSON.stringify({ ...payment, orderReference: 'B' }),
  );
});

test('AzamPay: the login goes to authBaseUrl, the secret unchanged', async (t) => {
  const authenticator = await startGateway(t);
  const checkout = await startGateway(t);
  checkout.answer(PAY_ROUTES.azampay, 200, { success: true, transactionId: 'x' });
  const sdk = checkout.sdk('azampay', { authBaseUrl: authenticator.sandbox.url, AZAMPAY_API_KEY: 'portal-token' });
  assert.deepEqual(await sdk.pay(PAYMENTS.azampay), { success: true, transactionId: 'x' });
  const config = authenticator.sandbox.config('azampay');
  assert.deepEqual(json(authenticator.to(LOGIN_ROUTES.azampay)[0]), {
    appName: config.AZAMPAY_APP_NAME,
    clientId: config.AZAMPAY_CONSUMER_KEY,
    clientSecret: config.AZAMPAY_CONSUMER_SECRET,
  });
  assert.deepEqual(
    checkout.requests.map((r) => r.path),
    [PAY_ROUTES.azampay],
  );
  assert.equal(checkout.requests[0].headers['x-api-key'], 'portal-token');
});
