import type { PaymentRecord } from '../../engine/payments.js';
import { type Fields, json, type Reply } from '../../http/message.js';
import type { World } from './world.js';

/** Paths below `/third-parties`. */
export const P = (...paths: string[]) => paths.map((path) => `/third-parties/${path}`);

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
};

/** The server's own error shape, with one message. */
export const nest = (statusCode: number, message: string): Reply =>
  json(statusCode, { statusCode, message, error: TITLES[statusCode] ?? 'Error' });

export const badRequest = (message: string): Reply => nest(400, message);

/** The shape of failed validation: messages in an array. */
export const nestList = (...message: string[]): Reply => json(400, { statusCode: 400, message, error: 'Bad Request' });

export const usedReference = (reference: string): Reply =>
  nest(409, `Order reference ${reference} already used: Create a different reference`);

export const created = (world: World, body: unknown): Reply => json(world.switches.clickpesaCreatedStatus, body);

const DAY = 86_400_000;

/** A list answer: filters, order, `skip` and `limit` as documented. */
export function page(
  payments: PaymentRecord[],
  query: URLSearchParams,
  row: (payment: PaymentRecord) => Fields,
): Reply {
  const from = dateOf(query.get('startDate'));
  const until = dateOf(query.get('endDate'));
  const rows = payments
    .filter(
      (payment) =>
        (from === undefined || payment.createdAt >= from) && (until === undefined || payment.createdAt < until + DAY),
    )
    .map(row)
    .filter((item) => FILTERS.every(([name, member]) => !query.get(name) || String(item[member]) === query.get(name)));
  if ((query.get('orderBy') ?? 'DESC').toUpperCase() === 'DESC') rows.reverse();
  const skip = Math.max(0, Number(query.get('skip') ?? 0) || 0);
  const limit = Math.max(1, Number(query.get('limit') ?? 20) || 20);
  return json(200, { data: rows.slice(skip, skip + limit), totalCount: rows.length });
}

const FILTERS = [
  ['status', 'status'],
  ['collectedCurrency', 'collectedCurrency'],
  ['currency', 'currency'],
  ['channel', 'channel'],
  ['orderReference', 'orderReference'],
  ['clientId', 'clientId'],
  ['transferType', 'transferType'],
  ['id', 'id'],
] as const;

/** YYYY-MM-DD or DD-MM-YYYY. */
function dateOf(text: string | null): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '') ?? /^(\d\d)-(\d\d)-(\d{4})$/.exec(text ?? '');
  if (!parts) return undefined;
  const [first = '', month = '', last = ''] = parts.slice(1);
  return first.length === 4 ? Date.parse(`${first}-${month}-${last}`) : Date.parse(`${last}-${month}-${first}`);
}
