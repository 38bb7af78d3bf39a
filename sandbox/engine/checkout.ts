import { browserReturn } from '../gateways/pesapal/callback.js';
import { asset } from '../http/assets.js';
import { html, type Inbound, isWebUrl, type Reply, redirect, text, textOf, withQuery } from '../http/message.js';
import { settle } from './lifecycle.js';
import { formatAmount } from './money.js';
import { type DeclineReason, type Gateway, mayBecome, type PaymentRecord, type PaymentStatus } from './payments.js';
import { MERCHANT, type World } from './world.js';

/** The hosted pages: PesaPal's under its own addresses, the other two gateways' under the sandbox's. */
const PESAPAL_PAGE = /^\/(?:pesapaliframe|iframe)\/PesapalIframe3\/Index\/?$/i;
const OTHER_PAGE = /^\/_sandbox\/checkout\/(azampay|clickpesa)\/([^/]+)$/;

export function checkoutPayment({ path, query }: Inbound, world: World): PaymentRecord | null | undefined {
  if (PESAPAL_PAGE.test(path)) {
    const id = [...query].find(([name]) => name.toLowerCase() === 'ordertrackingid')?.[1] ?? '';
    return world.payments.get('pesapal', id.toLowerCase()) ?? null;
  }
  const [, gateway, id] = OTHER_PAGE.exec(path) ?? [];
  return gateway && id ? (world.payments.get(gateway as Gateway, id) ?? null) : undefined;
}

/** A customer at a hosted page: GET shows it, POST `action=pay|decline|cancel` acts and sends the browser on. */
export async function checkout(request: Inbound, world: World, payment: PaymentRecord | null): Promise<Reply> {
  if (!payment) return text(404, 'No order has this id.');
  if (request.method === 'GET') return html(200, page(payment, world), CHECKOUT_HEADERS);
  if (request.method !== 'POST') return text(405, 'GET or POST');
  const form = new URLSearchParams(request.body.toString());
  const action = form.get('action') ?? 'pay';
  if (action === 'cancel') return leave(request, cancelTarget(payment, world));
  if (action !== 'pay' && action !== 'decline') return text(400, 'action is pay, decline or cancel');
  const method = form.get('method');
  if (method === CARD && payment.gateway === 'pesapal') payment.operator = method;
  const reason = action === 'decline' ? 'declined' : outcomeOf(payment, form.get('pin'));
  const to = reason ? 'failed' : 'paid';
  // A customer who submits twice is sent on, as by the real page.
  if (mayBecome(payment, to)) await settle(world, payment, to, reason);
  return leave(request, returnTarget(payment, world));
}

const CARD = 'Visa';

const OUTCOMES: DeclineReason[] = ['insufficient-funds', 'wrong-pin', 'prompt-expired'];

/** Why a payment the customer agrees to fails all the same. */
export function outcomeOf(payment: PaymentRecord, pin?: string | null): DeclineReason | undefined {
  return (
    OUTCOMES.find((reason) => payment.faults.has(reason as 'wrong-pin')) ??
    (pin === WRONG_PIN ? 'wrong-pin' : undefined)
  );
}

/** Every other PIN is right. */
const WRONG_PIN = '0000';

/** On to the shop; with nowhere to go, the page again, by GET so that a reload does not act twice. */
function leave({ path, query }: Inbound, url: string): Reply {
  return isWebUrl(url) ? redirect(url) : redirect(`${path}?${query}`, 303);
}

function returnTarget(payment: PaymentRecord, world: World): string {
  if (payment.gateway === 'pesapal') return browserReturn(payment, world);
  if (payment.gateway === 'clickpesa') return world.switches.clickpesaReturnUrl;
  return textOf(payment.detail[payment.status === 'paid' ? 'successUrl' : 'failUrl']);
}

function cancelTarget(payment: PaymentRecord, world: World): string {
  if (payment.gateway !== 'pesapal') return returnTarget(payment, world);
  const url = textOf(payment.detail['cancelUrl']);
  if (!url) return browserReturn(payment, world);
  if (!world.switches.pesapalCancelIds) return url;
  return withQuery(url, [
    ['OrderTrackingId', payment.id],
    ['OrderMerchantReference', payment.reference],
  ]);
}

/** A shop on this machine may show the page in a frame, as PesaPal allows. */
const CHECKOUT_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*",
};

const TITLES = { pesapal: 'PesaPal', clickpesa: 'ClickPesa', azampay: 'AzamPay' };

const SAYINGS: Record<PaymentStatus, string> = {
  pending: '',
  paid: 'Paid. Thank you.',
  settled: 'Paid. Thank you.',
  failed: 'The payment failed. Nothing was taken.',
  cancelled: 'This order was cancelled. Nothing was taken.',
  refunded: 'Paid, and given back.',
  reversed: 'Paid, and given back.',
};

/** A part of the template that is there or not; one may stand within another. */
const CHOICE = /<!-- if ([\w-]+) -->([\s\S]*?)<!-- end \1 -->/g;

function page(payment: PaymentRecord, world: World): string {
  const open = mayBecome(payment, 'paid');
  const back = open ? cancelTarget(payment, world) : returnTarget(payment, world);
  const shown: Record<string, boolean> = {
    open,
    'mobile-or-card': payment.gateway === 'pesapal',
    'cancel-to-shop': isWebUrl(back),
    said: payment.status !== 'pending',
    'way-back': !open && isWebUrl(back),
    'no-way-back': !open && !isWebUrl(back),
  };
  const values: Record<string, string> = {
    gateway: TITLES[payment.gateway],
    merchant: MERCHANT,
    amount: formatAmount(payment.amount, payment.currency),
    reference: payment.reference,
    description: textOf(payment.detail['description']),
    status: payment.status,
    said: SAYINGS[payment.status],
    pay: payment.status === 'failed' ? 'Try again: pay' : 'Pay',
    back: isWebUrl(back) ? back : '',
  };
  const choose = (_: string, name: string, part: string) => (shown[name] ? part : '');
  return asset('checkout.html')
    .replace(CHOICE, choose)
    .replace(CHOICE, choose)
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''));
}

const escapeHtml = (value: string) => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
