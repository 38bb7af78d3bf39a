import type { SwitchTable } from '../../engine/switches.js';

/** `docs/guide/sandbox.md` lists the switches too. */
export const SWITCHES = {
  azampayTokenTtlMs: { default: 21_600_000, about: 'token lifetime (sources disagree: 1 to 24 h)' },
  azampayExpireKey: {
    default: 'expire',
    choices: ['expire', 'expireAt'],
    about: 'name of the expiry in the login answer',
  },
  azampayProviderCase: {
    default: 'exact',
    choices: ['exact', 'any'],
    about: 'whether provider names must match in case',
  },
  azampaySignature: {
    default: 'four',
    choices: ['four', 'two', 'none', 'wrong-key', 'corrupt'],
    about: 'how callbacks are signed',
  },
  azampayFailureText: { default: 'failure', about: 'transactionstatus of a failed payment (no capture exists)' },
  azampayPublicKey: {
    default: 'official',
    choices: ['official', '404', 'escaped', 'xml', 'bare', 'empty'],
    about: 'answer of /azampay/v1/public-key',
  },
  azampayTokenPublicKey: {
    default: 'json',
    choices: ['json', 'data', 'string', 'pem', '404'],
    about: 'answer of /api/Token/PublicKey (unverified)',
  },
  azampayBankShape: {
    default: 'data',
    choices: ['data', 'spec'],
    about: 'bank checkout answer: as the sandbox, or as the specification',
  },
  azampayWrongOtp: {
    default: 'errors',
    choices: ['errors', 'success-false'],
    about: 'answer to a wrong OTP: HTTP 400 with errors, or HTTP 200 with success false (no capture exists)',
  },
  azampayEmptyPartners: { default: 0, about: 'how often GetPaymentPartners answers HTTP 200 with nothing, at first' },
  azampayLookupName: {
    default: 'whole',
    choices: ['whole', 'parts'],
    about: 'answer of namelookup: with name, or with fName and lName alone',
  },
  azampayHostedShape: {
    default: 'text',
    choices: ['text', 'json'],
    about: 'hosted checkout answers its URL as text or as a JSON string',
  },
  azampayStrictPayments: {
    default: true,
    about: 'refuse what is no Tanzanian phone, an amount of 0, another currency than TZS; false is lax as its sandbox',
  },
  azampayDuplicateStatus: {
    default: 403,
    choices: [403, 400],
    about: 'HTTP status for a repeated externalReferenceId of a payout',
  },
  azampayEpochSeconds: {
    default: 0,
    about: 'age of dateInEpoch from which a payout is 402 "Request expired"; 0 is never (the age is unknown)',
  },
  azampayPayoutStatus: {
    default: 'status',
    choices: ['status', 'data'],
    about: 'answer of transactionstatus: as the platform, or as older copies of the specification',
  },
  azampayStatusByReference: { default: false, about: 'transactionstatus takes externalReferenceId too' },
  azampayUniqueReferences: { default: false, about: 'refuse a repeated externalId' },
} as const satisfies SwitchTable;
