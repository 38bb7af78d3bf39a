import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, rejection, startGateway } from './support/gateway.mjs';
import { column } from './support/gateways.cjs';

const STATUS_ROUTES = column('status');

test('what cannot move money is tried again, and what can is not', async (t) => {
  const gateway = await startGateway(t);
  const attempts = async (route, name, run, options) => {
    gateway.sandbox.clearFaults();
    gateway.sandbox.next({ name, route, times: 20 });
    const before = gateway.to(route).length;
    await run(gateway.sdk('azampay', {}, options)).catch(() => {});
    return gateway.to(route).length - before;
  };
  const payment = (sdk) => sdk.pay(PAYMENTS.azampay);
  const status = (sdk) => sdk.getPaymentStatus('x');
  for (const name of ['502-html', 'reset-before', '429', '500-empty', '200-empty'])
    await t.test(name, async () => {
      assert.equal(await attempts(LOGIN_ROUTES.azampay, name, payment, { maxRetries: undefined }), 3, `login, ${name}`);
      assert.equal(await attempts(STATUS_ROUTES.azampay, name, status, { maxRetries: 1 }), 2, `status, ${name}`);
      assert.equal(
        await attempts(STATUS_ROUTES.azampay, name, status, { maxRetries: 0 }),
        1,
        `status without retries, ${name}`,
      );
      assert.equal(await attempts(PAY_ROUTES.azampay, name, payment, { maxRetries: 10 }), 1, `payment, ${name}`);
    });
  assert.equal(await attempts(STATUS_ROUTES.azampay, '302', status, { maxRetries: 5 }), 1, 'a redirect does not pass');
});

test('Retry-After is waited for, unless it is longer than the caller', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay', {}, { maxRetries: 1 });
  const asks = (seconds) =>
    gateway.sandbox.next({ route: LOGIN_ROUTES.azampay, status: 429, headers: { 'retry-after': seconds }, body: '{}' });
  asks('1');
  const started = performance.now();
  await sdk.pay(PAYMENTS.azampay);
  assert.ok(performance.now() - started >= 990);
  asks('30');
  const error = await rejection(gateway.sdk('azampay', {}, { maxRetries: 1, timeoutMs: 2000 }).pay(PAYMENTS.azampay));
  assert.equal(error.code, 'RATE_LIMITED');
});
