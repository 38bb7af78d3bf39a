import { type Fields, type Reply, textOf } from '../../http/message.js';
import { forbidden, tell } from './replies.js';
import { type Field, fieldsIn, isHmac, isRsa, signedText } from './signing.js';
import type { PRODUCTS } from './switches.js';
import { type Call, CREDENTIALS, type Route, type World } from './world.js';

/** A time with its zone, in any of the forms that Selcom's own clients write. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** A route that only a signed request of an enabled product reaches. */
export const signed = (product: (typeof PRODUCTS)[number], route: Route): Route => ({
  ...route,
  open: true,
  handle: (call) => refusalOf(call, product) ?? route.handle(call),
});

/** Why a request is not let in, in the order of Selcom's checks as far as it shows. */
function refusalOf(call: Call, product: string): Reply | undefined {
  const { world, headers } = call;
  const { selcomRefusedStatus: status, selcomSkewMs: skew, selcomAddressRefused, selcomProducts } = world.switches;
  const key = /^SELCOM (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  if (Buffer.from(key, 'base64').toString() !== CREDENTIALS.SELCOM_API_KEY)
    return forbidden(world, 'API User not found');
  const timestamp = textOf(headers['timestamp']);
  const at = TIME.test(timestamp) ? Date.parse(timestamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN;
  const isStale = skew > 0 && Math.abs(at - world.clock.now()) > skew;
  if (Number.isNaN(at) || isStale) return forbidden(world, 'Invalid timestamp', status);
  if (!isSigned(call, timestamp)) return forbidden(world, 'Invalid digest', status);
  if (selcomAddressRefused) return forbidden(world, 'Source IP not whitelisted (4032)');
  if (!selcomProducts.split(',').includes(product))
    return forbidden(world, 'API endpoint not enabled for the vendor (4035)');
  return undefined;
}

function isSigned(call: Call, timestamp: string): boolean {
  const { headers, world } = call;
  const digest = textOf(headers['digest']);
  const sent = new Map(fieldsOf(call));
  const names = textOf(headers['signed-fields']).split(',');
  if (names.some((name) => name === 'timestamp' || !sent.has(name))) return false;
  const text = signedText(
    timestamp,
    names.map((name): Field => [name, sent.get(name) ?? '']),
  );
  if (headers['digest-method'] === 'HS256') return isHmac(digest, CREDENTIALS.SELCOM_API_SECRET, text);
  const { publicKey } = world.own;
  return headers['digest-method'] === 'RS256' && publicKey !== undefined && isRsa(digest, publicKey, text);
}

/** What a request carries: the members of its body, or of its query. */
function fieldsOf({ method, body, query }: Call): Field[] {
  return method === 'POST' ? (fieldsIn(body.toString()) ?? []) : [...query];
}

/** The fields of a request by their names. */
export const given = (call: Call): Fields => Object.fromEntries(fieldsOf(call));

/** A parameter that is missing, or that Selcom cannot take. */
export const invalid = (world: World, name: string): Reply =>
  tell(world, { status: 412, code: '412', result: 'FAIL', message: `Parameter ${name} is invalid or missing` });

/** The first of `names` that a request lacks. */
export function missing(fields: Fields, names: readonly string[]): string | undefined {
  return names.find((name) => textOf(fields[name]).trim() === '');
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text of standard base64; undefined for what is none. */
export const decoded = (base64: string): string | undefined =>
  BASE64.test(base64) ? Buffer.from(base64, 'base64').toString() : undefined;

/** A Tanzanian mobile number as Selcom takes it. */
export const isPhone = (text: string): boolean => /^255[67]\d{8}$/.test(text);
