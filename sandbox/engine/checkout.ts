import { asset } from '../http/assets.js';
import { html, type Inbound, isWebUrl, type Reply, redirect, text, textOf } from '../http/message.js';
import type { Gateway } from '../types.js';
import { outcomeOf, settle } from './lifecycle.js';
import { formatAmount } from './money.js';
import { mayBecome, type PaymentRecord, type PaymentStatus } from './payments.js';
import { MERCHANT, type OpenGateway, type World } from './world.js';

/** A customer at a hosted page, and the payment that the page is for, if there is one. */
export interface Visit {
  gateway: Gateway;
  payment: PaymentRecord | undefined;
}

/** A page of a gateway that has no address of its own for it. */
const OWN_PAGE = /^\/_sandbox\/checkout\/(\w+)\/([^/]+)$/;

/** Where the customer pays a payment: at the gateway's own address, or else at one of the sandbox's. */
export function pagePath({ spec, world }: OpenGateway, id: string): string {
  return spec.page.path?.(id, world) ?? `/_sandbox/checkout/${spec.name}/${id}`;
}

/** Reads a request for a hosted page; undefined for any other request. */
export function visitOf(request: Inbound, world: World): Visit | undefined {
  const [, name, asked] = OWN_PAGE.exec(request.path) ?? [];
  for (const { spec } of Object.values(world.gateways)) {
    const id = spec.page.idIn ? spec.page.idIn(request) : name === spec.name ? asked : undefined;
    if (id !== undefined) return { gateway: spec.name, payment: world.payments.get(spec.name, id) };
  }
  return undefined;
}

/** Answers a customer: GET shows the page; POST `action=pay|decline|cancel` acts, and sends the browser on. */
export async function checkout(request: Inbound, world: World, { gateway, payment }: Visit): Promise<Reply> {
  const open = world.gateways[gateway];
  if (!payment) return text(404, 'No order has this id.');
  if (request.method === 'GET') return html(200, page(payment, open), CHECKOUT_HEADERS);
  if (request.method !== 'POST') return text(405, 'GET or POST');
  const form = new URLSearchParams(request.body.toString());
  const action = form.get('action') ?? 'pay';
  if (action === 'cancel') return leave(request, cancelTarget(payment, open));
  if (action !== 'pay' && action !== 'decline') return text(400, 'action is pay, decline or cancel');
  const { page: hosted } = open.spec;
  if (hosted.card !== undefined && form.get('method') === hosted.card) payment.operator = hosted.card;
  const reason = action === 'decline' ? 'declined' : outcomeOf(payment, form.get('pin'));
  const to = reason ? 'failed' : 'paid';
  // A customer who submits twice is sent on, as by the real page.
  if (mayBecome(payment, to)) await settle(world, payment, to, reason);
  return leave(request, hosted.returnTo(payment, open.world));
}

/**
 * Sends the browser to the shop, or, if there is no URL, to the page again by GET, so that a reload does not act twice.
 */
function leave({ path, query }: Inbound, url: string): Reply {
  return isWebUrl(url) ? redirect(url) : redirect(`${path}?${query}`, 303);
}

function cancelTarget(payment: PaymentRecord, { spec: { page: hosted }, world }: OpenGateway): string {
  return hosted.cancelTo ? hosted.cancelTo(payment, world) : hosted.returnTo(payment, world);
}

/** A shop on this machine may show the page in a frame. */
const CHECKOUT_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*",
};

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

function page(payment: PaymentRecord, at: OpenGateway): string {
  const { title, page: hosted } = at.spec;
  const open = mayBecome(payment, 'paid');
  const back = open ? cancelTarget(payment, at) : hosted.returnTo(payment, at.world);
  const shown: Record<string, boolean> = {
    open,
    'mobile-or-card': hosted.card !== undefined,
    'cancel-to-shop': isWebUrl(back),
    said: payment.status !== 'pending',
    'way-back': !open && isWebUrl(back),
    'no-way-back': !open && !isWebUrl(back),
  };
  const values: Record<string, string> = {
    gateway: title,
    card: hosted.card ?? '',
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
