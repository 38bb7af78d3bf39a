import type { SwitchTable } from '../../engine/switches.js';

/** `docs/guide/sandbox.md` lists the switches too. */
export const SWITCHES = {
  pesapalTokenTtlMs: { default: 0, about: 'token lifetime; 0 follows the profile (sandbox 3600 s, live 300 s)' },
  pesapalBadTokenStatus: {
    default: 401,
    choices: [401, 200, 500],
    about: 'HTTP status of a refused token (undocumented)',
  },
  pesapalIpnGeneration: {
    default: 'A',
    choices: ['A', 'B'],
    about: 'RegisterIPN answer: A with id and error, B with message instead',
  },
  pesapalIpnListLag: { default: false, about: 'GetIpnList answers [] once after a registration' },
  pesapalIpnListShape: {
    default: 'real',
    choices: ['real', 'documented'],
    about: 'rows of GetIpnList as captured, or as documented, without type and state',
  },
  pesapalStrictOrders: { default: true, about: 'refuse over-long texts and unsupported amounts (assumed)' },
  pesapalUniqueIds: { default: false, about: 'refuse an id that came before; PesaPal is said to accept it' },
  pesapalAmountLimit: {
    default: 0,
    about: 'amounts above it are refused with amount_exceeds_default_limit; 0 is no limit',
  },
  pesapalErrorMember: {
    default: 'nulls',
    choices: ['nulls', 'nulls-4', 'null', 'absent'],
    about: 'how success spells "no error"',
  },
  pesapalStatusAsNumber: { default: false, about: 'the envelope status as a number' },
  pesapalMessageAsJson: { default: false, about: 'errors as a JSON text inside a top-level message' },
  pesapalTrimFractions: { default: false, about: 'drop the zeros that end a date fraction, as .NET does' },
  pesapalIpnPost: { default: 'json', choices: ['json', 'form', 'query'], about: 'how a POST IPN carries its members' },
  pesapalCallbackType: { default: false, about: 'add OrderNotificationType=CALLBACKURL to the browser return' },
  pesapalCancelIds: { default: false, about: 'add the order ids to cancellation_url' },
  pesapalRefundAfterMs: { default: 1000, about: 'a queued refund shows REVERSED after this long' },
  pesapalReversalIpn: { default: true, about: 'an IPN tells of a reversal (undocumented)' },
  pesapalRefusal: {
    default: 'status',
    choices: ['status', 'error'],
    about: 'how a refund or a cancellation is refused: status 500 and a message, or the error object',
  },
  pesapalCancelledCode: { default: 0, choices: [0, 2], about: 'status_code of a cancelled order (undocumented)' },
  pesapalRenewAfterMs: {
    default: 0,
    about: 'an order with account_number, once paid, is charged again after so long, and so on; 0 is never',
  },
} as const satisfies SwitchTable;
