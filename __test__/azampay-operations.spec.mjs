// AzamPay in the vocabulary that all gateways share, against the sandbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { PAY_ROUTES, rejection, startGateway } from './support/gateway.mjs';

const CHARGE = { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER-1' };

/** An SDK object on a sandbox, and the bodies that the sandbox got at a route. */
async function azampay(t, { config, options, ...sandbox } = {}) {
  const gateway = await startGateway(t, sandbox);
  const bodies = (route) => gateway.to(route).map(({ body }) => JSON.parse(body));
  return { ...gateway, sdk: gateway.sdk('azampay', config, options), bodies };
}

const codeOf = ({ code, outcome }) => [code, outcome];

test('a charge is a push in AzamPay’s own words, with the operator that was guessed', async (t) => {
  const { sdk, bodies, sandbox } = await azampay(t);
  const { raw, transactionId, message, ...told } = await sdk.charge(CHARGE);
  assert.deepEqual(bodies(PAY_ROUTES.azampay), [
    { accountNumber: '255712345678', amount: '1000', currency: 'TZS', externalId: 'ORDER-1', provider: 'Tigo' },
  ]);
  assert.deepEqual(told, {
    provider: 'azampay',
    kind: 'payment',
    status: 'pending',
    amount: '1000',
    currency: 'TZS',
    reference: 'ORDER-1',
    receipt: null,
    payer: '2557****5678',
    gatewayReference: 'ORDER-1',
    redirectUrl: null,
    operator: { name: 'Yas', guessed: true },
  });
  assert.equal(raw.transactionId, transactionId);
  assert.equal(message, raw.message);
  await sandbox.approve('ORDER-1');
  const { status } = await sdk.getPaymentStatus(transactionId);
  assert.equal(status, 'succeeded');
});

test('a charge names its operator as people do', async (t) => {
  const { sdk, bodies } = await azampay(t);
  const { operator } = await sdk.charge({ ...CHARGE, operator: 'm-pesa' });
  assert.deepEqual(operator, { name: 'Vodacom', guessed: false });
  assert.equal(bodies(PAY_ROUTES.azampay)[0].provider, 'Mpesa');
});

test('a charge that is wrong is refused with all that is wrong, and nothing is sent', async (t) => {
  const { sdk, requests } = await azampay(t);
  const error = await rejection(
    sdk.charge({ amount: '1,000', currency: 'KES', phone: '0712', reference: '', operator: 'TTCL' }),
  );
  assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  for (const part of ['amount ', 'currency must be TZS', 'phone ', 'reference ', 'operator must be one of Mpesa, Tigo'])
    assert.ok(error.message.includes(part), `${part}: ${error.message}`);
  assert.deepEqual(requests, []);
});

test('limits are settings', async (t) => {
  const { sdk } = await azampay(t, { options: { limits: { chargeMaximum: 500 } } });
  assert.match((await rejection(sdk.charge(CHARGE))).message, /amount must be at most 500 TZS, not 1000/);
  assert.deepEqual(sdk.capabilities().maximum, 500);
});

test('a refused charge is refused, though AzamPay answers HTTP 200', async (t) => {
  const { sdk, sandbox } = await azampay(t);
  sandbox.next({ name: 'success-false', route: PAY_ROUTES.azampay });
  const error = await rejection(sdk.charge(CHARGE));
  assert.deepEqual(codeOf(error), ['REFUSED', 'refused']);
  assert.match(error.message, /Invalid Vendor/);
});

test('a charge whose answer is lost is unknown, and is not sent again', async (t) => {
  const { sdk, sandbox, bodies } = await azampay(t, { options: { maxRetries: 3 } });
  sandbox.next({ name: 'reset-after', route: PAY_ROUTES.azampay });
  const error = await rejection(sdk.charge(CHARGE));
  assert.deepEqual(codeOf(error), ['CONNECTION_FAILED', 'unknown']);
  assert.equal(bodies(PAY_ROUTES.azampay).length, 1);
});

test('a charge under a reference that AzamPay cannot carry names both', async (t) => {
  const { sdk, bodies } = await azampay(t);
  const { reference, gatewayReference } = await sdk.charge({ ...CHARGE, reference: "ORDER--1'" });
  assert.equal(reference, "ORDER--1'");
  assert.match(gatewayReference, /^ORDER[0-9A-Z]{15}$/);
  assert.equal(bodies(PAY_ROUTES.azampay)[0].externalId, gatewayReference);
});

const PAYOUT = {
  amount: '5000',
  currency: 'TZS',
  reference: 'OUT-1',
  to: { phone: '0754 000 111' },
  name: 'Asha Juma',
};
const DISBURSE = '/api/v1/azampay/disburse';
const KEY = '/azampay/v1/public-key';

test('a payout asks for the key, and goes out with a checksum that the gateway reads', async (t) => {
  const { sdk, bodies, requests, sandbox } = await azampay(t);
  const { raw, transactionId, ...told } = await sdk.payout(PAYOUT);
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/AppRegistration/GenerateToken', KEY, DISBURSE],
  );
  const [{ checksum, transferDetails, ...sent }] = bodies(DISBURSE);
  assert.deepEqual(sent, {
    source: {
      countryCode: 'TZ',
      fullName: 'Duka la Mfano',
      bankName: 'Azampesa',
      accountNumber: '1700000001',
      currency: 'TZS',
    },
    destination: {
      countryCode: 'TZ',
      fullName: 'Asha Juma',
      bankName: 'Vodacom',
      accountNumber: '255754000111',
      currency: 'TZS',
    },
    externalReferenceId: 'OUT-1',
  });
  assert.match(checksum, /^[\w+/]{342}==$/);
  assert.ok(Math.abs(transferDetails.dateInEpoch - Date.now() / 1_000) < 60, transferDetails.dateInEpoch);
  assert.deepEqual(told, {
    provider: 'azampay',
    status: 'processing',
    amount: '5000',
    fee: null,
    currency: 'TZS',
    reference: 'OUT-1',
    gatewayReference: 'OUT-1',
    recipientName: null,
    receipt: null,
    redirectUrl: null,
    message: 'Your transaction is in process',
  });
  assert.equal(raw.pgReferenceId, transactionId);
  assert.equal(sandbox.payments()[0].kind, 'payout');
});

test('a configured key spares the question; with a wrong one AzamPay refuses', async (t) => {
  const { sandbox, sdk, to } = await azampay(t);
  await sdk.payout(PAYOUT);
  const more = await azampay(t, { seed: 'another key', config: { AZAMPAY_PUBLIC_KEY: await sandbox.publicKey() } });
  const error = await rejection(more.sdk.payout(PAYOUT));
  assert.deepEqual(codeOf(error), ['REFUSED', 'refused']);
  assert.equal(error.gatewayMessage, 'Invalid checksum.', 'the key of another sandbox');
  assert.deepEqual([to(KEY).length, more.to(KEY).length], [1, 0]);
});

test('a payout that is wrong is refused with all that is wrong, and nothing is sent', async (t) => {
  const config = { AZAMPAY_SOURCE_ACCOUNT: undefined, AZAMPAY_SOURCE_NAME: '' };
  const { sdk, requests } = await azampay(t, { config });
  const error = await rejection(sdk.payout({ amount: 0, currency: 'RWF', to: { phone: '0754' } }));
  assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  for (const part of [
    'config.AZAMPAY_SOURCE_ACCOUNT is missing',
    'config.AZAMPAY_SOURCE_NAME is missing',
    'amount is zero',
    'currency must be TZS',
    'reference is missing',
    'to.phone ',
    'name is missing',
  ])
    assert.ok(error.message.includes(part), `${part}: ${error.message}`);
  assert.deepEqual(requests, []);
});

test('a refused payout is refused, whatever flag stands in the answer', async (t) => {
  const { sdk, answer } = await azampay(t);
  const refused = (message, code) => ({ success: true, pgReferenceId: null, message, status: code });
  answer(DISBURSE, 400, refused('Invalid BankName.', 400));
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['REFUSED', 'refused']);
  answer(DISBURSE, 402, refused('Request expired', 402));
  const expired = await rejection(sdk.payout(PAYOUT));
  assert.deepEqual(codeOf(expired), ['REFUSED', 'refused']);
  assert.equal(expired.message, 'Payout failed: Request expired');
  assert.equal((await sdk.payout(PAYOUT)).status, 'processing', 'the same reference, and a new time');
});

test('a payout whose answer is lost is unknown, is not sent again, and is known again by its reference', async (t) => {
  const { sdk, sandbox, bodies } = await azampay(t, { options: { maxRetries: 3 } });
  sandbox.next({ name: 'reset-after', route: DISBURSE });
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['CONNECTION_FAILED', 'unknown']);
  assert.equal(bodies(DISBURSE).length, 1);
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['DUPLICATE_REFERENCE', 'unknown']);
  assert.equal(sandbox.payments().length, 1);
});

test('an accepted payout without an id is unknown', async (t) => {
  const { sdk, answer } = await azampay(t);
  answer(DISBURSE, 200, { success: true, message: 'Your transaction is in process', statusCode: 200 });
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['INVALID_RESPONSE', 'unknown']);
});

test('a payout is the same, byte for byte, when it is sent again with a new token', async (t) => {
  const { sdk, sandbox, to } = await azampay(t);
  sandbox.next({ name: '401', route: DISBURSE });
  assert.equal((await sdk.payout(PAYOUT)).status, 'processing');
  const [first, second, ...more] = to(DISBURSE).map(({ body }) => body.toString());
  assert.equal(first, second);
  assert.deepEqual(more, []);
});

test('without any key nothing is paid, and the message says what to configure', async (t) => {
  const { sdk, to } = await azampay(t, { switches: { azampayPublicKey: '404', azampayTokenPublicKey: '404' } });
  const error = await rejection(sdk.payout(PAYOUT));
  assert.deepEqual(codeOf(error), ['NOT_SUPPORTED', 'not_sent']);
  assert.match(error.message, /configure AZAMPAY_PUBLIC_KEY/);
  assert.equal(to(DISBURSE).length, 0);
});

for (const [shape, switches] of [
  ['elsewhere', { azampayPublicKey: '404' }],
  ['in an empty answer', { azampayPublicKey: 'empty' }],
  ['as XML', { azampayPublicKey: 'xml' }],
])
  test(`the key is found: ${shape}`, async (t) => {
    const { sdk } = await azampay(t, { switches });
    assert.equal((await sdk.payout(PAYOUT)).status, 'processing');
  });

test('the callback of a payout says nothing that is proven', async (t) => {
  const { sdk } = await azampay(t);
  const callback = {
    initiatorReferenceId: 'OUT-1',
    fspReferenceId: 'f',
    pgReferenceId: '0a1b',
    amount: '5000',
    status: 'success',
    operator: 'Vodacom',
  };
  const { isValid, reason, payout } = await sdk.handleCallback(callback);
  assert.deepEqual([isValid, reason, payout.status], [false, 'MISSING_SIGNATURE', 'unknown']);
});

test('a payout is asked for by AzamPay’s id and the operator', async (t) => {
  const { sdk, sandbox } = await azampay(t, { clock: 'manual' });
  const { transactionId } = await sdk.payout(PAYOUT);
  const look = () => sdk.getPayoutStatus(transactionId, { operator: 'M-Pesa' });
  const { raw, ...told } = await look();
  assert.deepEqual(told, {
    provider: 'azampay',
    status: 'processing',
    amount: '5000',
    fee: null,
    currency: null,
    reference: 'OUT-1',
    gatewayReference: 'OUT-1',
    transactionId,
    recipientName: null,
    receipt: null,
    redirectUrl: null,
    message: null,
  });
  assert.equal(raw.status, 'Pending');
  await sandbox.clock.advance(1_000);
  const { status, receipt } = await look();
  assert.equal(status, 'succeeded');
  assert.equal(receipt, sandbox.payments()[0].receipt);
});

test('a payout that came back has failed', async (t) => {
  const { sdk, sandbox } = await azampay(t, { switches: { azampayPayoutStatus: 'data' } });
  const { transactionId } = await sdk.payout(PAYOUT);
  await sandbox.decline('OUT-1');
  assert.equal((await sdk.getPayoutStatus(transactionId, { operator: 'mpesa' })).status, 'failed');
});

test('a payout that AzamPay does not know is unknown, and may be sent again under its reference', async (t) => {
  const { sdk } = await azampay(t);
  const id = '0123456789abcdef0123456789abcdef';
  const { status, transactionId, raw } = await sdk.getPayoutStatus(id, { operator: 'M-Pesa' });
  assert.deepEqual({ status, transactionId, raw }, { status: 'unknown', transactionId: id, raw: null });
  const lost = { kind: 'payout', transactionId: id };
  assert.equal((await sdk.recover(lost, { operator: 'M-Pesa' })).next, 'safe-to-send-again');
});

test('a payout without its operator is asked for nowhere', async (t) => {
  const { sdk, requests } = await azampay(t);
  for (const operator of [undefined, 'Visa']) {
    const error = await rejection(sdk.getPayoutStatus('0a1b', { operator }));
    assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  }
  assert.deepEqual(requests, []);
});

test('an account that can is asked by the merchant’s own reference, whatever became of the answer', async (t) => {
  const config = { AZAMPAY_STATUS_BY_REFERENCE: 'true' };
  const { sdk, sandbox } = await azampay(t, { config, switches: { azampayStatusByReference: true } });
  sandbox.next({ name: 'reset-after', route: DISBURSE });
  await rejection(sdk.payout({ ...PAYOUT, reference: 'OUT:1' }));
  const { status, reference, transactionId, gatewayReference } = await sdk.getPayoutStatus('OUT:1');
  assert.deepEqual([status, reference], ['processing', 'OUT:1']);
  assert.equal(transactionId, sandbox.payments()[0].id);
  assert.equal(gatewayReference, sandbox.payments()[0].reference);
});

test('a preview of a payout tells whose wallet it is', async (t) => {
  const { sdk, bodies } = await azampay(t);
  const { raw, ...told } = await sdk.preview({ for: 'payout', ...PAYOUT });
  const channels = [{ name: 'Vodacom', available: true, fee: null, message: null }];
  assert.deepEqual(told, {
    provider: 'azampay',
    channels,
    fee: null,
    total: null,
    accountName: 'Asha Juma',
    balance: null,
  });
  const [{ bankName, accountNumber }] = bodies('/api/v1/azampay/namelookup');
  assert.deepEqual([bankName, accountNumber, raw.fspId], ['Vodacom', '255754000111', '503']);
});

test('a name in parts is joined, and a number of another operator is told', async (t) => {
  const { sdk } = await azampay(t, { switches: { azampayLookupName: 'parts' } });
  const to = { phone: '0754000111', operator: 'Tigo' };
  const { accountName, channels } = await sdk.preview({ for: 'payout', currency: 'TZS', to });
  assert.equal(accountName, 'Asha Juma');
  assert.deepEqual(channels, [
    { name: 'Yas', available: true, fee: null, message: 'by its first digits the number is of Vodacom' },
  ]);
});

test('a preview of anything else is refused, and nothing is sent', async (t) => {
  const { sdk, requests } = await azampay(t);
  const error = await rejection(sdk.preview({ for: 'charge', ...CHARGE }));
  assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  assert.match(error.message, /for must be payout, not 'charge'; to is missing/);
  assert.deepEqual(requests, []);
});

const BANK = {
  amount: '1000',
  currency: 'TZS',
  reference: 'BANK-1',
  bank: 'CRDB',
  accountNumber: '0150000001',
  phone: '0712345678',
  otp: '1234',
};
const BANK_ROUTE = '/azampay/bank/checkout';

for (const azampayBankShape of ['data', 'spec'])
  test(`a payment at a bank has an id in either shape of the answer: ${azampayBankShape}`, async (t) => {
    const { sdk, sandbox } = await azampay(t, { clock: 'manual', switches: { azampayBankShape } });
    const { status, transactionId, operator, payer } = await sdk.payBank(BANK);
    assert.deepEqual([status, operator, payer], ['pending', null, '2557****5678']);
    assert.equal(transactionId, sandbox.payments()[0].id);
  });

for (const azampayWrongOtp of ['errors', 'success-false'])
  test(`a wrong password is refused and shown nowhere: ${azampayWrongOtp}`, async (t) => {
    const { sdk } = await azampay(t, { switches: { azampayWrongOtp } });
    const error = await rejection(sdk.payBank({ ...BANK, otp: '987123' }));
    assert.deepEqual(codeOf(error), ['REFUSED', 'refused']);
    assert.match(error.message, /Invalid OTP/);
  });

test('a password that AzamPay repeats is shown nowhere', async (t) => {
  const { sdk, answer } = await azampay(t);
  answer(BANK_ROUTE, 400, { message: 'OTP 987123 of 0712345678 is used up', more: { otp: '987123' } });
  const error = await rejection(sdk.payBank({ ...BANK, otp: '987123' }));
  const shown = `${error.stack}${inspect(error, { depth: 9 })}${JSON.stringify(error)}`;
  assert.ok(!shown.includes('987123') && !shown.includes('712345678'), shown);
});

test('a payment at a bank that is wrong is refused with all that is wrong, and nothing is sent', async (t) => {
  const { sdk, requests } = await azampay(t);
  const error = await rejection(sdk.payBank({ amount: 1, currency: 'USD', bank: 'NBC', otp: 987123 }));
  assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  for (const part of [
    'currency must be TZS',
    'bank must be CRDB or NMB',
    'accountNumber is',
    'phone is',
    'otp must be',
  ])
    assert.ok(error.message.includes(part), `${part}: ${error.message}`);
  assert.ok(!error.message.includes('987123'));
  assert.deepEqual(requests, []);
});

test('a payment at a bank whose answer is lost is unknown, and is not sent again', async (t) => {
  const { sdk, sandbox, bodies } = await azampay(t, { options: { maxRetries: 3 } });
  sandbox.next({ name: 'reset-after', route: BANK_ROUTE });
  assert.deepEqual(codeOf(await rejection(sdk.payBank(BANK))), ['CONNECTION_FAILED', 'unknown']);
  assert.equal(bodies(BANK_ROUTE).length, 1);
});

const PAGE = {
  amount: '2000',
  currency: 'TZS',
  reference: 'PAGE-1',
  description: 'Shoes',
  returnUrl: 'https://shop.example/back',
  cancelUrl: 'https://shop.example/no',
};
const PAGE_ROUTE = '/api/v1/Partner/PostCheckout';

for (const azampayHostedShape of ['text', 'json'])
  test(`a checkout is a page where the customer pays: ${azampayHostedShape}`, async (t) => {
    const { sdk, sandbox, bodies } = await azampay(t, { switches: { azampayHostedShape } });
    const page = await sdk.checkout(PAGE);
    const { redirectUrl } = page;
    assert.deepEqual(page, {
      provider: 'azampay',
      redirectUrl,
      reference: 'PAGE-1',
      gatewayReference: 'PAGE-1',
      transactionId: null,
      raw: redirectUrl,
    });
    assert.equal(bodies(PAGE_ROUTE)[0].requestOrigin, 'https://shop.example');
    const form = new URLSearchParams({ action: 'pay' });
    const paid = await fetch(redirectUrl, { method: 'POST', redirect: 'manual', body: form });
    assert.equal(paid.headers.get('location'), PAGE.returnUrl);
    assert.equal(sandbox.payments()[0].status, 'paid');
  });

test('a page that is wrong is refused with all that is wrong, and nothing is sent', async (t) => {
  const { sdk, requests } = await azampay(t);
  const error = await rejection(sdk.checkout({ currency: 'KES', returnUrl: 'shop.example', items: [] }));
  assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  for (const part of ['amount is', 'currency must be TZS', 'reference is', 'returnUrl must be', 'cancelUrl is missing'])
    assert.ok(error.message.includes(part), `${part}: ${error.message}`);
  assert.deepEqual(requests, []);
});

test('a page that AzamPay refuses is refused, and what is no address is unknown and not asked for again', async (t) => {
  const { sdk, answer, sandbox, bodies } = await azampay(t, { options: { maxRetries: 3 } });
  answer(PAGE_ROUTE, 400, { errors: { vendorId: ['is unknown'] }, title: 'No', status: 400 });
  assert.deepEqual(codeOf(await rejection(sdk.checkout(PAGE))), ['REFUSED', 'refused']);
  answer(PAGE_ROUTE, 200, 'null');
  assert.deepEqual(codeOf(await rejection(sdk.checkout(PAGE))), ['INVALID_RESPONSE', 'unknown']);
  sandbox.next({ name: 'reset-after', route: PAGE_ROUTE });
  assert.deepEqual(codeOf(await rejection(sdk.checkout(PAGE))), ['CONNECTION_FAILED', 'unknown']);
  assert.equal(bodies(PAGE_ROUTE).length, 3);
});

test('partners are listed, after as many empty answers as there may be further attempts', async (t) => {
  const switches = { azampayEmptyPartners: 2 };
  const { sdk, to } = await azampay(t, { switches, options: { maxRetries: 2 } });
  const partners = await sdk.listPartners();
  assert.deepEqual(
    partners.map(({ provider, name, currency }) => [provider, name, currency]),
    ['Airtel', 'Tigopesa', 'HaloPesa', 'Azampesa', 'vodacom'].map((name) => ['azampay', name, 'TZS']),
  );
  assert.equal(partners[0].raw.provider, 2);
  assert.equal(to(/GetPaymentPartners/).length, 3);
});

test('partners that never come, or are refused, cost nothing', async (t) => {
  const { sdk, answer } = await azampay(t, { switches: { azampayEmptyPartners: 9 } });
  const { code, outcome, retryable } = await rejection(sdk.listPartners());
  assert.deepEqual([code, outcome, retryable], ['INVALID_RESPONSE', 'not_sent', true]);
  answer('GetPaymentPartners', 400, JSON.stringify('Vendor is not known'));
  const refused = await rejection(sdk.listPartners());
  assert.deepEqual(codeOf(refused), ['REFUSED', 'not_sent']);
  assert.match(refused.message, /Vendor is not known/);
});
