'use strict';

// This package by its own vocabulary: the same payment, asked for with `charge`.
const { open: openSdk } = require('./finconnect.cjs');

function open(origin) {
  const sdk = openSdk(origin);
  return {
    pay: ({ externalId, accountNumber, amount, currency, provider }) =>
      sdk.charge({ reference: externalId, phone: accountNumber, amount, currency, operator: provider }),
  };
}

module.exports = { open };
