import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { test } from 'node:test';
import { LOGIN_ROUTES, PAYMENTS, startGateway } from './support/gateway.mjs';

test('listeners and diagnostics channels hear every step, without secrets', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa', {}, { maxRetries: 1 });
  const heard = [];
  const channel = [];
  const names = ['request', 'response', 'retry', 'login', 'callback'];
  for (const name of names) {
    sdk.on(name, (event) => heard.push([name, event]));
    sdk.on(name, () => {
      throw new Error('a listener of somebody else');
    });
    const hear = (message) => channel.push([name, message]);
    diagnostics.subscribe(`finconnect:${name}`, hear);
    t.after(() => diagnostics.unsubscribe(`finconnect:${name}`, hear));
  }
  gateway.sandbox.next({ name: '502-html', route: LOGIN_ROUTES.clickpesa });
  await sdk.pay({ ...PAYMENTS.clickpesa, orderReference: '255712345678' });
  await sdk.getPaymentStatus('255712345678');
  await sdk.handleCallback({
    event: 'PAYMENT RECEIVED',
    data: {
      orderReference: '255712345678',
      status: 'SUCCESS',
      collectedAmount: '7',
      paymentPhoneNumber: '255712345678',
    },
  });
  assert.deepEqual(
    heard.map(([name, { operation, attempt }]) => [name, operation, attempt].filter(Boolean).join(' ')),
    [
      'request login 1',
      'response login 1',
      'retry login 1',
      'request login 2',
      'response login 2',
      'login',
      'request pay 1',
      'response pay 1',
      'request getPaymentStatus 1',
      'response getPaymentStatus 1',
      'request handleCallback 1',
      'response handleCallback 1',
      'callback',
    ],
  );
  assert.deepEqual(channel, heard);
  const [, failed] = heard[1];
  assert.deepEqual(
    { ...failed, ms: 0 },
    {
      provider: 'clickpesa',
      operation: 'login',
      attempt: 1,
      method: 'POST',
      host: '127.0.0.1',
      port: Number(new URL(gateway.sandbox.url).port),
      path: LOGIN_ROUTES.clickpesa,
      status: 502,
      ms: 0,
      outcome: 'not_sent',
      code: 'GATEWAY_ERROR',
    },
  );
  const all = JSON.stringify(heard);
  assert.ok(!all.includes('255712345678') && all.includes('/third-parties/payments/2557****5678'));
  for (const secret of [
    ...Object.values(gateway.sandbox.config('clickpesa')).filter((v) => !v.startsWith('http')),
    'Bearer',
  ])
    assert.ok(!all.includes(secret));
  sdk.off('request', heard);
  assert.throws(() => sdk.on('requests', () => {}), TypeError);
  assert.throws(() => sdk.on('request', 'x'), TypeError);
});

test('off ends it, and nobody is told of what nobody hears', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const heard = [];
  const listener = (event) => heard.push(event);
  sdk.on('request', listener);
  await sdk.pay(PAYMENTS.azampay);
  assert.equal(heard.length, 2);
  sdk.off('request', listener).off('request', listener);
  await sdk.pay({ ...PAYMENTS.azampay, externalId: 'B' });
  assert.equal(heard.length, 2);
});
