import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { test } from 'node:test';
import { FinConnectError, FintechSDK } from 'finconnect';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, PROVIDERS, pay, rejection, startGateway } from './support/gateway.mjs';

const FIELDS = [
  'code',
  'provider',
  'operation',
  'statusCode',
  'gatewayCode',
  'gatewayMessage',
  'response',
  'outcome',
  'retryable',
];

/** Each way a payment request can end badly, and what its caller must learn. */
const FAULTS = [
  { fault: 'reset-before', code: 'CONNECTION_FAILED', outcome: 'unknown' },
  { fault: 'reset-after', code: 'CONNECTION_FAILED', outcome: 'unknown' },
  { fault: 'hang', code: 'TIMEOUT', outcome: 'unknown', timeoutMs: 300 },
  { fault: '500-empty', code: 'GATEWAY_ERROR', outcome: 'unknown', statusCode: 500 },
  { fault: '502-html', code: 'GATEWAY_ERROR', outcome: 'unknown', statusCode: 502 },
  { fault: '200-empty', code: 'INVALID_RESPONSE', outcome: 'unknown', statusCode: 200 },
  { fault: '302', code: 'INVALID_RESPONSE', outcome: 'unknown', statusCode: 302 },
  { fault: 'truncated', code: 'INVALID_RESPONSE', outcome: 'unknown', statusCode: 200 },
  { fault: 'huge', code: 'INVALID_RESPONSE', outcome: 'unknown', statusCode: 200 },
  { fault: '429', code: 'RATE_LIMITED', outcome: 'refused', statusCode: 429, retryable: true },
  { status: 400, body: '{"message":"no","errors":{}}', code: 'REFUSED', outcome: 'refused', statusCode: 400 },
  { status: 404, body: '', code: 'REFUSED', outcome: 'refused', statusCode: 404 },
  { status: 503, body: '{"message":"later"}', code: 'GATEWAY_ERROR', outcome: 'unknown', statusCode: 503 },
];

for (const provider of PROVIDERS) {
  for (const { fault, status, body, code, outcome, timeoutMs, statusCode = null, retryable = false } of FAULTS) {
    test(`${provider}: ${fault ?? `HTTP ${status}`} on a payment is ${outcome}, and sent once`, async (t) => {
      const gateway = await startGateway(t);
      const sdk = gateway.sdk(provider, {}, { timeoutMs });
      const route = PAY_ROUTES[provider];
      if (fault) gateway.sandbox.next({ name: fault, route });
      else gateway.answer(route, status, body);
      const error = await rejection(pay(sdk, provider));
      assert.match(error.message, /^Payment request failed: ./);
      assert.deepEqual(
        { code: error.code, outcome: error.outcome, statusCode: error.statusCode, retryable: error.retryable },
        { code, outcome, statusCode, retryable },
      );
      if (outcome === 'unknown') assert.match(error.message, /payment may have been made: let recover\(\) say/);
      assert.equal(gateway.to(route).length, 1);
    });
  }

  if (LOGIN_ROUTES[provider] === null) continue;
  test(`${provider}: a failed login sends no payment and speaks in the gateway's words`, async (t) => {
    const gateway = await startGateway(t);
    const login = LOGIN_ROUTES[provider];
    const wrong = {
      pesapal: 'PESAPAL_CONSUMER_SECRET',
      clickpesa: 'CLICKPESA_API_KEY',
      azampay: 'AZAMPAY_CONSUMER_SECRET',
    }[provider];
    const refused = await rejection(pay(gateway.sdk(provider, { [wrong]: 'wrong' }), provider));
    const words = {
      pesapal: 'invalid_consumer_key_or_secret_provided',
      clickpesa: 'Unauthorized API-Key',
      azampay: 'Provided detail is not valid for this app or secret key has been expired',
    }[provider];
    assert.equal(refused.message, `Payment request failed: Authentication failed: ${words}`);
    assert.equal(refused.code, 'AUTHENTICATION_FAILED');
    assert.equal(refused.outcome, 'not_sent');
    assert.equal(refused.retryable, false);

    for (const [fault, code] of [
      ['502-html', 'GATEWAY_ERROR'],
      ['reset-before', 'CONNECTION_FAILED'],
      ['truncated', 'INVALID_RESPONSE'],
      ['429', 'RATE_LIMITED'],
    ]) {
      gateway.sandbox.next({ name: fault, route: login });
      const error = await rejection(pay(gateway.sdk(provider), provider));
      assert.match(error.message, /^Payment request failed: Authentication failed: /);
      assert.deepEqual([error.code, error.outcome, error.retryable], [code, 'not_sent', true]);
    }
    gateway.sandbox.next({ name: 'hang', route: login });
    const late = await rejection(pay(gateway.sdk(provider, {}, { timeoutMs: 200 }), provider));
    assert.deepEqual([late.code, late.outcome], ['TIMEOUT', 'not_sent']);
    assert.match(late.message, /within 200 ms/);
    assert.equal(gateway.to(PAY_ROUTES[provider]).length, 0);
  });

  test(`${provider}: what cannot be reached has not been sent`, async (t) => {
    const closed = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    const gateway = await startGateway(t);
    const bases = [
      `http://127.0.0.1:${port}`,
      `https://127.0.0.1:${new URL(gateway.sandbox.url).port}`,
      'https://no-such-host.invalid',
    ];
    for (const baseUrl of bases)
      await t.test(baseUrl, async () => {
        const error = await rejection(pay(gateway.sdk(provider, { baseUrl }), provider));
        assert.deepEqual(
          [error.code, error.outcome, error.retryable],
          ['CONNECTION_FAILED', 'not_sent', true],
          baseUrl,
        );
        assert.match(error.message, /could not connect to .*Nothing was sent\.$/);
      });
  });
}

test('a payment whose connection cannot be made is not sent, even after a good login', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay', { baseUrl: 'https://no-such-host.invalid', authBaseUrl: gateway.sandbox.url });
  const error = await rejection(sdk.pay(PAYMENTS.azampay));
  assert.deepEqual([error.code, error.outcome, error.retryable], ['CONNECTION_FAILED', 'not_sent', true]);
  assert.equal(gateway.requests.length, 1);
});

test('refusals inside an HTTP 200', async (t) => {
  const gateway = await startGateway(t);
  const refusal = async (provider, body) => {
    gateway.answer(PAY_ROUTES[provider], 200, body);
    return rejection(pay(gateway.sdk(provider), provider));
  };
  const vendor = {
    success: false,
    transactionId: 'null',
    message: 'Your request could not be initiated. Invalid Vendor',
    messageCode: 1000,
  };
  const azampay = await refusal('azampay', vendor);
  assert.equal(azampay.message, `Payment request failed: ${vendor.message}`);
  assert.deepEqual([azampay.outcome, azampay.gatewayCode, azampay.gatewayMessage], ['refused', '1000', vendor.message]);
  assert.deepEqual(azampay.response, vendor);

  const limit = {
    error: {
      error_type: 'contractual_error',
      code: 'amount_exceeds_default_limit',
      message: 'Transaction amount exceeds limit.Contact support for assistance',
    },
    status: '500',
  };
  const pesapal = await refusal('pesapal', limit);
  assert.equal(pesapal.message, `Payment request failed: ${limit.error.message}`);
  assert.deepEqual(
    [pesapal.outcome, pesapal.gatewayCode, pesapal.statusCode],
    ['refused', 'amount_exceeds_default_limit', 200],
  );

  const failed = await refusal('clickpesa', {
    id: 'X',
    status: 'FAILED',
    orderReference: 'ORDER1',
    message: 'Insufficient balance',
  });
  assert.equal(failed.message, 'Payment request failed: Insufficient balance');
  assert.deepEqual(
    [failed.code, failed.outcome, failed.gatewayMessage],
    ['REFUSED', 'refused', 'Insufficient balance'],
  );
  const nulls = {
    order_tracking_id: 't',
    redirect_url: 'u',
    error: { error_type: null, code: null, message: null },
    status: '200',
  };
  gateway.answer(PAY_ROUTES.pesapal, 200, nulls);
  assert.deepEqual(await pay(gateway.sdk('pesapal'), 'pesapal'), nulls);
});

test('an error carries every field, survives JSON.stringify, and shows the caller in its stack', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  gateway.answer(
    PAY_ROUTES.azampay,
    400,
    '{"errors":{"provider":["bad"]},"title":"One or more validation errors occurred."}',
  );
  const error = await (async function theCallersOwnFunction() {
    try {
      return await sdk.pay(PAYMENTS.azampay);
    } catch (error) {
      return error;
    }
  })();
  assert.ok(error instanceof FinConnectError && error instanceof Error);
  assert.ok(error instanceof createRequire(import.meta.url)('finconnect').FinConnectError);
  assert.equal(error.name, 'FinConnectError');
  assert.deepEqual(Object.keys(error), FIELDS);
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    code: 'REFUSED',
    provider: 'azampay',
    operation: 'pay',
    statusCode: 400,
    gatewayCode: null,
    gatewayMessage: 'provider: bad',
    response: { errors: { provider: ['bad'] }, title: 'One or more validation errors occurred.' },
    outcome: 'refused',
    retryable: false,
  });
  const [head, ...frames] = error.stack.split('\n');
  assert.equal(head, `FinConnectError: ${error.message}`);
  assert.match(frames[0], /theCallersOwnFunction.*errors\.spec\.mjs/);
  assert.ok(!error.stack.includes('index.js'));
  const refused = (function theCallersOwnFunction() {
    return sdk.pay(PAYMENTS.azampay, null, 'not options');
  })();
  assert.match(
    (await rejection(refused)).stack,
    /theCallersOwnFunction/,
    'what is refused before anything is sent needs no await',
  );
  gateway.answer(PAY_ROUTES.azampay, 400, '{}');
  const unawaited = await new Promise((resolve) => sdk.pay(PAYMENTS.azampay).then(assert.fail, resolve));
  assert.equal(unawaited.stack, `FinConnectError: ${unawaited.message}\n    at FintechSDK.pay (<anonymous>)`);
  assert.match(String(error), /^FinConnectError: Payment request failed: provider: bad$/);
});

test('a body that is not JSON is carried as text, one that is too large is cut', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa');
  gateway.answer(PAY_ROUTES.clickpesa, 502, `<html><title>502 Bad Gateway</title>${'x'.repeat(5000)}</html>`, {
    'content-type': 'text/html',
  });
  const html = await rejection(sdk.pay(PAYMENTS.clickpesa));
  assert.match(html.message, /^Payment request failed: 502 Bad Gateway x+ \(HTTP 502\)\. /);
  assert.equal(html.response.length, 2000);
  gateway.sandbox.next({ name: 'huge', route: PAY_ROUTES.clickpesa });
  const huge = await rejection(sdk.pay(PAYMENTS.clickpesa));
  assert.match(huge.message, /larger than 1048576 bytes/);
  assert.ok(JSON.stringify(huge.response).length <= 2002);
});

test('registerIpn: a lost answer is unknown but harmless to repeat', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal');
  gateway.sandbox.next({ name: 'reset-after', route: 'RegisterIPN' });
  const error = await rejection(sdk.registerIpn('https://shop.example/ipn'));
  assert.match(error.message, /^IPN registration failed: /);
  assert.deepEqual([error.operation, error.outcome, error.retryable], ['registerIpn', 'unknown', true]);
  gateway.answer('RegisterIPN', 200, { error: { code: 'invalid_api_request_parameters', message: '' }, status: '500' });
  const refused = await rejection(sdk.registerIpn('https://shop.example/ipn'));
  assert.equal(refused.message, 'IPN registration failed: invalid_api_request_parameters');
});

test('the deadline covers the wait for a token', async (t) => {
  const gateway = await startGateway(t);
  await gateway.sdk('azampay').pay(PAYMENTS.azampay);
  const sdk = gateway.sdk('azampay', {}, { timeoutMs: 1500 });
  gateway.sandbox.next({ name: 'delay', delayMs: 900, route: LOGIN_ROUTES.azampay });
  gateway.sandbox.next({ name: 'delay', delayMs: 900, route: PAY_ROUTES.azampay });
  const started = performance.now();
  const error = await rejection(sdk.pay(PAYMENTS.azampay));
  assert.deepEqual([error.code, error.outcome], ['TIMEOUT', 'unknown']);
  assert.ok(performance.now() - started >= 1490);
});

test('no secret, key or token is in any error', async (t) => {
  const gateway = await startGateway(t);
  for (const provider of PROVIDERS) {
    const config = gateway.sandbox.config(provider);
    const secrets = Object.entries(config)
      .filter(([key]) => !/^(baseUrl|AZAMPAY_APP_NAME|AZAMPAY_SOURCE_\w+|SELCOM_(VENDOR|SENDER_\w+|PIN))$/.test(key))
      .map(([, value]) => value);
    const sdk = gateway.sdk(provider);
    const errors = [];
    const collect = async (promise) => errors.push(await rejection(promise));
    const echo = (request) => `${secrets.join(' ')} ${request?.headers.authorization ?? ''}`;

    const login = LOGIN_ROUTES[provider] ?? PAY_ROUTES[provider];
    for (const status of [200, 400, 401, 500]) {
      const fresh = gateway.sdk(provider);
      gateway.answer(login, status, {
        message: echo(),
        error: { code: 'x', message: echo() },
        token: null,
      });
      await collect(pay(fresh, provider));
      gateway.answer(login, status, `<html>${echo()}</html>`);
      await collect(pay(fresh, provider));
    }
    await pay(sdk, provider).catch(() => {});
    const { authorization } = gateway.to(PAY_ROUTES[provider]).at(-1).headers;
    secrets.push(authorization.split(' ')[1]);
    for (const [status, body] of [
      [400, { message: echo() + authorization }],
      [500, echo() + authorization],
      [200, echo() + authorization],
    ]) {
      gateway.answer(PAY_ROUTES[provider], status, body);
      await collect(pay(sdk, provider));
    }
    for (const body of LOGIN_ROUTES[provider] === null
      ? []
      : ['{"token":"half-a-secret-token', '{"data":{"accessToken":"half-a-secret-token"']) {
      gateway.answer(login, 200, body);
      const error = await rejection(pay(gateway.sdk(provider), provider));
      assert.ok(!JSON.stringify(error).includes('half-a-secret'));
    }
    // Escaped as .NET escapes it, cut in the middle, and where masking must not break the JSON around it.
    const escaped = (text) =>
      [...text]
        .map((c) => (/[A-Za-z0-9]/.test(c) ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`))
        .join('');
    for (const secret of secrets) {
      gateway.answer(
        PAY_ROUTES[provider],
        400,
        `{"message":"${escaped(secret)}","more":{"${escaped(secret)}":["${escaped(secret)}"]}}`,
      );
      const error = await rejection(pay(sdk, provider));
      assert.equal(typeof error.response, 'object');
      errors.push(error);
      for (const [length, filler] of [
        [200, 'x '],
        [2000, 'y '],
      ]) {
        const half = Math.floor(secret.length / 2);
        gateway.answer(PAY_ROUTES[provider], 500, filler.repeat(length).slice(0, length - half) + secret);
        const cut = await rejection(pay(sdk, provider));
        assert.ok(
          !`${cut.message}${cut.response}`.includes(secret.slice(0, half)),
          `${provider}: part of a secret is shown`,
        );
        errors.push(cut);
      }
    }
    assert.ok(errors.length > 11);
    for (const error of errors) {
      const shown = `${error.stack} ${error.message} ${JSON.stringify(error)} ${JSON.stringify(error.cause)}`;
      for (const secret of secrets) assert.ok(!shown.includes(secret), `${provider}: ${error.code} shows a secret`);
    }
    assert.ok(!JSON.stringify(sdk).includes(secrets[0]));
  }
});

test('a configuration error shows no value', () => {
  for (const config of [{ baseUrl: 'https://user:hunter2@gateway.example' }, { baseUrl: 'hunter2' }]) {
    const options = {
      provider: 'clickpesa',
      config: { CLICKPESA_CLIENT_ID: 'hunter2', CLICKPESA_API_KEY: 'hunter2', ...config },
    };
    assert.throws(
      () => new FintechSDK(options),
      (error) => !`${error.stack}${JSON.stringify(error)}`.includes('hunter2'),
    );
  }
});

test('the type of an error knows every operation that one can name', () => {
  const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const filesIn = (folder, end) =>
    readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true })
      .filter((name) => name.endsWith(end))
      .map((name) => `${folder}/${name}`);
  const types = read('index.d.ts');
  const membersOf = (text) => [...text.matchAll(/\| '([\w.]+)'/g)].map(([, name]) => name);
  const known = membersOf(/readonly operation:([^;]+);/.exec(types)[1]).concat(
    membersOf(/export type Operation =([^;]+);/.exec(types)[1]),
  );
  const scripts = ['index.js', ...filesIn('lib', '.js')].map(read).join('\n');
  const rust = filesIn('src', '.rs').map(read).join('\n');
  const named = [
    ...scripts.matchAll(/\brefuse\(\s*'(\w+)'/g),
    ...rust.matchAll(/(?:why\.throw\(js, |thrown\(js, )"(\w+)"/g),
    ...read('src/model/operation.rs').matchAll(/^\s+"([a-z][\w.]+)",$/gm),
  ].map(([, name]) => name);
  for (const name of ['constructor', 'recover', 'reconcile', 'normalizePhone', 'parseAmount', ...named])
    assert.ok(known.includes(name), `${name} is no operation of FinConnectError`);
  assert.ok(new Set(named).size >= 5, String(named));
});
