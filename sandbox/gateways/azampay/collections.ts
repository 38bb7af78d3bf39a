import { pagePath } from '../../engine/checkout.js';
import { openPayment } from '../../engine/lifecycle.js';
import { isFields, json, type Reply, text, textOf } from '../../http/message.js';
import {
  amountErrors,
  badProvider,
  currencyErrors,
  matchName,
  phoneErrors,
  propertiesErrors,
  textErrors,
} from './checks.js';
import { jsonBody, problem, unsupported } from './replies.js';
import { type Call, CREDENTIALS, type Route } from './world.js';

/** No document bounds the texts of a hosted checkout. */
const MAX_TEXT = 2_048;
const PROVIDERS = ['Airtel', 'Tigo', 'Halopesa', 'Azampesa', 'Mpesa'];
const BANKS = ['CRDB', 'NMB'];

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
  const payment = await openPayment(call, {
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
  const isWrong = !errors['otp'] && fields['otp'] !== '1234';
  if (isWrong && world.switches.azampayWrongOtp === 'errors') errors['otp'] = ['Invalid OTP.'];
  if (Object.keys(errors).length) return problem(world, errors);
  if (isWrong) return json(200, { success: false, msg: 'Invalid OTP.', data: null });
  const payment = await openPayment(call, {
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
  const payment = await openPayment(call, {
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
  const url = call.origin + pagePath(world.gateways.azampay, payment.id);
  return world.switches.azampayHostedShape === 'json' ? json(200, url) : text(200, url);
}

function partners({ origin, world }: Call): Reply {
  if (++world.own.partnersAsked <= world.switches.azampayEmptyPartners) return { status: 200, body: '' };
  const numbers: Record<string, number> = { Airtel: 2, Tigopesa: 3, HaloPesa: 4, Azampesa: 5, vodacom: 10 };
  const vendor = '00000000-0000-4000-8000-00000000000a';
  return json(
    200,
    Object.entries(numbers).map(([partnerName, provider]) => ({
      id: `00000000-0000-4000-8000-0000000001${String(provider).padStart(2, '0')}`,
      logoUrl: `${origin}/_sandbox/logo.svg`,
      partnerName,
      provider,
      vendorName: CREDENTIALS.AZAMPAY_APP_NAME,
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

export const PUSH_PATH = '/azampay/mno/checkout';

export const collectionRoutes: Route[] = [
  { method: 'POST', path: PUSH_PATH, creates: true, handle: push },
  { method: 'POST', path: '/azampay/bank/checkout', creates: true, handle: bank },
  { method: 'POST', path: '/api/v1/Partner/PostCheckout', open: true, creates: true, handle: hosted },
  { method: 'GET', path: '/api/v1/Partner/GetPaymentPartners', handle: partners },
  { method: 'GET', path: '/api/v1/Partner/GetTransactionStatus', handle: transactionStatus },
];
