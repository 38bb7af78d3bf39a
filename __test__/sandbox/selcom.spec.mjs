// Selcom as the sandbox plays it, asked without the SDK.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generateTestCallback, startSandbox } from 'finconnect/sandbox';
import { hmacDigest, isRsa, signedText } from '../../sandbox/dist/gateways/selcom/signing.js';
import { listen } from '../support/shop.mjs';

const { signed, wrong, rsa } = JSON.parse(
  readFileSync(new URL('../fixtures/selcom_digests.json', import.meta.url), 'utf8'),
);
const START = Date.UTC(2026, 0, 2, 0, 4, 5);
const NOW = '2026-01-02T03:04:05+03:00';

/** A sandbox, and what asks it with a signature. */
async function start(t, options = {}) {
  const sandbox = await startSandbox({ seed: 'selcom', clock: 'manual', startAt: START, ...options });
  t.after(() => sandbox.close());
  const config = sandbox.config('selcom');
  const ask = async (method, path, fields, { headers = {}, body, timestamp = NOW } = {}) => {
    const names = Object.keys(fields);
    const text = signedText(
      timestamp,
      names.map((name) => [name, String(fields[name])]),
    );
    const url = new URL(`${sandbox.url}/v1/${path}`);
    if (method !== 'POST') for (const name of names) url.searchParams.set(name, fields[name]);
    const answer = await fetch(url, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `SELCOM ${Buffer.from(config.SELCOM_API_KEY).toString('base64')}`,
        'digest-method': 'HS256',
        digest: hmacDigest(config.SELCOM_API_SECRET, text),
        timestamp,
        'signed-fields': names.join(','),
        ...headers,
      },
      ...(method === 'POST' && { body: body ?? JSON.stringify(fields) }),
    });
    const told = await answer.text();
    return { status: answer.status, told, ...(told.startsWith('{') && JSON.parse(told)) };
  };
  return { sandbox, ask, config };
}

const order = (more = {}) => ({
  vendor: 'TILL60000001',
  order_id: 'ORD-1',
  buyer_email: 'asha@example.com',
  buyer_name: 'Asha Juma',
  buyer_phone: '255742345678',
  amount: '1500',
  currency: 'TZS',
  no_of_items: '1',
  ...more,
});
const push = { transid: 'T1', order_id: 'ORD-1', msisdn: '255742345678' };

test('every digest that is known, and none of the wrong ones', () => {
  for (const { timestamp, fields, digest } of signed) {
    assert.equal(hmacDigest('demo-api-secret-0001', signedText(timestamp, fields)), digest);
    assert.ok(wrong.every((one) => one.digest !== digest));
  }
  const pem = `-----BEGIN PUBLIC KEY-----\n${rsa.publicKey}\n-----END PUBLIC KEY-----`;
  const { timestamp, fields } = signed[rsa.of];
  assert.ok(isRsa(rsa.signature, pem, signedText(timestamp, fields)));
  assert.ok(!isRsa(rsa.signature, pem, signedText(timestamp, fields.slice(1))));
});

test('it refuses in this order: path, key, time, digest, address, product, field, URL', async (t) => {
  const { ask } = await start(t, { switches: { selcomAddressRefused: true, selcomProducts: 'order-status' } });
  assert.equal((await ask('GET', 'v1/checkout/order-status', { order_id: 'A' })).status, 404);
  const said = async (fields, more) => {
    const { status, message } = await ask('POST', 'checkout/create-order-minimal', fields, more);
    return [status, message];
  };
  assert.deepEqual(await said({}, { headers: { authorization: 'SELCOM eA==' } }), [403, 'API User not found']);
  assert.deepEqual(await said({ a: 1 }, { timestamp: 'soon' }), [403, 'Invalid timestamp']);
  assert.deepEqual(await said({ a: 1 }, { headers: { digest: 'x' } }), [403, 'Invalid digest']);
  assert.deepEqual(await said({ a: 1 }), [403, 'Source IP not whitelisted (4032)']);
  const closed = await start(t, { switches: { selcomProducts: 'order-status' } });
  const { status, message } = await closed.ask('POST', 'checkout/create-order-minimal', {});
  assert.deepEqual([status, message], [403, 'Invalid digest'], 'a request without a field is signed by nobody');
  const product = await closed.ask('POST', 'checkout/create-order-minimal', { a: 1 });
  assert.equal(product.message, 'API endpoint not enabled for the vendor (4035)');
});

test('a wrong digest, a name that is not sent, and one that is no field', async (t) => {
  const { ask } = await start(t);
  const said = async (more) => (await ask('GET', 'checkout/order-status', { order_id: 'ORD-1' }, more)).message;
  assert.equal(await said(), 'ORD-1 not found');
  for (const headers of [
    { 'signed-fields': 'order_id,transid' },
    { 'signed-fields': 'timestamp' },
    { 'digest-method': 'RS256' },
    { 'digest-method': 'none' },
    { digest: wrong[0].digest },
  ])
    assert.equal(await said({ headers }), 'Invalid digest', JSON.stringify(headers));
  const number = await ask('POST', 'checkout/wallet-payment', { ...push, x: 1500 }, { body: '{"x":1500.0}' });
  assert.equal(number.message, 'Invalid digest', 'a number is signed as it is written');
});

test('each form of time is taken, and where it is bounded no stale one', async (t) => {
  const { ask } = await start(t, { switches: { selcomSkewMs: 300_000 } });
  const said = async (timestamp) =>
    (await ask('GET', 'checkout/order-status', { order_id: 'ORD-1' }, { timestamp })).message;
  for (const same of [NOW, '2026-01-02T00:04:05Z', '2026-01-02T00:04:05.000Z', '2026-01-02T03:04:05+0300'])
    assert.equal(await said(same), 'ORD-1 not found', same);
  for (const stale of ['2026-01-02T02:04:05+03:00', '2026-01-02T03:04:05+00:00', '2026-01-02 03:04:05'])
    assert.equal(await said(stale), 'Invalid timestamp', stale);
});

test('an order without a field is 412, one with a bare URL 406', async (t) => {
  const { ask } = await start(t);
  for (const name of ['vendor', 'buyer_phone', 'amount', 'no_of_items']) {
    const { status, resultcode, message } = await ask('POST', 'checkout/create-order-minimal', order({ [name]: '' }));
    assert.deepEqual([status, resultcode, message], [412, '412', `Parameter ${name} is invalid or missing`]);
  }
  const bare = order({ webhook: 'https://shop.example/hook' });
  assert.equal((await ask('POST', 'checkout/create-order-minimal', bare)).status, 406);
  const card = await ask('POST', 'checkout/create-order', order({ payment_methods: 'CARD' }));
  assert.equal(card.message, 'Parameter billing.firstname is invalid or missing');
});

test('an order is made, pushed, paid and told', async (t) => {
  const { ask, sandbox } = await start(t);
  const made = await ask('POST', 'checkout/create-order-minimal', order());
  assert.equal(made.resultcode, '000');
  assert.match(made.data[0].payment_token, /^\d{8}$/);
  const page = Buffer.from(made.data[0].payment_gateway_url, 'base64').toString();
  assert.equal((await fetch(page)).status, 200);
  assert.equal((await ask('POST', 'checkout/create-order-minimal', order())).result, 'FAIL', 'it is there');
  const asked = await ask('POST', 'checkout/wallet-payment', push);
  assert.deepEqual([asked.resultcode, asked.result, asked.transid], ['111', 'PENDING', 'T1']);
  const again = await ask('POST', 'checkout/wallet-payment', push);
  assert.equal(again.result, 'FAIL', 'a transid is used once');
  const state = async () => (await ask('GET', 'checkout/order-status', { order_id: 'ORD-1' })).data[0];
  assert.deepEqual(await state(), {
    order_id: 'ORD-1',
    creation_date: '2026-01-02 03:04:05',
    amount: '1500',
    payment_status: 'PENDING',
    transid: null,
    channel: null,
    reference: null,
    phone: null,
  });
  await sandbox.approve('ORD-1');
  const { payment_status, transid, channel, phone } = await state();
  assert.deepEqual([payment_status, channel, phone], ['COMPLETED', 'MPESA-TZ', '255742345678']);
  assert.match(transid, /^[A-Z0-9]{10}$/);
});

test('an order that is paid is not cancelled, and one that ran out may still be told as pending', async (t) => {
  const { ask, sandbox } = await start(t, { switches: { selcomExpiredWord: 'PENDING' } });
  for (const order_id of ['ORD-1', 'ORD-2', 'ORD-3']) {
    await ask('POST', 'checkout/create-order-minimal', order({ order_id }));
    await ask('POST', 'checkout/wallet-payment', { ...push, order_id, transid: order_id });
  }
  await sandbox.approve('ORD-1');
  await sandbox.clock.advance(120_000);
  assert.equal((await ask('DELETE', 'checkout/cancel-order', { order_id: 'ORD-1' })).result, 'FAIL');
  const { data } = await ask('GET', 'checkout/list-orders', { fromdate: '2026-01-02', todate: '2026-01-02' });
  assert.deepEqual(
    data.map(({ order_id, payment_status }) => [order_id, payment_status]),
    [
      ['ORD-1', 'COMPLETED'],
      ['ORD-2', 'PENDING'],
      ['ORD-3', 'PENDING'],
    ],
  );
});

test('the webhook, byte for byte, as it comes and as it is documented', async (t) => {
  for (const selcomWebhook of ['unsigned', 'signed', 'none']) {
    const got = [];
    const shop = await listen((request, response) => {
      const chunks = [];
      request
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => {
          got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
          response.end('{}');
        });
    });
    t.after(shop.close);
    const { ask, sandbox, config } = await start(t, { switches: { selcomWebhook } });
    const webhook = Buffer.from(`${shop.url}/hook`).toString('base64');
    await ask('POST', 'checkout/create-order-minimal', order({ webhook }));
    await ask('POST', 'checkout/wallet-payment', push);
    await sandbox.approve('ORD-1');
    assert.equal(got.length, selcomWebhook === 'none' ? 0 : 1);
    if (selcomWebhook === 'none') continue;
    const [{ headers, body }] = got;
    const told = JSON.parse(body);
    assert.deepEqual(Object.keys(told), [
      ...['result', 'resultcode', 'order_id', 'transid', 'reference', 'channel', 'amount', 'phone', 'payment_status'],
    ]);
    assert.equal(headers['user-agent'], 'SelcomPay 1.0');
    if (selcomWebhook === 'unsigned') assert.deepEqual([headers.digest, headers.authorization], [undefined, undefined]);
    else {
      const fields = headers['signed-fields'].split(',').map((name) => [name, told[name]]);
      assert.equal(headers.digest, hmacDigest(config.SELCOM_API_SECRET, signedText(headers.timestamp, fields)));
    }
  }
});

const cashIn = (config, more = {}) => ({
  transid: 'W1',
  utilitycode: 'VMCASHIN',
  utilityref: '255742345678',
  amount: '1500',
  vendor: config.SELCOM_VENDOR,
  pin: config.SELCOM_PIN,
  ...more,
});

test('a rail knows its own payouts alone, and says 999 of one that was never sent', async (t) => {
  const { ask, config } = await start(t);
  const done = await ask('POST', 'walletcashin/process', cashIn(config));
  assert.deepEqual([done.resultcode, done.message, done.transid], ['000', 'Selcom Qwikpay', 'W1']);
  const asked = async (rail, transid) => (await ask('GET', `${rail}/query`, { transid })).resultcode;
  assert.equal(await asked('walletcashin', 'W1'), '000');
  assert.equal(await asked('qwiksend', 'W1'), '999');
  assert.equal(await asked('walletcashin', 'W2'), '999');
  const ids = { vendor: config.SELCOM_VENDOR, pin: config.SELCOM_PIN };
  assert.equal((await ask('POST', 'vendor/balance', { ...ids, transid: 'B1' })).data[0].balance, '4998500');
});

test('a payout that is refused says why', async (t) => {
  const { ask, config } = await start(t, { switches: { selcomFloat: 2000 } });
  for (const [more, code] of [
    [{ pin: '9999' }, '403'],
    [{ utilityref: '255000' }, '010'],
    [{ utilitycode: 'NOBODY' }, '010'],
    [{ amount: '999' }, '013'],
    [{ amount: '2001' }, '990'],
    [{}, '000'],
    [{}, '403'],
  ]) {
    const { status, resultcode } = await ask('POST', 'walletcashin/process', cashIn(config, more));
    assert.deepEqual([status, resultcode], [200, code], JSON.stringify(more));
  }
});

test('a callback without a server', () => {
  const plain = generateTestCallback('selcom', { order_id: 'A', amount: '7' });
  assert.deepEqual([plain.body.order_id, plain.body.amount, plain.headers.Digest], ['A', '7', undefined]);
  assert.equal(generateTestCallback('selcom', { outcome: 'failure' }).body.payment_status, 'USERCANCELLED');
  assert.equal(generateTestCallback('selcom', { shape: 'old' }).body.resulcode, '000');
  assert.ok(generateTestCallback('selcom', { key: 'secret' }).headers.Digest);
  assert.throws(() => generateTestCallback('selcom', { utilityref: 'A' }), TypeError);
});
