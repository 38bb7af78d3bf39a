import { createPrivateKey, KeyObject } from 'node:crypto';
import type { Sample } from '../../engine/gateway.js';
import { oneOf } from '../../engine/known.js';
import type { Fields } from '../../http/message.js';
import { jsonCallback } from '../sample.js';
import { azampayBody, azampayOldBody } from './callback.js';
import { azampaySignedText, rsaSignature } from './signature.js';

const MEMBERS = [
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
] as const;

export interface SampleOptions {
  key?: string | KeyObject;
  outcome?: 'success' | 'failure';
  shape?: 'current' | 'old';
  signedFields?: 'four' | 'two';
}

const TRANSACTION = '0123456789abcdef0123456789abcdef';

function bodyOf({ key, outcome, shape, signedFields }: SampleOptions, members: Fields): Fields {
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

export const sample = {
  members: MEMBERS,
  options: {
    key: ['a key', (value) => (typeof value === 'string' && value !== '') || value instanceof KeyObject],
    outcome: oneOf('success', 'failure'),
    shape: oneOf('current', 'old'),
    signedFields: oneOf('four', 'two'),
  },
  make: (options: SampleOptions, members) => jsonCallback(bodyOf(options, members)),
} satisfies Sample;

export const events = {
  success: { about: 'a payment went through' },
  failure: { about: 'a payment failed', overrides: { outcome: 'failure' } },
};
