import { html, redirect, text, withQuery, type Inbound, type Reply } from './http.js';
import { browserReturn } from './gateways/pesapal-callback.js';
import { settle } from './lifecycle.js';
import { formatAmount } from './money.js';
import { asset } from './assets.js';
import { mayBecome, type DeclineReason, type Gateway, type PaymentRecord } from './payments.js';
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
  if (request.method === 'GET') return html(200, page(payment), CHECKOUT_HEADERS);
  if (request.method !== 'POST') return text(405, 'GET or POST');
  const form = new URLSearchParams(request.body.toString());
  const action = form.get('action') ?? 'pay';
  if (action === 'cancel') return leave(payment, cancelTarget(payment, world));
  if (action !== 'pay' && action !== 'decline') return text(400, 'action is pay, decline or cancel');
  const method = form.get('method');
  if (method && payment.gateway === 'pesapal') payment.operator = method;
  const reason = action === 'decline' ? 'declined' : outcomeOf(payment, form.get('pin'));
  const to = reason ? 'failed' : 'paid';
  // A customer who submits twice is sent on, as by the real page.
  if (mayBecome(payment, to)) await settle(world, payment, to, reason);
  return leave(payment, returnTarget(payment, world));
}

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

function leave(payment: PaymentRecord, url: string): Reply {
  return /^https?:\/\//.test(url) ? redirect(url) : html(200, page(payment), CHECKOUT_HEADERS);
}

function returnTarget(payment: PaymentRecord, world: World): string {
  if (payment.gateway === 'pesapal') return browserReturn(payment, world);
  return String((payment.status === 'paid' ? payment.detail['callbackUrl'] : payment.detail['cancelUrl']) ?? '');
}

function cancelTarget(payment: PaymentRecord, world: World): string {
  const url = String(payment.detail['cancelUrl'] ?? '');
  if (payment.gateway !== 'pesapal') return url;
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

function page(payment: PaymentRecord): string {
  const values: Record<string, string> = {
    gateway: TITLES[payment.gateway],
    merchant: MERCHANT,
    amount: formatAmount(payment.amount, payment.currency),
    reference: payment.reference,
    description: String(payment.detail['description'] ?? ''),
    status: payment.status,
    phone: payment.phone,
  };
  return asset('checkout.html').replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''));
}

const escapeHtml = (value: string) => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
