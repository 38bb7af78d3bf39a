'use strict';

// What each operation is asked with, by gateway: for the fault matrix, and for specs that ask every operation.

const IPN_ID = '11111111-2222-4333-8444-555555555555';
const customer = { name: 'Asha Juma', email: 'asha@example.com', phone: '0712345678' };
const back = { returnUrl: 'https://shop.example/back', cancelUrl: 'https://shop.example/no' };

/** The members that a charge and a checkout have in common; one object suits every gateway. */
const money = (reference, ipnId = IPN_ID) => ({
  amount: '1500',
  currency: 'TZS',
  reference,
  description: 'Order 1',
  customer,
  ipnId,
});
const charge = (...given) => ({ ...money(...given), phone: '0742345678', callbackUrl: back.returnUrl });
const payout = (reference) => ({
  amount: '1500',
  currency: 'TZS',
  reference,
  name: 'Asha Juma',
  to: { phone: '0742345678' },
});

/** The arguments of each operation by the reference and IPN id of an order; those that take none are not listed. */
const ARGUMENTS = {
  charge: (...given) => [charge(...given)],
  preview: (reference) => [{ for: 'payout', ...payout(reference) }],
  checkout: (...given) => [{ ...money(...given), ...back }],
  payBank: (reference) => [
    {
      ...{ amount: '1500', currency: 'TZS', reference, bank: 'CRDB', accountNumber: '0150123456789' },
      ...{ phone: '0742345678', otp: '1234' },
    },
  ],
  registerIpn: () => ['https://shop.example/ipn', 'GET'],
  ensureIpn: () => ['https://shop.example/ipn', 'GET'],
  listPayments: () => [{ startDate: '2026-01-01', endDate: '2099-12-31' }],
  payout: (reference) => [payout(reference)],
  getPayoutStatus: (reference) => [reference],
  listPayouts: () => [{}],
  getStatement: () => [{ currency: 'TZS' }],
  exchangeRates: () => [undefined, undefined],
  'bills.create': () => [{ amount: '1500' }],
  'bills.createMany': () => [[{ amount: '1500' }]],
  'bills.get': (reference) => [reference],
  'bills.update': (reference) => [reference, { active: false }],
  listCards: () => [{ id: 'BUYER-1', gatewayId: 'buyer' }],
  deleteCard: () => [{ id: '1', gatewayId: 'buyer' }],
  'mandates.request': () => [{ any: 'field' }],
  'mandates.get': (reference) => [reference],
  'mandates.cancel': (reference) => [{ mandateRequestId: reference }],
};

/** Where the request ends that moves money, by operation and gateway. */
const MOVES = {
  pesapal: { charge: 'SubmitOrderRequest', checkout: 'SubmitOrderRequest' },
  clickpesa: {
    charge: 'initiate-ussd-push-request',
    checkout: 'generate-checkout-url',
    payout: 'create-mobile-money-payout',
  },
  azampay: {
    charge: '/azampay/mno/checkout',
    checkout: '/api/v1/Partner/PostCheckout',
    payBank: '/azampay/bank/checkout',
    payout: '/api/v1/azampay/disburse',
  },
  selcom: { charge: 'wallet-payment', payout: '/walletcashin/process' },
};

/** Calls an operation of an SDK object by its name, and gives the first thing that it gives. */
async function ask(sdk, operation, given, options) {
  const [group, own] = operation.split('.');
  const method = own === undefined ? sdk[group] : sdk[group][own];
  const answer = method.apply(own === undefined ? sdk : sdk[group], [...given, options]);
  return typeof answer.then === 'function' ? answer : (await answer[Symbol.asyncIterator]().next()).value;
}

exports.ARGUMENTS = ARGUMENTS;
exports.MOVES = MOVES;
exports.ask = ask;
