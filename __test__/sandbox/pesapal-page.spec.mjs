import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openOrder, start } from './helpers.mjs';

describe('PesaPal page, IPN and return', () => {
  test('paying calls the IPN by GET, then sends the browser to the callback with two ids', async (t) => {
    const rig = await start(t);
    const { order_tracking_id: id, redirect_url } = await openOrder(rig, {
      callback_url: `${rig.app.url}/return?cart=7`,
    });
    const { status, headers } = await rig.pesapal.page(redirect_url, { action: 'pay' });
    assert.equal(status, 302);
    assert.equal(
      headers.get('location'),
      `${rig.app.url}/return?cart=7&OrderTrackingId=${id}&OrderMerchantReference=ORDER-1`,
    );
    const [ipn] = rig.app.received;
    assert.deepEqual(
      [ipn.method, ipn.url, ipn.text],
      ['GET', `/ipn?OrderTrackingId=${id}&OrderMerchantReference=ORDER-1&OrderNotificationType=IPNCHANGE`, ''],
    );
  });

  test('a callback without a path gains no slash; switch pesapalCallbackType adds the third member', async (t) => {
    const rig = await start(t, { switches: { pesapalCallbackType: true } });
    const { order_tracking_id: id, redirect_url } = await openOrder(rig, { callback_url: 'https://a.example' });
    const { headers } = await rig.pesapal.page(redirect_url, { action: 'pay' });
    assert.equal(
      headers.get('location'),
      `https://a.example?OrderTrackingId=${id}&OrderMerchantReference=ORDER-1&OrderNotificationType=CALLBACKURL`,
    );
  });

  for (const [place, read] of [
    ['json', ({ text }) => JSON.parse(text)],
    ['form', ({ text }) => Object.fromEntries(new URLSearchParams(text))],
    ['query', ({ url }) => Object.fromEntries(new URL(url, 'http://x').searchParams)],
  ]) {
    test(`a POST registration is called by POST, switch pesapalIpnPost=${place}`, async (t) => {
      const rig = await start(t, { switches: { pesapalIpnPost: place } });
      const order = await openOrder(rig, {}, 'POST');
      await rig.sandbox.approve('ORDER-1');
      assert.equal(rig.app.received[0].method, 'POST');
      assert.deepEqual(read(rig.app.received[0]), {
        OrderTrackingId: order.order_tracking_id,
        OrderNotificationType: 'IPNCHANGE',
        OrderMerchantReference: 'ORDER-1',
      });
    });
  }

  test('cancelling changes nothing, tells nobody, and leaves for cancellation_url, or else the callback', async (t) => {
    const rig = await start(t);
    const order = await openOrder(rig, { cancellation_url: `${rig.app.url}/cancelled` });
    assert.equal(
      (await rig.pesapal.page(order.redirect_url, { action: 'cancel' })).headers.get('location'),
      `${rig.app.url}/cancelled`,
    );
    assert.equal((await rig.pesapal.status(order.order_tracking_id)).json.status_code, 0);
    assert.equal(rig.app.received.length, 0);
    const plain = await openOrder(rig, { id: 'ORDER-2' });
    assert.match(
      (await rig.pesapal.page(plain.redirect_url, { action: 'cancel' })).headers.get('location'),
      /\/return\?OrderTrackingId=/,
    );
    const withIds = await start(t, { switches: { pesapalCancelIds: true } });
    const third = await openOrder(withIds, { cancellation_url: 'http://a.example/c' });
    assert.match(
      (await withIds.pesapal.page(third.redirect_url, { action: 'cancel' })).headers.get('location'),
      /^http:\/\/a\.example\/c\?OrderTrackingId=/,
    );
  });

  test('the page shows the order, escaped', async (t) => {
    const rig = await start(t);
    const { redirect_url } = await openOrder(rig, { description: '<script>alert(1)</script>' });
    const page = await (await fetch(redirect_url)).text();
    assert.match(page, /KES 1,500/);
    assert.ok(!page.includes('<script>') && page.includes('&#60;script&#62;'));
    assert.equal(
      (await fetch(`${rig.sandbox.url}/pesapaliframe/PesapalIframe3/Index?OrderTrackingId=none`)).status,
      404,
    );
  });
});
