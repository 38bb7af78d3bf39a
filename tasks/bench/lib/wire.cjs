'use strict';

// What every contestant sends. The gateway refuses anything else.
const { GATEWAYS } = require('../../../__test__/support/gateways.cjs');

const LOGIN = GATEWAYS.azampay.login;
const credentials = { appName: 'bench', clientId: 'bench-id', clientSecret: 'bench-secret' };

/** Written out, for whatever makes an order is part of each figure. */
const order = (number) => ({
  accountNumber: '255712345678',
  amount: '1000',
  currency: 'TZS',
  externalId: `ORDER-${number}`,
  provider: 'Mpesa',
  additionalProperties: { cart: '7', note: 'Chai ya asubuhi' },
});

/** Ends the run when the answer is not the one to `number`, whose id is the number in 32 hexadecimal digits. */
function check(answer, number) {
  const { success, status, transactionId } = answer;
  const own =
    (success === true || status === 'pending') &&
    transactionId?.length === 32 &&
    Number(`0x${transactionId}`) === number;
  if (!own) throw new Error("a contestant got another payment's answer");
}

/** The four fields that AzamPay signs. */
const signedText = (body) =>
  `${body.utilityref ?? ''}${body.externalreference ?? ''}${body.transactionstatus ?? ''}${body.operator ?? ''}`;

/** One login at a time, repeated 30 s before the token ends: what a careful author writes. */
function cachedToken(login) {
  let flight = null;
  let until = 0;
  return () => {
    if (flight && Date.now() < until) return flight;
    until = Infinity;
    flight = login().then(({ data }) => {
      until = Date.parse(data.expire) - 30_000;
      return `Bearer ${data.accessToken}`;
    });
    flight.catch(() => (flight = null));
    return flight;
  };
}

module.exports = { LOGIN, credentials, order, check, signedText, cachedToken };
