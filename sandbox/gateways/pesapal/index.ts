import type { GatewaySpec, Route } from '../../engine/gateway.js';
import { openPayment } from '../../engine/lifecycle.js';
import { type Fields, html, isFields, json, type Reply, textOf } from '../../http/message.js';
import { Router } from '../../http/router.js';
import type { ConfigOf } from '../../types.js';
import { jwt } from '../jwt.js';
import { accepts, pesapalIpn, tamper } from './callback.js';
import { cancelOrder, refund, transactionStatus } from './orders.js';
import { page } from './page.js';
import { probe } from './probe.js';
import { renew } from './renewal.js';
import { dotNetDate, pesapalError, pesapalOk } from './replies.js';
import { events, sample } from './sample.js';
import { SWITCHES } from './switches.js';
import { type Call, CREDENTIALS, type Ipn, OPTIONS, open, type World } from './world.js';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TTL = { sandbox: 3_600_000, live: 300_000 };
const ISSUER = { sandbox: 'http://cybqa.pesapal.com/', live: 'http://pay.pesapal.com/' };
const USER_DATA = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/userdata';

const badParameters = (world: World, message = '') =>
  pesapalError(world, 'invalid_request_error', 'invalid_api_request_parameters', message);

function login({ world, fields }: Call): Reply {
  const key = fields?.['consumer_key'];
  const secret = fields?.['consumer_secret'];
  if (typeof key !== 'string' || typeof secret !== 'string') return badParameters(world);
  if (key !== CREDENTIALS.PESAPAL_CONSUMER_KEY || secret !== CREDENTIALS.PESAPAL_CONSUMER_SECRET) {
    return pesapalError(world, 'api_error', 'invalid_consumer_key_or_secret_provided', '');
  }
  const ttl = world.switches.pesapalTokenTtlMs || TTL[world.own.profile];
  const token = sessionToken(world, key, ttl);
  world.tokens.issue('pesapal', token, ttl);
  const expiryDate = `${dotNetDate(world, world.clock.now() + ttl, 7)}Z`;
  return pesapalOk(world, { token, expiryDate }, { message: 'Request processed successfully', noError: 'null' });
}

function sessionToken(world: World, key: string, ttl: number): string {
  const issued = Math.floor(world.clock.now() / 1000);
  const claims = {
    [USER_DATA]: world.random.guid(),
    uid: key,
    nbf: issued,
    exp: issued + Math.floor(ttl / 1000),
    iat: issued,
    iss: ISSUER[world.own.profile],
    aud: ISSUER[world.own.profile],
  };
  return jwt(claims, CREDENTIALS.PESAPAL_CONSUMER_SECRET);
}

const MAX_IPNS = 1_000;
/** Nothing says what an IPN URL must be; only its length is bounded. */
const MAX_URL = 2_048;

function registerIpn({ world, fields = {} }: Call): Reply {
  const { url } = fields;
  const method = textOf(fields['ipn_notification_type']).toUpperCase();
  if (typeof url !== 'string' || !url || url.length > MAX_URL || (method !== 'GET' && method !== 'POST'))
    return badParameters(world);
  const ipn = {
    number: world.own.ipns.size + 1,
    id: world.random.guid(),
    url,
    method,
    createdAt: world.clock.now(),
  } as const;
  world.own.ipns.set(ipn.id, ipn);
  if (world.own.ipns.size > MAX_IPNS) world.own.ipns.delete(world.own.ipns.keys().next().value ?? '');
  world.own.listLags = world.switches.pesapalIpnListLag;
  const generationB = world.switches.pesapalIpnGeneration === 'B';
  const body = {
    ...(!generationB && { id: ipn.number }),
    url,
    created_date: `${dotNetDate(world, ipn.createdAt, 7)}Z`,
    ipn_id: ipn.id,
    notification_type: method === 'GET' ? 0 : 1,
    ipn_notification_type_description: method,
    ipn_status: 1,
    ipn_status_decription: 'Active',
  };
  return pesapalOk(
    world,
    body,
    generationB ? { message: 'Request processed successfully', noError: 'absent' } : { noError: 'null' },
  );
}

function ipnList({ world }: Call): Reply {
  const lagging = world.own.listLags;
  world.own.listLags = false;
  const rows = [...world.own.ipns.values()].map((ipn) => listRow(ipn, world));
  return json(200, lagging ? [] : rows);
}

function listRow(ipn: Ipn, world: World): Fields {
  const { url, id: ipn_id } = ipn;
  const created_date = dotNetDate(world, ipn.createdAt, 3);
  if (world.switches.pesapalIpnListShape === 'documented')
    return { url, created_date: `${created_date}Z`, ipn_id, error: null, status: '200' };
  return {
    url,
    created_date,
    ipn_id,
    notification_type: ipn.method === 'GET' ? 0 : 1,
    ipn_notification_type_description: ipn.method,
    ipn_status: 1,
    ipn_status_decription: 'Active',
    status: '1',
    message: null,
  };
}

async function submitOrder(call: Call): Promise<Reply> {
  const { world, fields, origin } = call;
  if (!fields) return badParameters(world);
  const refused = refuseOrder(fields, world);
  if (refused) return refused;
  const billing = fields['billing_address'] as Fields;
  const payment = await openPayment(call, {
    kind: 'order',
    id: world.random.guid(),
    reference: textOf(fields['id']),
    amount: textOf(fields['amount']),
    currency: textOf(fields['currency']),
    phone: textOf(billing['phone_number']),
    detail: {
      notificationId: textOf(fields['notification_id']).toLowerCase(),
      callbackUrl: textOf(fields['callback_url']),
      cancelUrl: textOf(fields['cancellation_url']),
      description: textOf(fields['description']),
      accountNumber: textOf(fields['account_number']),
      firstName: textOf(billing['first_name']),
      lastName: textOf(billing['last_name']),
    },
  });
  const body = {
    order_tracking_id: payment.id,
    merchant_reference: payment.reference,
    redirect_url: origin + page.path(payment.id, world),
  };
  return pesapalOk(world, body, { noError: 'null' });
}

function refuseOrder(fields: Fields, world: World): Reply | undefined {
  const ipnId = textOf(fields['notification_id']);
  if (!GUID.test(ipnId)) return badParameters(world, 'Invalid IPN URL ID provided.Check format and try again');
  if (!world.own.ipns.has(ipnId.toLowerCase()))
    return pesapalError(world, 'invalid_request_error', 'InvalidIpnId', 'Invalid IPN id');
  const billing = fields['billing_address'];
  if (!isFields(billing) || (!textOf(billing['email_address']) && !textOf(billing['phone_number']))) {
    return pesapalError(
      world,
      'api_error',
      'missing_mandatory_billing_address',
      'Please provide billing details information on your API request.',
    );
  }
  const amount = Number(textOf(fields['amount']) || NaN);
  const id = textOf(fields['id']);
  const tooLong = [...LONG.map((name) => fields[name]), ...Object.values(billing)].some(
    (value) => textOf(value).length > MAX_URL,
  );
  if (!id || !Number.isFinite(amount) || tooLong) return badParameters(world);
  if (world.switches.pesapalStrictOrders && !withinLimits(fields, amount)) return badParameters(world);
  if (world.switches.pesapalUniqueIds && world.payments.byRef('pesapal', id)) return badParameters(world);
  const limit = world.switches.pesapalAmountLimit;
  return limit > 0 && amount > limit
    ? pesapalError(
        world,
        'contractual_error',
        'amount_exceeds_default_limit',
        'Transaction amount exceeds limit.Contact support for assistance',
      )
    : undefined;
}

const LONG = ['id', 'amount', 'callback_url', 'cancellation_url', 'description', 'account_number'];
const CURRENCIES = ['KES', 'UGX', 'TZS', 'RWF', 'MWK', 'ZMW', 'USD'];

function withinLimits(fields: Fields, amount: number): boolean {
  const id = textOf(fields['id']);
  return (
    amount > 0 &&
    /^\d{1,15}(\.\d{1,2})?$/.test(textOf(fields['amount'])) &&
    /^[A-Za-z0-9_.:-]{1,50}$/.test(id) &&
    textOf(fields['description']) !== '' &&
    textOf(fields['description']).length <= 100 &&
    CURRENCIES.includes(textOf(fields['currency'])) &&
    textOf(fields['callback_url']) !== ''
  );
}

/** A path, below whichever base path the client was given. */
const at = (path: string) => ['/pesapalv3', '/v3', ''].map((base) => `${base}/api/${path}`);

const routes = new Router<Route<World>>([
  { method: 'POST', path: at('Auth/RequestToken'), open: true, handle: login },
  { method: 'POST', path: at('URLSetup/RegisterIPN'), handle: registerIpn },
  { method: 'GET', path: at('URLSetup/GetIpnList'), handle: ipnList },
  { method: 'POST', path: at('Transactions/SubmitOrderRequest'), creates: true, handle: submitOrder },
  { method: 'GET', path: at('Transactions/GetTransactionStatus'), handle: transactionStatus },
  { method: 'POST', path: at('Transactions/RefundRequest'), handle: refund },
  { method: 'POST', path: at('Transactions/CancelOrder'), handle: cancelOrder },
]);

export const pesapal = {
  name: 'pesapal',
  title: 'PesaPal',
  colour: { light: '#1359b8', dark: '#77b0ff' },
  claims: (path) => /^\/(pesapalv3|v3|api\/(auth|urlsetup|transactions))(\/|$)/i.test(path),
  routes,
  options: OPTIONS,
  switches: SWITCHES,
  open,
  config: (url, { own }): ConfigOf<'pesapal'> => ({
    baseUrl: url + (own.profile === 'live' ? '/v3' : '/pesapalv3'),
    ...CREDENTIALS,
  }),
  calls: 'PesaPal calls the IPN URL that your app registers with registerIpn().',
  authorised({ world, headers }) {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    return token !== undefined && world.tokens.valid('pesapal', token);
  },
  unauthorised(world) {
    const error = {
      error_type: 'authentication_error',
      code: 'invalid_api_credentials_provided',
      message: 'Invalid Access Token',
    };
    return json(world.switches.pesapalBadTokenStatus, { error, status: null });
  },
  unknownRoute: () =>
    html(
      404,
      '<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head><body><h2>404 - File or directory not found.</h2></body></html>',
    ),
  refusals: {
    '429': () => html(429, '<html><body><h1>Too Many Requests</h1></body></html>'),
    'error-in-200': ({ world }) =>
      pesapalError(
        world,
        'api_error',
        'maximum_amount_limit_exceeded',
        'Request Declined.Maximum allowed test transactions limit exceeded',
      ),
    'success-false': ({ world }) => pesapalError(world, 'api_error', 'internal_error', 'internal error; reference = 0'),
  },
  // No callback is signed, and none has another shape.
  faults: [],
  reads: { phone: ['billing_address.phone_number'], amount: ['amount'], reference: ['id'] },
  receipt: ({ random }) => random.receipt(10),
  settled: renew,
  callback: pesapalIpn,
  accepts,
  tamper,
  page,
  sample,
  probe,
  events,
} satisfies GatewaySpec<World>;
