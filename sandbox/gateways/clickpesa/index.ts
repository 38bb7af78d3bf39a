import type { GatewaySpec } from '../../engine/gateway.js';
import { finish } from '../../engine/lifecycle.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { json, type Reply, text, textOf } from '../../http/message.js';
import { Router } from '../../http/router.js';
import type { ConfigOf } from '../../types.js';
import { jwt } from '../jwt.js';
import { accountRoutes } from './account.js';
import { billRoutes } from './bills.js';
import { accepts, clickpesaCallback, tamper } from './callback.js';
import { collectionRoutes } from './collections.js';
import { mandateRoutes } from './mandates.js';
import { moveBalance, payoutRoutes } from './payouts.js';
import { probe } from './probe.js';
import { nest, P } from './replies.js';
import { events, sample } from './sample.js';
import { SWITCHES } from './switches.js';
import { type Call, CREDENTIALS, OPTIONS, open, type Route, type World } from './world.js';

function login({ world, headers }: Call): Reply {
  const { CLICKPESA_CLIENT_ID, CLICKPESA_API_KEY } = CREDENTIALS;
  const key = headers['api-key'];
  if (!headers['client-id'] || !key) return json(403, { message: 'Invalid client details' });
  if (headers['client-id'] !== CLICKPESA_CLIENT_ID) return json(403, { message: 'Invalid client details' });
  if (key !== CLICKPESA_API_KEY) {
    return json(403, { message: String(key).startsWith('SK') ? 'Invalid or Expired API-Key' : 'Unauthorized API-Key' });
  }
  const ttl = world.switches.clickpesaTokenTtlMs;
  const now = world.clock.now();
  const claims = {
    sub: CLICKPESA_CLIENT_ID,
    jti: world.random.hex(16),
    iat: Math.floor(now / 1000),
    exp: Math.floor((now + ttl) / 1000),
  };
  const token = `Bearer ${jwt(claims, CLICKPESA_API_KEY)}`;
  world.tokens.issue('clickpesa', token, ttl);
  return json(world.switches.clickpesaCreatedStatus, { success: true, token });
}

export const clickpesa = {
  name: 'clickpesa',
  title: 'ClickPesa',
  colour: { light: '#6a35c9', dark: '#c0a0ff' },
  claims: (path) => /^\/third-parties(\/|$)/i.test(path),
  routes: new Router<Route>([
    { method: 'POST', path: P('generate-token'), open: true, handle: login },
    ...collectionRoutes,
    ...payoutRoutes,
    ...accountRoutes,
    ...billRoutes,
    ...mandateRoutes,
  ]),
  options: OPTIONS,
  switches: SWITCHES,
  open,
  config(url, { own }): ConfigOf<'clickpesa'> {
    const { CLICKPESA_CHECKSUM_KEY, ...keys } = CREDENTIALS;
    return { baseUrl: url, ...keys, ...(own.checksum && { CLICKPESA_CHECKSUM_KEY }) };
  },
  // The token carries its own "Bearer "; a doubled prefix is another token.
  authorised: ({ world, headers }) => world.tokens.valid('clickpesa', headers.authorization ?? ''),
  unauthorised: (world) =>
    world.switches.clickpesaUnauthorized === 'text'
      ? text(401, 'Unauthorized')
      : json(401, { message: 'Unauthorized', statusCode: 401 }),
  unknownRoute: ({ method, path }) =>
    json(404, { statusCode: 404, message: `Cannot ${method} ${path}`, error: 'Not Found' }),
  gate({ world }) {
    const limit = world.switches.clickpesaRatePerMinute;
    if (limit <= 0) return undefined;
    const now = world.clock.now();
    world.own.requestTimes = world.own.requestTimes.filter((time) => time > now - 60_000);
    if (world.own.requestTimes.length >= limit) return nest(429, 'Too Many Requests');
    world.own.requestTimes.push(now);
    return undefined;
  },
  refusals: {
    '429': () => nest(429, 'Too Many Requests'),
    'error-in-200': ({ world, fields = {} }) =>
      json(200, {
        id: `LCP${world.random.receipt(8)}`,
        status: 'FAILED',
        message: 'Insufficient balance',
        orderReference: textOf(fields['orderReference']),
        clientId: CREDENTIALS.CLICKPESA_CLIENT_ID,
      }),
    'success-false': () => json(200, { success: false, message: 'Request could not be processed' }),
  },
  faults: ['unsigned', 'wrong-key', 'old-shape'],
  reads: {
    phone: ['phoneNumber', 'customerPhone', 'customer.phoneNumber'],
    amount: ['amount', 'totalPrice'],
    reference: ['orderReference'],
  },
  receipt: ({ random }) => random.receipt(10),
  settled(payment, world) {
    moveBalance(payment, world);
    payOutLater(payment, world);
  },
  callback: clickpesaCallback,
  accepts,
  tamper,
  signing: { key: 'the checksum key', secret: CREDENTIALS.CLICKPESA_CHECKSUM_KEY },
  page: { returnTo: (_payment, { switches }) => switches.clickpesaReturnUrl },
  sample,
  probe,
  events,
} satisfies GatewaySpec<World>;

/** ClickPesa pays the merchant out later, and says so with a second webhook. */
function payOutLater(payment: PaymentRecord, world: World): void {
  const delay = world.switches.clickpesaSettleAfterMs;
  if (payment.kind === 'payout' || payment.status !== 'paid' || delay < 0) return;
  payment.timers.push(world.clock.after(delay, () => finish(world, payment, 'settled')));
}
