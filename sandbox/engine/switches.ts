import { isFields } from '../http/message.js';
import { shown } from './known.js';

/**
 * What the gateways leave undocumented, or answer in more than one way. Each switch names the choices;
 * the first value is the default. docs/guide/sandbox.md lists them with what is known.
 */
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
  clickpesaBalanceShape: { default: 'array', choices: ['array', 'object'], about: 'shape of the balance answer' },
  clickpesaNoBalance: { default: false, about: 'balance answers 404, as for a new merchant' },
  clickpesaRatePerMinute: { default: 0, about: 'requests a minute before 429; 0 is no limit (documented: 120)' },
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
  azampayHostedShape: {
    default: 'text',
    choices: ['text', 'json'],
    about: 'hosted checkout answers its URL as text or as a JSON string',
  },
  azampayStrictPayments: {
    default: true,
    about: 'refuse what is no Tanzanian phone, an amount of 0, another currency than TZS; false is lax as its sandbox',
  },
  azampayUniqueReferences: { default: false, about: 'refuse a repeated externalId' },
} as const satisfies Record<string, SwitchRow>;

interface SwitchRow {
  default: string | number | boolean;
  choices?: readonly (string | number)[];
  /** The words that a text of several, with commas between, may hold. */
  list?: readonly string[];
  about: string;
}

type Table = typeof SWITCHES;
type Widened<T> = T extends number ? number : T extends boolean ? boolean : string;

export type SwitchName = keyof Table;
export type Switches = {
  [Name in SwitchName]: Table[Name] extends { choices: readonly (infer Choice)[] }
    ? Choice
    : Widened<Table[Name]['default']>;
};

/** The table's defaults with `given` over them; an unknown name or choice is a TypeError. */
export function readSwitches(given: Partial<Switches> = {}): Switches {
  if (!isFields(given)) throw new TypeError('switches must be an object');
  const out: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(SWITCHES)) out[name] = row.default;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const row: SwitchRow | undefined = Object.hasOwn(SWITCHES, name) ? SWITCHES[name as SwitchName] : undefined;
    if (!row) throw new TypeError(`Unknown sandbox switch: ${name}; known are ${Object.keys(SWITCHES).join(', ')}`);
    if (!fits(row, value)) {
      const wanted = row.choices?.join(', ') ?? row.list?.join(', ') ?? typeof row.default;
      throw new TypeError(`Sandbox switch ${name} takes ${wanted}; got ${shown(value)}`);
    }
    out[name] = value;
  }
  return out as Switches;
}

function fits({ default: usual, choices, list }: SwitchRow, value: unknown): boolean {
  if (typeof value !== typeof usual || Number.isNaN(value)) return false;
  if (list) return wordsOf(value as string).every((word) => list.includes(word));
  return !choices || choices.includes(value as string);
}

/** The words of a text with commas between. */
export const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

/** Reads `name=value` as given on a command line. */
export function parseSwitch(pair: string): Partial<Switches> {
  const at = pair.indexOf('=');
  const name = pair.slice(0, at < 0 ? undefined : at);
  const raw = at < 0 ? 'true' : pair.slice(at + 1);
  const row: SwitchRow | undefined = Object.hasOwn(SWITCHES, name) ? SWITCHES[name as SwitchName] : undefined;
  if (!row) throw new TypeError(`Unknown sandbox switch: ${name}; known are ${Object.keys(SWITCHES).join(', ')}`);
  const type = typeof row.default;
  if (type === 'number' && !/^-?\d+$/.test(raw))
    throw new TypeError(`Sandbox switch ${name} takes a number; got ${raw}`);
  if (type === 'boolean' && !/^(true|false)$/.test(raw))
    throw new TypeError(`Sandbox switch ${name} takes true or false; got ${raw}`);
  const value = type === 'number' ? Number(raw) : type === 'boolean' ? raw === 'true' : raw;
  return readSwitchPair(name, value);
}

function readSwitchPair(name: string, value: string | number | boolean): Partial<Switches> {
  const pair = { [name]: value } as Partial<Switches>;
  readSwitches(pair);
  return pair;
}
