'use strict';

// Paths without ids. What is not known to be a word of an API may be an id, a reference or a telephone number.

const WORDS = new Set(
  `account all api appregistration auth balance bank banks billpay bulk-create-customer-control-numbers
  bulk-create-order-control-numbers cancel-mandate cancel-order cancelorder checkout checkout-link crdb-direct-debit
  create-bank-payout create-customer-control-number create-lipa-namba-payout create-mobile-money-payout create-order
  create-order-control-number create-order-minimal delete-card disburse exchange-rates generate-checkout-url
  generate-payout-url generate-token generatetoken get-mandate getipnlist getpaymentpartners gettransactionstatus
  initiate-card-payment initiate-ussd-push-request lipa-namba-providers list list-orders lookup missing mno namelookup
  order-status partner paymentgw payments payout-link payouts postcheckout preview-bank-payout preview-card-payment
  preview-lipa-namba-payout preview-mobile-money-payout preview-ussd-push-request process public-key publickey query
  qwiksend refundrequest registeripn request-mandate requesttoken statement stored-cards submitorderrequest
  third-parties token transactions transactionstatus update-status urlsetup v1 v2 v3 vendor wallet-payment walletcashin
  webshop`.split(/\s+/),
);
const ID = '{id}';
/** Parts that a path keeps; ours have six at most, and the address of a proxy may stand before them. */
const MAX_PARTS = 12;

/** The path as a template, such as `/payments/{id}`. A gateway's own name is a word, too, as is `<name>v3`. */
exports.templateOf = (path, provider) => {
  const kept = (part) => WORDS.has(part) || part.replace(/v\d$/, '') === provider;
  const parts = path.split('/', MAX_PARTS).map((part) => (part === '' || kept(part.toLowerCase()) ? part : ID));
  return parts.join('/');
};
