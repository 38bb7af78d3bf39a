import type { CallbackDraft } from '../../engine/deliver.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { JSON_TYPE, parseFields, withQuery } from '../../http/message.js';
import { isRenewal } from './renewal.js';
import type { World } from './world.js';

export type IpnPlace = 'json' | 'form' | 'query';

export interface IpnFacts {
  OrderTrackingId: string;
  OrderMerchantReference: string;
  OrderNotificationType: string;
}

/** An IPN by GET, or by POST with its members where `place` says. */
export function ipnDraft(
  facts: IpnFacts,
  url: string,
  method: 'GET' | 'POST',
  place: IpnPlace = 'json',
): CallbackDraft {
  const { OrderTrackingId, OrderMerchantReference, OrderNotificationType } = facts;
  const event = OrderNotificationType;
  if (method === 'GET' || place === 'query') {
    const query: [string, string][] = [
      ['OrderTrackingId', OrderTrackingId],
      ['OrderMerchantReference', OrderMerchantReference],
      ['OrderNotificationType', OrderNotificationType],
    ];
    return { event, method, url: withQuery(url, query), headers: { Accept: '*/*' }, body: '' };
  }
  const members = { OrderTrackingId, OrderNotificationType, OrderMerchantReference };
  return place === 'form'
    ? {
        event,
        method,
        url,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(members).toString(),
      }
    : { event, method, url, headers: { 'Content-Type': JSON_TYPE }, body: JSON.stringify(members) };
}

export async function pesapalIpn(payment: PaymentRecord, world: World): Promise<CallbackDraft | undefined> {
  const ipn = world.own.ipns.get(String(payment.detail['notificationId']));
  if (!ipn || payment.status === 'pending' || payment.status === 'cancelled') return undefined;
  if (payment.status === 'reversed' && !world.switches.pesapalReversalIpn) return undefined;
  const facts = {
    OrderTrackingId: payment.id,
    OrderMerchantReference: payment.reference,
    OrderNotificationType: isRenewal(payment) ? 'RECURRING' : 'IPNCHANGE',
  };
  return ipnDraft(facts, ipn.url.trim(), ipn.method, world.switches.pesapalIpnPost);
}

/** PesaPal reads the `status` in the answer's JSON, not the HTTP status alone. */
export function accepts({ status, answer }: { status: number; answer: string }) {
  if (status !== 200) return { accepted: false };
  const acknowledged = parseFields(answer)?.['status'];
  if (acknowledged === undefined) return { accepted: true, note: 'not the JSON acknowledgement PesaPal documents' };
  return { accepted: Number(acknowledged) === 200 };
}

const FORGED_ID = '00000000-0000-4000-8000-00000000f0e9';

/** An IPN has no signature; a forger names an order that PesaPal does not know. */
export function tamper(draft: CallbackDraft): CallbackDraft {
  const url = new URL(draft.url);
  if (url.searchParams.has('OrderTrackingId')) {
    const others = [...url.searchParams].filter(([name]) => name !== 'OrderTrackingId');
    url.search = '';
    return { ...draft, url: withQuery(url.href, [['OrderTrackingId', FORGED_ID], ...others]) };
  }
  const fields = parseFields(draft.body);
  if (fields) return { ...draft, body: JSON.stringify({ ...fields, OrderTrackingId: FORGED_ID }) };
  return { ...draft, body: draft.body.replace(/OrderTrackingId=[^&]*/, `OrderTrackingId=${FORGED_ID}`) };
}
