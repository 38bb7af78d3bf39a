import { createPrivateKey, KeyObject } from 'node:crypto';
import { checkKnown, isAnything, oneOf, type Rule, shown } from '../engine/known.js';
import type { Gateway, PaymentRecord } from '../engine/payments.js';
import { type Fields, isFields, JSON_TYPE, parseFields, textOf } from '../http/message.js';
import { azampayBody, azampayOldBody } from './azampay/callback.js';
import { azampaySignedText, rsaSignature } from './azampay/signature.js';
import { failedData, oldData, receivedData } from './clickpesa/callback.js';
import { type ChecksumMethod, clickpesaChecksum } from './clickpesa/checksum.js';
import { ipnDraft } from './pesapal/callback.js';

/** A callback as a gateway sends it. */
export interface TestCallback {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  /** The query's members; empty for all but PesaPal. */
  query: Record<string, string>;
  /** The JSON body's members; undefined for a GET. */
  body: Fields | undefined;
  /** The body's exact text; empty for a GET. */
  rawBody: string;
}

/** How the callback is made; every other member replaces the callback's own of that name. */
export interface TestCallbackOptions {
  /** AzamPay: an RSA private key, PEM or KeyObject. ClickPesa: the checksum key. Without one the callback is unsigned. */
  key?: string | KeyObject;
  /** Default `success`. `settled` is ClickPesa's second PAYMENT RECEIVED. */
  outcome?: 'success' | 'failure' | 'settled';
  /** `old` is the payload of former years. */
  shape?: 'current' | 'old';
  /** `two` is the wrong, two-field AzamPay signature. */
  signedFields?: 'four' | 'two';
  /** ClickPesa. Default `canonical`. */
  checksumMethod?: ChecksumMethod;
  /** PesaPal. Default `GET`. */
  method?: 'GET' | 'POST';
}

/** The members that each gateway's callback can have, in any of its shapes. */
const MEMBERS = {
  azampay: [
    'message',
    'user',
    'password',
    'clientId',
    'transactionstatus',
    'operator',
    'reference',
    'externalreference',
    'utilityref',
    'amount',
    'transid',
    'msisdn',
    'mnoreference',
    'submerchantAcc',
    'additionalProperties',
    'fspReferenceId',
    'signature',
  ],
  clickpesa: [
    'event',
    'eventType',
    'data',
    'checksum',
    'id',
    'paymentId',
    'status',
    'paymentReference',
    'paymentPhoneNumber',
    'orderReference',
    'collectedAmount',
    'collectedCurrency',
    'amount',
    'currency',
    'message',
    'channel',
    'createdAt',
    'updatedAt',
    'customer',
    'clientId',
  ],
  pesapal: ['OrderTrackingId', 'OrderMerchantReference', 'OrderNotificationType'],
} as const satisfies Record<Gateway, readonly string[]>;

/** A member of one gateway's callback that may be replaced. */
export type TestCallbackMember<G extends Gateway = Gateway> = (typeof MEMBERS)[G][number];

const isKey: Rule = ['a key', (value) => (typeof value === 'string' && value !== '') || value instanceof KeyObject];
const isShape = oneOf('current', 'old');
const OPTIONS: Record<Gateway, Record<string, Rule>> = {
  azampay: {
    key: isKey,
    outcome: oneOf('success', 'failure'),
    shape: isShape,
    signedFields: oneOf('four', 'two'),
  },
  clickpesa: {
    key: ['the checksum key, which is a string', (value) => typeof value === 'string' && value !== ''],
    outcome: oneOf('success', 'failure', 'settled'),
    shape: isShape,
    checksumMethod: oneOf('canonical', 'legacy'),
  },
  pesapal: { method: oneOf('GET', 'POST') },
};

/** Whether a gateway's callback has a member of this name. */
export const isMember = (gateway: Gateway, name: string): boolean =>
  (MEMBERS[gateway] as readonly string[]).includes(name);

const TRANSACTION = '0123456789abcdef0123456789abcdef';
const TIME = Date.UTC(2026, 0, 1, 9);

/**
 * The exact callback of a gateway, truly signed when given a key; for tests that need no server.
 * Overrides are the callback's own members, e.g. `{ utilityref: 'ORDER-7', amount: '9999' }`; they are set before signing.
 * ClickPesa's go into `data`, save `event`, `eventType`, `data` and `checksum`. Members that the callback does not have
 * go into AzamPay's `additionalProperties` or ClickPesa's `data`; any other unknown name, or option that the gateway
 * does not have, is a TypeError.
 */
export function generateTestCallback<G extends Gateway>(
  gateway: G,
  overrides: TestCallbackOptions & { [Name in TestCallbackMember<G>]?: unknown } = {},
): TestCallback {
  if (!Object.hasOwn(MEMBERS, gateway)) throw new TypeError(`Unknown gateway: ${shown(gateway)}`);
  const free = Object.fromEntries(MEMBERS[gateway].map((name) => [name, isAnything]));
  checkKnown(`generateTestCallback('${gateway}')`, overrides, { ...OPTIONS[gateway], ...free });
  const members = Object.fromEntries(Object.entries(overrides).filter(([name]) => isMember(gateway, name)));
  switch (gateway) {
    case 'azampay':
      return post(azampay(overrides, members), { Accept: 'application/json' });
    case 'clickpesa':
      return post(clickpesa(overrides, members), { Accept: 'application/json' });
    default:
      return pesapal(overrides, members);
  }
}

function azampay({ key, outcome, shape, signedFields }: TestCallbackOptions, members: Fields): Fields {
  const failed = outcome === 'failure';
  const facts = {
    reference: 'ORDER-1',
    transactionId: TRANSACTION,
    amount: '2000',
    status: failed ? 'failure' : 'success',
    operator: 'Tigo',
    msisdn: '255712345678',
    receipt: '00000000-0000-4000-8000-000000000000',
    message: failed ? 'Insufficient balance' : 'success',
    additionalProperties: {},
  };
  if (shape === 'old') return { ...azampayOldBody(facts), ...members };
  const body = { ...azampayBody(facts), ...members };
  if (key === undefined || 'signature' in members) return body;
  if (!isRsaKey(key))
    throw new TypeError("generateTestCallback('azampay'): key takes an RSA private key, in PEM or as a KeyObject");
  return { ...body, signature: rsaSignature(key, azampaySignedText(body, signedFields)) };
}

function isRsaKey(key: KeyObject | string): boolean {
  try {
    const { type, asymmetricKeyType } = typeof key === 'string' ? createPrivateKey(key) : key;
    return type === 'private' && asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

const ENVELOPE = ['event', 'eventType', 'data', 'checksum'];

function clickpesa({ key, outcome, shape, checksumMethod }: TestCallbackOptions, members: Fields): Fields {
  const failed = outcome === 'failure';
  const payment: PaymentRecord = {
    gateway: 'clickpesa',
    kind: 'push',
    id: 'ORDER1LCP7890',
    reference: 'ORDER1',
    amount: '10000',
    currency: 'TZS',
    phone: '255712345678',
    operator: 'TIGO-PESA',
    status: failed ? 'failed' : outcome === 'settled' ? 'settled' : 'paid',
    ...(failed && { reason: 'insufficient-funds' }),
    receipt: 'CMF9H7NXM9',
    createdAt: TIME,
    updatedAt: TIME + 5_000,
    faults: new Set(),
    detail: {},
    timers: [],
  };
  const made =
    shape === 'old' ? oldData(payment) : failed ? failedData(payment, 'IDtest') : receivedData(payment, 'IDtest');
  const inData = Object.fromEntries(Object.entries(members).filter(([name]) => !ENVELOPE.includes(name)));
  const data = { ...made, ...(isFields(members['data']) ? members['data'] : {}), ...inData };
  const event = members['event'] ?? members['eventType'] ?? (failed ? 'PAYMENT FAILED' : 'PAYMENT RECEIVED');
  const body = { [members['eventType'] === undefined ? 'event' : 'eventType']: event, data };
  if ('checksum' in members) return { ...body, checksum: members['checksum'] };
  if (key === undefined) return body;
  return { ...body, checksum: clickpesaChecksum(body, String(key), checksumMethod) };
}

const GUID = '01234567-89ab-4def-8123-456789abcdef';

function pesapal({ method = 'GET' }: TestCallbackOptions, members: Fields): TestCallback {
  const member = (name: string, fallback: string) => textOf(members[name]) || fallback;
  const facts = {
    OrderTrackingId: member('OrderTrackingId', GUID),
    OrderMerchantReference: member('OrderMerchantReference', 'ORDER-1'),
    OrderNotificationType: member('OrderNotificationType', 'IPNCHANGE'),
  };
  const draft = ipnDraft(facts, 'http://app.invalid/', method);
  const query = Object.fromEntries(new URL(draft.url).searchParams);
  return { method, headers: draft.headers, query, body: parseFields(draft.body), rawBody: draft.body };
}

function post(body: Fields, headers: Record<string, string>): TestCallback {
  return {
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE, ...headers },
    query: {},
    body,
    rawBody: JSON.stringify(body),
  };
}
