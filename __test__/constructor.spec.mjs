import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinConnectError, FintechSDK } from 'finconnect';

const REQUIRED = {
  pesapal: ['baseUrl', 'PESAPAL_CONSUMER_KEY', 'PESAPAL_CONSUMER_SECRET'],
  clickpesa: ['baseUrl', 'CLICKPESA_CLIENT_ID', 'CLICKPESA_API_KEY'],
  azampay: ['baseUrl', 'AZAMPAY_APP_NAME', 'AZAMPAY_CONSUMER_KEY', 'AZAMPAY_CONSUMER_SECRET'],
};

const full = (provider) => ({
  ...Object.fromEntries(REQUIRED[provider].map((key) => [key, `test-${key}`])),
  baseUrl: 'https://gateway.example',
});

const thrown = (options) => {
  try {
    new FintechSDK(options);
  } catch (error) {
    return error;
  }
  throw new Error('did not throw');
};

for (const [provider, keys] of Object.entries(REQUIRED)) {
  const title = provider[0].toUpperCase() + provider.slice(1);
  const documented = `Invalid configuration: Missing required fields for ${title}.`;

  test(`${provider}: each missing key is named behind the documented message`, () => {
    for (const missing of keys) {
      for (const value of [undefined, null, '', '  ']) {
        const error = thrown({ provider, config: { ...full(provider), [missing]: value } });
        assert.equal(error.message, `${documented} Missing: ${missing}.`);
        assert.equal(error.code, 'INVALID_CONFIG');
        assert.equal(error.provider, provider);
        assert.equal(error.outcome, 'not_sent');
        assert.ok(error instanceof FinConnectError && error instanceof Error);
        assert.match(error.stack, /constructor\.spec\.mjs/);
      }
    }
    for (const config of [undefined, null, {}, 'x', 5]) {
      assert.equal(thrown({ provider, config }).message, `${documented} Missing: ${keys.join(', ')}.`);
    }
  });

  test(`${provider}: the name is matched without regard to case`, () => {
    for (const name of [provider, provider.toUpperCase(), title, { toString: () => title }]) {
      assert.ok(new FintechSDK({ provider: name, config: full(provider) }) instanceof FintechSDK);
    }
  });
}

test('an unknown provider is named as it was given, before those that there are', () => {
  const known = 'It must be one of: pesapal, clickpesa, azampay, selcom.';
  const cases = [
    ['Mpesa', 'Mpesa'],
    ['', ''],
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [{}, '[object Object]'],
    [Symbol('x'), 'Symbol(x)'],
    ['azam pay', 'azam pay'],
    ['pesapal ', 'pesapal '],
    ['x'.repeat(5000), 'x'.repeat(100)],
  ];
  for (const [provider, text] of cases) {
    const error = thrown({ provider, config: full('pesapal') });
    assert.equal(error.message, `Unsupported provider type: ${text}. ${known}`);
    assert.equal(error.provider, null);
  }
  for (const options of [undefined, null, 5])
    assert.equal(thrown(options).message, `Unsupported provider type: undefined. ${known}`);
});

test('a credential that begins or ends in white space is refused by name', () => {
  const credentials = {
    pesapal: ['PESAPAL_CONSUMER_KEY', 'PESAPAL_CONSUMER_SECRET'],
    clickpesa: ['CLICKPESA_CLIENT_ID', 'CLICKPESA_API_KEY', 'CLICKPESA_CHECKSUM_KEY'],
    azampay: ['AZAMPAY_APP_NAME', 'AZAMPAY_CONSUMER_KEY', 'AZAMPAY_CONSUMER_SECRET', 'AZAMPAY_API_KEY'],
  };
  for (const [provider, keys] of Object.entries(credentials)) {
    for (const key of keys) {
      for (const blank of [
        ' ',
        '\n',
        '\r\n',
        '\t',
        '\r',
        '\v',
        '\0',
        '\u00a0',
        '\u200b',
        '\u2028',
        '\u3000',
        '\ufeff',
      ]) {
        for (const value of [`hunter2${blank}`, `${blank}hunter2`]) {
          const error = thrown({ provider, config: { ...full(provider), [key]: value } });
          assert.match(
            error.message,
            new RegExp(`^Invalid configuration: ${key} must not begin or end in white space: .*\\.$`),
          );
          assert.deepEqual([error.code, error.provider, error.outcome], ['INVALID_CONFIG', provider, 'not_sent']);
          assert.doesNotMatch(error.stack, /hunter2/);
        }
      }
      if (provider !== 'clickpesa')
        assert.ok(new FintechSDK({ provider, config: { ...full(provider), [key]: 'two words' } }));
      for (const baseUrl of [' https://gateway.example\n', '\ufeffhttps://gateway.example\r\n']) {
        assert.ok(
          new FintechSDK({ provider, config: { ...full(provider), baseUrl } }),
          'blanks around an address mean nothing',
        );
      }
    }
  }
  const blank = thrown({ provider: 'clickpesa', config: { ...full('clickpesa'), CLICKPESA_API_KEY: '\u200b\ufeff' } });
  assert.match(blank.message, /Missing: CLICKPESA_API_KEY\.$/);
});

test('inherited config values count, as they do in JavaScript', () => {
  class Config {
    get baseUrl() {
      return 'https://gateway.example';
    }
  }
  const config = Object.assign(new Config(), { CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' });
  assert.ok(new FintechSDK({ provider: 'clickpesa', config }));
});

test('clear text is refused but to loopback, or when asked for', () => {
  const config = { ...full('clickpesa'), baseUrl: 'http://api.clickpesa.example' };
  assert.match(
    thrown({ provider: 'clickpesa', config }).message,
    /^Invalid configuration: baseUrl must start with https:/,
  );
  assert.ok(new FintechSDK({ provider: 'clickpesa', config, allowInsecureHttp: true }));
  for (const baseUrl of [
    'http://127.0.0.1:1',
    'http://localhost:1/',
    'http://[::1]:1',
    ' https://gateway.example/third-parties/ ',
  ]) {
    assert.ok(new FintechSDK({ provider: 'clickpesa', config: { ...config, baseUrl } }));
  }
  const authBaseUrl = 'http://authenticator.example';
  assert.match(
    thrown({ provider: 'azampay', config: { ...full('azampay'), authBaseUrl } }).message,
    /authBaseUrl must start with https/,
  );
});

test('a value that is not usable is refused by name', () => {
  const of = (config, more) =>
    thrown({ provider: 'clickpesa', config: { ...full('clickpesa'), ...config }, ...more }).message;
  assert.match(of({ baseUrl: 'api.clickpesa.com' }), /baseUrl must be an absolute URL/);
  assert.match(of({ CLICKPESA_API_KEY: 5 }), /CLICKPESA_API_KEY must be a string/);
  assert.match(of({ CLICKPESA_API_KEY: 'a\nb' }), /CLICKPESA_API_KEY must hold visible ASCII/);
  for (const maxRetries of [-1, 1.5, 11, NaN, '2'])
    assert.match(of({}, { maxRetries }), /maxRetries must be a whole number/);
  for (const ca of ['x', Buffer.alloc(3), [], {}, ['x'], 5]) {
    if (!Array.isArray(ca) || ca.length > 0) assert.match(of({}, { ca }), /ca must (be|hold)/);
  }
  for (const replay of ['redis', true, {}, { setIfAbsent: 1 }])
    assert.match(of({}, { replay }), /replay must be 'memory' or a store/);
  assert.match(of({}, { fetch: 'node-fetch' }), /fetch must be a function/);
  for (const timeoutMs of [0, -1, NaN, Infinity, '5', 3_600_001, {}])
    assert.match(of({}, { timeoutMs }), /timeoutMs must be a number/);
});

test('it is a class: extended, called without new, called detached', async () => {
  class Mine extends FintechSDK {
    pay(...args) {
      return super.pay(...args);
    }
  }
  const mine = new Mine({ provider: 'pesapal', config: full('pesapal') });
  assert.ok(mine instanceof Mine && mine instanceof FintechSDK);
  await assert.rejects(mine.pay({}), { code: 'INVALID_REQUEST' });
  assert.throws(() => FintechSDK({ provider: 'pesapal', config: full('pesapal') }));
  const { pay } = mine;
  await assert.rejects(pay({}), { name: 'FinConnectError', code: 'INVALID_REQUEST' });
});
