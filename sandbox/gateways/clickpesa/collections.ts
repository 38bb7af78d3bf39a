import { pagePath } from '../../engine/checkout.js';
import { openPayment } from '../../engine/lifecycle.js';
import { wordsOf } from '../../engine/switches.js';
import { isFields, json, type Reply, textOf } from '../../http/message.js';
import { AMOUNT, refuseChecksum, refuseCollection, refuseLongText, refuseReference } from './checks.js';
import { badRequest, created, nest, nestList, P, page, usedReference } from './replies.js';
import { isoTime, paymentRow } from './rows.js';
import { type Call, CREDENTIALS, type Route, type World } from './world.js';

/** ClickPesa's numbering: the digits after 255 name the operator. */
const METHODS: Record<string, RegExp> = {
  'M-PESA': /^255(?:7[4569]|724)/,
  'TIGO-PESA': /^255(?:6[57]|7[017])/,
  'AIRTEL-MONEY': /^255(?:6[689]|78)/,
  HALOPESA: /^2556[123]/,
};
const methodsOn = (world: World) => wordsOf(world.switches.clickpesaMethods);

const MIN_PUSH = 500;
const MAX_PUSH = 3_000_000;
const FEE = 1_150;

function previewPush({ world, fields }: Call): Reply {
  const refused = refuseCollection(fields, world, 'TZS', 20);
  if (refused || !fields) return refused!;
  const amount = Number(fields['amount']);
  const outside = amount < MIN_PUSH || amount > MAX_PUSH;
  const activeMethods = methodsOn(world).map((name) =>
    outside
      ? { name, status: 'UNAVAILABLE', fee: 0, message: `Amount should be between ${MIN_PUSH} and ${MAX_PUSH}` }
      : { name, status: 'AVAILABLE', fee: FEE },
  );
  if (!activeMethods.length) return nest(404, 'Account has no payment collection methods');
  const phone = textOf(fields['phoneNumber']);
  const sender =
    fields['fetchSenderDetails'] === true && phone
      ? { sender: { accountName: 'ASHA JUMA', accountNumber: phone, accountProvider: channelOf(phone) ?? '' } }
      : {};
  return created(world, { activeMethods, ...sender });
}

const channelOf = (phone: string) => Object.keys(METHODS).find((name) => METHODS[name]!.test(phone));

async function push(call: Call): Promise<Reply> {
  const { world, fields } = call;
  const refused = refuseCollection(fields, world, 'TZS', 20);
  if (refused || !fields) return refused!;
  const phone = fields['phoneNumber'];
  const channel = typeof phone === 'string' && /^255\d{9}$/.test(phone) ? channelOf(phone) : undefined;
  if (!channel) return badRequest('Invalid / unsupported phone number');
  if (!methodsOn(world).includes(channel)) return nest(404, 'Account has no valid payment method');
  const amount = Number(fields['amount']);
  if (amount < MIN_PUSH || amount > MAX_PUSH) return nest(404, 'Account has no valid payment method');
  const reference = textOf(fields['orderReference']);
  if (world.payments.byRef('clickpesa', reference)) return usedReference(reference);
  const payment = await openPayment(call, {
    kind: 'push',
    id: `${reference.slice(0, 10)}LCP${world.random.receipt(4)}`,
    reference,
    amount: textOf(fields['amount']),
    currency: 'TZS',
    phone: textOf(phone),
    operator: channel,
  });
  return created(world, {
    id: payment.id,
    status: 'PROCESSING',
    channel,
    orderReference: reference,
    collectedAmount: amount.toFixed(2),
    collectedCurrency: 'TZS',
    createdAt: isoTime(payment.createdAt),
    clientId: CREDENTIALS.CLICKPESA_CLIENT_ID,
  });
}

function previewCard({ world, fields }: Call): Reply {
  return (
    refuseCollection(fields, world, 'USD') ??
    created(world, { activeMethods: [{ name: 'CARD', status: 'AVAILABLE', fee: 1.5 }] })
  );
}

async function card(call: Call): Promise<Reply> {
  const { world, fields } = call;
  const refused = refuseCollection(fields, world, 'USD');
  if (refused || !fields) return refused!;
  const given = isFields(fields['customer']) ? fields['customer'] : {};
  const tooLong = refuseLongText(given);
  if (tooLong) return tooLong;
  const known = textOf(given['id']) || ['fullName', 'email', 'phoneNumber'].every((name) => textOf(given[name]));
  if (!known) return nestList('customer should have id, or fullName, email and phoneNumber');
  const link = await openLink(call, 'card', {
    amount: textOf(fields['amount']),
    currency: 'USD',
    customerName: textOf(given['fullName']),
    customerEmail: textOf(given['email']),
    customerPhone: textOf(given['phoneNumber']),
  });
  return 'reply' in link
    ? link.reply
    : created(world, { cardPaymentLink: link.url, clientId: CREDENTIALS.CLICKPESA_CLIENT_ID });
}

async function checkoutLink(call: Call): Promise<Reply> {
  const { world, fields } = call;
  if (!fields) return nestList('Unexpected end of JSON input');
  const refused = refuseChecksum(fields, world) ?? refuseLongText(fields);
  if (refused) return refused;
  if (!fields['orderReference']) return badRequest('Order reference is required');
  const reference = refuseReference(fields);
  if (reference) return reference;
  const items = Array.isArray(fields['orderItems'])
    ? fields['orderItems'].map((item) => (isFields(item) ? item : {}))
    : undefined;
  for (const member of ['name', 'price', 'quantity']) {
    if (items?.some((item) => !textOf(item[member]))) return badRequest(`All items must have a ${member}`);
  }
  const total = items
    ? items.reduce((sum, item) => sum + Number(item['price']) * Number(item['quantity']), 0)
    : Number(fields['totalPrice']);
  if (!(total > 0) || !AMOUNT.test(items ? String(total) : textOf(fields['totalPrice'])))
    return badRequest('Total Price is required');
  if (!['TZS', 'USD'].includes(textOf(fields['orderCurrency'])))
    return nestList('orderCurrency must be one of the following values: TZS, USD');
  const link = await openLink(call, 'checkout', {
    amount: items ? String(total) : textOf(fields['totalPrice']),
    currency: textOf(fields['orderCurrency']),
    customerName: textOf(fields['customerName']),
    customerEmail: textOf(fields['customerEmail']),
    customerPhone: textOf(fields['customerPhone']),
    description: textOf(fields['description']),
    callbackUrl: textOf(fields['callbackUrl']),
  });
  return 'reply' in link
    ? link.reply
    : created(world, { checkoutLink: link.url, clientId: CREDENTIALS.CLICKPESA_CLIENT_ID });
}

interface Link {
  amount: string;
  currency: string;
  customerName: string;
  customerEmail: string;
  customerPhone: string;
  description?: string;
  callbackUrl?: string;
}

/** Records a payment that the customer makes on a page of the sandbox. */
async function openLink(
  call: Call,
  kind: 'card' | 'checkout',
  link: Link,
): Promise<{ url: string } | { reply: Reply }> {
  const { world, fields = {}, origin } = call;
  const reference = textOf(fields['orderReference']);
  if (world.payments.byRef('clickpesa', reference)) return { reply: usedReference(reference) };
  const payment = await openPayment(call, {
    kind,
    id: `${reference.slice(0, 10)}LCP${world.random.receipt(4)}`,
    reference,
    amount: link.amount,
    currency: link.currency,
    phone: link.customerPhone,
    operator: kind === 'card' ? 'CARD' : 'TIGO-PESA',
    detail: {
      description: link.description || reference,
      ...(link.callbackUrl && { callbackUrl: link.callbackUrl }),
      customer: {
        ...(link.customerName && { customerName: link.customerName }),
        ...(link.customerEmail && { customerEmail: link.customerEmail }),
      },
    },
  });
  return { url: origin + pagePath(world.gateways.clickpesa, payment.id) };
}

function payment({ world, params: { reference = '' } }: Call): Reply {
  const found = world.payments.byRef('clickpesa', reference);
  return found ? json(200, [paymentRow(found)]) : nest(404, `Invalid or missing payment: ${reference}`);
}

const paymentList = ({ world, query }: Call): Reply =>
  page(
    world.payments.all().filter((found) => found.gateway === 'clickpesa' && found.kind !== 'payout'),
    query,
    (found) => ({ ...paymentRow(found), channel: found.operator, exchanged: false }),
  );

export const collectionRoutes: Route[] = [
  { method: 'POST', path: P('payments/preview-ussd-push-request'), handle: previewPush },
  { method: 'POST', path: P('payments/initiate-ussd-push-request'), creates: true, handle: push },
  { method: 'POST', path: P('payments/preview-card-payment'), handle: previewCard },
  { method: 'POST', path: P('payments/initiate-card-payment'), creates: true, handle: card },
  { method: 'GET', path: P('payments/all'), handle: paymentList },
  { method: 'GET', path: P('payments/:reference'), handle: payment },
  {
    method: 'POST',
    path: P('checkout-link/generate-checkout-url', 'webshop/generate-checkout-url'),
    creates: true,
    handle: checkoutLink,
  },
];
