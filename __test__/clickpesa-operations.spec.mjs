import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { rejection } from './support/gateway.mjs';

/** A sandbox, an SDK object on it, and the requests that it got beside logins. */
async function clickpesa(t, { options = {}, ...more } = {}) {
  const sandbox = await startSandbox(more);
  t.after(() => sandbox.close());
  const sent = [];
  const fetch = async (url, init) => {
    const { pathname, search } = new URL(url);
    if (!pathname.endsWith('/generate-token'))
      sent.push({ path: pathname + search, body: init.body && JSON.parse(init.body) });
    return globalThis.fetch(url, init);
  };
  const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa'), fetch, ...options });
  return { sdk, sent, sandbox };
}

const CHARGE = { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER1' };

test('a charge is a push in ClickPesa’s own words', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  const charge = await sdk.charge(CHARGE);
  assert.deepEqual(sent[0], {
    path: '/third-parties/payments/initiate-ussd-push-request',
    body: { amount: '1000', currency: 'TZS', orderReference: 'ORDER1', phoneNumber: '255712345678' },
  });
  const { raw, transactionId, message, ...told } = charge;
  assert.deepEqual(told, {
    provider: 'clickpesa',
    kind: 'payment',
    status: 'processing',
    amount: '1000',
    currency: 'TZS',
    reference: 'ORDER1',
    receipt: null,
    payer: '2557****5678',
    gatewayReference: 'ORDER1',
    redirectUrl: null,
    operator: { name: 'Yas', guessed: false },
  });
  assert.equal(raw.id, transactionId);
});
