// Every gateway by a fetch of the caller's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, PROVIDERS, pay, rejection, startGateway } from './support/gateway.mjs';

test("the caller's own fetch carries every request, with the same results", async (t) => {
  const gateway = await startGateway(t);
  const calls = [];
  const own = (url, init) => {
    calls.push({ url, ...init });
    return fetch(url, init);
  };
  for (const provider of PROVIDERS) {
    const sdk = gateway.sdk(provider, {}, { fetch: own, replay: 'memory' });
    const ipnId = provider === 'pesapal' ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
    const answer = await sdk.pay(PAYMENTS[provider], ipnId);
    assert.ok(answer.order_tracking_id ?? answer.id ?? answer.transactionId ?? answer.transid);
    const [request] = gateway.to(PAY_ROUTES[provider]);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.match(request.headers['user-agent'], /^finconnect\//);
    for (const [name, code, outcome] of [
      ['502-html', 'GATEWAY_ERROR', 'unknown'],
      ['reset-after', 'CONNECTION_FAILED', 'unknown'],
      ['302', 'INVALID_RESPONSE', 'unknown'],
      ['huge', 'INVALID_RESPONSE', 'unknown'],
      ['truncated', 'INVALID_RESPONSE', 'unknown'],
      ['429', 'RATE_LIMITED', 'refused'],
    ]) {
      gateway.sandbox.next({ name, route: PAY_ROUTES[provider] });
      const error = await rejection(
        sdk.pay(
          {
            ...PAYMENTS[provider],
            id: name,
            orderReference: name.replace('-', ''),
            externalId: name,
            order_id: name,
            transid: name,
          },
          ipnId,
        ),
      );
      assert.deepEqual([error.code, error.outcome], [code, outcome], `${provider}: ${name}`);
    }
    gateway.sandbox.next({ name: 'hang', route: PAY_ROUTES[provider] });
    const late = await rejection(sdk.pay({ ...PAYMENTS[provider], id: 'L' }, ipnId, { timeoutMs: 300 }));
    assert.deepEqual([late.code, late.outcome], ['TIMEOUT', 'unknown']);
    assert.equal(calls.at(-1).signal.aborted, true, 'fetch is aborted at the deadline');
    const refused = await rejection(
      pay(gateway.sdk(provider, { baseUrl: 'http://127.0.0.1:9' }, { fetch: own }), provider),
    );
    // A login fails first, where there is one.
    const outcome = LOGIN_ROUTES[provider] === null ? 'unknown' : 'not_sent';
    assert.deepEqual([refused.code, refused.outcome], ['CONNECTION_FAILED', outcome]);
  }
  assert.ok(calls.every(({ redirect, signal }) => redirect === 'manual' && signal instanceof AbortSignal));
  const mock = gateway.sdk(
    'azampay',
    {},
    {
      fetch: async (url) =>
        Response.json(
          url.includes('GenerateToken')
            ? { data: { accessToken: 't' }, success: true }
            : { success: true, transactionId: 'mock' },
        ),
    },
  );
  assert.deepEqual(await mock.pay(PAYMENTS.azampay), { success: true, transactionId: 'mock' });
});
