// A genuine callback is genuine in every shape that a framework gives it.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { parse as parseQuery } from 'node:querystring';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import express from 'express';
import { FintechSDK } from 'finconnect';
import { azampay, callback } from './support/azampay.mjs';
import { rejection, startGateway } from './support/gateway.mjs';
import { listen } from './support/shop.mjs';

const genuine = callback();
const text = JSON.stringify(genuine);
const form = new URLSearchParams(genuine).toString();
const twice = Object.fromEntries(Object.entries(genuine).map(([name, value]) => [name, [value, value]]));
const bytesOf = (string) => new TextEncoder().encode(string);
const shared = (bytes) => {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
};
class Dto {
  constructor(fields) {
    Object.assign(this, fields);
  }
}
class Getters {
  get utilityref() {
    return genuine.utilityref;
  }
  get externalreference() {
    return genuine.externalreference;
  }
  get transactionstatus() {
    return genuine.transactionstatus;
  }
  get operator() {
    return genuine.operator;
  }
  get signature() {
    return genuine.signature;
  }
}
const formData = () => {
  const data = new FormData();
  for (const [name, value] of Object.entries(genuine)) data.append(name, value);
  return data;
};

const SHAPES = {
  'an object': genuine,
  'a text': text,
  'a text with a byte order mark': `\uFEFF${text}`,
  'a text with blanks around it': `\r\n ${text}\n`,
  'a String object': new String(text),
  'a text written twice': JSON.stringify(text),
  'a Buffer': Buffer.from(text),
  'a Buffer with a byte order mark': Buffer.from(`\uFEFF${text}`),
  'a Buffer that went through a queue': JSON.parse(JSON.stringify(Buffer.from(text))),
  'a Uint8Array': bytesOf(text),
  'a part of a larger array': Buffer.from(`xx${text}yy`).subarray(2, 2 + Buffer.byteLength(text)),
  'an ArrayBuffer': bytesOf(text).buffer,
  'a SharedArrayBuffer': shared(bytesOf(text)),
  'a DataView': new DataView(bytesOf(text).buffer),
  'an Int8Array': new Int8Array(bytesOf(text).buffer),
  'a Uint16Array': new Uint16Array(bytesOf(text.padEnd(text.length + (bytesOf(text).length % 2))).buffer),
  'escapes in the text': text.replaceAll('/', '\\/').replaceAll('é', '\\u00e9').replace('ORDER', '\\u004fRDER'),
  'escapes in the keys': text.replace('"utilityref"', '"util\\u0069tyref"'),
  'an object without a prototype': Object.assign(Object.create(null), genuine),
  'an instance of a class': new Dto(genuine),
  'getters of a class': new Getters(),
  'a Map': new Map(Object.entries(genuine)),
  URLSearchParams: new URLSearchParams(genuine),
  FormData: formData(),
  'a form': form,
  'a form in bytes': Buffer.from(form),
  'a form as node:querystring reads it': parseQuery(form),
  'a query with its mark': `?${form}`,
  'req.url': `/hook?${form}`,
  'a whole URL': `https://shop.example/hook?${form}#top`,
  'a URL': new URL(`https://shop.example/hook?${form}`),
  'a query that came twice': twice,
  'each member in a list of one': Object.fromEntries(Object.entries(genuine).map(([name, value]) => [name, [value]])),
  'the same as text': `${form}&${form}`,
  'the same as URLSearchParams': new URLSearchParams(`${form}&${form}`),
  'with more than is read': { ...genuine, additionalProperties: { nested: [1] }, user: null },
  'with a member that cannot be written': { ...genuine, context: { big: 1n } },
  'with a proxy in front': new Proxy(genuine, {}),
};

test('AzamPay: a genuine callback is valid in every shape, alone, in a burst and with options', async () => {
  for (const more of [
    {},
    { replay: { setIfAbsent: async () => true } },
    {
      fetch: () => {
        throw new Error('not needed');
      },
    },
  ]) {
    const sdk = azampay(more);
    for (const [name, body] of Object.entries(SHAPES)) {
      for (const options of [undefined, { expect: { amount: 1000 } }]) {
        if (options && name === 'getters of a class') continue;
        const { isValid, reason, payment } = await sdk.handleCallback(body, options);
        assert.deepEqual([isValid, reason, payment?.reference], [true, null, 'ORDER/1'], name);
      }
    }
    const burst = await Promise.all(Object.values(SHAPES).map((body) => sdk.handleCallback(body)));
    assert.ok(burst.every(({ isValid }) => isValid));
  }
});

test('data is what was meant: the object itself, or what its text or query says', async () => {
  const sdk = azampay();
  const dataOf = async (body) => (await sdk.handleCallback(body)).data;
  for (const name of [
    'an object',
    'an instance of a class',
    'an object without a prototype',
    'a query that came twice',
  ])
    assert.equal(await dataOf(SHAPES[name]), SHAPES[name], name);
  for (const name of [
    'a text',
    'a Buffer',
    'a form',
    'req.url',
    'a URL',
    'URLSearchParams',
    'a Map',
    'FormData',
    'a text written twice',
    'a Buffer that went through a queue',
  ])
    assert.deepEqual(await dataOf(SHAPES[name]), genuine, name);
  assert.deepEqual(
    await dataOf('a=1&a=2&b=%C3%A9+x&__proto__=y'),
    JSON.parse('{"a":["1","2"],"b":"é x","__proto__":"y"}'),
  );
  const tooLong = JSON.stringify({ ...genuine, message: 'x'.repeat(1 << 18) });
  for (const plain of ['text', '<a href="x">', '', '{"a":', tooLong]) assert.equal(await dataOf(plain), plain);
});

test('a repeated parameter that says two things is not believed', async () => {
  const sdk = azampay();
  for (const name of ['utilityref', 'externalreference', 'transactionstatus', 'operator', 'signature']) {
    for (const second of ['other', '', 5, null, [genuine[name]]]) {
      const { isValid } = await sdk.handleCallback({ ...genuine, [name]: [genuine[name], second] });
      assert.equal(isValid, false, `${name} ${second}`);
    }
    const other = new URLSearchParams([...Object.entries(genuine), [name, 'other']]);
    assert.equal((await sdk.handleCallback(other)).isValid, false, name);
    assert.equal((await sdk.handleCallback(String(other))).isValid, false, name);
  }
});

test('what changes a signed word is forged in every shape', async () => {
  const sdk = azampay();
  const forged = { ...genuine, transactionstatus: 'failure' };
  const query = new URLSearchParams(forged).toString();
  for (const body of [
    forged,
    JSON.stringify(forged),
    Buffer.from(JSON.stringify(forged)),
    new Map(Object.entries(forged)),
    new URLSearchParams(forged),
    query,
    `/x?${query}`,
  ]) {
    assert.equal((await sdk.handleCallback(body)).reason, 'BAD_SIGNATURE');
  }
});

test('PesaPal: a notification is read in every shape of a query', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal');
  const ipnId = await sdk.registerIpn('https://shop.example/ipn');
  const { order_tracking_id: id } = await sdk.pay(
    {
      id: 'ORDER-1',
      currency: 'KES',
      amount: 1500,
      description: 'x',
      callback_url: 'https://shop.example',
      billing_address: { phone_number: '0712345678' },
    },
    ipnId,
  );
  await gateway.sandbox.approve(id);
  const ipn = { OrderTrackingId: id, OrderMerchantReference: 'ORDER-1', OrderNotificationType: 'IPNCHANGE' };
  const query = new URLSearchParams(ipn).toString();
  const lists = (times) =>
    Object.fromEntries(Object.entries(ipn).map(([name, value]) => [name, Array(times).fill(value)]));
  const shapes = [
    ipn,
    query,
    `?${query}`,
    `/ipn?${query}`,
    `https://shop.example/ipn?${query}`,
    new URL(`https://shop.example/ipn?${query}`),
    new URLSearchParams(query),
    new Map(Object.entries(ipn)),
    lists(1),
    lists(2),
    `${query}&${query}`,
    Buffer.from(query),
    JSON.stringify(ipn),
    parseQuery(query),
  ];
  for (const [i, body] of shapes.entries()) {
    const { isValid, acknowledgement } = await sdk.handleCallback(body);
    assert.deepEqual([isValid, acknowledgement?.orderTrackingId], [true, id], `shape ${i}`);
  }
  const two = await sdk.handleCallback({ ...ipn, OrderTrackingId: [id, '11111111-2222-4333-8444-555555555555'] });
  assert.equal(two.isValid, false);
});

test('ClickPesa: a text is judged as the object that it says', async () => {
  const key = 'checksum-key';
  const sdk = new FintechSDK({
    provider: 'clickpesa',
    config: {
      baseUrl: 'http://127.0.0.1:1',
      CLICKPESA_CLIENT_ID: 'i',
      CLICKPESA_API_KEY: 'k',
      CLICKPESA_CHECKSUM_KEY: key,
    },
    maxRetries: 0,
  });
  const sorted = (value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, sorted(value[name])]),
        )
      : value;
  const data = {
    id: 'CP1',
    status: 'SUCCESS',
    orderReference: 'ORDER1',
    collectedAmount: 1000,
    collectedCurrency: 'TZS',
    message: 'Imelipwa é /',
  };
  const payload = { event: 'PAYMENT RECEIVED', data };
  const checksum = createHmac('sha256', key)
    .update(JSON.stringify(sorted(payload)))
    .digest('hex');
  const signed = { ...payload, checksum };
  const plain = JSON.stringify(signed);
  const spelt = plain
    .replaceAll('é', '\\u00e9')
    .replaceAll('/', '\\/')
    .replace('1000', '1000.0')
    .replaceAll('":', '" : ');
  const wide = JSON.stringify(signed, null, 4);
  for (const body of [
    signed,
    plain,
    spelt,
    wide,
    Buffer.from(spelt),
    `\uFEFF${plain}`,
    JSON.stringify(plain),
    bytesOf(spelt).buffer,
    new Map(Object.entries(signed)),
  ]) {
    const { isValid, payment } = await sdk.handleCallback(body);
    assert.deepEqual([isValid, payment?.reference, payment?.amount], [true, 'ORDER1', '1000']);
  }
  for (const forged of [{ ...signed, data: { ...data, collectedAmount: 1001 } }, spelt.replace('1000.0', '1000.5')]) {
    assert.equal((await sdk.handleCallback(forged)).reason, 'BAD_SIGNATURE');
  }

  const unsigned = { ...payload };
  const H = 'X-ClickPesa-Checksum';
  const S = 'x-clickpesa-signature';
  const headers = {
    'as Node gives them': { 'content-type': 'x', [H.toLowerCase()]: checksum },
    'in capitals': { [H.toUpperCase()]: checksum },
    'a Headers': new Headers({ [H]: checksum }),
    'a Map': new Map([[H, checksum]]),
    'a list of entries': [
      ['Content-Type', 'x'],
      [H, checksum],
    ],
    rawHeaders: ['Content-Type', 'x', H, checksum],
    URLSearchParams: new URLSearchParams({ [H]: checksum }),
    'without a prototype': Object.assign(Object.create(null), { [H]: checksum }),
    'lists of values': { [H]: [checksum] },
    'a list with an empty one': { [H]: ['', checksum] },
    'blanks around it': { [H]: ` ${checksum} ` },
    'beside an empty one of another name': { [S]: '', [H]: checksum },
    'behind an empty list': { [S]: [], [H]: checksum },
    'behind undefined': { [S]: undefined, [H]: checksum },
    'an empty one of the same name in another case': [
      [H.toLowerCase(), ' '],
      [H, checksum],
    ],
    'twice, as Node joins it': { [H]: `${checksum}, ${checksum}` },
    'a Map of lists': new Map([[H, [checksum]]]),
    'no more than a forEach': { forEach: (each) => each(checksum, H) },
  };
  for (const [name, each] of Object.entries(headers)) {
    assert.equal((await sdk.handleCallback(unsigned, { headers: each })).isValid, true, name);
  }
  assert.equal((await sdk.handleCallback(unsigned, { headers: { [H]: 'f'.repeat(64) } })).reason, 'BAD_SIGNATURE');
  const wrongs = [
    5,
    'x-clickpesa-checksum: 1',
    true,
    () => {},
    1n,
    Promise.resolve({ [H]: checksum }),
    [{ name: H, value: checksum }],
    [H, [checksum]],
  ];
  // A request in place of its headers, and what does not say which headers it has.
  wrongs.push(
    { headers: { [H]: checksum } },
    new Request('http://x.example', { headers: { [H]: checksum } }),
    Readable.from([]),
    { get: () => checksum },
  );
  for (const wrong of wrongs) {
    assert.equal((await rejection(sdk.handleCallback(unsigned, { headers: wrong }))).code, 'INVALID_REQUEST');
  }
  const hostile = {
    headers: new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('mine');
        },
      },
    ),
  };
  assert.equal((await rejection(sdk.handleCallback(unsigned, hostile))).code, 'INVALID_REQUEST');
});

test('express hands over what is read, whichever of its parsers stands in front, and none is named', async (t) => {
  const sdk = azampay();
  const app = express();
  const told = async (request, response) => {
    const { isValid } = await sdk.handleCallback(request.body).catch((error) => ({ isValid: error.message }));
    response.json(isValid);
  };
  app.post('/json', express.json(), told);
  app.post('/raw', express.raw({ type: '*/*' }), told);
  app.post('/text', express.text({ type: '*/*' }), told);
  app.post('/urlencoded', express.urlencoded({ extended: true }), told);
  app.post('/none', told);
  app.get('/query', async (request, response) =>
    response.json((await sdk.handleCallback(request.query)).isValid && (await sdk.handleCallback(request.url)).isValid),
  );
  const server = await listen(app);
  t.after(server.close);
  const to = async (path, init) => (await fetch(`${server.url}${path}`, init)).json();
  const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: text };
  const posted = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form };
  for (const path of ['/json', '/raw', '/text']) assert.equal(await to(path, json), true, path);
  for (const path of ['/raw', '/text', '/urlencoded']) assert.equal(await to(path, posted), true, path);
  assert.equal(await to(`/query?${form}`), true);
  assert.equal(await to(`/query?${form}&${form}`), true);
  assert.match(await to('/none', json), /express\.json\(\)/);
});
