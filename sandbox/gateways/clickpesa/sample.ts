import type { Sample } from '../../engine/gateway.js';
import { isText, oneOf } from '../../engine/known.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { type Fields, isFields } from '../../http/message.js';
import { jsonCallback } from '../sample.js';
import { failedData, oldData, receivedData } from './callback.js';
import { type ChecksumMethod, clickpesaChecksum } from './checksum.js';

const MEMBERS = [
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
] as const;

export interface SampleOptions {
  key?: string;
  outcome?: 'success' | 'failure' | 'settled';
  shape?: 'current' | 'old';
  checksumMethod?: ChecksumMethod;
}

const TIME = Date.UTC(2026, 0, 1, 9);
const ENVELOPE = ['event', 'eventType', 'data', 'checksum'];

function bodyOf({ key, outcome, shape, checksumMethod }: SampleOptions, members: Fields): Fields {
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
  return { ...body, checksum: clickpesaChecksum(body, key, checksumMethod) };
}

export const sample = {
  members: MEMBERS,
  options: {
    key: ['the checksum key, which is a string', isText[1]],
    outcome: oneOf('success', 'failure', 'settled'),
    shape: oneOf('current', 'old'),
    checksumMethod: oneOf('canonical', 'legacy'),
  },
  make: (options: SampleOptions, members) => jsonCallback(bodyOf(options, members)),
} satisfies Sample;

export const events = {
  success: { about: 'PAYMENT RECEIVED, status SUCCESS' },
  settled: { about: 'PAYMENT RECEIVED, status SETTLED', overrides: { outcome: 'settled' } },
  failure: { about: 'PAYMENT FAILED', overrides: { outcome: 'failure' } },
};
