'use strict';

// What specs, the fault matrix and the bench know of each gateway: one row for each.

const PAYER = '255712345678';
const IPN_ID = '11111111-2222-4333-8444-555555555555';
const GUID = 'b945e4af-80a5-4ec1-8706-e03f8332fb04';
const LATE = '2099-01-01T00:00:00Z';

const payments = {
  pesapal: {
    id: 'ORDER-1',
    currency: 'KES',
    amount: 1500,
    description: 'Order 1',
    callback_url: 'https://shop.example/back',
    billing_address: { phone_number: '0712345678', country_code: 'KE' },
  },
  clickpesa: { amount: '1000', currency: 'TZS', orderReference: 'ORDER1', phoneNumber: PAYER },
  azampay: { accountNumber: PAYER, amount: '1000', currency: 'TZS', externalId: 'ORDER-1', provider: 'Mpesa' },
  selcom: { transid: 'ORDER-1', order_id: 'ORDER-1', msisdn: PAYER },
};

/**
 * `login`, `pay`: how the paths of these requests end, `login` and `loggedIn` `null` where there is no login; `status`,
 * `proof`: what those match that tell of a payment, or prove a callback.
 * `config`: the credentials that the constructor asks for, worth nothing. `loggedIn`, `accepted`: answers.
 * `payment`: what the sandbox accepts; `order`: another one, which needs no second argument; `reference`, `amount`:
 * what it is told by.
 * `id`: how the gateway calls a payment; `asked`: what `getPaymentStatus` takes.
 */
const GATEWAYS = {
  pesapal: {
    brand: 'PesaPal',
    login: '/api/Auth/RequestToken',
    pay: '/api/Transactions/SubmitOrderRequest',
    status: /GetTransactionStatus/,
    proof: /GetTransactionStatus/,
    config: { PESAPAL_CONSUMER_KEY: 'k', PESAPAL_CONSUMER_SECRET: 's' },
    loggedIn: { token: 't', expiryDate: LATE, error: null, status: '200' },
    accepted: {
      order_tracking_id: GUID,
      merchant_reference: 'ORDER-1',
      redirect_url: `https://pay.example/?OrderTrackingId=${GUID}`,
      error: null,
      status: '200',
    },
    payment: payments.pesapal,
    order: (reference) => ({
      ...payments.pesapal,
      id: reference,
      billing_address: { phone_number: `+${PAYER}`, country_code: 'TZ' },
      notification_id: IPN_ID,
    }),
    reference: (order) => order.id,
    amount: 1500,
    id: (answer) => answer.order_tracking_id,
    asked: (_order, answer) => answer.order_tracking_id,
  },
  clickpesa: {
    brand: 'ClickPesa',
    login: '/third-parties/generate-token',
    pay: '/third-parties/payments/initiate-ussd-push-request',
    status: /\/third-parties\/payments\/(?!initiate)/,
    proof: /\/third-parties\/payments\/(?!initiate)/,
    config: { CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' },
    loggedIn: { success: true, token: 'Bearer t' },
    accepted: { id: 'ORDER1LCP1', status: 'PROCESSING', orderReference: 'ORDER1', collectedAmount: '1000.00' },
    payment: payments.clickpesa,
    order: (reference) => ({ ...payments.clickpesa, orderReference: reference }),
    reference: (order) => order.orderReference,
    amount: 1000,
    id: (answer) => answer.id,
    asked: (order) => order.orderReference,
  },
  azampay: {
    brand: 'AzamPay',
    login: '/AppRegistration/GenerateToken',
    pay: '/azampay/mno/checkout',
    status: /gettransactionstatus/,
    proof: /public-?key/i,
    config: { AZAMPAY_APP_NAME: 'a', AZAMPAY_CONSUMER_KEY: 'k', AZAMPAY_CONSUMER_SECRET: 's' },
    loggedIn: { success: true, data: { accessToken: 't', expire: LATE } },
    accepted: {
      success: true,
      transactionId: '0123456789abcdef0123456789abcdef',
      message: 'Your request has been received and is being processed.',
      messageCode: 0,
    },
    payment: payments.azampay,
    order: (reference) => ({ ...payments.azampay, externalId: reference }),
    reference: (order) => order.externalId,
    amount: 1000,
    id: (answer) => answer.transactionId,
    asked: (_order, answer) => answer.transactionId,
  },
  selcom: {
    brand: 'Selcom',
    // It signs each request.
    login: null,
    pay: '/v1/checkout/wallet-payment',
    status: /order-status/,
    proof: /order-status/,
    config: { SELCOM_VENDOR: 'v', SELCOM_API_KEY: 'k', SELCOM_API_SECRET: 's' },
    loggedIn: null,
    accepted: { reference: '1', resultcode: '111', result: 'PENDING', message: 'Request in progress.', data: [] },
    payment: payments.selcom,
    order: (reference) => ({ ...payments.selcom, transid: reference, order_id: reference }),
    reference: (order) => order.order_id,
    amount: 1500,
    id: () => null,
    asked: (order) => order.order_id,
  },
};

exports.PAYER = PAYER;
exports.IPN_ID = IPN_ID;
exports.GATEWAYS = GATEWAYS;
exports.PROVIDERS = Object.keys(GATEWAYS);
/** The gateways that give a token for credentials; the others sign each request. */
exports.WITH_LOGIN = exports.PROVIDERS.filter((name) => GATEWAYS[name].login !== null);
/** One fact of every gateway, by its name. */
exports.column = (fact) => Object.fromEntries(Object.entries(GATEWAYS).map(([name, row]) => [name, row[fact]]));
