// What an answer means for the money: refused only by the gateway's own word, sent again only where nothing but the
// token was refused, and a status only of the payment that was asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, PROVIDERS, pay, rejection, startGateway } from './support/gateway.mjs';
import { column, GATEWAYS } from './support/gateways.cjs';
import { listen } from './support/shop.mjs';

const ACCEPTED = column('accepted');
const GUID = ACCEPTED.pesapal.order_tracking_id;
const BAD_TOKEN = {
  error: {
    error_type: 'authentication_error',
    code: 'invalid_api_credentials_provided',
    message: 'Invalid Access Token',
  },
  status: null,
};
const PESAPAL_ERROR = {
  error: { error_type: 'api_error', code: 'amount_exceeds_default_limit', message: 'too much' },
  status: '500',
};

/** Statuses that say nothing of what was done. */
const UNSURE = [
  407, 408, 409, 410, 418, 421, 424, 425, 444, 449, 451, 460, 495, 499, 500, 502, 503, 504, 520, 524, 599,
];

/** A sandbox, and what its payment route answered came to: the error, and how many payments were sent. */
async function scripted(t) {
  const gateway = await startGateway(t);
  const sdks = Object.fromEntries(
    PROVIDERS.map((provider) => [provider, gateway.sdk(provider, {}, { maxRetries: 10 })]),
  );
  return async (provider, status, body, headers) => {
    const route = PAY_ROUTES[provider];
    gateway.sandbox.clearFaults();
    gateway.answer(route, status, body, headers);
    const [sent, logins] = [gateway.to(route).length, gateway.to(LOGIN_ROUTES[provider]).length];
    const error = await pay(sdks[provider], provider).then(
      (value) => ({ value }),
      (error) => error,
    );
    return { error, sent: gateway.to(route).length - sent, logins: gateway.to(LOGIN_ROUTES[provider]).length - logins };
  };
}

async function isUnknown(answer, provider, status, body, codes = ['INVALID_RESPONSE', 'GATEWAY_ERROR']) {
  const { error, sent } = await answer(provider, status, body);
  const shown = `${provider}, HTTP ${status}: ${JSON.stringify(body)}`;
  assert.equal(sent, 1, shown);
  assert.deepEqual([error.outcome, error.retryable], ['unknown', false], shown);
  assert.ok(codes.includes(error.code), `${shown}: ${error.code}`);
  assert.match(error.message, /let recover\(\) say/, shown);
}

for (const provider of PROVIDERS) {
  test(`${provider}: a status that does not say what was done leaves the payment unknown, whatever its body`, async (t) => {
    const answer = await scripted(t);
    await answer(provider, 200, ACCEPTED[provider]);
    for (const status of UNSURE) {
      for (const body of ['', {}, { message: 'no' }, ACCEPTED[provider], '<html>oops</html>'])
        await isUnknown(answer, provider, status, body);
    }
  });

  test(`${provider}: a success in a 4xx is no refusal, in whatever wrapping`, async (t) => {
    const answer = await scripted(t);
    await answer(provider, 200, ACCEPTED[provider]);
    const whole = ACCEPTED[provider];
    const told = [
      whole,
      [whole],
      { data: whole },
      { message: 'no', payment: whole },
      { message: JSON.stringify(whole) },
      JSON.stringify(JSON.stringify(whole)),
      { message: 'no', statusCode: 200 },
      { message: 'no', success: true },
      { message: 'no', status: 'SUCCESS' },
      { message: 'no', transactionId: 12345 },
      { message: 'no', redirect_url: 'https://pay.example/x' },
      { message: 'no', orderReference: 'ORDER1', id: 'CLP1' },
      { message: 'no', statusCode: 504 },
      { message: 'Request timed out while contacting the provider' },
      { message: 'success' },
      { message: 'no', page: 'https://pay.example/x' },
      { message: 'no', result: { state: 'TRANSACTION_PROCESSING' } },
      {
        message: 'no',
        note: GATEWAYS[provider].reference(PAYMENTS[provider]),
      },
      { message: 'no', hasError: false },
      { message: 'no', responseCode: '00' },
      '{"message":"no","message":"success"}',
      'status=success&id=CLP1',
      'CLP1 PROCESSING',
      '{"message":"cut off',
      '<html><title>403 Forbidden</title></html>',
      'null',
    ];
    for (const status of [400, 402, 403, 404, 413, 415, 422, 423])
      for (const body of told) await isUnknown(answer, provider, status, body);
    // A page in front of the gateway may limit requests; what is or was JSON is nobody's page.
    for (const body of told.slice(0, -2)) await isUnknown(answer, provider, 429, body);
  });

  test(`${provider}: a plain refusal stays one`, async (t) => {
    const answer = await scripted(t);
    for (const status of [400, 402, 403, 404, 415, 422]) {
      for (const body of [
        { message: 'Insufficient balance' },
        { message: ['a', 'b'], statusCode: status, error: 'Bad Request' },
        {
          errors: { externalId: ['The externalId field is required.'] },
          title: 'One or more validation errors occurred.',
          status,
          traceId: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
        },
        '',
      ]) {
        const { error, sent } = await answer(provider, status, body);
        assert.deepEqual(
          [error.code, error.outcome, sent],
          ['REFUSED', 'refused', 1],
          `HTTP ${status}: ${JSON.stringify(body)}`,
        );
      }
    }
    const { error } = await answer(provider, 429, { message: 'Too Many Requests' });
    assert.deepEqual([error.code, error.outcome, error.retryable], ['RATE_LIMITED', 'refused', true]);
  });

  test(`${provider}: a payment is sent again only where nothing but its token was refused`, async (t) => {
    if (LOGIN_ROUTES[provider] === null) return t.skip('it has no token');
    const answer = await scripted(t);
    await answer(provider, 200, ACCEPTED[provider]);
    const plain = {
      pesapal: [
        [200, BAD_TOKEN],
        [401, BAD_TOKEN],
        [500, BAD_TOKEN],
        [401, ''],
      ],
      clickpesa: [
        [401, { message: 'Unauthorized' }],
        [401, { message: 'Unauthorized', statusCode: 401 }],
        [401, ''],
        [401, 'Unauthorized'],
      ],
      azampay: [
        [401, { message: 'Please Provide Valid Authorization', status: 'Error' }],
        [401, {}],
        [401, ''],
        [401, 'Unauthorized'],
      ],
    };
    for (const [status, body] of plain[provider]) {
      const { sent, logins } = await answer(provider, status, body);
      assert.deepEqual([sent, logins], [2, 1], `HTTP ${status}: ${JSON.stringify(body)}`);
    }
    const words = provider === 'pesapal' ? BAD_TOKEN : { message: 'Unauthorized' };
    const more = [
      { ...words, ...ACCEPTED[provider] },
      { ...words, data: ACCEPTED[provider] },
      [words, ACCEPTED[provider]],
      { ...words, id: 'CLP1' },
      { ...words, orderReference: 'ORDER1' },
      { ...words, amount: '1000' },
      { ...words, msisdn: '255712345678' },
      { ...words, success: true },
      { ...words, statusCode: 200 },
      { ...words, statusCode: 504 },
      { message: 'Unauthorized: payment ORDER-1, ORDER1' },
      { message: 'Insufficient balance' },
      { message: 'The payment was sent' },
      { message: 'Payment received but session closed' },
      { message: 'Unauthorized: the push was sent' },
      { message: 'The token expired while the customer typed' },
      JSON.stringify(words).slice(0, -1),
      '<html><h1>401</h1></html>',
    ];
    for (const body of more) await isUnknown(answer, provider, 401, body);
    for (const status of [407, 502, 503, 504]) await isUnknown(answer, provider, status, words);
  });

  test(`${provider}: a 401 that is cut off or too large is not all that was said`, async (t) => {
    const bodies = ['{"message":"Unauthorized"}', `{"message":"Unauthorized","x":"${'x'.repeat(2 << 20)}"}`];
    for (const [index, text] of bodies.entries()) {
      let payments = 0;
      const server = await listen((request, response) => {
        request.resume().on('end', () => {
          if (!request.url.endsWith(PAY_ROUTES[provider])) {
            return response.end(JSON.stringify({ token: 'Bearer abc', success: true, data: { accessToken: 'abc' } }));
          }
          payments++;
          response.writeHead(401, index === 0 ? { 'content-length': text.length + 10 } : {});
          response.write(text, () => index === 0 && response.socket.destroy());
          if (index === 1) response.end();
        });
      });
      t.after(server.close);
      const gateway = await startGateway(t);
      const config = { ...gateway.sandbox.config(provider), baseUrl: server.url };
      const error = await rejection(pay(new FintechSDK({ provider, config }), provider));
      assert.deepEqual([payments, error.outcome, error.retryable], [1, 'unknown', false]);
    }
  });
}

test('PesaPal: an order beside an error, or half of one, may have been made', async (t) => {
  const answer = await scripted(t);
  const { pesapal } = ACCEPTED;
  const bodies = [
    {},
    { status: '200', error: null },
    { ...pesapal, redirect_url: undefined },
    { ...pesapal, redirect_url: null },
    { ...pesapal, order_tracking_id: '' },
    { ...pesapal, ...PESAPAL_ERROR },
    { ...PESAPAL_ERROR, order_tracking_id: GUID },
    { ...PESAPAL_ERROR, status: '200' },
    { ...PESAPAL_ERROR, data: { orderTrackingId: GUID } },
    { ...pesapal, status: '500' },
    { ...pesapal, ...BAD_TOKEN },
    { ...pesapal, error: 'oops' },
  ];
  for (const body of bodies) await isUnknown(answer, 'pesapal', 200, body);
  const { error } = await answer('pesapal', 200, PESAPAL_ERROR);
  assert.deepEqual(
    [error.code, error.outcome, error.gatewayCode],
    ['REFUSED', 'refused', 'amount_exceeds_default_limit'],
  );
});

test('ClickPesa: what is not an accepted push does not resolve', async (t) => {
  const answer = await scripted(t);
  const bodies = [
    {},
    [],
    'null',
    '"OK"',
    { errors: ['x'] },
    { status: 'error' },
    { error: 'x' },
    { success: false },
    { success: true },
    { id: 'X' },
    { status: 'PROCESSING' },
    { id: 'null', status: 'PROCESSING' },
    { id: 'X', status: 'REJECTED' },
    { status: 'FAILED' },
    { ...ACCEPTED.clickpesa, success: false },
    { ...ACCEPTED.clickpesa, statusCode: 400, error: 'Bad Request' },
    { ...ACCEPTED.clickpesa, status: 'FAILED', success: true },
    [ACCEPTED.clickpesa],
  ];
  for (const body of bodies) await isUnknown(answer, 'clickpesa', 200, body);
  const { error } = await answer('clickpesa', 200, { ...ACCEPTED.clickpesa, status: 'FAILED' });
  assert.deepEqual([error.code, error.outcome], ['REFUSED', 'refused']);
  const { error: accepted } = await answer('clickpesa', 201, ACCEPTED.clickpesa);
  assert.deepEqual(accepted.value, ACCEPTED.clickpesa);
});

test('AzamPay: what is neither accepted nor refused, or both, is unknown', async (t) => {
  const answer = await scripted(t);
  const transactionId = '0a1b';
  const bodies = [
    {},
    [],
    { success: 0, transactionId },
    { success: 'no', transactionId },
    { success: null, transactionId },
    { transactionId },
    { success: true, transactionId: 'null' },
    { success: false, transactionId: 123456 },
    { success: 'false', transactionId },
    { success: false, TransactionId: transactionId },
    { success: false, message: 'success' },
    { success: false, statusCode: 200 },
    { success: true, transactionId, statusCode: 400 },
    { success: true, transactionId, errors: { amount: ['x'] } },
  ];
  for (const body of bodies) await isUnknown(answer, 'azampay', 200, body);
  const { error } = await answer('azampay', 202, { success: false, message: 'no', messageCode: 1000 });
  assert.equal(error.outcome, 'unknown', 'HTTP 202 says that the request was accepted');
});

test('a refusal whose words leave open what was done, or say that it was, is unknown', async (t) => {
  const answer = await scripted(t);
  const refusing = {
    azampay: (message) => [200, { success: false, transactionId: 'null', message, messageCode: 1000 }],
    clickpesa: (message) => [400, { statusCode: 400, message, error: 'Bad Request' }],
    pesapal: (message) => [200, { error: { error_type: 'api_error', code: 'x', message }, status: '500' }],
    selcom: (message) => [200, { reference: '1', resultcode: '010', result: 'FAIL', message, data: [] }],
  };
  const open = [
    'No response from operator',
    'Connection reset by peer',
    'Object reference not set to an instance of an object.',
    'status unknown',
    'An error occurred while processing your request',
    'Payment received, but the callback failed',
    'Push already sent',
    'Payment pending',
  ];
  const refused = [
    'Invalid / unsupported phone number',
    'Unsuccessful: invalid phone',
    'Request could not be processed. Invalid Vendor',
    'Account is inactive',
    'Please check your phone number and try again',
    'Merchant shop does not exists',
    'Transaction amount exceeds limit.Contact support for assistance',
  ];
  for (const provider of PROVIDERS) {
    for (const words of open)
      await isUnknown(answer, provider, ...refusing[provider](words), ['INVALID_RESPONSE', 'DUPLICATE_REFERENCE']);
    for (const words of refused)
      assert.equal((await answer(provider, ...refusing[provider](words))).error.outcome, 'refused', words);
  }
  await isUnknown(answer, 'azampay', 200, { success: false, message: 'no', transactionId: { value: '0a1b2c' } });
});

test('a reference that was used before: the first payment arrived, so ask for it', async (t) => {
  const answer = await scripted(t);
  const repeated = [
    ['clickpesa', 409, { message: 'Order reference ORDER1 already used: Create a different reference' }],
    [
      'clickpesa',
      409,
      { statusCode: 409, message: ['Order reference already used: Create a different reference'], error: 'Conflict' },
    ],
    ['azampay', 403, { message: 'Duplicate External Reference Id', success: false, statusCode: 400 }],
    [
      'azampay',
      400,
      {
        message: 'Detected duplicate transaction: Duplicate ExternalReferenceId: ORDER-1',
        pgReferenceId: null,
        success: false,
      },
    ],
    ['azampay', 400, { errors: { externalId: ['Duplicate externalId: ORDER-1'] }, status: 400 }],
    ['pesapal', 200, { error: { code: 'duplicate_merchant_reference', message: '' }, status: '500' }],
    ['pesapal', 200, { error: { code: 'x', message: 'The order id has been used' }, status: '500' }],
    ['azampay', 200, { success: false, message: 'externalId must be unique', messageCode: 1001 }],
    ['clickpesa', 400, { message: 'Order reference already in use' }],
  ];
  for (const [provider, status, body] of repeated)
    await isUnknown(answer, provider, status, body, ['DUPLICATE_REFERENCE']);
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa');
  await sdk.pay(PAYMENTS.clickpesa);
  const error = await rejection(sdk.pay(PAYMENTS.clickpesa));
  assert.deepEqual([error.code, error.outcome, error.statusCode], ['DUPLICATE_REFERENCE', 'unknown', 409]);
  assert.match(error.message, /^Payment request failed: Order reference ORDER1 already used.*let recover\(\) say/);
});
