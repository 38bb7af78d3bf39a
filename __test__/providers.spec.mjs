// The documented provider classes: each is the face of one SDK object.
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import express from 'express';
import { AzampayProvider, ClickpesaProvider, FinConnectError, FintechSDK, PesapalProvider } from 'finconnect';
import { runNode } from './support/child.mjs';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, rejection, startGateway } from './support/gateway.mjs';
import { listen } from './support/shop.mjs';

const CLASSES = { pesapal: PesapalProvider, clickpesa: ClickpesaProvider, azampay: AzampayProvider };
const IPN = 'https://shop.example/ipn';
const SECRETS = {
  pesapal: 'PESAPAL_CONSUMER_SECRET',
  clickpesa: 'CLICKPESA_API_KEY',
  azampay: 'AZAMPAY_CONSUMER_SECRET',
};

/** A sandbox, and the objects that talk to it. */
async function start(t, options) {
  const gateway = await startGateway(t, options);
  const provider = (name, config) =>
    new CLASSES[name]({ ...gateway.sandbox.config(name), ...config }, { maxRetries: 0 });
  return { ...gateway, provider };
}

test('they are classes by their documented names, to require and to import', () => {
  const required = createRequire(import.meta.url)('finconnect');
  for (const [name, Class] of Object.entries(CLASSES)) {
    assert.equal(Class.name.toLowerCase(), `${name}provider`);
    assert.equal(required[Class.name], Class);
    assert.throws(() => Class({}), TypeError);
  }
});

for (const provider of Object.keys(CLASSES)) {
  test(`${provider}: the config is that of FintechSDK, and what is missing is named`, () => {
    assert.throws(() => new CLASSES[provider]({}), {
      code: 'INVALID_CONFIG',
      message: /^Invalid configuration: Missing required fields for \w+\. Missing: baseUrl, /,
    });
    assert.throws(() => new CLASSES[provider]({}, { retries: 1 }), /the options have retries, which does not exist/);
  });

  test(`${provider}: authenticate() gives the token that payments carry, in the gateway's own form`, async (t) => {
    const gateway = await start(t);
    const one = gateway.provider(provider);
    const token = await one.authenticate();
    assert.equal(await one.authenticate({ timeoutMs: 5_000 }), token);
    await one.initiateUssdPushRequest({ payload: PAYMENTS[provider], ipnId: 'x' }).catch(() => {});
    const [{ headers }] = gateway.to(PAY_ROUTES[provider]);
    assert.equal(headers.authorization, provider === 'clickpesa' ? token : `Bearer ${token}`);
    assert.match(token, provider === 'clickpesa' ? /^Bearer [^ ]+$/ : /^[^ ]{20,}$/);
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 1);
  });

  test(`${provider}: a refused login says so once, and again inside a payment`, async (t) => {
    const gateway = await start(t);
    const one = gateway.provider(provider, { [SECRETS[provider]]: 'wrong' });
    const error = await rejection(one.authenticate());
    assert.ok(error instanceof FinConnectError);
    assert.deepEqual([error.code, error.operation], ['AUTHENTICATION_FAILED', 'authenticate']);
    assert.match(error.message, /^Authentication failed: (?!.*Authentication failed)/);
    const inside = await rejection(one.initiateUssdPushRequest({ payload: PAYMENTS[provider], ipnId: 'x' }));
    assert.equal(inside.message, `Payment request failed: ${error.message}`);
  });

  test(`${provider}: initiateUssdPushRequest() sends the payload untouched, bare or as { payload }`, async (t) => {
    const gateway = await start(t);
    const one = gateway.provider(provider);
    const ipnId = provider === 'pesapal' ? await one.registerIpn(IPN, 'GET') : undefined;
    const ids = { id: 'ORDER-2', orderReference: 'ORDER2', externalId: 'ORDER-2' };
    const second = { ...PAYMENTS[provider] };
    for (const name of Object.keys(ids)) if (name in second) second[name] = ids[name];
    const asDocumented = { payload: PAYMENTS[provider], ...(ipnId && { ipnId }) };
    const bare = { ...second, ...(ipnId && { notification_id: ipnId }) };
    const [first, other] = [await one.initiateUssdPushRequest(asDocumented), await one.initiateUssdPushRequest(bare)];
    const told = { pesapal: 'redirect_url', clickpesa: 'orderReference', azampay: 'transactionId' }[provider];
    assert.equal(typeof first[told], 'string');
    assert.notEqual(JSON.stringify(first), JSON.stringify(other));
    const sent = gateway.to(PAY_ROUTES[provider]).map(({ body }) => JSON.parse(body));
    assert.deepEqual(sent, [{ ...PAYMENTS[provider], ...(ipnId && { notification_id: ipnId }) }, bare]);
  });

  test(`${provider}: a payload of other members beside payload is no wrapping`, async (t) => {
    const gateway = await start(t);
    const one = gateway.provider(provider);
    const odd = { payload: { a: 1 }, notification_id: 'x', amount: '1' };
    await rejection(one.initiateUssdPushRequest(odd));
    assert.deepEqual(JSON.parse(gateway.to(PAY_ROUTES[provider])[0].body), odd);
  });

  test(`${provider}: a refused payment, and none at all, begin with the documented words`, async (t) => {
    const gateway = await start(t);
    const one = gateway.provider(provider);
    gateway.answer(PAY_ROUTES[provider], 400, { message: 'No such wallet' });
    const payload = { ...PAYMENTS[provider], notification_id: 'x' };
    const error = await rejection(one.initiateUssdPushRequest(payload));
    assert.match(error.message, /^Payment request failed: No such wallet/);
    assert.equal(error.operation, 'pay');
    for (const nothing of [undefined, null, 'push', { payload: undefined }]) {
      const { code, message } = await rejection(one.initiateUssdPushRequest(nothing));
      assert.equal(code, 'INVALID_REQUEST');
      assert.ok(message.startsWith('Payment request failed: '), message);
    }
  });

  test(`${provider}: handleCallback() is that of its SDK object`, async (t) => {
    const gateway = await start(t);
    const one = gateway.provider(provider);
    const { isValid, reason, data } = await one.handleCallback([{ nonsense: true }]);
    assert.deepEqual([isValid, reason, data], [false, 'MALFORMED', [{ nonsense: true }]]);
    const error = await rejection(one.handleCallback(undefined));
    assert.match(error.message, /^Callback handling failed: /);
    assert.ok(one.sdk instanceof FintechSDK);
    assert.ok(one.sdk.supports('pay'));
  });

  test(`${provider}: what only the classes have is no method of FintechSDK`, async (t) => {
    const { sdk } = (await start(t)).provider(provider);
    for (const name of ['authenticate', 'getPublicKey']) {
      assert.equal(sdk[name], undefined);
      assert.equal(sdk.supports(name), false);
      assert.ok(!sdk.capabilities().operations.includes(name));
    }
  });

  test(`${provider}: a method that lost its object rejects, and a class can be extended`, async (t) => {
    const gateway = await start(t);
    const { authenticate } = gateway.provider(provider);
    await assert.rejects(authenticate(), TypeError);
    class Mine extends CLASSES[provider] {
      async authenticate() {
        return `mine ${await super.authenticate()}`;
      }
    }
    assert.match(await new Mine(gateway.sandbox.config(provider)).authenticate(), /^mine /);
  });
}

test('registerIpn() is for PesaPal, and the others say so in the documented words', async (t) => {
  const gateway = await start(t);
  assert.match(await gateway.provider('pesapal').registerIpn(IPN, 'POST'), /^[0-9a-f-]{36}$/);
  const { message } = await rejection(gateway.provider('pesapal').registerIpn('no url'));
  assert.match(message, /^IPN registration failed: /);
  for (const name of ['clickpesa', 'azampay']) {
    const error = await rejection(gateway.provider(name).registerIpn(IPN, 'GET'));
    assert.equal(error.message, 'IPN registration not supported by this provider');
  }
});

/** The key of the sandbox's AzamPay, as it serves it. */
const served = async ({ sandbox }, provider) => {
  const token = await provider.authenticate();
  const { baseUrl } = sandbox.config('azampay');
  const answer = await fetch(`${baseUrl}/azampay/v1/public-key`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()).publicKey;
};
const keyOf = (pem) => createPublicKey(pem).export({ type: 'spki', format: 'pem' });

test('getPublicKey() gives the PEM that AzamPay serves, and handleCallback() asks for no other', async (t) => {
  const gateway = await start(t);
  const one = gateway.provider('azampay');
  const pem = await one.getPublicKey();
  assert.equal(pem, await served(gateway, one));
  const verdicts = [];
  const app = express().use(express.json());
  app.post('/callback', async (request, response) => {
    verdicts.push(await one.handleCallback(request.body));
    response.end();
  });
  const shop = await listen(app);
  t.after(shop.close);
  gateway.sandbox.setWebhook('azampay', `${shop.url}/callback`);
  const asked = () => gateway.to(/public-?key/i).length;
  const before = asked();
  assert.equal(await one.getPublicKey(), pem);
  const { transactionId } = await one.initiateUssdPushRequest(PAYMENTS.azampay);
  await gateway.sandbox.approve(transactionId);
  const [{ isValid, data, payment }] = verdicts;
  assert.deepEqual([isValid, data.utilityref, payment.status], [true, 'ORDER-1', 'succeeded']);
  assert.equal(asked(), before);
});

test('getPublicKey() tells it as PEM however AzamPay serves it, and where', async (t) => {
  for (const azampayPublicKey of ['escaped', 'xml', 'bare', '404', 'empty']) {
    const gateway = await start(t, { switches: { azampayPublicKey } });
    const pem = await gateway.provider('azampay').getPublicKey();
    assert.equal(keyOf(pem), pem, azampayPublicKey);
  }
});

test('getPublicKey() gives configured keys without asking, each as PEM', async (t) => {
  const gateway = await start(t);
  const pairs = [2048, 2048].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength }));
  const [spki, second] = pairs.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }));
  const pkcs1 = pairs[1].publicKey.export({ type: 'pkcs1', format: 'pem' });
  const one = gateway.provider('azampay', { AZAMPAY_PUBLIC_KEY: `${spki}${pkcs1}` });
  assert.equal(await one.getPublicKey(), `${spki}${second}`);
  assert.deepEqual(gateway.requests, []);
});

test('getPublicKey() fails with the documented words, and so does a callback that needs the key', async (t) => {
  const gateway = await start(t);
  const one = gateway.provider('azampay');
  gateway.answer(/public-?key/i, 503, '');
  const error = await rejection(one.getPublicKey());
  assert.match(error.message, /^Failed to fetch public key: (?!.*Failed)/);
  assert.deepEqual([error.operation, error.outcome, error.retryable], ['getPublicKey', 'not_sent', true]);
  const wrong = await start(t);
  const refused = wrong.provider('azampay', { AZAMPAY_CONSUMER_SECRET: 'wrong' });
  assert.match(
    (await rejection(refused.getPublicKey())).message,
    /^Failed to fetch public key: Authentication failed: /,
  );
  for (const name of ['pesapal', 'clickpesa']) {
    assert.equal((await rejection(gateway.provider(name).getPublicKey())).code, 'NOT_SUPPORTED');
  }
});

test('their part of the package is loaded when a class is used, not before', async () => {
  const { code, stderr } = await runNode([
    '--eval',
    `const assert = require('node:assert/strict');
     const { ClickpesaProvider } = require('finconnect');
     const config = { baseUrl: 'http://127.0.0.1:1', CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' };
     const loaded = () => Object.keys(require.cache).some((file) => /lib.providers\\.js$/.test(file));
     const one = new ClickpesaProvider(config, { maxRetries: 0 });
     assert.ok(!loaded());
     one.authenticate().catch(() => assert.ok(loaded()));`,
  ]);
  assert.deepEqual([code, stderr], [0, '']);
});
