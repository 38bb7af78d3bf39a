// How AzamPay collects, in the vocabulary that all gateways share, against the sandbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { PAY_ROUTES, rejection, startOne } from './support/gateway.mjs';

const CHARGE = { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER-1' };

const azampay = (t, options) => startOne(t, 'azampay', options);
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
    sdk.charge({ amount: '1,000', currency: 'KES', phone: '+255712', reference: '', operator: 'TTCL' }),
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
