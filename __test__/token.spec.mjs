import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ACCEPTED,
  LOGIN_ROUTES,
  PAY_ROUTES,
  PAYMENTS,
  pay,
  rejection,
  startGateway,
  WITH_LOGIN,
} from './support/gateway.mjs';

for (const provider of WITH_LOGIN) {
  const login = LOGIN_ROUTES[provider];
  const route = PAY_ROUTES[provider];

  /** A gateway that accepts any number of payments. */
  const start = async (t, payments, options) => {
    const gateway = await startGateway(t, options);
    if (payments > 0) {
      gateway.sandbox.next({
        route,
        times: payments,
        status: 200,
        body: JSON.stringify(ACCEPTED),
        headers: { 'content-type': 'application/json' },
      });
    }
    return gateway;
  };

  test(`${provider}: a thousand first payments at once are one login`, async (t) => {
    const gateway = await start(t, 1000);
    const sdk = gateway.sdk(provider);
    const answers = await Promise.all(Array.from({ length: 1000 }, () => pay(sdk, provider)));
    assert.equal(answers.length, 1000);
    assert.equal(gateway.to(login).length, 1);
    assert.equal(gateway.to(route).length, 1000);
  });

  test(`${provider}: a failed login fails all who waited, and the next call tries again`, async (t) => {
    const gateway = await start(t, 1);
    const sdk = gateway.sdk(provider);
    gateway.answer(login, 503, '');
    const errors = await Promise.all(Array.from({ length: 50 }, () => rejection(pay(sdk, provider))));
    assert.ok(errors.every((error) => error.outcome === 'not_sent' && error.retryable));
    assert.equal(new Set(errors).size, 50);
    await pay(sdk, provider);
    assert.equal(gateway.to(login).length, 2);
  });

  test(`${provider}: a refused token is dropped, one new login, one replay`, async (t) => {
    const gateway = await start(t, 0);
    const sdk = gateway.sdk(provider);
    gateway.answer(route, 200, ACCEPTED);
    await pay(sdk, provider);
    gateway.sandbox.next({ name: '401', route });
    gateway.answer(route, 200, ACCEPTED);
    await pay(sdk, provider);
    assert.equal(gateway.to(login).length, 2);
    assert.equal(gateway.to(route).length, 3);
    const [first, second, third] = gateway.to(route).map((request) => request.headers.authorization);
    assert.equal(first, second);
    assert.notEqual(second, third);
  });

  test(`${provider}: a token refused twice is an error, not a loop`, async (t) => {
    const gateway = await start(t, 0);
    const sdk = gateway.sdk(provider);
    gateway.sandbox.next({ name: '401', route, times: 2 });
    const error = await rejection(pay(sdk, provider));
    assert.deepEqual([error.code, error.outcome], ['AUTHENTICATION_FAILED', 'refused']);
    assert.equal(gateway.to(route).length, 2);
    assert.equal(gateway.to(login).length, 2);
  });

  test(`${provider}: a hundred callers refused with one token log in once`, async (t) => {
    const gateway = await startGateway(t, { clock: 'manual' });
    const sdk = gateway.sdk(provider);
    const ipnId = provider === 'pesapal' ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
    const order = (n) =>
      sdk.pay({ ...PAYMENTS[provider], id: `N${n}`, orderReference: `N${n}`, externalId: `N${n}` }, ipnId);
    await order(0);
    gateway.sandbox.clock.advance(7 * 3600_000);
    await Promise.all(Array.from({ length: 100 }, (_, n) => order(n + 1)));
    assert.equal(gateway.to(login).length, 2);
    // Whoever comes after the new login needs no replay.
    assert.ok(gateway.to(route).length <= 201);
    assert.equal(gateway.sandbox.payments().length, 101);
  });
}

test('PesaPal: the code of a bad token counts at any HTTP status', async (t) => {
  for (const pesapalBadTokenStatus of [200, 401, 500]) {
    const gateway = await startGateway(t, { switches: { pesapalBadTokenStatus } });
    const sdk = gateway.sdk('pesapal');
    await sdk.registerIpn('https://shop.example/ipn');
    gateway.sandbox.next({ name: '401', route: 'RegisterIPN' });
    await sdk.registerIpn('https://shop.example/ipn');
    assert.equal(gateway.to(LOGIN_ROUTES.pesapal).length, 2);
    assert.equal(gateway.to('/RegisterIPN').length, 3);
  }
});

test('a token is used up to its skew and not beyond: one tenth of a short life', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const answer = (ms) => ({
    data: { accessToken: `t${ms}`, expire: new Date(Date.now() + ms).toISOString() },
    success: true,
  });
  gateway.answer(LOGIN_ROUTES.azampay, 200, answer(2000));
  gateway.sandbox.next({ route: PAY_ROUTES.azampay, times: 4, status: 200, body: JSON.stringify(ACCEPTED) });
  const started = performance.now();
  await pay(sdk, 'azampay');
  await pay(sdk, 'azampay');
  assert.equal(gateway.to(LOGIN_ROUTES.azampay).length, 1);
  await new Promise((resolve) => setTimeout(resolve, 1850 - (performance.now() - started)));
  await pay(sdk, 'azampay');
  assert.equal(gateway.to(LOGIN_ROUTES.azampay).length, 2);
});

test('a token that has already ended serves its own callers and no others', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  for (const token of ['a', 'b']) {
    gateway.answer(LOGIN_ROUTES.azampay, 200, {
      data: { accessToken: token, expire: '2020-01-01T00:00:00Z' },
      success: true,
    });
  }
  gateway.sandbox.next({ route: PAY_ROUTES.azampay, times: 2, status: 200, body: JSON.stringify(ACCEPTED) });
  await pay(sdk, 'azampay');
  await pay(sdk, 'azampay');
  assert.deepEqual(
    gateway.to(PAY_ROUTES.azampay).map((r) => r.headers.authorization),
    ['Bearer a', 'Bearer b'],
  );
});

test('each SDK object has a token of its own', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ route: PAY_ROUTES.azampay, times: 2, status: 200, body: JSON.stringify(ACCEPTED) });
  await pay(gateway.sdk('azampay'), 'azampay');
  await pay(gateway.sdk('azampay'), 'azampay');
  assert.equal(gateway.to(LOGIN_ROUTES.azampay).length, 2);
});
