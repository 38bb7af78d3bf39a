// No error shows a credential, a token or the payer's number, however others repeat them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { FintechSDK } from 'finconnect';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, PROVIDERS, pay, rejection, startGateway } from './support/gateway.mjs';
import { GATEWAYS } from './support/gateways.cjs';
import { membersOf, startShop } from './support/shop.mjs';

const each = (text, spell) => [...Buffer.from(text)].map(spell).join('');
const hex2 = (byte) => byte.toString(16).padStart(2, '0');

/** How others spell what they repeat. */
const SPELLINGS = {
  plain: (text) => text,
  'upper case': (text) => text.toUpperCase(),
  'lower case': (text) => text.toLowerCase(),
  'JSON with escaped slashes': (text) => text.replaceAll('/', '\\/'),
  'percent-encoded': encodeURIComponent,
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'percent-encoded to the last letter': (text) => each(text, (byte) => `%${hex2(byte)}`),
  'as a query': (text) => new URLSearchParams({ text }).toString(),
  'HTML-escaped': (text) => text.replace(/[^A-Za-z0-9]/g, (c) => `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`),
  'HTML-escaped twice': (text) => text.replace(/[^A-Za-z0-9]/g, (c) => `&amp;#${c.charCodeAt(0)};`),
  'in names of HTML': (text) =>
    text.replaceAll('&', '&amp;').replaceAll('/', '&sol;').replaceAll('+', '&plus;').replaceAll('=', '&equals;'),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 of a pair': (text) => Buffer.from(`key:${text}`).toString('base64'),
  'base64 of a header': (text) => Buffer.from(`Bearer ${text}, and more`).toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'unicode escapes': (text) => each(text, (byte) => `\\u00${hex2(byte)}`),
};

/** Whether `shown` repeats a good part of what a secret looks like in a spelling. */
function leaks(shown, secret) {
  const texts = [shown, shown.replace(/\\u00([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)))];
  for (const text of [...texts]) {
    try {
      texts.push(decodeURIComponent(text));
    } catch {}
    for (const [blob] of text.matchAll(/[A-Za-z0-9+/_-]{16,}/g))
      texts.push(Buffer.from(blob, 'base64').toString('latin1'), Buffer.from(blob, 'hex').toString('latin1'));
  }
  const parts = [secret.slice(0, 10), secret.slice(-10), secret.slice(secret.length / 2 - 5, secret.length / 2 + 5)];
  return texts.some((text) => parts.some((part) => text.toLowerCase().includes(part.toLowerCase())));
}

const shownBy = (error) => `${error.stack} ${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 9 })}`;

for (const provider of PROVIDERS) {
  test(`${provider}: a refusal repeats no secret in any spelling`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    await pay(sdk, provider).catch(() => {});
    const config = gateway.sandbox.config(provider);
    const { authorization } = gateway.to(PAY_ROUTES[provider]).at(-1).headers;
    const secrets = Object.entries(config)
      .filter(([key]) => !/^(baseUrl|AZAMPAY_APP_NAME|AZAMPAY_SOURCE_\w+|SELCOM_(VENDOR|SENDER_\w+|PIN))$/.test(key))
      .map(([, value]) => value);
    for (const secret of [...secrets, authorization.split(' ')[1]]) {
      for (const [name, spell] of Object.entries(SPELLINGS))
        await t.test(name, async () => {
          const told = spell(secret);
          for (const [status, body] of [
            [400, { message: `no ${told} here` }],
            [503, `<p>no ${told} here</p>`],
            [400, { error: { code: 'x', message: told }, [told]: [told] }],
          ]) {
            gateway.answer(PAY_ROUTES[provider], status, body);
            const error = await rejection(pay(sdk, provider));
            assert.ok(!leaks(shownBy(error), secret), `${name} in ${JSON.stringify(body)}: ${error.message}`);
            if (typeof body === 'object') assert.equal(typeof error.response, 'object', name);
          }
        });
    }
  });

  test(`${provider}: an own fetch that fails tells no secret`, async (t) => {
    const secrets = { one: 'k/3y+with=specials/1234567890', two: 'another-secret-0987654321' };
    const config = {
      pesapal: { PESAPAL_CONSUMER_KEY: secrets.one, PESAPAL_CONSUMER_SECRET: secrets.two },
      clickpesa: { CLICKPESA_CLIENT_ID: secrets.one, CLICKPESA_API_KEY: secrets.two },
      azampay: { AZAMPAY_APP_NAME: 'app', AZAMPAY_CONSUMER_KEY: secrets.one, AZAMPAY_CONSUMER_SECRET: secrets.two },
      selcom: { SELCOM_VENDOR: 'TILL1', SELCOM_API_KEY: secrets.one, SELCOM_API_SECRET: secrets.two },
    }[provider];
    for (const [name, spell] of Object.entries(SPELLINGS))
      await t.test(name, async () => {
        for (const make of [
          (words) => new Error(words),
          (words) => new TypeError('fetch failed', { cause: new Error(words) }),
          (words) => words,
        ]) {
          const fetch = () =>
            Promise.reject(make(`no route\nfor ${spell(secrets.one)} and ${spell(secrets.two)} of 255712345678`));
          const sdk = new FintechSDK({
            provider,
            config: { baseUrl: 'https://gateway.example', ...config },
            fetch,
            maxRetries: 0,
          });
          const error = await rejection(pay(sdk, provider));
          for (const secret of Object.values(secrets))
            assert.ok(!leaks(shownBy(error), secret), `${name}: ${error.message}`);
          assert.doesNotMatch(shownBy(error), /255712345678/);
          assert.doesNotMatch(error.message, /\n/);
        }
      });
  });

  test(`${provider}: the payer's number is masked wherever it is told`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    const payer = provider === 'pesapal' ? { billing_address: { phone_number: '0712345678' } } : {};
    const forms = [
      '255712345678',
      '+255712345678',
      '0712345678',
      '712345678',
      '+255 712 345 678',
      '0712-345-678',
      '%2B255712345678',
      'x255712345678y',
    ];
    for (const form of forms) {
      for (const [status, body] of [
        [400, { message: `Invalid number ${form}.`, id: '123456789012' }],
        [502, `<h1>${form}</h1>`],
        [400, `{"message":"${form}","phone":255712345678}`],
      ]) {
        gateway.answer(PAY_ROUTES[provider], status, body);
        const error = await rejection(pay(sdk, provider, payer));
        assert.doesNotMatch(shownBy(error).replace(/[ -]/g, ''), /712345678/, form);
        assert.match(`${error.message}${error.gatewayMessage}`, /\*\*\*\*5678/);
        if (body.id) assert.equal(error.response.id, '123456789012', 'an id stays what it is');
      }
    }
    // Of a call that brought no number of its own, what looks like one.
    const first = LOGIN_ROUTES[provider] ?? GATEWAYS[provider].status;
    gateway.answer(first, 400, { message: 'blocked for 255712345678, order 123456789012' });
    const error = await rejection(gateway.sdk(provider).getPaymentStatus('A'));
    assert.doesNotMatch(shownBy(error), /255712345678/);
    assert.match(error.message, /2557\*\*\*\*5678, order 123456789012/);
  });
}

test('a short secret is masked as a word, and one that is part of another leaves nothing of it', async (t) => {
  const gateway = await startGateway(t);
  const refusalOf = async (config, message) => {
    const sdk = gateway.sdk('clickpesa', config);
    gateway.answer(LOGIN_ROUTES.clickpesa, 400, { message });
    return (await rejection(sdk.pay(PAYMENTS.clickpesa))).gatewayMessage;
  };
  const short = { CLICKPESA_CLIENT_ID: 'abc', CLICKPESA_API_KEY: 'secret', CLICKPESA_CHECKSUM_KEY: 'CHK-1' };
  assert.equal(
    await refusalOf(short, 'abc and secret, CHK-1: abcd secrets'),
    '[redacted] and [redacted], [redacted]: abcd secrets',
  );
  const nested = {
    CLICKPESA_CLIENT_ID: 'abcdefghijklmnop',
    CLICKPESA_API_KEY: 'abcdefghijklmnopqrstuvwx',
    CLICKPESA_CHECKSUM_KEY: 'klmnopqrstuvwxyz',
  };
  assert.equal(await refusalOf(nested, '<abcdefghijklmnopqrstuvwx>'), '<[redacted]>');
  assert.equal(await refusalOf(nested, '<abcdefghijklmnopqrstuvwxyz>'), '<[redacted]>');
});

test('what a secret hides decides nothing', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay', { AZAMPAY_CONSUMER_SECRET: 'success', AZAMPAY_API_KEY: 'transactionId' });
  await sdk.pay(PAYMENTS.azampay).catch(() => {});
  gateway.sandbox.next({
    route: LOGIN_ROUTES.azampay,
    status: 200,
    body: JSON.stringify({ data: { accessToken: 'a-token-that-lives' }, success: true }),
    headers: {},
  });
  gateway.answer(PAY_ROUTES.azampay, 200, { success: false, transactionId: 'null', message: 'Invalid Vendor' });
  const error = await rejection(sdk.pay(PAYMENTS.azampay));
  assert.deepEqual([error.code, error.outcome], ['REFUSED', 'refused']);
});

test('a PIN of the payment and a token of a refused login are repeated by nothing', async (t) => {
  const gateway = await startGateway(t);
  gateway.answer(PAY_ROUTES.azampay, 400, { message: 'OTP 4711 is wrong' });
  const wrong = await rejection(gateway.sdk('azampay').pay({ ...PAYMENTS.azampay, otp: '4711' }));
  assert.equal(wrong.gatewayMessage, 'OTP [redacted] is wrong');
  gateway.answer(LOGIN_ROUTES.azampay, 200, {
    success: false,
    data: { accessToken: 'tok-1234567890-abcdef' },
    message: 'tok-1234567890-abcdef is not for you',
  });
  const refused = await rejection(gateway.sdk('azampay').pay(PAYMENTS.azampay));
  assert.doesNotMatch(shownBy(refused), /tok-1234567890/);
  assert.match(refused.message, /\[redacted\] is not for you/);
});

test('a store or an expect function that fails tells no secret', async (t) => {
  const gateway = await startGateway(t);
  const shop = await startShop();
  t.after(shop.close);
  gateway.sandbox.setWebhook('azampay', shop.url);
  const { AZAMPAY_CONSUMER_SECRET: secret } = gateway.sandbox.config('azampay');
  const fail = () => Promise.reject(new Error(`no ${encodeURIComponent(secret)} for 255712345678`));
  const sdk = gateway.sdk('azampay', {}, { replay: { setIfAbsent: fail } });
  const { transactionId } = await sdk.pay(PAYMENTS.azampay);
  await gateway.sandbox.approve(transactionId);
  const callback = membersOf(shop.received[0]);
  for (const [what, options] of [
    ['the replay store', undefined],
    ['expect', { expect: fail }],
  ]) {
    const error = await rejection(sdk.handleCallback(callback, options));
    assert.equal(error.message, `Callback handling failed: ${what} failed: no [redacted] for 2557****5678`);
  }
});

test("the payer's number is shown in no encoding", async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  for (const number of ['255712345678', '+255712345678', '0712345678']) {
    for (const name of ['base64', 'base64url', 'base64 of a pair', 'base64 of a header', 'hex', 'HEX']) {
      const told = SPELLINGS[name](number);
      gateway.answer(PAY_ROUTES.azampay, 400, { message: `no such number: ${told}`, success: false });
      const shown = shownBy(await rejection(sdk.pay(PAYMENTS.azampay)));
      assert.ok(!shown.includes(told) && !leaks(shown, '712345678x'), `${name} of ${number}: ${shown.slice(0, 200)}`);
    }
  }
});
