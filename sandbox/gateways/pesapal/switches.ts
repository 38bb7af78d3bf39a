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
  pesapalStrictOrders: { default: true, about: 'refuse repeated ids, over-long texts, unsupported amounts (assumed)' },
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
} as const satisfies SwitchTable;
