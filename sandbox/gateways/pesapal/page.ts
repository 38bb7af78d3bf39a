import type { HostedPage } from '../../engine/gateway.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { textOf, withQuery } from '../../http/message.js';
import type { World } from './world.js';

const FOLDERS = { sandbox: 'pesapaliframe', live: 'iframe' };
const PAGE = 'PesapalIframe3/Index';
const ANY_PAGE = new RegExp(`^/(?:${Object.values(FOLDERS).join('|')})/${PAGE}/?$`, 'i');

export const page = {
  path: (id, { own }) => `/${FOLDERS[own.profile]}/${PAGE}?OrderTrackingId=${id}`,
  idIn: ({ path, query }) => (ANY_PAGE.test(path) ? trackingId(query) : undefined),
  card: 'Visa',
  returnTo: browserReturn,
  cancelTo,
} satisfies HostedPage<World>;

/** The order a query asks for; PesaPal takes its name and its value in any case. */
export const trackingId = (query: URLSearchParams): string =>
  ([...query].find(([name]) => name.toLowerCase() === 'ordertrackingid')?.[1] ?? '').toLowerCase();

const idsOf = (payment: PaymentRecord): [string, string][] => [
  ['OrderTrackingId', payment.id],
  ['OrderMerchantReference', payment.reference],
];

/** Where the browser goes when the customer is done. */
export function browserReturn(payment: PaymentRecord, world: World): string {
  const ids = idsOf(payment);
  if (world.switches.pesapalCallbackType) ids.push(['OrderNotificationType', 'CALLBACKURL']);
  return withQuery(String(payment.detail['callbackUrl'] ?? ''), ids);
}

function cancelTo(payment: PaymentRecord, world: World): string {
  const url = textOf(payment.detail['cancelUrl']);
  if (!url) return browserReturn(payment, world);
  return world.switches.pesapalCancelIds ? withQuery(url, idsOf(payment)) : url;
}
