import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { GATEWAYS, PROVIDERS } from './support/gateways.cjs';
import { listen } from './support/shop.mjs';

const TAG = '0'.repeat(64);
const DEADLINE = 1000;
const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 4096,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** A gateway of all three kinds, which answers payments at once and says `told` to whatever else is asked. */
async function startGateways(t, told = '{"message":"not found"}', status = 404) {
  const rows = Object.values(GATEWAYS);
  const answers = rows.flatMap(({ login, loggedIn, pay, accepted }) => [
    [login, loggedIn],
    [pay, accepted],
  ]);
  const server = await listen((request, response) => {
    request.resume().on('end', () => {
      const found = answers.find(([path]) => request.url.endsWith(path));
      response
        .writeHead(found ? 200 : status, { 'content-type': 'application/json' })
        .end(found ? JSON.stringify(found[1]) : told);
    });
  });
  t.after(server.close);
  const more = {
    clickpesa: { CLICKPESA_CHECKSUM_KEY: 'CHK-0123456789abcdef', CLICKPESA_CHECKSUM_METHOD: 'legacy' },
    azampay: { AZAMPAY_PUBLIC_KEY: publicKey },
  };
  return (provider) =>
    new FintechSDK({
      provider,
      config: { baseUrl: server.url, ...GATEWAYS[provider].config, ...more[provider] },
      maxRetries: 0,
    });
}

/** Texts of about so many bytes that make a reader work: many members, deep ones, escapes, long values, quotes. */
const shapes = {
  members: (bytes) => `{${repeated((n) => `"k${n}":0`, bytes)}}`,
  'repeated members': (bytes) => `{${repeated(() => '"orderReference":"A"', bytes)}}`,
  indices: (bytes) => `{${repeated((n) => `"${4294967290 - n}":0`, bytes)}}`,
  escapes: (bytes) => `{"a":"${'\\u0041'.repeat(bytes / 6)}"}`,
  'escaped keys': (bytes) => `{${repeated((n) => `"\\u0041${n}":0`, bytes)}}`,
  deep: (bytes) => `{"a":${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}}`,
  'deep members': (bytes) => `${'{"a":'.repeat(30)}{${repeated((n) => `"${n}":0`, bytes)}}${'}'.repeat(30)}`,
  digits: (bytes) => `{"collectedAmount":${'9'.repeat(bytes)}}`,
  exponents: (bytes) => `{"amount":1e${'9'.repeat(bytes)}}`,
  'one value': (bytes) => `{"a":"${'x'.repeat(bytes)}"}`,
};

function repeated(member, bytes) {
  const members = [];
  for (let size = 0; size < bytes; size += members.at(-1).length + 1) members.push(member(members.length));
  return members.join(',');
}

/** Forged callbacks of each gateway that make the most of a text. */
const FORGED = {
  pesapal: (text) => [
    text.replace('{', '{"OrderTrackingId":"11111111-2222-4333-8444-555555555555",'),
    `OrderTrackingId=1&${text.replaceAll(',', '&').replaceAll(':', '=')}`,
  ],
  clickpesa: (text) => {
    const data = text.replace(/}$/, `,"checksum":"${TAG}"}`);
    return [`{"event":"PAYMENT RECEIVED","data":${data},"checksum":"${TAG}"}`, data];
  },
  azampay: (text) => {
    const signature = Buffer.alloc(512, 1).toString('base64');
    return [
      text.replace('{', `{"signature":"${signature}","utilityref":"A",`),
      { signature, utilityref: text, externalreference: text, transactionstatus: 'success', operator: 'Mpesa' },
    ];
  },
};
const OPTIONS = { headers: { 'x-clickpesa-signature': TAG } };

for (const provider of Object.keys(FORGED)) {
  test(`payments keep their deadlines while forged callbacks of ${provider} pour in`, async (t) => {
    const sdkOf = await startGateways(t);
    const shop = PROVIDERS.map((name) => [name, sdkOf(name)]);
    const attacked = sdkOf(provider);
    const bodies = Object.values(shapes).flatMap((shape) =>
      [4000, 15_000, 60_000].flatMap((bytes) => FORGED[provider](shape(bytes))),
    );
    const flood = [];
    const judge = () => {
      for (const body of bodies)
        flood.push(
          attacked.handleCallback(body, OPTIONS).then(
            ({ isValid }) => isValid,
            ({ retryable }) => assert.ok(retryable),
          ),
        );
    };
    judge();
    for (let i = 0; i < 3; i++) {
      const started = performance.now();
      const paid = shop.map(([name, sdk]) => sdk.pay(GATEWAYS[name].order('A'), undefined, { timeoutMs: DEADLINE }));
      judge();
      await Promise.all(paid);
      t.diagnostic(`paid in ${Math.round(performance.now() - started)} ms`);
    }
    assert.ok((await Promise.all(flood)).every((isValid) => !isValid));
  });

  test(`no callback of ${provider} costs more for a byte because it is long`, async (t) => {
    const sdk = (await startGateways(t))(provider);
    for (const [name, shape] of Object.entries(shapes)) {
      await t.test(name, async () => {
        const took = async (bytes) => {
          const times = [];
          for (let i = 0; i < 3; i++) {
            const [body] = FORGED[provider](shape(bytes));
            const started = performance.now();
            const judged = await sdk.handleCallback(body, OPTIONS).catch((error) => error);
            times.push(performance.now() - started);
            assert.notEqual(judged.isValid, true);
          }
          return Math.min(...times);
        };
        const [short, long] = [await took(1000), await took(1_000_000)];
        assert.ok(long < 1000 * 2 * Math.max(short, 1) && long < 2000, `${short} ms, ${long} ms`);
      });
    }
  });
}

test('payments keep their deadlines while long answers are read', async (t) => {
  const rows = shapes.members(900_000);
  for (const told of [`[${rows}]`, `{"message":${JSON.stringify(rows)},"errors":${rows}}`]) {
    const asking = (await startGateways(t, told, 200))('clickpesa');
    const sdkOf = await startGateways(t);
    const shop = PROVIDERS.map((name) => [name, sdkOf(name)]);
    const asked = Array.from({ length: 6 }, (_, i) =>
      asking.getPaymentStatus(`A${i}`).then(
        () => 'told',
        ({ code }) => code,
      ),
    );
    for (let i = 0; i < 3; i++)
      await Promise.all(
        shop.map(([name, sdk]) => sdk.pay(GATEWAYS[name].order('A'), undefined, { timeoutMs: DEADLINE })),
      );
    for (const code of await Promise.all(asked))
      assert.ok(['told', 'INVALID_RESPONSE', 'REFUSED'].includes(code), code);
  }
});
