// What the documented package does at AzamPay.
import { createRequire } from 'node:module';
import { AZAMPAY, callback } from '../support/azampay.mjs';

const { GATEWAYS } = createRequire(import.meta.url)('../support/gateways.cjs');
const { login, pay, loggedIn, accepted } = GATEWAYS.azampay;
const KEY = '/azampay/v1/public-key?format=Pem';
const STATUS = '/api/v1/partner/gettransactionstatus?transactionId=';
const ID = accepted.transactionId;
const VENDOR = 'b945e4af-80a5-4ec1-8706-e03f8332fb04';
const PEM = AZAMPAY.AZAMPAY_PUBLIC_KEY;

const LOGIN = {
  method: 'POST',
  path: login,
  headers: { 'content-type': 'application/json' },
  body: '{"appName":"a","clientId":"k","clientSecret":"s"}',
};
const push = (body, from = '') => ({
  method: 'POST',
  path: `${from}${pay}`,
  headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
  body,
});
const FETCH_KEY = { method: 'GET', path: KEY, headers: { authorization: 'Bearer t' } };

const genuine = callback({ utilityref: 'ORDER-1', operator: 'Mpesa' });
const forged = { ...genuine, transactionstatus: 'failure' };
const another = callback({ utilityref: 'ORDER-2', operator: 'Mpesa' });
const { signature: _, ...unsigned } = genuine;

export const azampay = {
  gateway: 'azampay',
  title: 'AzamPay',
  answers: {
    [login]: [200, loggedIn],
    [pay]: [200, accepted],
    [KEY]: [200, { success: true, format: 'Pem', publicKey: PEM }],
  },
  rows: [
    {
      mark: 'same',
      does: '`pay(paymentData)` logs in, and posts `paymentData` to `{baseUrl}/azampay/mno/checkout`, byte for byte as `JSON.stringify` writes it.',
      calls: [
        [
          'pay',
          {
            provider: 'Mpesa',
            accountNumber: '255712345678',
            amount: 1000.5,
            currency: 'TZS',
            externalId: 'ORDER-1',
            additionalProperties: { 2: 'b', 1: 'a' },
          },
        ],
      ],
      sent: [
        LOGIN,
        push(
          '{"provider":"Mpesa","accountNumber":"255712345678","amount":1000.5,"currency":"TZS","externalId":"ORDER-1","additionalProperties":{"1":"a","2":"b"}}',
        ),
      ],
      value: accepted,
    },
    {
      mark: 'same',
      does: 'The second argument of `pay`, `ipnId`, is ignored.',
      calls: [['pay', { externalId: 'ORDER-1' }, 'ipn-1']],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      value: accepted,
    },
    {
      mark: 'same',
      does: 'At `https://sandbox.azampay.co.tz` the login goes to `https://authenticator-sandbox.azampay.co.tz/AppRegistration/GenerateToken`.',
      config: { baseUrl: 'https://sandbox.azampay.co.tz' },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [
        { ...LOGIN, path: `https://authenticator-sandbox.azampay.co.tz${login}` },
        push('{"externalId":"ORDER-1"}', 'https://sandbox.azampay.co.tz'),
      ],
      value: accepted,
    },
    {
      mark: 'same',
      does: '`new AzampayProvider(config).authenticate()` resolves with the token alone.',
      on: 'provider',
      calls: [['authenticate']],
      sent: [LOGIN],
      value: 't',
    },
    {
      mark: 'same',
      does: '`getPublicKey()` of the class resolves with the key that signs callbacks, as PEM.',
      on: 'provider',
      calls: [['getPublicKey']],
      sent: [LOGIN, FETCH_KEY],
      value: PEM,
    },
    {
      mark: 'same',
      does: '`handleCallback(body)` fetches the key, verifies the signature, and resolves with `isValid` and, as `data`, the body.',
      calls: [['handleCallback', genuine]],
      sent: [LOGIN, FETCH_KEY],
      has: { isValid: true, data: genuine },
    },
    {
      mark: 'same',
      does: 'A callback whose signed fields were changed has `isValid: false`, and its body as `data`.',
      calls: [['handleCallback', forged]],
      sent: [LOGIN, FETCH_KEY],
      has: { isValid: false, data: forged, reason: 'BAD_SIGNATURE' },
    },
    {
      mark: 'same',
      does: 'When the key cannot be fetched, `handleCallback` rejects: answer 500, and AzamPay sends the callback again.',
      answers: { [KEY]: [503, ''] },
      calls: [['handleCallback', genuine]],
      sent: [LOGIN, FETCH_KEY],
      error: { code: 'GATEWAY_ERROR', message: /^Callback handling failed: / },
    },
    {
      mark: 'same',
      does: 'When the login is refused, the message begins with `Authentication failed: `. Inside a payment `Payment request failed: ` stands before it.',
      answers: {
        [login]: [423, { success: false, message: 'Provided detail is not valid or secret has been expired' }],
      },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [LOGIN],
      error: {
        code: 'AUTHENTICATION_FAILED',
        outcome: 'not_sent',
        message:
          'Payment request failed: Authentication failed: Provided detail is not valid or secret has been expired',
      },
    },
    {
      mark: 'same',
      does: 'When `authenticate()` of the class fails, the message begins with `Authentication failed: `.',
      on: 'provider',
      answers: { [login]: [423, { success: false, message: 'locked' }] },
      calls: [['authenticate']],
      sent: [LOGIN],
      error: { code: 'AUTHENTICATION_FAILED', message: 'Authentication failed: locked' },
    },
    {
      mark: 'same',
      does: 'When `getPublicKey()` fails, the message begins with `Failed to fetch public key: `.',
      on: 'provider',
      answers: { [KEY]: [403, { message: 'no' }] },
      calls: [['getPublicKey']],
      sent: [LOGIN, FETCH_KEY],
      error: { code: 'REFUSED', message: 'Failed to fetch public key: no' },
    },
    {
      mark: 'same',
      does: 'When `initiateUssdPushRequest()` fails, the message begins with `Payment request failed: `.',
      on: 'provider',
      answers: { [pay]: [400, { message: 'no' }] },
      calls: [['initiateUssdPushRequest', { externalId: 'ORDER-1' }]],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      error: { code: 'REFUSED', message: 'Payment request failed: no' },
    },
    {
      mark: 'same',
      does: 'When AzamPay refuses a payment, the message begins with `Payment request failed: `.',
      answers: { [pay]: [400, { message: 'No such wallet' }] },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      error: { code: 'REFUSED', outcome: 'refused', message: 'Payment request failed: No such wallet' },
    },
    {
      mark: 'same',
      does: '`registerIpn()` fails with `IPN registration not supported by this provider`: the callback URL is set at AzamPay.',
      calls: [['registerIpn', 'https://shop.example/ipn', 'POST']],
      sent: [],
      error: { code: 'NOT_SUPPORTED', message: 'IPN registration not supported by this provider' },
    },
    {
      mark: 'fixed',
      does: '`pay` and `initiateUssdPushRequest` resolve with the whole answer, as documented: the id is its `transactionId`.',
      was: 'The code gave the `transactionId` alone. If your program keeps what `pay` gives as the id, take `.transactionId` of it.',
      on: 'provider',
      calls: [['initiateUssdPushRequest', { payload: { externalId: 'ORDER-1' } }]],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      value: accepted,
    },
    {
      mark: 'fixed',
      does: 'The token goes out as `Authorization: Bearer <token>`: AzamPay documents that scheme.',
      was: 'The page of the class shows the token alone.',
      on: 'provider',
      calls: [['initiateUssdPushRequest', { externalId: 'ORDER-1' }]],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      value: accepted,
    },
    {
      mark: 'fixed',
      does: 'At `https://checkout.azampay.co.tz`, production, the login goes to production’s authenticator, `https://authenticator.azampay.co.tz`.',
      was: 'It went to the sandbox’s, whatever `baseUrl` said, so that production keys were refused.',
      config: { baseUrl: 'https://checkout.azampay.co.tz' },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [
        { ...LOGIN, path: `https://authenticator.azampay.co.tz${login}` },
        push('{"externalId":"ORDER-1"}', 'https://checkout.azampay.co.tz'),
      ],
      value: accepted,
    },
    {
      mark: 'fixed',
      does: 'An answer with HTTP 200 and `success: false` rejects, with AzamPay’s own words.',
      was: 'The promise resolved, often with the text `null` as the id.',
      answers: {
        [pay]: [200, { success: false, transactionId: 'null', message: 'Invalid Vendor', messageCode: 1000 }],
      },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      error: { code: 'REFUSED', outcome: 'refused', message: 'Payment request failed: Invalid Vendor' },
    },
    {
      mark: 'fixed',
      does: 'A refusal for wrong fields names the fields.',
      was: 'The message was `Request failed with status code 400`.',
      answers: {
        [pay]: [
          400,
          {
            title: 'One or more validation errors occurred.',
            status: 400,
            errors: { amount: ['Amount must be at most 5000000'] },
          },
        ],
      },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      error: { code: 'REFUSED', message: 'Payment request failed: amount: Amount must be at most 5000000' },
    },
    {
      mark: 'fixed',
      does: 'A payment whose answer is lost has `outcome: "unknown"`, and is not sent again.',
      was: 'Nothing told it from a refusal.',
      answers: { [pay]: [502, '<html>'] },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [LOGIN, push('{"externalId":"ORDER-1"}')],
      error: { code: 'GATEWAY_ERROR', outcome: 'unknown', retryable: false, message: /^Payment request failed: / },
    },
    {
      mark: 'fixed',
      does: 'Nothing is printed, whatever happens. The error has all that there is to know.',
      was: 'The answer to a refused login was printed.',
      answers: { [login]: [423, { success: false, message: 'locked' }] },
      calls: [['pay', { externalId: 'ORDER-1' }]],
      sent: [LOGIN],
      error: { code: 'AUTHENTICATION_FAILED', statusCode: 423, gatewayMessage: 'locked', message: /: locked$/ },
    },
    {
      mark: 'fixed',
      does: 'One login serves all payments while its token lives.',
      was: 'Each payment logged in first.',
      calls: [
        ['pay', { externalId: 'A' }],
        ['pay', { externalId: 'B' }],
      ],
      sent: [LOGIN, push('{"externalId":"A"}'), push('{"externalId":"B"}')],
      value: accepted,
    },
    {
      mark: 'fixed',
      does: 'The public key is kept, too: a second callback sends no request.',
      was: 'Each callback logged in and fetched the key.',
      calls: [
        ['handleCallback', genuine],
        ['handleCallback', another],
      ],
      sent: [LOGIN, FETCH_KEY],
      has: { isValid: true, data: another },
    },
    {
      mark: 'fixed',
      does: 'A callback without a signature has `isValid: false` at once, without a request.',
      was: 'The key was fetched first: whoever posted anything made two requests to AzamPay.',
      calls: [['handleCallback', unsigned]],
      sent: [],
      has: { isValid: false, reason: 'MISSING_SIGNATURE' },
    },
    {
      mark: 'added',
      does: '`handleCallback(body, { expect })` compares the callback with your order. AzamPay does not sign the amount: without `expect` a callback with another amount is valid.',
      instead: 'Your own comparison. Add it, if you have none.',
      calls: [['handleCallback', { ...genuine, amount: '1' }, { expect: { amount: 1000, reference: 'ORDER-1' } }]],
      sent: [LOGIN, FETCH_KEY],
      has: { isValid: false, reason: 'AMOUNT_MISMATCH' },
    },
    {
      mark: 'added',
      does: 'A body with `transactionId`, `externalId` and `status`, as some guides show a callback, is not valid. AzamPay sends `externalreference`, `utilityref`, which is your `externalId`, and `transactionstatus`.',
      instead: 'Waiting for members that never come.',
      calls: [['handleCallback', { transactionId: ID, externalId: 'ORDER-1', amount: 1000, status: 'success' }]],
      sent: [],
      has: { isValid: false, reason: 'MISSING_SIGNATURE' },
    },
    {
      mark: 'added',
      does: '`payment` of a callback says what it means: `status`, `amount`, `reference`, `transactionId`, in the words that all gateways share.',
      instead: 'Reading `transactionstatus` and `utilityref` of `data`. That works as before.',
      calls: [['handleCallback', genuine]],
      sent: [LOGIN, FETCH_KEY],
      has: { isValid: true, reason: null },
      holds: { payment: { status: 'succeeded', amount: '1000', reference: 'ORDER-1' } },
    },
    {
      mark: 'added',
      does: 'With `AZAMPAY_PUBLIC_KEY` in `config` a callback is verified without any request.',
      instead: 'Fetching the key.',
      config: { AZAMPAY_PUBLIC_KEY: PEM },
      calls: [['handleCallback', genuine]],
      sent: [],
      has: { isValid: true, data: genuine },
    },
    {
      mark: 'added',
      does: '`charge` takes the fields that all gateways share. The phone may be written as people write it, and the operator is guessed where you name none.',
      instead: 'Your own conversion of phones and amounts.',
      calls: [['charge', { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER-1' }]],
      sent: [
        LOGIN,
        push(
          '{"accountNumber":"255712345678","amount":"1000","currency":"TZS","externalId":"ORDER-1","provider":"Tigo"}',
        ),
      ],
      has: { provider: 'azampay', status: 'pending', reference: 'ORDER-1', raw: accepted },
    },
    {
      mark: 'added',
      does: '`checkout` opens a page for cards and wallets, and gives it as `redirectUrl`. The customer comes back to `returnUrl`.',
      instead: 'A request of your own to AzamPay.',
      config: { AZAMPAY_VENDOR_ID: VENDOR, AZAMPAY_VENDOR_NAME: 'Duka' },
      answers: { '/api/v1/Partner/PostCheckout': [200, 'https://checkout.azampay.co.tz/pay/1'] },
      calls: [
        [
          'checkout',
          {
            amount: '1000',
            currency: 'TZS',
            reference: 'ORDER1',
            returnUrl: 'https://shop.example/thanks',
            cancelUrl: 'https://shop.example/cart',
          },
        ],
      ],
      sent: [
        LOGIN,
        {
          method: 'POST',
          path: '/api/v1/Partner/PostCheckout',
          headers: { 'content-type': 'application/json' },
          body: `{"appName":"a","clientId":"k","vendorId":"${VENDOR}","vendorName":"Duka","language":"en","currency":"TZS","externalId":"ORDER1","requestOrigin":"https://shop.example","redirectFailURL":"https://shop.example/cart","redirectSuccessURL":"https://shop.example/thanks","amount":"1000","cart":{"items":[{"name":"Order ORDER1"}]}}`,
        },
      ],
      has: { redirectUrl: 'https://checkout.azampay.co.tz/pay/1', reference: 'ORDER1' },
    },
    {
      mark: 'added',
      does: '`getPaymentStatus(transactionId)` asks where a payment stands. AzamPay answers it in the sandbox; whether it does so for a live account, only the account tells.',
      instead: 'Nothing: it did not exist.',
      answers: { [`${STATUS}${ID}`]: [200, { success: true, message: 'Success', data: 'success' }] },
      calls: [['getPaymentStatus', ID]],
      sent: [LOGIN, { method: 'GET', path: `${STATUS}${ID}`, headers: { authorization: 'Bearer t' } }],
      has: { status: 'succeeded', transactionId: ID },
    },
  ],
};
