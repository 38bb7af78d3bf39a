import { type Fields, isFields, json, type Reply, textOf } from '../../http/message.js';
import { longText } from './checks.js';
import { created, nest, nestList, P } from './replies.js';
import type { Call, Route, World } from './world.js';

const MODES = ['ALLOW_PARTIAL_AND_OVER_PAYMENT', 'EXACT'];
const MAX_BULK = 50;
const MAX_BILLS = 5_000;

type Kind = 'order' | 'customer';

function book(world: World, fields: Fields, kind: Kind): Fields | string {
  const long = longText(fields);
  if (long) return long;
  const customerName = textOf(fields['customerName']);
  if (kind === 'customer' && !customerName) return 'customerName should not be empty';
  if (kind === 'customer' && !textOf(fields['customerEmail']) && !textOf(fields['customerPhone'])) {
    return 'customerEmail or customerPhone is required';
  }
  const billPaymentMode = textOf(fields['billPaymentMode']) || MODES[0]!;
  if (!MODES.includes(billPaymentMode))
    return `billPaymentMode must be one of the following values: ${MODES.join(', ')}`;
  const { billAmount } = fields;
  if (billAmount !== undefined && (typeof billAmount !== 'number' || billAmount <= 0))
    return 'billAmount must be a positive number';
  if (billPaymentMode === 'EXACT' && billAmount === undefined) return 'billAmount is required for an EXACT bill';
  const most = fields['billMaxCollectionAmount'];
  if (most !== undefined && (typeof most !== 'number' || most < Number(billAmount ?? 0)))
    return 'billMaxCollectionAmount must not be less than billAmount';
  const given = textOf(fields['billReference']);
  if (given && !/^[A-Za-z0-9]+$/.test(given)) return 'billReference should only contain alphanumeric characters';
  const billPayNumber = given || `55${String(BigInt(`0x${world.random.hex(12)}`) % 10n ** 12n).padStart(12, '0')}`;
  if (world.own.bills.has(billPayNumber)) return `Bill reference ${billPayNumber} already used`;
  if (world.own.bills.size >= MAX_BILLS) world.own.bills.delete(world.own.bills.keys().next().value ?? '');
  const bill = {
    billPayNumber,
    billDescription: textOf(fields['billDescription']),
    ...(customerName && { billCustomerName: customerName }),
    billAmount: billAmount ?? null,
    billPaymentMode: most === undefined ? billPaymentMode : MODES[0]!,
    ...(most !== undefined && { billMaxCollectionAmount: most }),
    billStatus: 'ACTIVE',
  };
  world.own.bills.set(billPayNumber, bill);
  return bill;
}

const create =
  (kind: Kind) =>
  ({ world, fields = {} }: Call): Reply => {
    const bill = book(world, fields, kind);
    return typeof bill === 'string' ? nestList(bill) : created(world, bill);
  };

const createMany =
  (kind: Kind) =>
  ({ world, fields = {} }: Call): Reply => {
    const rows = fields['controlNumbers'];
    if (!Array.isArray(rows) || !rows.length || rows.length > MAX_BULK)
      return nestList(`controlNumbers must hold 1 to ${MAX_BULK} elements`);
    const made = rows.map((row) => book(world, isFields(row) ? row : {}, kind));
    const bills = made.filter(isFields);
    const errors = made.flatMap((bill, index) => (typeof bill === 'string' ? [{ index, reason: bill }] : []));
    return created(world, {
      billPayNumbers: bills.map((bill) => bill['billPayNumber']),
      created: bills.length,
      failed: errors.length,
      ...(errors.length && { errors }),
    });
  };

function read({ world, params: { number = '' } }: Call): Reply {
  const bill = world.own.bills.get(number);
  return bill ? json(200, bill) : nest(404, `Invalid or missing bill: ${number}`);
}

const CHANGEABLE = ['billStatus', 'billAmount', 'billDescription', 'billPaymentMode', 'billMaxCollectionAmount'];

/** In place of a number: the number stands in the body. */
const STATUS = 'update-status';

function change({ world, fields = {}, params: { number = STATUS } }: Call): Reply {
  const billNumber = number === STATUS ? textOf(fields['billPayNumber']) : number;
  const bill = world.own.bills.get(billNumber);
  if (!bill) return nest(404, `Invalid or missing bill: ${billNumber}`);
  const long = longText(fields);
  if (long) return nestList(long);
  const changes = Object.fromEntries(Object.entries(fields).filter(([name]) => CHANGEABLE.includes(name)));
  if (!Object.keys(changes).length) return nestList('At least one field is required');
  if (changes['billStatus'] && !['ACTIVE', 'INACTIVE'].includes(String(changes['billStatus']))) {
    return nestList('billStatus must be one of the following values: ACTIVE, INACTIVE');
  }
  if (textOf(changes['billDescription']).length > 500)
    return nestList('billDescription must be shorter than or equal to 500 characters');
  Object.assign(bill, changes);
  return json(200, bill);
}

export const billRoutes: Route[] = [
  { method: 'POST', path: P('billpay/create-order-control-number'), handle: create('order') },
  { method: 'POST', path: P('billpay/create-customer-control-number'), handle: create('customer') },
  { method: 'POST', path: P('billpay/bulk-create-order-control-numbers'), handle: createMany('order') },
  { method: 'POST', path: P('billpay/bulk-create-customer-control-numbers'), handle: createMany('customer') },
  { method: 'GET', path: P('billpay/:number'), handle: read },
  { method: 'PATCH', path: P('billpay/:number'), handle: change },
  { method: 'PUT', path: P(`billpay/${STATUS}`), handle: change },
];
