// What the documented package does at PesaPal.
import { createRequire } from 'node:module';

const { GATEWAYS } = createRequire(import.meta.url)('../support/gateways.cjs');
const { login, pay, loggedIn, accepted } = GATEWAYS.pesapal;
const REGISTER = '/api/URLSetup/RegisterIPN';
const STATUS = '/api/Transactions/GetTransactionStatus?orderTrackingId=';
const GUID = accepted.order_tracking_id;

const LOGIN = {
  method: 'POST',
  path: login,
  headers: { 'content-type': 'application/json' },
  body: '{"consumer_key":"k","consumer_secret":"s"}',
};
const posted = (path, body) => ({
  method: 'POST',
  path,
  headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
  body,
});
const refusal = { error: { error_type: 'api_error', code: 'InvalidIpnId', message: 'No such IPN' }, status: '500' };
const registered = (type) => [
  200,
  {
    url: 'https://shop.example/ipn',
    ipn_notification_type_description: type,
    ipn_id: 'ipn-1',
    error: null,
    status: '200',
  },
];
const paid = [
  200,
  {
    payment_method: 'MpesaTZ',
    amount: 1500,
    payment_status_description: 'Completed',
    confirmation_code: 'C1',
    merchant_reference: 'ORDER-1',
    currency: 'KES',
    status_code: 1,
    error: null,
    status: '200',
  },
];
const ask = { method: 'GET', path: `${STATUS}${GUID}`, headers: { authorization: 'Bearer t' } };

export const pesapal = {
  gateway: 'pesapal',
  title: 'PesaPal',
  answers: { [login]: [200, loggedIn], [pay]: [200, accepted], [REGISTER]: registered('GET') },
  rows: [
    {
      mark: 'same',
      does: "`registerIpn(url, 'GET')` logs in, posts to `/api/URLSetup/RegisterIPN` and resolves with the id alone.",
      calls: [['registerIpn', 'https://shop.example/ipn', 'GET']],
      sent: [LOGIN, posted(REGISTER, '{"url":"https://shop.example/ipn","ipn_notification_type":"GET"}')],
      value: 'ipn-1',
    },
    {
      mark: 'same',
      does: "`registerIpn(url, 'POST')` does the same for notifications by POST.",
      answers: { [REGISTER]: registered('POST') },
      calls: [['registerIpn', 'https://shop.example/ipn', 'POST']],
      sent: [LOGIN, posted(REGISTER, '{"url":"https://shop.example/ipn","ipn_notification_type":"POST"}')],
      value: 'ipn-1',
    },
    {
      mark: 'same',
      does: '`pay(paymentData, ipnId)` posts `paymentData` to `/api/Transactions/SubmitOrderRequest`, with `notification_id` behind your own fields. It resolves with the whole answer: send the customer to its `redirect_url`.',
      calls: [
        [
          'pay',
          {
            id: 'ORDER-1',
            currency: 'KES',
            amount: 1500,
            description: 'Shoes',
            callback_url: 'https://shop.example/back',
            billing_address: { email_address: 'asha@shop.example', phone_number: '0712345678', country_code: 'KE' },
          },
          'ipn-1',
        ],
      ],
      sent: [
        LOGIN,
        posted(
          pay,
          '{"id":"ORDER-1","currency":"KES","amount":1500,"description":"Shoes","callback_url":"https://shop.example/back","billing_address":{"email_address":"asha@shop.example","phone_number":"0712345678","country_code":"KE"},"notification_id":"ipn-1"}',
        ),
      ],
      value: accepted,
    },
    {
      mark: 'same',
      does: '`new PesapalProvider(config).authenticate()` resolves with the token alone.',
      on: 'provider',
      calls: [['authenticate']],
      sent: [LOGIN],
      value: 't',
    },
    {
      mark: 'same',
      does: '`initiateUssdPushRequest({ payload, ipnId })` of the class sends what `pay(payload, ipnId)` sends.',
      on: 'provider',
      calls: [['initiateUssdPushRequest', { payload: { id: 'A' }, ipnId: 'ipn-1' }]],
      sent: [LOGIN, posted(pay, '{"id":"A","notification_id":"ipn-1"}')],
      value: accepted,
    },
    {
      mark: 'same',
      does: '`registerIpn(url, type)` of the class does what `registerIpn` does.',
      on: 'provider',
      calls: [['registerIpn', 'https://shop.example/ipn', 'GET']],
      sent: [LOGIN, posted(REGISTER, '{"url":"https://shop.example/ipn","ipn_notification_type":"GET"}')],
      value: 'ipn-1',
    },
    {
      mark: 'fixed',
      does: 'A refusal that PesaPal puts into an HTTP 200 rejects: `Payment request failed: ` and PesaPal’s own words.',
      was: 'The promise resolved with the error object, and `redirect_url` was `undefined`.',
      answers: { [pay]: [200, refusal] },
      calls: [['pay', { id: 'A' }, 'ipn-1']],
      sent: [LOGIN, posted(pay, '{"id":"A","notification_id":"ipn-1"}')],
      error: { code: 'REFUSED', outcome: 'refused', message: 'Payment request failed: No such IPN' },
    },
    {
      mark: 'fixed',
      does: 'A refused registration rejects: `IPN registration failed: ` and PesaPal’s own words.',
      was: 'The promise resolved with `undefined`.',
      answers: { [REGISTER]: [200, refusal] },
      calls: [['registerIpn', 'https://shop.example/ipn', 'GET']],
      sent: [LOGIN, posted(REGISTER, '{"url":"https://shop.example/ipn","ipn_notification_type":"GET"}')],
      error: { code: 'REFUSED', message: 'IPN registration failed: No such IPN' },
    },
    {
      mark: 'fixed',
      does: 'A refused login rejects: `Authentication failed: ` and PesaPal’s own words. Inside a payment `Payment request failed: ` stands before it.',
      was: 'PesaPal refuses keys by an HTTP 200: the token was `undefined`, and the payment was sent with it.',
      answers: { [login]: [200, { ...refusal, error: { code: 'invalid_consumer_key', message: 'Wrong keys' } }] },
      calls: [['pay', { id: 'A' }, 'ipn-1']],
      sent: [LOGIN],
      error: {
        code: 'AUTHENTICATION_FAILED',
        outcome: 'not_sent',
        message: 'Payment request failed: Authentication failed: Wrong keys',
      },
    },
    {
      mark: 'fixed',
      does: '`pay` without an IPN id is refused, and nothing is sent.',
      was: 'It was sent, and PesaPal refused it or had nowhere to tell the outcome.',
      calls: [['pay', { id: 'A' }]],
      sent: [],
      error: { code: 'INVALID_REQUEST', outcome: 'not_sent', message: /^Payment request failed: .*IPN id/ },
    },
    {
      mark: 'fixed',
      does: 'Without `ipnId` the payload keeps its own `notification_id`.',
      was: 'It was overwritten by `undefined`, and so left out.',
      calls: [['pay', { id: 'A', notification_id: 'ipn-2' }]],
      sent: [LOGIN, posted(pay, '{"id":"A","notification_id":"ipn-2"}')],
      value: accepted,
    },
    {
      mark: 'fixed',
      does: 'One login serves a registration and the payments after it, while its token lives.',
      was: 'Each call logged in first.',
      calls: [
        ['registerIpn', 'https://shop.example/ipn'],
        ['pay', { id: 'A' }, 'ipn-1'],
      ],
      sent: [
        LOGIN,
        posted(REGISTER, '{"url":"https://shop.example/ipn","ipn_notification_type":"GET"}'),
        posted(pay, '{"id":"A","notification_id":"ipn-1"}'),
      ],
      value: accepted,
    },
    {
      mark: 'added',
      does: '`registerIpn(url)` without a type takes `GET`.',
      instead: 'Passing the type.',
      calls: [['registerIpn', 'https://shop.example/ipn']],
      sent: [LOGIN, posted(REGISTER, '{"url":"https://shop.example/ipn","ipn_notification_type":"GET"}')],
      value: 'ipn-1',
    },
    {
      mark: 'added',
      does: '`handleCallback(req.query)` asks PesaPal for the payment, and gives the JSON that PesaPal wants as `acknowledgement`.',
      instead: 'An own request for the status, and the answer `OK`, which PesaPal does not document.',
      answers: { [`${STATUS}${GUID}`]: paid },
      calls: [
        [
          'handleCallback',
          { OrderTrackingId: GUID, OrderMerchantReference: 'ORDER-1', OrderNotificationType: 'IPNCHANGE' },
          { expect: { amount: 1500, currency: 'KES', reference: 'ORDER-1' } },
        ],
      ],
      sent: [LOGIN, ask],
      has: {
        isValid: true,
        acknowledgement: {
          orderNotificationType: 'IPNCHANGE',
          orderTrackingId: GUID,
          orderMerchantReference: 'ORDER-1',
          status: 200,
        },
      },
    },
    {
      mark: 'added',
      does: '`getPaymentStatus(orderTrackingId)` asks where a payment stands.',
      instead: 'A request of your own to PesaPal.',
      answers: { [`${STATUS}${GUID}`]: paid },
      calls: [['getPaymentStatus', GUID]],
      sent: [LOGIN, ask],
      has: { status: 'succeeded', amount: '1500', currency: 'KES', reference: 'ORDER-1', receipt: 'C1' },
    },
  ],
};
