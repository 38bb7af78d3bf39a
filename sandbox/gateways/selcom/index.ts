import type { GatewaySpec } from '../../engine/gateway.js';
import { html, textOf, withQuery } from '../../http/message.js';
import { Router } from '../../http/router.js';
import type { ConfigOf } from '../../types.js';
import { accepts, selcomCallback, tamper } from './callback.js';
import { orderRoutes, wordOf } from './orders.js';
import { payoutRoutes } from './payouts.js';
import { probe } from './probe.js';
import { fail, forbidden } from './replies.js';
import { events, sample } from './sample.js';
import { SWITCHES } from './switches.js';
import { CREDENTIALS, FLOAT, OPTIONS, open, type Route, type World } from './world.js';

const PAGE = /^\/paymentgw\/checkout\/([0-9a-f]+)$/i;

export const selcom = {
  name: 'selcom',
  title: 'Selcom',
  colour: { light: '#b3261e', dark: '#ff9d94' },
  claims: (path) => /^\/(v1|paymentgw)(\/|$)/i.test(path),
  routes: new Router<Route>([...orderRoutes, ...payoutRoutes]),
  options: OPTIONS,
  switches: SWITCHES,
  open,
  config: (url): ConfigOf<'selcom'> => ({ baseUrl: url, ...CREDENTIALS, ...FLOAT }),
  calls: 'Selcom calls the URL that each order names, which is SELCOM_WEBHOOK_URL of your config.',
  // Each route checks the signature by itself, for there is no login.
  authorised: () => true,
  unauthorised: (world) => forbidden(world as World, 'Invalid digest', (world as World).switches.selcomRefusedStatus),
  unknownRoute: () =>
    html(404, '<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>'),
  refusals: {
    '429': () => html(429, '<html><body><h1>Too Many Requests</h1></body></html>'),
    'error-in-200': ({ world, fields }) =>
      fail(world, '403', 'Request could not be processed', textOf(fields?.['transid']) || undefined),
    'success-false': ({ world, fields }) => fail(world, '400', 'Failed', textOf(fields?.['transid']) || undefined),
  },
  faults: ['unsigned', 'wrong-key'],
  reads: {
    phone: ['utilityref', 'recipientAccount', 'msisdn'],
    amount: ['amount'],
    reference: ['order_id', 'transid'],
  },
  receipt: ({ random }) => random.receipt(10),
  settled(payment) {
    // The customer may still pay an order whose prompt ran out: late successes have been seen.
    if (payment.reason === 'prompt-expired' && payment.kind === 'push') payment.kind = 'order';
  },
  callback: selcomCallback,
  accepts,
  tamper,
  signing: { key: 'the API secret', secret: CREDENTIALS.SELCOM_API_SECRET, isRare: true },
  page: {
    path: (id) => `/paymentgw/checkout/${id}`,
    idIn: ({ path }) => PAGE.exec(path)?.[1],
    returnTo: (payment, world) =>
      withQuery(textOf(payment.detail['redirect_url']), [
        ['payment_status', wordOf(payment, world)],
        ['transid', payment.receipt],
      ]),
    cancelTo: ({ detail }) => textOf(detail['cancel_url']),
  },
  sample,
  probe,
  events,
} satisfies GatewaySpec<World>;
