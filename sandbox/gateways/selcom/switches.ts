import type { SwitchTable } from '../../engine/switches.js';

/** The products that Selcom enables for a vendor, each by itself. */
export const PRODUCTS = [
  'create-order-minimal',
  'create-order',
  'wallet-payment',
  'order-status',
  'cancel-order',
  'list-orders',
  'stored-cards',
  'delete-card',
  'walletcashin',
  'qwiksend',
  'balance',
] as const;

/** `docs/guide/sandbox.md` lists the switches too. */
export const SWITCHES = {
  selcomRefusedStatus: {
    default: 403,
    choices: [403, 401],
    about: 'HTTP status for a wrong digest or time (the real one is unknown)',
  },
  selcomSkewMs: { default: 0, about: 'how far Timestamp may be from the clock; 0 is any (the bound is unknown)' },
  selcomAddressRefused: { default: false, about: 'the calling address is not allowed: 403 (4032)' },
  selcomProducts: { default: PRODUCTS.join(','), list: PRODUCTS, about: 'products switched on; others are 403 (4035)' },
  selcomBadUrlStatus: { default: 406, choices: [406, 412], about: 'HTTP status for a URL that is no base64' },
  selcomDuplicateOrder: {
    default: 'refuse',
    choices: ['refuse', 'overwrite', 'accept'],
    about: 'a repeated order_id (the real answer is unknown)',
  },
  selcomDuplicateTransid: {
    default: 'refuse',
    choices: ['refuse', '999'],
    about: 'a repeated transid (the real answer is unknown)',
  },
  selcomUnknownOrder: {
    default: 'refuse',
    choices: ['refuse', 'open'],
    about: 'a push for an order that is not there: refused, or an order of 1,500 TZS',
  },
  selcomPage: { default: 'works', choices: ['works', 'not-found'], about: "an order's page, as one account met it" },
  selcomPageUrl: { default: 'base64', choices: ['base64', 'plain'], about: 'payment_gateway_url' },
  selcomPushCode: { default: '111', choices: ['111', '927'], about: 'resultcode of a push that was taken' },
  selcomPaidWord: { default: 'COMPLETED', choices: ['COMPLETED', 'COMPLETE'], about: 'payment_status once paid' },
  selcomDeclinedWord: {
    default: 'USERCANCELLED',
    choices: ['USERCANCELLED', 'USERCANCELED', 'REJECTED'],
    about: 'payment_status once the customer said no',
  },
  selcomExpiredWord: {
    default: 'REJECTED',
    choices: ['REJECTED', 'PENDING', 'CANCELLED'],
    about: 'payment_status once the prompt ran out (unknown)',
  },
  selcomWebhook: {
    default: 'unsigned',
    choices: ['unsigned', 'signed', 'wrong', 'none'],
    about: 'webhooks: as they come, as documented, with a wrong digest, or never',
  },
  selcomFailedWebhook: { default: false, about: 'a webhook for a payment that failed too' },
  selcomResultName: {
    default: 'resultcode',
    choices: ['resultcode', 'resulcode'],
    about: "the result code's name in webhooks",
  },
  selcomWebhookTransid: {
    default: 'receipt',
    choices: ['receipt', 'push'],
    about: "transid in webhooks: the operator's, as it comes, or the push's own, as documented",
  },
  selcomData: { default: 'list', choices: ['list', 'object', 'missing'], about: 'data in answers' },
  selcomNumbers: { default: false, about: 'amounts in answers and webhooks are numbers' },
  selcomSameReference: { default: false, about: 'every answer has the same reference' },
  selcomPayout: {
    default: '000',
    choices: ['000', '111', '999-paid', '999-later', '999-lost'],
    about: 'a payout: done, under way, or unknown and then found, at once or later, or never',
  },
  selcomLaterMs: { default: 3_600_000, about: 'for how long a query of a 999-later payout says 999 too' },
  selcomAmbiguousWord: {
    default: 'AMBIGUOUS',
    choices: ['AMBIGUOUS', 'AMBIGOUS'],
    about: 'result of 999: as it comes, or as one table spells it',
  },
  selcomFloat: { default: 5_000_000, about: "the payouts' float, TZS" },
} as const satisfies SwitchTable;
