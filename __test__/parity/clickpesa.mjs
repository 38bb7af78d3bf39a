// What the documented package does at ClickPesa.
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';

const { GATEWAYS } = createRequire(import.meta.url)('../support/gateways.cjs');
const { login, pay, loggedIn, accepted } = GATEWAYS.clickpesa;

/** ClickPesa signs the payload with its keys in order. */
const CHECKSUM = createHmac('sha256', 'key').update('{"amount":"2","zeta":1}').digest('hex');

const LOGIN = {
  method: 'POST',
  path: login,
  headers: { 'client-id': 'i', 'api-key': 'k', 'content-type': 'application/json' },
  body: '{}',
};
const push = (body) => ({
  method: 'POST',
  path: pay,
  headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
  body,
});

export const clickpesa = {
  gateway: 'clickpesa',
  title: 'ClickPesa',
  answers: { [login]: [200, loggedIn], [pay]: [200, accepted] },
  rows: [
    {
      mark: 'same',
      does: '`pay(paymentData)` logs in, and posts `paymentData` to `/third-parties/payments/initiate-ussd-push-request`, byte for byte as `JSON.stringify` writes it. It resolves with the whole answer.',
      calls: [
        [
          'pay',
          {
            zeta: [1, 2.5, null],
            amount: '1000.00',
            currency: 'TZS',
            orderReference: 'ORDER1',
            phoneNumber: 255712345678,
          },
        ],
      ],
      sent: [
        LOGIN,
        push(
          '{"zeta":[1,2.5,null],"amount":"1000.00","currency":"TZS","orderReference":"ORDER1","phoneNumber":255712345678}',
        ),
      ],
      value: accepted,
    },
    {
      mark: 'same',
      does: 'The second argument of `pay`, `ipnId`, is ignored.',
      calls: [['pay', { amount: '1000' }, 'ipn-1']],
      sent: [LOGIN, push('{"amount":"1000"}')],
      value: accepted,
    },
    {
      mark: 'same',
      does: '`registerIpn()` fails with `IPN registration not supported by this provider`. Nothing is sent.',
      calls: [['registerIpn', 'https://shop.example/ipn', 'POST']],
      sent: [],
      error: { code: 'NOT_SUPPORTED', message: 'IPN registration not supported by this provider' },
    },
    {
      mark: 'same',
      does: '`new ClickpesaProvider(config).authenticate()` resolves with the token as ClickPesa gives it: it begins with `Bearer `.',
      on: 'provider',
      calls: [['authenticate']],
      sent: [LOGIN],
      value: 'Bearer t',
    },
    {
      mark: 'same',
      does: '`initiateUssdPushRequest({ payload })` of the class sends what `pay` sends.',
      on: 'provider',
      calls: [['initiateUssdPushRequest', { payload: { amount: '1000' } }]],
      sent: [LOGIN, push('{"amount":"1000"}')],
      value: accepted,
    },
    {
      mark: 'same',
      does: 'When ClickPesa refuses a payment, the message is `Payment request failed: ` and ClickPesa’s own words.',
      answers: { [pay]: [400, { message: 'Invalid phone number', statusCode: 400 }] },
      calls: [['pay', { amount: '1000' }]],
      sent: [LOGIN, push('{"amount":"1000"}')],
      error: { code: 'REFUSED', outcome: 'refused', message: 'Payment request failed: Invalid phone number' },
    },
    {
      mark: 'fixed',
      does: 'When the login is refused, the message has ClickPesa’s own words: `Payment request failed: Authentication failed: Invalid API key`.',
      was: 'It had the words of axios: `AxiosError: Request failed with status code 403`.',
      answers: { [login]: [403, { message: 'Invalid API key', statusCode: 403 }] },
      calls: [['pay', { amount: '1000' }]],
      sent: [LOGIN],
      error: {
        code: 'AUTHENTICATION_FAILED',
        outcome: 'not_sent',
        message: 'Payment request failed: Authentication failed: Invalid API key',
      },
    },
    {
      mark: 'fixed',
      does: 'One login serves all payments while its token lives.',
      was: 'Each payment logged in first.',
      calls: [
        ['pay', { orderReference: 'A' }],
        ['pay', { orderReference: 'B' }],
      ],
      sent: [LOGIN, push('{"orderReference":"A"}'), push('{"orderReference":"B"}')],
      value: accepted,
    },
    {
      mark: 'fixed',
      does: 'A reference that ClickPesa has already is an error of its own, `DUPLICATE_REFERENCE`, whose `outcome` is `unknown`: the first push may have been paid.',
      was: 'It looked like any refusal, so that an app tried again under a new reference and charged twice.',
      answers: {
        [pay]: [409, { message: 'Order reference A already used: Create a different reference', statusCode: 409 }],
      },
      calls: [['pay', { orderReference: 'A' }]],
      sent: [LOGIN, push('{"orderReference":"A"}')],
      error: {
        code: 'DUPLICATE_REFERENCE',
        outcome: 'unknown',
        message: /^Payment request failed: Order reference A already used/,
      },
    },
    {
      mark: 'added',
      does: 'With `CLICKPESA_CHECKSUM_KEY` in `config`, `pay` adds `checksum` behind your own fields. Without it nothing is added.',
      instead: 'Your own HMAC of the payload.',
      config: { CLICKPESA_CHECKSUM_KEY: 'key' },
      calls: [['pay', { zeta: 1, amount: '2' }]],
      sent: [LOGIN, push(`{"zeta":1,"amount":"2","checksum":"${CHECKSUM}"}`)],
      value: accepted,
    },
    {
      mark: 'added',
      does: '`charge` takes the fields that all gateways share. The phone may be written as people write it.',
      instead: 'Your own conversion of phones and amounts.',
      calls: [['charge', { amount: 1000, currency: 'TZS', phone: '0712 345 678', reference: 'ORDER1' }]],
      sent: [LOGIN, push('{"amount":"1000","currency":"TZS","orderReference":"ORDER1","phoneNumber":"255712345678"}')],
      has: { provider: 'clickpesa', status: 'processing', reference: 'ORDER1', raw: accepted },
    },
    {
      mark: 'added',
      does: '`getPaymentStatus(orderReference)` asks where a payment stands.',
      instead: 'A request of your own to ClickPesa.',
      answers: {
        '/third-parties/payments/ORDER1': [
          200,
          [
            {
              id: 'ORDER1LCP1',
              status: 'SUCCESS',
              orderReference: 'ORDER1',
              collectedAmount: 1000,
              collectedCurrency: 'TZS',
            },
          ],
        ],
      },
      calls: [['getPaymentStatus', 'ORDER1']],
      sent: [LOGIN, { method: 'GET', path: '/third-parties/payments/ORDER1', headers: { authorization: 'Bearer t' } }],
      has: { status: 'succeeded', amount: '1000', reference: 'ORDER1' },
    },
    {
      mark: 'added',
      does: '`handleCallback(body)` proves a webhook by its checksum or, without `CLICKPESA_CHECKSUM_KEY`, asks ClickPesa about the payment.',
      instead:
        'Believing the webhook. Its documentation says that PesaPal alone sends any; ClickPesa and AzamPay do, too.',
      answers: { '/third-parties/payments/ORDER1': [404, { message: 'Payment not found', statusCode: 404 }] },
      calls: [
        [
          'handleCallback',
          { event: 'PAYMENT RECEIVED', data: { orderReference: 'ORDER1', status: 'SUCCESS', collectedAmount: '1000' } },
        ],
      ],
      sent: [LOGIN, { method: 'GET', path: '/third-parties/payments/ORDER1', headers: { authorization: 'Bearer t' } }],
      error: { code: 'NOT_CONFIRMED_YET', message: /^Callback handling failed: / },
    },
  ],
};
