import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, rejection, startGateway } from './support/gateway.mjs';

const ID = '11111111-2222-4333-8444-';

/** What each gateway is asked when a forged callback comes, and the most that it is asked at once. */
const FLOODS = {
  pesapal: {
    forged: (n) => ({
      OrderTrackingId: ID + String(n).padStart(12, '0'),
      OrderMerchantReference: `ORDER-${n}`,
      OrderNotificationType: 'IPNCHANGE',
    }),
    asked: /GetTransactionStatus/,
    route: '/api/Transactions/GetTransactionStatus',
    burst: 64,
    aMinute: 600,
  },
  clickpesa: {
    forged: (n) => ({
      event: 'PAYMENT RECEIVED',
      data: {
        id: `P${n}`,
        status: 'SUCCESS',
        orderReference: `ORDER${n}`,
        collectedAmount: '1000',
        collectedCurrency: 'TZS',
      },
    }),
    asked: /\/third-parties\/payments\/ORDER/,
    route: '/third-parties/payments/ORDER',
    burst: 40,
    aMinute: 20,
  },
};

/** Pays under a reference of its own. */
async function pay(sdk, provider, n = 0) {
  const ipnId = provider === 'pesapal' ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
  return sdk.pay({ ...PAYMENTS[provider], id: `PAID-${n}`, orderReference: `PAID${n}` }, ipnId);
}

for (const [provider, { forged, asked, route, burst, aMinute }] of Object.entries(FLOODS)) {
  const lookups = ({ requests }) => requests.filter(({ path }) => asked.test(path)).length;

  test(`${provider}: a flood of forged callbacks is refused at once, and asks the gateway no more than is documented`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    await pay(sdk, provider);
    const started = performance.now();
    const told = await Promise.all(
      Array.from({ length: 2000 }, (_, n) => sdk.handleCallback(forged(n)).catch((error) => error)),
    );
    const seconds = (performance.now() - started) / 1000;
    const refused = told.filter(({ code }) => code === 'RATE_LIMITED');
    for (const error of refused.slice(0, 5)) {
      assert.deepEqual([error.outcome, error.retryable, error.operation], ['not_sent', true, 'handleCallback']);
      assert.match(error.message, new RegExp(`64 at one time, ${aMinute} a minute.*answer 503`));
    }
    const most = burst + Math.ceil((seconds / 60) * aMinute) + 1;
    assert.ok(lookups(gateway) <= most, `${lookups(gateway)} look-ups in ${seconds} s`);
    assert.ok(refused.length >= 2000 - most);
    assert.ok(told.every(({ isValid }) => isValid !== true));
  });

  test(`${provider}: look-ups that hang hold up no login, no payment and no question of the caller’s`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider, {}, { timeoutMs: 20_000 });
    const first = await pay(sdk, provider);
    gateway.sandbox.next({ name: 'hang', route, times: 64 });
    const flood = Array.from({ length: 300 }, (_, n) =>
      sdk.handleCallback(forged(n), { timeoutMs: 3000 }).catch((error) => error),
    );
    while (lookups(gateway) < burst) await after(5);
    gateway.sandbox.next({ name: '401', route: PAY_ROUTES[provider] });
    const before = gateway.to(LOGIN_ROUTES[provider]).length;
    const started = performance.now();
    await pay(sdk, provider, 1);
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, before + 1, 'a new login on the way');
    gateway.sandbox.clearFaults();
    await sdk.getPaymentStatus(provider === 'pesapal' ? first.order_tracking_id : 'PAID0');
    assert.ok(performance.now() - started < 2500, 'none of it waited for the flood');
    await Promise.all(flood);
  });

  test(`${provider}: callbacks that ask the same at the same time ask once`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    await pay(sdk, provider);
    gateway.sandbox.next({ name: 'delay', delayMs: 1_000, route, times: 10 });
    await Promise.all(Array.from({ length: 500 }, () => sdk.handleCallback(forged(1)).catch(() => {})));
    assert.equal(lookups(gateway), 1);
    await sdk.handleCallback(forged(1)).catch(() => {});
    assert.equal(lookups(gateway), 2, 'the next one asks anew');
  });

  test(`${provider}: one that gives up neither ends a shared question nor fails the others`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    await pay(sdk, provider);
    gateway.sandbox.next({ name: 'delay', delayMs: 400, route });
    const aborted = AbortSignal.timeout(100);
    const [gone, stays] = await Promise.all([
      sdk.handleCallback(forged(1), { signal: aborted }).catch(({ code }) => code),
      sdk.handleCallback(forged(1)).catch(({ code }) => code),
    ]);
    assert.equal(gone, 'ABORTED');
    assert.ok(!['ABORTED', 'TIMEOUT'].includes(stays), String(stays));
    assert.equal(lookups(gateway), 1);
  });

  test(`${provider}: a gateway that fails is asked again within the same bound`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider, {}, { maxRetries: 10 });
    await pay(sdk, provider);
    gateway.sandbox.next({ name: '429', route, times: 1000 });
    const started = performance.now();
    const flood = Array.from({ length: 200 }, (_, n) =>
      sdk.handleCallback(forged(n), { timeoutMs: 2000 }).catch((error) => error),
    );
    await Promise.all(flood);
    const most = burst + Math.ceil(((performance.now() - started) / 60_000) * aMinute) + 1;
    assert.ok(lookups(gateway) <= most, `${lookups(gateway)} look-ups`);
  });
}

test('a login that fails is not repeated at the pace of forged callbacks', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa');
  gateway.sandbox.next({ name: '500-empty', route: LOGIN_ROUTES.clickpesa, times: 1000 });
  for (let n = 0; n < 100; n++) await rejection(sdk.handleCallback(FLOODS.clickpesa.forged(n)));
  const logins = gateway.to(LOGIN_ROUTES.clickpesa).length;
  assert.ok(logins <= FLOODS.clickpesa.burst + 2, `${logins} logins`);
});
