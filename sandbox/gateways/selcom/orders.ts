import { pagePath } from '../../engine/checkout.js';
import { openPayment, prompt, record, settle } from '../../engine/lifecycle.js';
import { tenfold } from '../../engine/money.js';
import { mayBecome, type PaymentRecord, type PaymentStatus } from '../../engine/payments.js';
import { type Fields, html, isWebUrl, type Reply, textOf } from '../../http/message.js';
import { cardRoutes } from './cards.js';
import { decoded, given, invalid, isPhone, missing, signed } from './checks.js';
import { amountOf, done, fail, localTime, number, P, tell } from './replies.js';
import type { Call, Route, World } from './world.js';

const ORDER = ['vendor', 'order_id', 'buyer_email', 'buyer_name', 'buyer_phone', 'amount', 'currency'];
const BILLED = [
  'firstname',
  'lastname',
  'address_1',
  'city',
  'state_or_region',
  'postcode_or_pobox',
  'country',
  'phone',
];
const CARD_ORDER = [...ORDER, 'payment_methods', ...BILLED.map((name) => `billing.${name}`)];
const URLS = ['redirect_url', 'cancel_url', 'webhook'] as const;
const MAX_ID = 64;
/** Of an order that a push opens where it was not there. */
const USUAL_AMOUNT = '1500';

const order =
  (names: readonly string[], isPage: boolean) =>
  async (call: Call): Promise<Reply> => {
    const { world, origin } = call;
    const fields = given(call);
    const lacking = missing(fields, [...names, 'no_of_items']);
    if (lacking) return invalid(world, lacking);
    const wrong = wrongIn(fields);
    if (wrong) return invalid(world, wrong);
    const urls = Object.fromEntries(URLS.map((name) => [name, decoded(textOf(fields[name])) ?? '']));
    const bad = URLS.find((name) => textOf(fields[name]) !== '' && !isWebUrl(urls[name] ?? ''));
    if (bad) {
      const status = world.switches.selcomBadUrlStatus;
      return status === 412
        ? invalid(world, bad)
        : tell(world, { status, code: String(status), result: 'FAIL', message: 'Not Acceptable' });
    }
    const reference = textOf(fields['order_id']);
    const known = world.payments.byRef('selcom', reference);
    if (known && world.switches.selcomDuplicateOrder === 'refuse')
      return fail(world, '403', `Duplicate order_id ${reference}`);
    const made = {
      kind: 'checkout' as const,
      id: world.random.hex(48),
      reference,
      amount: textOf(fields['amount']),
      currency: textOf(fields['currency']),
      phone: textOf(fields['buyer_phone']),
      operator: 'M-Pesa',
      detail: { ...urls, description: textOf(fields['merchant_remarks']) || 'Selcom order' },
    };
    const keeps = known !== undefined && world.switches.selcomDuplicateOrder === 'accept';
    const payment = keeps ? known : isPage ? await openPayment(call, made) : record(call, made);
    return orderMade(call, payment, textOf(fields['gateway_buyer_uuid']) || world.random.guid(), origin);
  };

function wrongIn(fields: Fields): string | undefined {
  const text = (name: string) => textOf(fields[name]);
  if (!/^[\w-]+$/.test(text('order_id')) || text('order_id').length > MAX_ID) return 'order_id';
  if (!isPhone(text('buyer_phone'))) return 'buyer_phone';
  if (!/^[1-9]\d{0,11}$/.test(text('amount'))) return 'amount';
  if (!['TZS', 'USD'].includes(text('currency'))) return 'currency';
  return /^[1-9]\d*$/.test(text('no_of_items')) ? undefined : 'no_of_items';
}

function orderMade({ world }: Call, payment: PaymentRecord, buyer: string, origin: string): Reply {
  const path = world.switches.selcomPage === 'works' ? pagePath(world.gateways.selcom, payment.id) : MISSING_PAGE;
  const url = origin + path;
  return done(world, 'Order creation successful', [
    {
      gateway_buyer_uuid: buyer,
      payment_token: String(10_000_000 + (world.random.bytes(4).readUInt32BE() % 90_000_000)),
      qr: `000201010212${payment.id.slice(0, 16)}`,
      payment_gateway_url: world.switches.selcomPageUrl === 'plain' ? url : Buffer.from(url).toString('base64'),
    },
  ]);
}

const MISSING_PAGE = '/paymentgw/missing';

async function push(call: Call): Promise<Reply> {
  const { world } = call;
  const fields = given(call);
  const lacking = missing(fields, ['transid', 'order_id', 'msisdn']);
  if (lacking) return invalid(world, lacking);
  const [transid, reference, phone] = ['transid', 'order_id', 'msisdn'].map((name) => textOf(fields[name])) as [
    string,
    string,
    string,
  ];
  if (!isPhone(phone)) return fail(world, '010', 'Invalid mobile number or operator not supported', transid);
  let payment = world.payments.byRef('selcom', reference);
  if (!payment && world.switches.selcomUnknownOrder === 'open') {
    payment = record(call, {
      kind: 'checkout',
      id: world.random.hex(48),
      reference,
      amount: USUAL_AMOUNT,
      currency: 'TZS',
      phone,
    });
  }
  if (!payment) return fail(world, '404', `${reference} not found`, transid);
  if (payment.status !== 'pending') return fail(world, '403', 'Order is not pending', transid);
  if (world.own.transids.has(`push ${transid}`)) return fail(world, '403', `Duplicate transid ${transid}`, transid);
  world.own.transids.add(`push ${transid}`);
  payment.detail['transid'] = transid;
  await prompt(call, payment, phone, operatorOf(phone));
  const code = world.switches.selcomPushCode;
  return tell(world, {
    transid,
    code,
    result: code === '111' ? 'PENDING' : 'INPROGRESS',
    message: 'Request in progress. You will receive a callback shortly.',
  });
}

/** Whose number it is, by its first digits. */
const operatorOf = (phone: string): string => (isVodacom(phone) ? 'M-Pesa' : 'Tigo Pesa');
export const isVodacom = (phone: string): boolean => /^2557[4-6]/.test(phone);
export const channelOf = ({ phone }: PaymentRecord): string => (isVodacom(phone) ? 'MPESA-TZ' : 'TIGOPESATZ');

/** An order's `payment_status`. */
export function wordOf(payment: PaymentRecord, world: World): string {
  const { selcomPaidWord, selcomDeclinedWord, selcomExpiredWord } = world.switches;
  const failed =
    payment.reason === 'prompt-expired'
      ? selcomExpiredWord
      : payment.reason === 'declined'
        ? selcomDeclinedWord
        : 'REJECTED';
  const words: Record<PaymentStatus, string> = {
    pending: 'PENDING',
    paid: selcomPaidWord,
    settled: selcomPaidWord,
    failed,
    cancelled: 'CANCELLED',
    refunded: 'REVERSED',
    reversed: 'REVERSED',
  };
  return words[payment.status];
}

/** Whether an order has been paid, perhaps taken back since. */
const wasPaid = ({ status }: PaymentRecord) => !['pending', 'failed', 'cancelled'].includes(status);

export const amountTold = (payment: PaymentRecord): string =>
  payment.faults.has('wrong-amount') ? tenfold(payment.amount) : payment.amount;

function status(call: Call): Reply {
  const { world } = call;
  const reference = textOf(given(call)['order_id']);
  if (reference === '') return invalid(world, 'order_id');
  const payment = world.payments.byRef('selcom', reference);
  if (!payment) return fail(world, '404', `${reference} not found`);
  const paid = wasPaid(payment);
  return done(world, 'Order fetch successful', [
    {
      order_id: payment.reference,
      creation_date: localTime(payment.createdAt),
      amount: amountOf(world, amountTold(payment)),
      payment_status: wordOf(payment, world),
      transid: paid ? payment.receipt : null,
      channel: paid ? channelOf(payment) : null,
      reference: paid ? (payment.detail['number'] ??= number(world)) : null,
      phone: paid ? payment.phone : null,
    },
  ]);
}

async function cancel(call: Call): Promise<Reply> {
  const { world } = call;
  const reference = textOf(given(call)['order_id']);
  if (reference === '') return invalid(world, 'order_id');
  const payment = world.payments.byRef('selcom', reference);
  if (!payment) return fail(world, '404', `${reference} not found`);
  if (!mayBecome(payment, 'cancelled')) return fail(world, '403', 'Order cannot be cancelled');
  await settle(world, payment, 'cancelled');
  return done(world, 'Order cancelled successfully');
}

const DAY = 86_400_000;

function list(call: Call): Reply {
  const { world } = call;
  const fields = given(call);
  const days = ['fromdate', 'todate'].map((name) => Date.parse(`${textOf(fields[name])}T00:00:00+03:00`));
  const [from = Number.NaN, to = Number.NaN] = days;
  if (Number.isNaN(from)) return invalid(world, 'fromdate');
  if (Number.isNaN(to)) return invalid(world, 'todate');
  const within = ({ createdAt }: PaymentRecord) => createdAt >= from && createdAt < to + DAY;
  const orders = world.payments
    .all()
    .filter((payment) => payment.gateway === 'selcom' && payment.kind !== 'payout' && within(payment));
  const rows = orders.map((payment) => ({
    order_id: payment.reference,
    creation_date: localTime(payment.createdAt),
    amount: amountOf(world, amountTold(payment)),
    payment_status: wordOf(payment, world),
  }));
  return done(world, 'Order list', rows);
}

export const orderRoutes: Route[] = [
  signed('create-order-minimal', {
    method: 'POST',
    path: P('checkout/create-order-minimal'),
    handle: order(ORDER, false),
  }),
  signed('create-order', { method: 'POST', path: P('checkout/create-order'), handle: order(CARD_ORDER, true) }),
  signed('wallet-payment', { method: 'POST', path: P('checkout/wallet-payment'), creates: true, handle: push }),
  signed('order-status', { method: 'GET', path: P('checkout/order-status'), handle: status }),
  signed('cancel-order', { method: 'DELETE', path: P('checkout/cancel-order'), handle: cancel }),
  signed('list-orders', { method: 'GET', path: P('checkout/list-orders'), handle: list }),
  ...cardRoutes,
  // As one account met it: the push works, and the page is not there.
  { method: 'GET', path: MISSING_PAGE, open: true, handle: () => html(200, '<h1>Page Not Found</h1>') },
];
