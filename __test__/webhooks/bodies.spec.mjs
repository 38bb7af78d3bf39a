// Where the body of a callback is, when something was there before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { serve } from './mounts.mjs';
import { orderPaid, requestOf, shopOf } from './shop.mjs';

const post = (url, body) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

test('a stream that was paused is read all the same', async (t) => {
  const { hooks, handled } = shopOf();
  const url = await serve(t, (req, res) => {
    req.pause();
    setImmediate(() => hooks(req, res));
  });
  assert.equal((await post(url, orderPaid())).status, 200);
  assert.equal(handled.length, 1);
});

test('a body that was read and kept elsewhere is taken from rawBody, and one that is gone is told', async (t) => {
  const { hooks, handled, events } = shopOf();
  const drained = (keep) => async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    if (keep) req.rawBody = Buffer.concat(chunks);
    hooks(req, res);
  };
  assert.equal((await post(await serve(t, drained(true)), orderPaid())).status, 200);
  assert.equal(handled.length, 1);
  assert.equal((await post(await serve(t, drained(false)), orderPaid())).status, 500);
  assert.match(events.at(-1).error.message, /was read before/);
});

test('handle reads the request itself where the framework has made nothing of its body', async () => {
  const { hooks, handled } = shopOf();
  for (const body of [undefined, null, {}, ''])
    assert.equal((await hooks.handle(requestOf(orderPaid()), { body })).status, 200, String(body));
  assert.equal(handled.length, 4);
});

test('what names nothing is refused, and never asked to come again', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  for (const provider of ['pesapal', 'clickpesa']) {
    const sdk = new FintechSDK({ provider, config: sandbox.config(provider), maxRetries: 0 });
    const { hooks } = shopOf({ sdk });
    const url = `http://shop.example/hooks/${provider}`;
    for (const search of ['', '?x=1'].slice(0, provider === 'pesapal' ? 2 : 1))
      assert.equal((await hooks.handle(new Request(url + search))).status, 400, provider + search);
    assert.equal((await hooks.handle(new Request(url, { method: 'POST', body: '{}' }))).status, 400, provider);
  }
});

test('PesaPal hears its own JSON also when nothing could be decided', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const sdk = new FintechSDK({ provider: 'pesapal', config: sandbox.config('pesapal'), maxRetries: 0 });
  const { hooks } = shopOf({ sdk });
  sandbox.next({ name: '500-empty', route: 'GetTransactionStatus' });
  const id = 'b945e4af-80a5-4ec1-8706-e03f8332fb04';
  const query = `OrderNotificationType=RECURRING&OrderTrackingId=${id}&OrderMerchantReference=ACC-1`;
  const answer = await hooks.handle(new Request(`http://shop.example/hooks/pesapal?${query}`));
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), {
    orderNotificationType: 'RECURRING',
    orderTrackingId: id,
    orderMerchantReference: 'ACC-1',
    status: 500,
  });
});

test('an expect and a store that hang are the shop’s own failure', async () => {
  const never = () => new Promise(() => {});
  const { hooks, events } = shopOf({ expect: never, timeoutMs: 200 });
  assert.equal((await hooks.handle(requestOf(orderPaid()))).status, 500);
  assert.equal(events[0].outcome, 'failed');
});

test('what the handler threw is told, though the store does not let go', async () => {
  const { azampay } = await import('../support/azampay.mjs');
  const never = () => new Promise(() => {});
  const store = { setIfAbsent: async () => true, claim: async () => 'claimed', commit: never, release: never };
  const onPayment = () => {
    throw new Error('mine');
  };
  const { hooks, events } = shopOf({ sdk: azampay({ replay: store }), onPayment, timeoutMs: 200 });
  assert.equal((await hooks.handle(requestOf(orderPaid()))).status, 500);
  assert.equal(events[0].error.message, 'mine');
});
