import type { PaymentRecord } from '../../engine/payments.js';
import type { CallbackDraft, World } from '../../engine/world.js';
import { JSON_TYPE, withQuery } from '../../http/message.js';

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
  const ipn = world.ipns.get(String(payment.detail['notificationId']));
  if (!ipn || payment.status === 'pending' || payment.status === 'cancelled') return undefined;
  const facts = {
    OrderTrackingId: payment.id,
    OrderMerchantReference: payment.reference,
    OrderNotificationType: 'IPNCHANGE',
  };
  return ipnDraft(facts, ipn.url.trim(), ipn.method, world.switches.pesapalIpnPost);
}

/** Where the browser goes when the customer is done. */
export function browserReturn(payment: PaymentRecord, world: World): string {
  const ids: [string, string][] = [
    ['OrderTrackingId', payment.id],
    ['OrderMerchantReference', payment.reference],
  ];
  if (world.switches.pesapalCallbackType) ids.push(['OrderNotificationType', 'CALLBACKURL']);
  return withQuery(String(payment.detail['callbackUrl'] ?? ''), ids);
}
