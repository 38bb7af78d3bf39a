import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { call, start, until } from './helpers.mjs';

const ID = /^[0-9a-f]{32}$/;
const key = (jwk) => createPublicKey({ key: jwk, format: 'jwk' });
const signedBy = (pem, body) =>
  verify(
    'sha256',
    Buffer.from(body.utilityref + body.externalreference + body.transactionstatus + body.operator),
    pem,
    Buffer.from(body.signature, 'base64'),
  );

describe('AzamPay login', () => {
  test('answers a token with its expiry in UTC, six hours on', async (t) => {
    const { azampay, sandbox } = await start(t, { clock: 'manual', startAt: Date.UTC(2026, 0, 1) });
    const { status, json } = await azampay.login();
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json), ['data', 'message', 'success', 'messageCode', 'statusCode']);
    assert.equal(json.data.expire, '2026-01-01T06:00:00Z');
    assert.equal(json.message, 'Token generated successfully');
    assert.ok(json.data.accessToken.length > 300);
    assert.equal(sandbox.payments().length, 0);
  });

  test('refuses wrong credentials with 423, not 401', async (t) => {
    const { azampay, sandbox } = await start(t);
    const { status, json } = await call(`${sandbox.url}/AppRegistration/GenerateToken`, {
      body: {
        appName: azampay.config.AZAMPAY_APP_NAME,
        clientId: azampay.config.AZAMPAY_CONSUMER_KEY,
        clientSecret: 'wrong',
      },
    });
    assert.equal(status, 423);
    assert.deepEqual(json, {
      data: null,
      message: 'Provided detail is not valid for this app or secret key has been expired',
      success: false,
      statusCode: 423,
    });
  });

  test('names missing members in PascalCase ProblemDetails', async (t) => {
    const { sandbox } = await start(t);
    const { status, json, headers } = await call(`${sandbox.url}/AppRegistration/GenerateToken`, {
      body: { appName: 'x' },
    });
    assert.equal(status, 400);
    assert.match(headers.get('content-type'), /^application\/problem\+json/);
    assert.deepEqual(json.errors, {
      ClientId: ['The ClientId field is required.'],
      ClientSecret: ['The ClientSecret field is required.'],
    });
    assert.match(json.traceId, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  test('a token ends with its time, and the refusal is the documented one', async (t) => {
    const { azampay, sandbox } = await start(t, { clock: 'manual', switches: { azampayTokenTtlMs: 2_000 } });
    const bearer = await azampay.bearer();
    assert.equal((await azampay.push({}, bearer)).status, 200);
    await sandbox.clock.advance(1_999);
    assert.equal((await azampay.push({ externalId: 'B' }, bearer)).status, 200);
    await sandbox.clock.advance(1);
    const { status, json } = await azampay.push({ externalId: 'C' }, bearer);
    assert.equal(status, 401);
    assert.deepEqual(json, { message: 'Please Provide Valid Authorization', status: 'Error' });
  });

  test('takes X-API-KEY and does without it', async (t) => {
    const { azampay, sandbox } = await start(t);
    const { status } = await azampay.push({}, { ...(await azampay.bearer()), 'X-API-KEY': 'portal-token' });
    assert.equal(status, 200);
    assert.equal(
      sandbox.requests().at(-1).headers['X-API-KEY'] ?? sandbox.requests().at(-1).headers['x-api-key'],
      '[redacted]',
    );
  });
});

describe('AzamPay mobile checkout', () => {
  test('accepts a push', async (t) => {
    const { azampay, sandbox } = await start(t);
    const { status, json } = await azampay.push();
    assert.equal(status, 200);
    assert.match(json.transactionId, ID);
    assert.deepEqual(
      { ...json, transactionId: '' },
      {
        success: true,
        transactionId: '',
        message: 'Your request has been received and is being processed.',
        messageCode: 0,
      },
    );
    assert.deepEqual(
      sandbox
        .payments()
        .map(({ reference, amount, phone, status, operator }) => ({ reference, amount, phone, status, operator })),
      [{ reference: 'ORDER-1', amount: '2000', phone: '2557****5678', status: 'pending', operator: 'Tigo' }],
    );
  });

  test('takes an amount as a number or as text, a reference as either, any account, and a reference again', async (t) => {
    const { azampay } = await start(t);
    for (const body of [
      { amount: 2000 },
      { amount: '1000.00' },
      { externalId: 123 },
      { accountNumber: '1292-123' },
      { extra: 1, callbackUrl: 'http://x' },
    ]) {
      assert.equal((await azampay.push(body)).status, 200, JSON.stringify(body));
    }
  });

  const refusals = [
    [
      { provider: 'Airttel' },
      'provider',
      /^Error converting value "Airttel" to type 'PGvNext\.Models\.Common\.Provider'\. Path 'provider'/,
    ],
    [{ provider: 'TIGO' }, 'provider', /TIGO/],
    [{ amount: 5_000_001 }, 'amount', /5000000/],
    [{ amount: '-1' }, 'amount', /-1/],
    [{ amount: 'ten' }, 'amount', /ten/],
    [{ externalId: '' }, 'externalId', /required/],
    [{ externalId: 'x'.repeat(129) }, 'externalId', /128/],
    [{ amount: 0 }, 'amount', /between 0 and 5000000/],
    [{ amount: '0.00' }, 'amount', /between 0 and 5000000/],
    [{ amount: '1e3' }, 'amount', /1e3/],
    [{ amount: ' 5' }, 'amount', / 5/],
    [{ currency: 'KES' }, 'currency', /TZS/],
    [{ currency: 'tzs' }, 'currency', /TZS/],
    [{ currency: '' }, 'currency', /required/],
    [{ accountNumber: '12' }, 'accountNumber', /valid phone number/],
    [{ accountNumber: '254712345678' }, 'accountNumber', /valid phone number/],
    [{ accountNumber: '25571234567' }, 'accountNumber', /valid phone number/],
    [{ accountNumber: '2557123456789' }, 'accountNumber', /valid phone number/],
    [{ accountNumber: '0812345678' }, 'accountNumber', /valid phone number/],
    [{ accountNumber: '0712 345 678' }, 'accountNumber', /valid phone number/],
    [{ accountNumber: '' }, 'accountNumber', /required/],
    [{ additionalProperties: { note: 'x'.repeat(4_096) } }, 'additionalProperties', /4096/],
  ];
  for (const [body, member, text] of refusals) {
    test(`refuses ${member} ${String(Object.values(body)[0]).slice(0, 20)} with ProblemDetails`, async (t) => {
      const { azampay, sandbox } = await start(t);
      const { status, json } = await azampay.push(body);
      assert.equal(status, 400);
      assert.equal(json.title, 'One or more validation errors occurred.');
      assert.match(json.errors[member][0], text);
      assert.equal(sandbox.payments().length, 0);
    });
  }

  test('switch azampayStrictPayments=false: as lax as its sandbox', async (t) => {
    const { azampay } = await start(t, { switches: { azampayStrictPayments: false } });
    for (const body of [{ accountNumber: '12' }, { amount: 0 }, { currency: 'KES' }])
      assert.equal((await azampay.push(body)).status, 200, JSON.stringify(body));
  });

  test('takes the forms of a phone that its plugin takes, and an account of its own wallet', async (t) => {
    const { azampay } = await start(t);
    const headers = await azampay.bearer();
    for (const accountNumber of ['255712345678', '+255612345678', '0712345678', '712345678'])
      assert.equal((await azampay.push({ accountNumber }, headers)).status, 200, accountNumber);
    assert.equal((await azampay.push({ accountNumber: '1712345678', provider: 'Azampesa' }, headers)).status, 200);
    assert.equal((await azampay.push({ accountNumber: '1712345678' }, headers)).status, 400);
  });

  test('bank and hosted checkout refuse the same', async (t) => {
    const { azampay, sandbox } = await start(t);
    const headers = await azampay.bearer();
    const bank = {
      amount: '2000',
      currencyCode: 'TZS',
      merchantAccountNumber: '0150',
      merchantMobileNumber: '255712345678',
      otp: '1234',
      provider: 'CRDB',
    };
    const page = {
      ...{
        appName: 'a',
        clientId: 'c',
        vendorName: 'v',
        language: 'en',
        currency: 'TZS',
        externalId: 'E',
        amount: '2000',
      },
      redirectFailURL: 'http://127.0.0.1',
      redirectSuccessURL: 'http://127.0.0.1',
      cart: { items: [] },
    };
    const bad = [
      ['/azampay/bank/checkout', bank, { amount: 0 }, { currencyCode: 'KES' }, { merchantMobileNumber: '12' }],
      ['/api/v1/Partner/PostCheckout', page, { amount: '0' }, { currency: 'KES' }],
    ];
    for (const [path, body, ...changes] of bad) {
      assert.equal((await call(sandbox.url + path, { headers, body })).status, 200, path);
      for (const change of changes) {
        await t.test(`${path} ${JSON.stringify(change)}`, async () => {
          const { status, json } = await call(sandbox.url + path, { headers, body: { ...body, ...change } });
          assert.deepEqual([status, Object.keys(json.errors)], [400, Object.keys(change)]);
        });
      }
    }
  });

  test('switches: provider in any case, unique references', async (t) => {
    const { azampay } = await start(t, { switches: { azampayProviderCase: 'any', azampayUniqueReferences: true } });
    assert.equal((await azampay.push({ provider: 'MPESA' })).status, 200);
    assert.equal((await azampay.push()).status, 400);
  });

  test('another content type is 415, an unknown path 404 with no body at all', async (t) => {
    const { azampay, sandbox } = await start(t);
    const headers = await azampay.bearer();
    const wrong = await call(`${sandbox.url}/azampay/mno/checkout`, {
      json: '{}',
      headers: { ...headers, 'content-type': 'text/plain' },
    });
    assert.equal(wrong.status, 415);
    for (const path of ['/checkout', '/api/v1/azampay/mno/checkout', '/azampay/checkout']) {
      const unknown = await call(sandbox.url + path, { body: {}, headers });
      assert.deepEqual([unknown.status, unknown.text, unknown.headers.get('content-length')], [404, '', '0']);
    }
  });
});

describe('AzamPay callback', () => {
  test('is byte-exact, with the captured members in their order and the signature last', async (t) => {
    const { azampay, sandbox, app } = await start(t);
    const { json } = await azampay.push({
      amount: 60000,
      accountNumber: '0712345678',
      additionalProperties: { cart: '7' },
    });
    await sandbox.approve('ORDER-1');
    const [{ text, headers, method }] = app.received;
    const body = JSON.parse(text);
    assert.equal(method, 'POST');
    assert.equal(JSON.stringify(body), text, 'compact JSON');
    assert.deepEqual(Object.keys(body), [
      'message',
      'user',
      'password',
      'clientId',
      'transactionstatus',
      'operator',
      'reference',
      'externalreference',
      'utilityref',
      'amount',
      'transid',
      'msisdn',
      'mnoreference',
      'submerchantAcc',
      'additionalProperties',
      'signature',
    ]);
    assert.equal(body.mnoreference, sandbox.payments()[0].receipt, 'the receipt of the SMS');
    const { mnoreference, signature, ...rest } = body;
    assert.match(mnoreference, /^[0-9a-f-]{36}$/);
    assert.equal(signature.length, 344);
    assert.deepEqual(rest, {
      message: 'success',
      user: null,
      password: null,
      clientId: null,
      transactionstatus: 'success',
      operator: 'Tigo',
      reference: json.transactionId,
      externalreference: json.transactionId,
      utilityref: 'ORDER-1',
      amount: '60000',
      transid: json.transactionId,
      msisdn: '255712345678',
      submerchantAcc: null,
      additionalProperties: { cart: '7' },
    });
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers.accept, 'application/json');
    assert.match(headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    assert.equal(headers.authorization, undefined);
    assert.ok(signedBy(await sandbox.publicKey(), body));
    assert.ok(!signedBy(await sandbox.publicKey(), { ...body, transactionstatus: 'failure' }));
  });

  test('tells of a failure, in the words of the switch', async (t) => {
    const { azampay, sandbox, app } = await start(t, { switches: { azampayFailureText: 'failed' } });
    await azampay.push();
    await sandbox.decline('ORDER-1', 'insufficient-funds');
    const body = JSON.parse(app.received[0].text);
    assert.equal(body.transactionstatus, 'failed');
    assert.equal(body.message, 'Insufficient balance');
    assert.deepEqual(body.additionalProperties, {});
    assert.ok(signedBy(await sandbox.publicKey(), body));
  });

  for (const [mode, check] of [
    ['none', ({ signature }) => assert.equal(signature, undefined)],
    [
      'two',
      (body, pem) =>
        assert.ok(
          !signedBy(pem, body) &&
            verify(
              'sha256',
              Buffer.from(body.utilityref + body.externalreference),
              pem,
              Buffer.from(body.signature, 'base64'),
            ),
        ),
    ],
    ['wrong-key', (body, pem) => assert.ok(body.signature.length === 344 && !signedBy(pem, body))],
    ['corrupt', (body, pem) => assert.ok(body.signature.length === 344 && !signedBy(pem, body))],
  ]) {
    test(`switch azampaySignature=${mode}`, async (t) => {
      const { azampay, sandbox, app } = await start(t, { switches: { azampaySignature: mode } });
      await azampay.push();
      await sandbox.approve('ORDER-1');
      check(JSON.parse(app.received[0].text), await sandbox.publicKey());
    });
  }

  test('comes by itself after settleAfterMs', async (t) => {
    const { azampay, sandbox, app } = await start(t, { clock: 'manual', settleAfterMs: 5_000 });
    await azampay.push();
    await sandbox.clock.advance(4_999);
    assert.equal(app.received.length, 0);
    await sandbox.clock.advance(1);
    assert.equal(JSON.parse(app.received[0].text).transactionstatus, 'success');
  });
});

describe('AzamPay public key', () => {
  test('stands at both documented places, as Pem and as Xml, behind the token', async (t) => {
    const { azampay, sandbox } = await start(t);
    const pem = await sandbox.publicKey();
    assert.match(pem, /^-----BEGIN PUBLIC KEY-----\n/);
    for (const path of ['/azampay/v1/public-key', '/api/Token/PublicKey']) {
      assert.equal((await call(sandbox.url + path)).status, 401);
      assert.deepEqual((await azampay.get(path)).json, { success: true, format: 'Pem', publicKey: pem });
      const xml = (await azampay.get(`${path}?format=Xml`)).json;
      assert.equal(xml.format, 'Xml');
      const [, modulus, exponent] =
        /^<RSAKeyValue><Modulus>(.+)<\/Modulus><Exponent>(.+)<\/Exponent><\/RSAKeyValue>$/.exec(xml.publicKey);
      const fromXml = key({
        kty: 'RSA',
        n: Buffer.from(modulus, 'base64').toString('base64url'),
        e: Buffer.from(exponent, 'base64').toString('base64url'),
      });
      assert.equal(fromXml.export({ type: 'spki', format: 'pem' }), pem);
    }
  });

  test('changes with rotateKey, and callbacks follow it', async (t) => {
    const { azampay, sandbox, app } = await start(t);
    const before = await sandbox.publicKey();
    await sandbox.rotateKey();
    const after = await sandbox.publicKey();
    assert.notEqual(before, after);
    await azampay.push();
    await sandbox.approve('ORDER-1');
    const body = JSON.parse(app.received[0].text);
    assert.ok(signedBy(after, body) && !signedBy(before, body));
  });

  const modes = {
    404: [404, ''],
    empty: [200, ''],
    escaped: [200, /BEGIN PUBLIC KEY-----\\\\n/],
    xml: [200, /RSAKeyValue/],
    bare: [200, /^-----BEGIN/],
  };
  for (const [mode, [status, body]] of Object.entries(modes)) {
    test(`switch azampayPublicKey=${mode}`, async (t) => {
      const { azampay } = await start(t, { switches: { azampayPublicKey: mode } });
      const answer = await azampay.get('/azampay/v1/public-key');
      assert.equal(answer.status, status);
      if (body instanceof RegExp) assert.match(answer.text, body);
      else assert.equal(answer.text, body);
    });
  }

  for (const [mode, read] of [
    ['data', ({ json }) => json.data.publicKey],
    ['string', ({ json }) => json],
    ['pem', ({ text }) => text],
  ]) {
    test(`switch azampayTokenPublicKey=${mode}`, async (t) => {
      const { azampay, sandbox } = await start(t, { switches: { azampayTokenPublicKey: mode } });
      assert.equal(read(await azampay.get('/api/Token/PublicKey')), await sandbox.publicKey());
    });
  }
});

test('an AzamPay push expires unanswered after two minutes', async (t) => {
  const { azampay, sandbox, app } = await start(t, { clock: 'manual' });
  await azampay.push();
  await sandbox.clock.advance(119_999);
  assert.equal(sandbox.payments()[0].status, 'pending');
  await sandbox.clock.advance(1);
  assert.deepEqual([sandbox.payments()[0].status, sandbox.payments()[0].reason], ['failed', 'prompt-expired']);
  await until(() => app.received.length === 1);
});
