import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { binding, LOGIN_ROUTES, rejection, startGateway } from './support/gateway.mjs';
import { membersOf, startShop } from './support/shop.mjs';

const vectors = JSON.parse(readFileSync(new URL('fixtures/azampay_callbacks.json', import.meta.url)));
const KEY_ROUTE = '/azampay/v1/public-key';
const OTHER_KEY_ROUTE = '/api/Token/PublicKey';

/** An AzamPay SDK whose gateway serves the vectors' public key. */
async function start(t, answers = [{ publicKey: vectors.publicKeyPem }], config = {}) {
  const gateway = await startGateway(t);
  for (const body of answers) gateway.answer(KEY_ROUTE, 200, body);
  return { gateway, sdk: gateway.sdk('azampay', config), fetches: () => gateway.to(KEY_ROUTE).length };
}

test('the vectors, with one key fetch for all', async (t) => {
  const { gateway, sdk, fetches } = await start(t, [
    { publicKey: vectors.publicKeyPem },
    { publicKey: vectors.publicKeyPem },
  ]);
  const table = [
    ['callback_valid', true],
    ['callback_valid_utf8', true],
    ['callback_amount_changed_still_verifies', true],
    ['callback_field_boundary_shift_also_verifies_(no_separator)', true],
    ['callback_without_signature', false],
    ['callback_tampered_status', false],
    ['callback_signed_with_2_fields_must_be_rejected', false],
  ];
  for (const [name, isValid] of table)
    await t.test(name, async () => {
      const body = vectors[name];
      const before = structuredClone(body);
      const result = await sdk.handleCallback(body);
      assert.deepEqual(Object.keys(result), ['isValid', 'data', 'reason', 'payment', 'payout', 'acknowledgement']);
      assert.equal(result.isValid, isValid, name);
      assert.equal(result.data, body);
      assert.deepEqual(body, before);
    });
  assert.equal(fetches(), 2, 'one fetch, and one re-fetch for the first that did not verify');
  assert.equal(gateway.to(LOGIN_ROUTES.azampay).length, 1);
  const [request] = gateway.to(KEY_ROUTE);
  assert.equal(request.method, 'GET');
  assert.equal(request.query.get('format'), 'Pem');
  assert.match(request.headers.authorization, /^Bearer /);
});

test('a string and a Buffer are parsed; data is what they said', async (t) => {
  const { sdk } = await start(t);
  const text = JSON.stringify(vectors.callback_valid_utf8);
  for (const body of [text, ` ${text}\n`, Buffer.from(text), new Uint8Array(Buffer.from(text))]) {
    const { isValid, data } = await sdk.handleCallback(body);
    assert.deepEqual({ isValid, data }, { isValid: true, data: vectors.callback_valid_utf8 });
  }
});

test('what carries no usable signature is invalid, without a word to the gateway', async (t) => {
  const { gateway, sdk } = await start(t);
  const { callback_valid: valid, callback_without_signature: unsigned } = vectors;
  const cyclic = { ...valid };
  cyclic.self = cyclic;
  const bodies = [
    unsigned,
    ...[null, '', '   ', 5, 'not base64!', 'AAAA', [valid.signature], {}].map((signature) => ({ ...valid, signature })),
    [],
    {},
    'text',
    '',
    '{',
    Buffer.from('not json'),
    Buffer.alloc(0),
    { properties: valid },
    { ...cyclic, signature: 5 },
  ];
  for (const body of bodies) {
    const result = await sdk.handleCallback(body);
    assert.equal(result.isValid, false);
    if (typeof body === 'object' && !Buffer.isBuffer(body)) assert.equal(result.data, body);
  }
  assert.equal((await sdk.handleCallback('text')).data, 'text');
  assert.equal(gateway.requests.length, 0);
  assert.equal((await sdk.handleCallback(cyclic)).isValid, true, 'what else an object holds is not the proof');
});

test('the values are taken exactly as received', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const { sdk } = await start(t, [], { AZAMPAY_PUBLIC_KEY: pem });
  const signed = (fields, message) => ({
    ...fields,
    signature: sign('sha256', Buffer.from(message), privateKey).toString('base64'),
  });
  const cases = [
    [
      { utilityref: ' A ', externalreference: 'b', transactionstatus: 'Success', operator: 'MPESA' },
      ' A bSuccessMPESA',
    ],
    [
      { utilityref: 5, externalreference: 1.5, transactionstatus: 'success', operator: null },
      '51.5success',
      { reference: '5', transactionId: '1.5' },
    ],
    [{ utilityref: 'only' }, 'only'],
    [{ utilityref: 'é\u0000😀', externalreference: '\n', transactionstatus: '"', operator: '\\' }, 'é\u0000😀\n"\\'],
    [{ utilityref: 'a\ud800b' }, 'a\ud800b'],
  ];
  for (const [fields, message, expect] of cases) {
    assert.equal(
      (await sdk.handleCallback(signed(fields, message), expect && { expect })).isValid,
      true,
      JSON.stringify(fields),
    );
    assert.equal((await sdk.handleCallback(signed(fields, `${message} `))).isValid, false);
  }
});

test('the key is understood in every documented form', async (t) => {
  const pem = vectors.publicKeyPem;
  const pkcs1 = (await import('node:crypto')).createPublicKey(pem).export({ type: 'pkcs1', format: 'pem' });
  const bodies = [
    { success: true, format: 'Pem', publicKey: pem },
    { publicKey: pem.replaceAll('\n', '\\n') },
    { publicKey: pkcs1 },
    { publicKey: vectors.publicKeyXml },
    { publicKey: pem.split('\n').slice(1, -2).join('') },
    { data: pem },
    { data: { publicKey: pem } },
    JSON.stringify(pem),
    pem,
    vectors.publicKeyXml,
  ];
  for (const body of bodies) {
    const { sdk } = await start(t, [body]);
    assert.equal((await sdk.handleCallback(vectors.callback_valid)).isValid, true, JSON.stringify(body));
  }
});

test('a place without a key is followed by the other one', async (t) => {
  for (const [status, body] of [
    [404, ''],
    [200, ''],
  ]) {
    const { gateway, sdk } = await start(t, []);
    gateway.answer(KEY_ROUTE, status, body);
    gateway.answer(OTHER_KEY_ROUTE, 200, { publicKey: vectors.publicKeyPem });
    assert.equal((await sdk.handleCallback(vectors.callback_valid)).isValid, true);
    assert.equal(gateway.to(OTHER_KEY_ROUTE).length, 1);
  }
});

test('a configured key is used alone', async (t) => {
  for (const key of [vectors.publicKeyPem, vectors.publicKeyPem.replaceAll('\n', '\\n'), vectors.publicKeyXml]) {
    const { gateway, sdk } = await start(t, [], { AZAMPAY_PUBLIC_KEY: key });
    assert.equal((await sdk.handleCallback(vectors.callback_valid)).isValid, true);
    assert.equal((await sdk.handleCallback(vectors.callback_tampered_status)).isValid, false);
    assert.equal(gateway.requests.length, 0);
  }
});

test('a key that cannot be fetched rejects, and the next call tries again', async (t) => {
  const { gateway, sdk } = await start(t, []);
  gateway.answer(KEY_ROUTE, 503, '');
  const down = await rejection(sdk.handleCallback(vectors.callback_valid));
  assert.match(down.message, /^Callback handling failed: Failed to fetch public key: AzamPay answered HTTP 503/);
  assert.deepEqual([down.operation, down.outcome, down.retryable], ['handleCallback', 'not_sent', true]);

  gateway.answer(KEY_ROUTE, 200, { publicKey: 'nonsense' });
  assert.match((await rejection(sdk.handleCallback(vectors.callback_valid))).message, /a key that cannot be read/);
  gateway.answer(KEY_ROUTE, 200, { publicKey: vectors.publicKeyPem });
  assert.equal((await sdk.handleCallback(vectors.callback_valid)).isValid, true);

  const locked = gateway.sdk('azampay');
  gateway.answer(LOGIN_ROUTES.azampay, 423, { data: null, message: 'locked', success: false });
  const error = await rejection(locked.handleCallback(vectors.callback_valid));
  assert.equal(error.message, 'Callback handling failed: Failed to fetch public key: Authentication failed: locked');
});

test('a rotated key is seen with one extra fetch, also right after start', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const shop = await startShop();
  t.after(shop.close);
  gateway.sandbox.setWebhook('azampay', `${shop.url}/callback`);
  const callback = async (reference) => {
    await sdk.pay({
      accountNumber: '255712345678',
      amount: '1000',
      currency: 'TZS',
      externalId: reference,
      provider: 'Mpesa',
    });
    await gateway.sandbox.approve(reference);
    return membersOf(shop.received.at(-1));
  };
  const first = await callback('A');
  assert.equal((await sdk.handleCallback(first)).isValid, true);
  await gateway.sandbox.rotateKey();
  const second = await callback('B');
  assert.equal((await sdk.handleCallback(second)).isValid, true);
  assert.equal(gateway.to(KEY_ROUTE).length, 2);

  // The cool-down of a minute runs from that re-fetch: another rotation is not asked for, whoever calls.
  await gateway.sandbox.rotateKey();
  const third = await callback('C');
  assert.equal((await sdk.handleCallback(third)).isValid, false);
  for (let i = 0; i < 100; i++)
    assert.equal((await sdk.handleCallback({ ...second, operator: `${i}` })).isValid, false);
  assert.equal(gateway.to(KEY_ROUTE).length, 2);
  assert.equal((await sdk.handleCallback(second)).isValid, true);
});

test('a panic costs one callback, alone or in a burst', async (t) => {
  const { sdk } = await start(t, [], { AZAMPAY_PUBLIC_KEY: vectors.publicKeyPem });
  binding.panicNextCall();
  await assert.rejects(sdk.handleCallback(vectors.callback_valid), {
    code: 'INTERNAL',
    operation: 'handleCallback',
    provider: 'azampay',
  });
  const burst = Array.from({ length: 8 }, () => sdk.handleCallback(vectors.callback_valid));
  binding.panicNextCall();
  const results = await Promise.allSettled(burst);
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 1);
  assert.equal(results.find(({ status }) => status === 'rejected').reason.code, 'INTERNAL');
  assert.equal((await sdk.handleCallback(vectors.callback_valid)).isValid, true);
});

test('fifty callbacks at once fetch one key', async (t) => {
  const { sdk, fetches } = await start(t);
  const results = await Promise.all(Array.from({ length: 50 }, () => sdk.handleCallback(vectors.callback_valid)));
  assert.ok(results.every((result) => result.isValid));
  assert.equal(fetches(), 1);
});

test('a callback is judged before the loop goes on only when no other waits', async (t) => {
  const { sdk } = await start(t, undefined, { AZAMPAY_PUBLIC_KEY: vectors.publicKeyPem });
  const judged = [];
  const judge = (name) =>
    sdk.handleCallback(vectors.callback_valid).then(({ isValid }) => judged.push(`${name} ${isValid}`));
  const all = [judge('first')];
  // Runs when the first is judged, and the second does not even wait on the other thread yet.
  queueMicrotask(() => all.push(judge('third')));
  all.push(judge('second'));
  for (let i = 0; i < 20; i++) await undefined;
  assert.deepEqual(judged, ['first true']);
  await Promise.all(all);
  assert.deepEqual(judged, ['first true', 'second true', 'third true']);
});

test('a burst is judged as each of its callbacks would be alone, whoever asks for more', async (t) => {
  const { gateway, sdk } = await start(t, [], { AZAMPAY_PUBLIC_KEY: vectors.publicKeyPem });
  const { callback_valid: valid, callback_tampered_status: tampered, callback_without_signature: unsigned } = vectors;
  const forged = { ...valid, utilityref: 'another' };
  const shifted = { ...valid, utilityref: `${valid.utilityref}\0${valid.externalreference}`, externalreference: '' };
  const calls = {
    genuine: [null, valid],
    tampered: ['BAD_SIGNATURE', tampered],
    unsigned: ['MISSING_SIGNATURE', unsigned],
    forged: ['BAD_SIGNATURE', forged],
    'cut at another place': ['BAD_SIGNATURE', shifted],
    empty: ['MISSING_SIGNATURE', {}],
    'a text': [null, JSON.stringify(valid)],
    bytes: [null, Buffer.from(JSON.stringify(valid))],
    'an amount that is no text': [null, { ...valid, amount: 5 }],
    'no JSON': ['MISSING_SIGNATURE', 'text'],
    'no option': [null, valid, {}],
    'the amount expected': [null, valid, { expect: { amount: Number(valid.amount) } }],
    'another amount expected': ['AMOUNT_MISMATCH', valid, { expect: { amount: 7 } }],
    'an order that nobody knows': ['REFERENCE_MISMATCH', valid, { expect: () => null }],
    'a deadline and a signal': [null, valid, { timeoutMs: 5000, signal: new AbortController().signal }],
    'another object as JSON': ['MISSING_SIGNATURE', { ...valid, toJSON: () => unsigned }],
  };
  const judged = async ([, body, options]) => {
    const { isValid, data, reason, payment } = await sdk.handleCallback(body, options);
    assert.deepEqual(
      data,
      typeof body === 'string' && body !== 'text' ? JSON.parse(body) : Buffer.isBuffer(body) ? JSON.parse(body) : body,
    );
    return { isValid, reason, payment };
  };
  const alone = [];
  for (const [name, call] of Object.entries(calls)) {
    await t.test(name, async () => {
      const told = await judged(call);
      assert.equal(told.reason, call[0]);
      alone.push(told);
    });
  }
  assert.deepEqual(alone[0].payment, {
    provider: 'azampay',
    kind: 'payment',
    status: 'succeeded',
    amount: valid.amount,
    currency: 'TZS',
    reference: valid.utilityref,
    transactionId: valid.externalreference,
    receipt: valid.mnoreference ?? null,
    payer: alone[0].payment.payer,
    message: valid.message ?? null,
    raw: valid,
  });
  for (let times = 0; times < 20; times++) {
    const order = alone.map((_, i) => (i * 7 + times) % alone.length);
    const results = await Promise.all(order.map((i) => judged(Object.values(calls)[i])));
    results.forEach((result, at) => assert.deepEqual(result, alone[order[at]]));
  }
  assert.equal(gateway.requests.length, 0);
});
