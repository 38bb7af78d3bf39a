// verifyCredentials(): a login of its own, the world that the host belongs to, and addresses that cannot be meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { LOGIN_ROUTES, pay, rejection, startGateway, WITH_LOGIN } from './support/gateway.mjs';

const CONFIG = {
  pesapal: { PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's' },
  clickpesa: { CLICKPESA_CLIENT_ID: 'ID1', CLICKPESA_API_KEY: 'SK1' },
  azampay: { AZAMPAY_APP_NAME: 'shop', AZAMPAY_CONSUMER_KEY: 'k', AZAMPAY_CONSUMER_SECRET: 's' },
};
const SECRETS = {
  pesapal: 'PESAPAL_CONSUMER_SECRET',
  clickpesa: 'CLICKPESA_API_KEY',
  azampay: 'AZAMPAY_CONSUMER_SECRET',
};
const expire = () => new Date(Date.now() + 3600_000).toISOString();
const GRANTED = {
  pesapal: () => ({ token: 't', expiryDate: expire(), status: '200' }),
  clickpesa: () => ({ success: true, token: 'Bearer t' }),
  azampay: () => ({ success: true, data: { accessToken: 't', expire: expire() } }),
};
/** What each gateway says to keys of another world: PesaPal's is captured, the others' are documented. */
const REFUSED = {
  pesapal: [
    200,
    { error: { error_type: 'api_error', code: 'invalid_consumer_key_or_secret_provided', message: '' }, status: '500' },
    'invalid_consumer_key_or_secret_provided',
  ],
  clickpesa: [403, { message: 'Invalid client details' }, 'Invalid client details'],
  azampay: [
    423,
    {
      data: null,
      message: 'Provided detail is not valid for this app or secret key has been expired',
      success: false,
      statusCode: 423,
    },
    'Provided detail is not valid for this app or secret key has been expired',
  ],
};
const PLACES = [
  ['pesapal', 'https://cybqa.pesapal.com/pesapalv3', 'sandbox'],
  ['pesapal', 'https://cybqa.pesapal.com/pesapalv3/', 'sandbox'],
  ['pesapal', 'https://pay.pesapal.com/v3', 'live'],
  ['clickpesa', 'https://api.clickpesa.com', 'live'],
  ['clickpesa', 'https://api.clickpesa.com/third-parties/', 'live'],
  ['azampay', 'https://sandbox.azampay.co.tz', 'sandbox'],
  ['azampay', 'https://checkout.azampay.co.tz/', 'live'],
  ['azampay', 'https://gateway.example', null],
  ['pesapal', 'https://gateway.example/v3', null],
];

/** An SDK object whose gateway gives every request one answer, and the addresses that were asked. */
function answering(provider, config, status, body) {
  const asked = [];
  const sdk = new FintechSDK({
    provider,
    config: { ...CONFIG[provider], ...config },
    fetch: async (url) => {
      asked.push(url);
      return Response.json(body, { status });
    },
  });
  return { sdk, asked };
}

for (const provider of WITH_LOGIN) {
  test(`${provider}: it logs in anew each time, and payments use the token`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    const { expiresInSeconds, ...told } = await sdk.verifyCredentials();
    assert.deepEqual(told, { provider, valid: true, world: null, raw: null });
    assert.ok(Number.isInteger(expiresInSeconds) && expiresInSeconds > 200, String(expiresInSeconds));
    if (provider !== 'pesapal') await pay(sdk, provider);
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 1);
    await sdk.verifyCredentials({ timeoutMs: 5_000 });
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 2);
  });

  test(`${provider}: refused credentials are AUTHENTICATION_FAILED, without a second try`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider, { [SECRETS[provider]]: 'wrong-secret' });
    const error = await rejection(sdk.verifyCredentials());
    assert.deepEqual([error.code, error.outcome, error.retryable], ['AUTHENTICATION_FAILED', 'not_sent', false]);
    assert.equal(error.operation, 'verifyCredentials');
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 1);
    assert.ok(error.message.startsWith('Credentials check failed: '), error.message);
    assert.doesNotMatch(error.message, /sandbox|live/, 'nothing is known of this host');
    assert.ok(!JSON.stringify(error).includes('wrong-secret'));
  });

  test(`${provider}: a failed check leaves the token that there is`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    await sdk.verifyCredentials();
    gateway.answer(LOGIN_ROUTES[provider], 503, '');
    assert.equal((await rejection(sdk.verifyCredentials())).code, 'GATEWAY_ERROR');
    await sdk.getPaymentStatus('ORDER1').catch(() => {});
    assert.equal(gateway.to(LOGIN_ROUTES[provider]).length, 2);
  });
}

for (const [provider, baseUrl, world] of PLACES) {
  test(`${baseUrl} is ${world ?? 'of no known world'}`, async () => {
    const { sdk, asked } = answering(provider, { baseUrl }, 200, GRANTED[provider]());
    assert.equal((await sdk.verifyCredentials()).world, world);
    assert.equal(asked.length, 1);
  });

  test(`${baseUrl} refuses keys, and the error tells which keys it takes`, async () => {
    const [status, body, words] = REFUSED[provider];
    const { sdk, asked } = answering(provider, { baseUrl }, status, body);
    const error = await rejection(sdk.verifyCredentials());
    assert.equal(error.code, 'AUTHENTICATION_FAILED');
    assert.equal(error.gatewayMessage ?? error.gatewayCode, words);
    assert.equal(asked.length, 1, 'the credentials go to no other host');
    const { host } = new URL(baseUrl);
    const told = error.message.slice('Credentials check failed: '.length + words.length);
    if (world === null) assert.equal(told, '');
    else if (provider === 'clickpesa') assert.equal(told, `. ${host} is ClickPesa's live API, and no other is known.`);
    else {
      const [api, others] = world === 'live' ? ['live API', 'sandbox'] : ['sandbox', 'live'];
      assert.match(told, new RegExp(`^\\. ${host} is \\w+'s ${api}, where ${others} keys are refused: check that `));
    }
  });
}

const SANDBOX = 'https://sandbox.azampay.co.tz';
const LIVE = 'https://checkout.azampay.co.tz';
const AUTHENTICATOR = 'https://authenticator.azampay.co.tz';
for (const [provider, config, ...rules] of [
  [
    'pesapal',
    { baseUrl: 'https://pay.pesapal.com/pesapalv3' },
    'baseUrl is https://pay.pesapal.com/pesapalv3, where it must be https://pay.pesapal.com/v3',
  ],
  [
    'pesapal',
    { baseUrl: 'https://cybqa.pesapal.com/v3' },
    'baseUrl is https://cybqa.pesapal.com/v3, where it must be https://cybqa.pesapal.com/pesapalv3',
  ],
  [
    'pesapal',
    { baseUrl: 'https://pay.pesapal.com' },
    'baseUrl is https://pay.pesapal.com, where it must be https://pay.pesapal.com/v3',
  ],
  [
    'clickpesa',
    { baseUrl: 'https://api.clickpesa.com/v1' },
    'baseUrl is https://api.clickpesa.com/v1, where it must be https://api.clickpesa.com',
  ],
  [
    'azampay',
    { baseUrl: SANDBOX, authBaseUrl: AUTHENTICATOR },
    "baseUrl leads to AzamPay's sandbox and authBaseUrl to its live API: both must lead to one",
  ],
  [
    'azampay',
    { baseUrl: LIVE, authBaseUrl: 'https://authenticator-sandbox.azampay.co.tz' },
    "baseUrl leads to AzamPay's live API and authBaseUrl to its sandbox: both must lead to one",
  ],
  ['azampay', { baseUrl: AUTHENTICATOR }, `baseUrl is ${AUTHENTICATOR}, whose host belongs in authBaseUrl`],
  [
    'azampay',
    { baseUrl: `${SANDBOX}/azampay`, authBaseUrl: LIVE },
    `baseUrl is ${SANDBOX}/azampay, where it must be ${SANDBOX}`,
    `authBaseUrl is ${LIVE}, whose host belongs in baseUrl`,
    "baseUrl leads to AzamPay's sandbox and authBaseUrl to its live API: both must lead to one",
  ],
]) {
  test(`${Object.values(config).join(' with ')} is refused by name, and nothing is sent`, async () => {
    const { sdk, asked } = answering(provider, config, 200, GRANTED[provider]());
    const error = await rejection(sdk.verifyCredentials());
    assert.deepEqual([error.code, error.outcome], ['INVALID_CONFIG', 'not_sent']);
    const told = `Credentials check failed: Invalid configuration: ${rules.join('; ')}. Nothing was sent.`;
    assert.equal(error.message, told);
    assert.deepEqual(asked, []);
  });
}

test('an authenticator of your own leaves the world to baseUrl', async () => {
  const config = { baseUrl: LIVE, authBaseUrl: 'https://proxy.example/azampay' };
  const { sdk, asked } = answering('azampay', config, 200, GRANTED.azampay());
  assert.equal((await sdk.verifyCredentials()).world, 'live');
  assert.deepEqual(asked, ['https://proxy.example/azampay/AppRegistration/GenerateToken']);
});

test('it ends by its own signal and time limit', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa');
  const aborted = await rejection(sdk.verifyCredentials({ signal: AbortSignal.abort() }));
  assert.equal(aborted.name, 'AbortError');
  gateway.sandbox.next({ name: 'hang', route: LOGIN_ROUTES.clickpesa });
  const error = await rejection(sdk.verifyCredentials({ timeoutMs: 50 }));
  assert.deepEqual([error.code, error.outcome], ['TIMEOUT', 'not_sent']);
});
