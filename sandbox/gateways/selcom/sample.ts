import type { Sample, TestCallback } from '../../engine/gateway.js';
import { isText, oneOf } from '../../engine/known.js';
import type { Fields } from '../../http/message.js';
import { plainHeaders, signedHeaders } from './callback.js';

const MEMBERS = [
  'result',
  'resultcode',
  'resulcode',
  'order_id',
  'transid',
  'reference',
  'channel',
  'amount',
  'phone',
  'payment_status',
] as const;

export interface SampleOptions {
  key?: string;
  outcome?: 'success' | 'failure';
  shape?: 'current' | 'old';
}

const TIME = Date.UTC(2026, 0, 1, 9);

function made({ key, outcome, shape }: SampleOptions, members: Fields): TestCallback {
  const failed = outcome === 'failure';
  const body: Fields = {
    result: failed ? 'FAIL' : 'SUCCESS',
    // One sample of the documents spells it so.
    [shape === 'old' ? 'resulcode' : 'resultcode']: failed ? '400' : '000',
    order_id: 'ORDER-1',
    transid: 'ABC1DEF2GH',
    reference: '0289999288',
    channel: 'TIGOPESATZ',
    amount: '2000',
    phone: '255712345678',
    payment_status: failed ? 'USERCANCELLED' : 'COMPLETED',
    ...members,
  };
  const headers = key === undefined ? plainHeaders() : signedHeaders(body, key, TIME);
  return { method: 'POST', headers, query: {}, body, rawBody: JSON.stringify(body) };
}

export const sample = {
  members: MEMBERS,
  options: {
    key: ['the API secret, which is a string', isText[1]],
    outcome: oneOf('success', 'failure'),
    shape: oneOf('current', 'old'),
  },
  make: made,
} satisfies Sample;

export const events = {
  success: { about: 'an order was paid' },
  failure: { about: 'the customer said no', overrides: { outcome: 'failure' } },
};
