import type { GatewaySpec } from '../../engine/gateway.js';
import { json, type Reply, textOf } from '../../http/message.js';
import { Router } from '../../http/router.js';
import type { ConfigOf } from '../../types.js';
import { accepts, azampayCallback, tamper } from './callback.js';
import { collectionRoutes, PUSH_PATH } from './collections.js';
import { disbursementRoutes } from './disbursement.js';
import { probe } from './probe.js';
import { publicKeyRoutes } from './public-key.js';
import { EMPTY_404, problem } from './replies.js';
import { events, sample } from './sample.js';
import { SWITCHES } from './switches.js';
import { type Call, CREDENTIALS, open, type Route, SOURCE, type World } from './world.js';

const LOGIN_PATH = '/AppRegistration/GenerateToken';
const REFUSED_VENDOR = {
  success: false,
  transactionId: 'null',
  message: 'Your request could not be initiated. Please contact system admin. Invalid Vendor',
  messageCode: 1000,
};

function login({ world, fields, body }: Call): Reply {
  if (!fields)
    return problem(world, {
      '': body.length ? ['The input was not valid.'] : ['A non-empty request body is required.'],
    });
  const missing = ['appName', 'clientId', 'clientSecret'].filter((name) => !textOf(fields[name]));
  if (missing.length) {
    const pascal = (name: string) => name[0]!.toUpperCase() + name.slice(1);
    return problem(
      world,
      Object.fromEntries(missing.map((name) => [pascal(name), [`The ${pascal(name)} field is required.`]])),
    );
  }
  const { AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } = CREDENTIALS;
  const known =
    fields['appName'] === AZAMPAY_APP_NAME &&
    fields['clientId'] === AZAMPAY_CONSUMER_KEY &&
    fields['clientSecret'] === AZAMPAY_CONSUMER_SECRET;
  if (!known) {
    const message = 'Provided detail is not valid for this app or secret key has been expired';
    return json(423, { data: null, message, success: false, statusCode: 423 });
  }
  const ttl = world.switches.azampayTokenTtlMs;
  const accessToken = world.random.bytes(240).toString('base64url');
  world.tokens.issue('azampay', accessToken, ttl);
  const expire = new Date(world.clock.now() + ttl).toISOString().replace(/\.\d+Z$/, 'Z');
  return json(200, {
    data: { accessToken, [world.switches.azampayExpireKey]: expire },
    message: 'Token generated successfully',
    success: true,
    messageCode: 0,
    statusCode: 200,
  });
}

const ERROR_BODY = { message: 'Your request could not be processed', status: 'Error' };

export const azampay = {
  name: 'azampay',
  title: 'AzamPay',
  colour: { light: '#0a6d73', dark: '#5fd0d6' },
  claims: (path) => /^\/(AppRegistration|azampay|api\/(v1|Token))(\/|$)/i.test(path),
  routes: new Router<Route>([
    { method: 'POST', path: LOGIN_PATH, open: true, handle: login },
    ...collectionRoutes,
    ...publicKeyRoutes,
    ...disbursementRoutes,
  ]),
  options: {},
  switches: SWITCHES,
  open,
  config: (url): ConfigOf<'azampay'> => ({ baseUrl: url, ...CREDENTIALS, ...SOURCE }),
  authorised({ world, headers }) {
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    return token !== undefined && world.tokens.valid('azampay', token);
  },
  unauthorised: () => json(401, { message: 'Please Provide Valid Authorization', status: 'Error' }),
  unknownRoute: () => EMPTY_404,
  refusals: {
    '429': () => json(429, { message: 'Too Many Requests', success: false, statusCode: 429 }),
    'error-in-200': () => json(200, ERROR_BODY),
    'success-false': ({ path }) =>
      /GenerateToken/i.test(path)
        ? json(200, { data: null, message: 'Internal Server Error', success: false, statusCode: 500 })
        : json(200, REFUSED_VENDOR),
  },
  receipt: ({ random }) => random.guid(),
  faults: ['unsigned', 'wrong-key', 'rotated-key', 'two-field', 'old-shape'],
  reads: {
    phone: ['merchantMobileNumber', 'accountNumber', 'destination.accountNumber'],
    amount: ['amount', 'transferDetails.amount'],
    reference: ['externalId', 'referenceId', 'externalReferenceId'],
  },
  callback: azampayCallback,
  accepts,
  tamper,
  signing: { key: 'an RSA private key file (PEM)', pair: ({ own }) => own.keys },
  page: { returnTo: ({ detail, status }) => textOf(detail[status === 'paid' ? 'successUrl' : 'failUrl']) },
  sample,
  probe,
  events,
  testPush: () => ({
    login: {
      path: LOGIN_PATH,
      body: {
        appName: CREDENTIALS.AZAMPAY_APP_NAME,
        clientId: CREDENTIALS.AZAMPAY_CONSUMER_KEY,
        clientSecret: CREDENTIALS.AZAMPAY_CONSUMER_SECRET,
      },
    },
    token: 'data.accessToken',
    payment: {
      path: PUSH_PATH,
      body: { accountNumber: '255712345678', amount: '2000', currency: 'TZS', provider: 'Tigo' },
    },
    reference: 'externalId',
    accepted: 'success',
    problem: 'message',
  }),
} satisfies GatewaySpec<World>;
