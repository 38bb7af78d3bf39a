import type { SwitchTable } from '../../engine/switches.js';

/** `docs/guide/sandbox.md` lists the switches too. */
export const SWITCHES = {
  clickpesaTokenTtlMs: { default: 3_600_000, about: 'token lifetime' },
  clickpesaCreatedStatus: { default: 200, choices: [200, 201], about: 'HTTP status of a successful POST' },
  clickpesaUnauthorized: { default: 'json', choices: ['json', 'text'], about: 'body of a 401' },
  clickpesaNumberAmounts: {
    default: 'refuse',
    choices: ['refuse', 'accept'],
    about: 'a JSON number as the amount of a push (documented as a string)',
  },
  clickpesaMethods: {
    default: 'TIGO-PESA,M-PESA,AIRTEL-MONEY,HALOPESA',
    list: ['TIGO-PESA', 'M-PESA', 'AIRTEL-MONEY', 'HALOPESA'],
    about: 'collection methods switched on',
  },
  clickpesaChecksumPlace: {
    default: 'body',
    choices: ['body', 'data', 'header', 'none'],
    about: 'where a webhook carries its checksum',
  },
  clickpesaChecksumMethod: {
    default: 'canonical',
    choices: ['canonical', 'legacy'],
    about: 'how a webhook checksum is computed',
  },
  clickpesaEventKey: { default: 'event', choices: ['event', 'eventType'], about: 'name of the event member' },
  clickpesaReturnUrl: {
    default: '',
    about: "where the browser goes after ClickPesa's hosted pages; a setting of the portal",
  },
  clickpesaSettleAfterMs: { default: 60_000, about: 'SUCCESS becomes SETTLED, with a second webhook; -1 is never' },
  clickpesaCooldownStatus: { default: 400, choices: [400, 429], about: 'HTTP status of the 60 s payout cooldown' },
  clickpesaBalanceShape: { default: 'object', choices: ['object', 'array'], about: 'shape of the balance answer' },
  clickpesaNoBalance: { default: false, about: 'balance answers 404, as for a new merchant' },
  clickpesaRatePerMinute: { default: 0, about: 'requests a minute before 429; 0 is no limit (documented: 120)' },
} as const satisfies SwitchTable;
