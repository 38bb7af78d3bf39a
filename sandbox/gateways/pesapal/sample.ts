import type { Sample, TestCallback } from '../../engine/gateway.js';
import { oneOf } from '../../engine/known.js';
import { type Fields, parseFields, textOf } from '../../http/message.js';
import { ipnDraft } from './callback.js';

const MEMBERS = ['OrderTrackingId', 'OrderMerchantReference', 'OrderNotificationType'] as const;

const GUID = '01234567-89ab-4def-8123-456789abcdef';

function make({ method = 'GET' }: { method?: 'GET' | 'POST' }, members: Fields): TestCallback {
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

export const sample = {
  members: MEMBERS,
  options: { method: oneOf('GET', 'POST') },
  make,
} satisfies Sample;

export const events = {
  ipn: { about: 'an IPN by GET' },
  'ipn-post': { about: 'an IPN by POST', overrides: { method: 'POST' } },
  recurring: { about: 'an IPN of a recurring charge', overrides: { OrderNotificationType: 'RECURRING' } },
  callback: { about: "the customer's browser coming back", overrides: { OrderNotificationType: 'CALLBACKURL' } },
};
