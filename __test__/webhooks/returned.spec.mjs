// The browser's way back from a gateway's page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import express4 from 'express-4';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { returned } from 'finconnect/webhooks';
import { azampay } from '../support/azampay.mjs';
import { GATEWAYS } from '../support/gateways.cjs';
import { serve } from './mounts.mjs';
import { shopOf } from './shop.mjs';

async function pesapalWithOrder(t) {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const sdk = new FintechSDK({
    provider: 'pesapal',
    config: sandbox.config('pesapal'),
    replay: 'memory',
    maxRetries: 0,
  });
  const ipnId = await sdk.registerIpn('https://shop.example/ipn');
  const { order_tracking_id: id } = await sdk.pay(GATEWAYS.pesapal.payment, ipnId);
  const query = `OrderTrackingId=${id}&OrderMerchantReference=FORGED&status=COMPLETED`;
  return { sandbox, sdk, id, query };
}

test('it gives the payment as the gateway tells of it, whatever the query says, and the IPN still counts', async (t) => {
  const { sandbox, sdk, id, query } = await pesapalWithOrder(t);
  for (const module of [express, express4]) {
    const seen = [];
    const onReturn = (payment, _req, res) => {
      seen.push([payment.status, payment.reference]);
      res.redirect(303, `/orders/${payment.reference}`);
    };
    const app = module().use('/hooks/azampay', returned(sdk, { onReturn }));
    const url = await serve(t, app);
    const back = (search) => fetch(`${url}?${search}`, { redirect: 'manual' });
    const response = await back(query);
    assert.deepEqual([response.status, response.headers.get('location')], [303, '/orders/ORDER-1']);
    await sandbox.approve(id).catch(() => {});
    await back(query.replace('OrderTrackingId', 'ordertrackingid'));
    assert.deepEqual(seen.at(-1), ['succeeded', 'ORDER-1']);
    assert.equal((await back('a=1')).status, 400);
    assert.equal((await fetch(url)).status, 400);
  }
  const { hooks, handled } = shopOf({ sdk, expect: undefined });
  const url = `http://shop.example/?${query.replace('FORGED', 'ORDER-1')}`;
  assert.equal((await hooks.handle(new Request(url))).status, 200);
  assert.deepEqual([handled.length, handled[0].context.duplicate], [1, false]);
});

test('what fails goes to next, or is 503; handle never rejects', async (t) => {
  const { sandbox, sdk, query } = await pesapalWithOrder(t);
  const back = returned(sdk, { onReturn: (payment, request) => Response.json([payment.status, request.method]) });
  const request = () => new Request(`http://shop.example/back?${query}`);
  assert.deepEqual(await (await back.handle(request())).json(), ['pending', 'GET']);
  assert.equal((await back.handle(new Request('http://shop.example/back'))).status, 400);
  const fails = returned(sdk, {
    onReturn() {
      throw new Error('mine');
    },
  });
  assert.equal((await fails.handle(request())).status, 503);
  const errors = [];
  const app = express()
    .use(fails)
    .use((error, _req, res, _next) => (errors.push(error.message), res.status(502).end()));
  const url = await serve(t, app);
  assert.equal((await fetch(`${url}?${query}`)).status, 502);
  await sandbox.close();
  assert.equal((await back.handle(request())).status, 503);
  assert.equal((await fetch(`${url}?${query}`)).status, 502);
  assert.deepEqual([errors[0], errors.length], ['mine', 2]);
  const bare = await serve(t, (req, res) => back(req, res));
  assert.equal((await fetch(`${bare}?${query}`)).status, 503);
});

test('where the page names nothing, reference says what to ask for', async () => {
  const asked = [];
  const sdk = Object.assign(azampay(), {
    getPaymentStatus: async (reference) => (asked.push(reference), { status: 'pending', reference }),
  });
  const reference = async (request) => new URL(request.url).pathname.split('/').at(-1);
  const back = returned(sdk, { reference, onReturn: ({ status }) => new Response(status) });
  assert.equal(await (await back.handle(new Request('http://shop.example/thanks/ID-1'))).text(), 'pending');
  assert.deepEqual(asked, ['ID-1']);
});

test('what is missing is told at once', () => {
  const onReturn = () => {};
  for (const [sdk, options, words] of [
    [azampay(), { onReturn }, /needs reference/],
    [azampay(), {}, /needs onReturn/],
    [azampay(), { onReturn: 5 }, /onReturn must be a function/],
    [azampay(), { onReturn, onReturned: onReturn }, /no option onReturned/],
    [{}, { onReturn }, /no FintechSDK object/],
    [undefined, { onReturn }, /no FintechSDK object/],
  ])
    assert.throws(() => returned(sdk, options), { name: 'TypeError', message: words });
});
