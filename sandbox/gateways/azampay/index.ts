import { openPayment } from '../../engine/lifecycle.js';
import type { Call, GatewaySpec, Route, World } from '../../engine/world.js';
import { type Fields, isFields, json, parseFields, type Reply, text, textOf } from '../../http/message.js';
import { isAccount } from './account.js';
import { azampayCallback } from './callback.js';
import { disbursementRoutes } from './disbursement.js';
import { publicPem, publicXml } from './keys.js';

const REFUSED_VENDOR = {
  success: false,
  transactionId: 'null',
  message: 'Your request could not be initiated. Please contact system admin. Invalid Vendor',
  messageCode: 1000,
};
const MAX_AMOUNT = 5_000_000;
const MAX_PROPERTIES = 4_096;
/** No document bounds the texts of a hosted checkout. */
const MAX_TEXT = 2_048;
const PROVIDERS = ['Airtel', 'Tigo', 'Halopesa', 'Azampesa', 'Mpesa'];
const BANKS = ['CRDB', 'NMB'];

function problem(world: World, errors: Record<string, string[]>): Reply {
  const body = {
    errors,
    type: 'https://tools.ietf.org/html/rfc7231#section-6.5.1',
    title: 'One or more validation errors occurred.',
    status: 400,
    traceId: `00-${world.random.hex(32)}-${world.random.hex(16)}-00`,
  };
  return json(400, body, { 'Content-Type': 'application/problem+json; charset=utf-8' });
}

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
  const { AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } = world.credentials;
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

async function push(call: Call): Promise<Reply> {
  const { world } = call;
  const fields = jsonBody(call);
  if (!fields) return unsupported(call);
  const errors = {
    ...amountErrors(fields, world),
    ...textErrors(fields, 'accountNumber', 128),
    ...textErrors(fields, 'externalId', 128),
    ...currencyErrors(fields, 'currency', world),
  };
  const provider = matchName(PROVIDERS, fields['provider'], world);
  if (!provider) errors['provider'] = [badProvider(fields['provider'], 'PGvNext.Models.Common.Provider')];
  if (!errors['accountNumber'] && provider)
    Object.assign(errors, phoneErrors(fields, 'accountNumber', world, provider));
  const properties = propertiesErrors(fields);
  if (Object.keys(errors).length || properties) return problem(world, { ...errors, ...properties });
  const reference = textOf(fields['externalId']);
  if (world.switches.azampayUniqueReferences && world.payments.byRef('azampay', reference)) {
    return problem(world, { externalId: [`Duplicate externalId: ${reference}`] });
  }
  const payment = await openPayment(call, 'azampay', {
    kind: 'push',
    id: world.random.hex(32),
    reference,
    amount: textOf(fields['amount']),
    currency: textOf(fields['currency']),
    phone: textOf(fields['accountNumber']),
    operator: provider,
    detail: { additionalProperties: fields['additionalProperties'] },
  });
  return accepted(payment.id);
}

const accepted = (transactionId: string) =>
  json(200, {
    success: true,
    transactionId,
    message: 'Your request has been received and is being processed.',
    messageCode: 0,
  });

async function bank(call: Call): Promise<Reply> {
  const { world } = call;
  const fields = jsonBody(call);
  if (!fields) return unsupported(call);
  const errors = {
    ...amountErrors(fields, world),
    ...currencyErrors(fields, 'currencyCode', world),
    ...textErrors(fields, 'merchantAccountNumber', 100),
    ...phoneErrors(fields, 'merchantMobileNumber', world),
    ...textErrors(fields, 'merchantMobileNumber', 100),
    ...(fields['referenceId'] != null && textErrors(fields, 'referenceId', 128)),
    ...textErrors(fields, 'otp'),
    ...propertiesErrors(fields),
  };
  const provider = matchName(BANKS, fields['provider'], world);
  if (!provider) errors['provider'] = [badProvider(fields['provider'], 'PGvNext.Models.Common.BankProvider')];
  if (!errors['otp'] && fields['otp'] !== '1234') errors['otp'] = ['Invalid OTP.'];
  if (Object.keys(errors).length) return problem(world, errors);
  const payment = await openPayment(call, 'azampay', {
    kind: 'bank',
    id: world.random.hex(32),
    reference: textOf(fields['referenceId']),
    amount: textOf(fields['amount']),
    currency: textOf(fields['currencyCode']),
    phone: textOf(fields['merchantMobileNumber']),
    operator: provider!,
    detail: { additionalProperties: fields['additionalProperties'] },
  });
  if (world.switches.azampayBankShape === 'spec') {
    return json(200, {
      transactionId: payment.id,
      message: 'Your request has been received and is being processed.',
      success: true,
    });
  }
  return json(200, { success: true, msg: '', data: { properties: { ReferenceID: payment.id } } });
}

async function hosted(call: Call): Promise<Reply> {
  const { world, fields } = call;
  if (!/^application\/(json|json-patch\+json)/.test(call.headers['content-type'] ?? '')) return unsupported(call);
  if (!fields) return problem(world, { '': ['The input was not valid.'] });
  const required = [
    'appName',
    'clientId',
    'vendorName',
    'language',
    'currency',
    'redirectFailURL',
    'redirectSuccessURL',
  ];
  const errors = { ...amountErrors(fields, world), ...textErrors(fields, 'externalId', 30) };
  for (const name of required) Object.assign(errors, textErrors(fields, name, MAX_TEXT));
  if (!errors['currency']) Object.assign(errors, currencyErrors(fields, 'currency', world));
  if (!isFields(fields['cart'])) errors['cart'] = ['The cart field is required.'];
  if (Object.keys(errors).length) return problem(world, errors);
  const payment = await openPayment(call, 'azampay', {
    kind: 'checkout',
    id: world.random.hex(32),
    reference: textOf(fields['externalId']),
    amount: textOf(fields['amount']),
    currency: textOf(fields['currency']),
    operator: 'Azampesa',
    detail: {
      description: 'AzamPay checkout',
      successUrl: fields['redirectSuccessURL'],
      failUrl: fields['redirectFailURL'],
    },
  });
  const url = `${call.origin}/_sandbox/checkout/azampay/${payment.id}`;
  return world.switches.azampayHostedShape === 'json' ? json(200, url) : text(200, url);
}

function partners({ world, origin }: Call): Reply {
  const numbers: Record<string, number> = { Airtel: 2, Tigopesa: 3, HaloPesa: 4, Azampesa: 5, vodacom: 10 };
  const vendor = '00000000-0000-4000-8000-00000000000a';
  return json(
    200,
    Object.entries(numbers).map(([partnerName, provider]) => ({
      id: `00000000-0000-4000-8000-0000000001${String(provider).padStart(2, '0')}`,
      logoUrl: `${origin}/_sandbox/logo.svg`,
      partnerName,
      provider,
      vendorName: world.credentials.AZAMPAY_APP_NAME,
      paymentVendorId: vendor,
      paymentPartnerId: `00000000-0000-4000-8000-0000000002${String(provider).padStart(2, '0')}`,
      paymentAcknowledgmentRoute: null,
      currency: 'TZS',
      status: 'Active',
      vendorType: 'Merchant',
    })),
  );
}

const STATUS_TEXT = {
  pending: 'pending',
  paid: 'success',
  settled: 'success',
  failed: 'failed',
  cancelled: 'failed',
  refunded: 'reversed',
  reversed: 'reversed',
};

function transactionStatus({ world, query }: Call): Reply {
  const payment = world.payments.get('azampay', query.get('transactionId') ?? '');
  if (!payment) return json(404, { data: null, message: 'Transaction not found', success: false, statusCode: 404 });
  const data = payment.reason === 'prompt-expired' ? 'expired' : STATUS_TEXT[payment.status];
  return json(200, { data, message: 'Transaction Status successfuly fetch', success: true, statusCode: 200 });
}

async function publicKey({ world, query }: Call): Promise<Reply> {
  const mode = world.switches.azampayPublicKey;
  if (mode === '404') return EMPTY_404;
  if (mode === 'empty') return { status: 200, body: '' };
  const key = await world.keys.signing();
  const pem = publicPem(key);
  if (mode === 'bare') return text(200, pem);
  const wantsXml = mode === 'xml' || (query.get('format') ?? '').toLowerCase() === 'xml';
  if (wantsXml) return json(200, { success: true, format: 'Xml', publicKey: publicXml(key) });
  return json(200, { success: true, format: 'Pem', publicKey: mode === 'escaped' ? pem.replaceAll('\n', '\\n') : pem });
}

async function tokenPublicKey({ world, query }: Call): Promise<Reply> {
  const mode = world.switches.azampayTokenPublicKey;
  if (mode === '404') return EMPTY_404;
  const key = await world.keys.signing();
  const wantsXml = (query.get('format') ?? '').toLowerCase() === 'xml';
  const publicKey = wantsXml ? publicXml(key) : publicPem(key);
  if (mode === 'pem') return text(200, publicKey);
  if (mode === 'string') return json(200, publicKey);
  return json(
    200,
    mode === 'data'
      ? { data: { publicKey }, success: true }
      : { success: true, format: wantsXml ? 'Xml' : 'Pem', publicKey },
  );
}

const EMPTY_404: Reply = { status: 404, body: '' };

/** The body of a JSON request; undefined when it is not said to be JSON. */
function jsonBody({ headers, body }: Call): Fields | undefined {
  return /^application\/(\w+\+)?json/i.test(headers['content-type'] ?? '') ? (parseFields(body) ?? {}) : undefined;
}

function unsupported({ world }: Call): Reply {
  const body = {
    type: 'https://tools.ietf.org/html/rfc7231#section-6.5.13',
    title: 'Unsupported Media Type',
    status: 415,
    traceId: `00-${world.random.hex(32)}-${world.random.hex(16)}-00`,
  };
  return json(415, body, { 'Content-Type': 'application/problem+json; charset=utf-8' });
}

type Errors = Record<string, string[]>;

function amountErrors(fields: Fields, world: World): Errors {
  const amount = textOf(fields['amount']);
  if (!amount) return { amount: ['The amount field is required.'] };
  if (!/^\d{1,20}(\.\d{1,10})?$/.test(amount))
    return { amount: [`Could not convert string to decimal: ${amount.slice(0, 100)}. Path 'amount'.`] };
  const nothing = Number(amount) === 0 && world.switches.azampayStrictPayments;
  return nothing || Number(amount) > MAX_AMOUNT ? { amount: ['The field amount must be between 0 and 5000000.'] } : {};
}

function currencyErrors(fields: Fields, name: string, world: World): Errors {
  const errors = textErrors(fields, name, 32);
  const other = textOf(fields[name]) !== 'TZS' && world.switches.azampayStrictPayments;
  return other && !errors[name] ? { [name]: [`The field ${name} is invalid: only TZS is supported.`] } : errors;
}

function phoneErrors(fields: Fields, name: string, world: World, provider?: string): Errors {
  if (!world.switches.azampayStrictPayments || isAccount(textOf(fields[name]), provider)) return {};
  return { [name]: [`The field ${name} is not a valid phone number.`] };
}

function textErrors(fields: Fields, name: string, max = Infinity): Errors {
  const value = textOf(fields[name]);
  if (!value) return { [name]: [`The ${name} field is required.`] };
  return value.length > max ? { [name]: [`The field ${name} must be a string with a maximum length of ${max}.`] } : {};
}

function propertiesErrors(fields: Fields): Errors | undefined {
  const properties = fields['additionalProperties'];
  if (properties === undefined || properties === null) return undefined;
  if (!isFields(properties)) return { additionalProperties: ['The additionalProperties field must be an object.'] };
  return Buffer.byteLength(JSON.stringify(properties)) > MAX_PROPERTIES
    ? { additionalProperties: [`The additionalProperties field must not exceed ${MAX_PROPERTIES} bytes.`] }
    : undefined;
}

function matchName(names: string[], given: unknown, world: World): string | undefined {
  const fold = (name: unknown) => (world.switches.azampayProviderCase === 'any' ? String(name).toLowerCase() : name);
  return names.find((name) => fold(name) === fold(given));
}

const badProvider = (given: unknown, type: string) =>
  `Error converting value ${JSON.stringify(given ?? null)} to type '${type}'. Path 'provider', line 1, position 1.`;

const routes: Route[] = [
  { method: 'POST', path: /^\/AppRegistration\/GenerateToken$/i, open: true, handle: login },
  { method: 'POST', path: /^\/azampay\/mno\/checkout$/i, creates: true, handle: push },
  { method: 'POST', path: /^\/azampay\/bank\/checkout$/i, creates: true, handle: bank },
  { method: 'POST', path: /^\/api\/v1\/Partner\/PostCheckout$/i, open: true, creates: true, handle: hosted },
  { method: 'GET', path: /^\/api\/v1\/Partner\/GetPaymentPartners$/i, handle: partners },
  { method: 'GET', path: /^\/api\/v1\/Partner\/GetTransactionStatus$/i, handle: transactionStatus },
  { method: 'GET', path: /^\/azampay\/v1\/public-key$/i, handle: publicKey },
  { method: 'GET', path: /^\/api\/Token\/PublicKey$/i, handle: tokenPublicKey },
  ...disbursementRoutes,
];

const ERROR_BODY = { message: 'Your request could not be processed', status: 'Error' };

export const azampay: GatewaySpec = {
  name: 'azampay',
  routes,
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
  callback: azampayCallback,
};
