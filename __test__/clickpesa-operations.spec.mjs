import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { rejection } from './support/gateway.mjs';
import { startShop } from './support/shop.mjs';

const PUSH = '/payments/initiate-ussd-push-request';

/** A sandbox, an SDK object on it, and the requests that it got beside logins. */
async function clickpesa(t, { options = {}, ...more } = {}) {
  const sandbox = await startSandbox(more);
  t.after(() => sandbox.close());
  const sent = [];
  const fetch = async (url, init) => {
    const [, path] = url.split('/third-parties');
    if (path !== '/generate-token') sent.push({ path, method: init.method, body: init.body && JSON.parse(init.body) });
    return globalThis.fetch(url, init);
  };
  const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa'), fetch, ...options });
  return { sdk, sent, sandbox };
}

const CHARGE = { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER1' };
const PAYOUT = { amount: '1000', currency: 'TZS', reference: 'OUT1', to: { phone: '+255712345678' } };

test('a charge is a push in the gateway’s own words', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  const { raw, transactionId, message, ...told } = await sdk.charge(CHARGE);
  const body = { amount: '1000', currency: 'TZS', orderReference: 'ORDER1', phoneNumber: '255712345678' };
  assert.deepEqual(sent, [{ path: PUSH, method: 'POST', body }]);
  assert.deepEqual(told, {
    provider: 'clickpesa',
    kind: 'payment',
    status: 'processing',
    amount: '1000',
    currency: 'TZS',
    reference: 'ORDER1',
    receipt: null,
    payer: '2557****5678',
    gatewayReference: 'ORDER1',
    redirectUrl: null,
    operator: { name: 'Yas', guessed: false },
  });
  assert.equal(raw.id, transactionId);
});

test('a reference that cannot be carried goes out as another, and is found by either', async (t) => {
  const { sdk, sent, sandbox } = await clickpesa(t);
  const { reference, gatewayReference } = await sdk.charge({ ...CHARGE, reference: 'BOOKING-17' });
  assert.equal(reference, 'BOOKING-17');
  assert.match(gatewayReference, /^[A-Za-z0-9]{20}$/);
  assert.equal(sent[0].body.orderReference, gatewayReference);
  await sandbox.approve(gatewayReference);
  for (const asked of ['BOOKING-17', gatewayReference]) {
    const payment = await sdk.getPaymentStatus(asked);
    assert.deepEqual([payment.status, payment.reference], ['succeeded', asked]);
  }
  for (const reference of ['BOOKING-17', gatewayReference]) {
    const { status } = await sdk.getPaymentStatus(gatewayReference, { expect: { reference, amount: 1000 } });
    assert.equal(status, 'succeeded');
  }
  const other = await rejection(sdk.getPaymentStatus(gatewayReference, { expect: { reference: 'BOOKING-18' } }));
  assert.equal(other.code, 'REFERENCE_MISMATCH');
  const data = { id: 'X1', status: 'SUCCESS', orderReference: gatewayReference };
  const told = await sdk.handleCallback({ event: 'PAYMENT RECEIVED', data }, { expect: { reference: 'BOOKING-17' } });
  assert.notEqual(told.reason, 'REFERENCE_MISMATCH');
  const again = await rejection(sdk.charge({ ...CHARGE, reference: 'BOOKING-17' }));
  assert.deepEqual([again.code, again.outcome], ['DUPLICATE_REFERENCE', 'unknown']);
});

test('all that is wrong is told at once, and nothing is sent', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  for (const [call, rules] of [
    [
      () => sdk.charge({ amount: '10.5', currency: 'KES', phone: '0712', refrence: 'A' }),
      ['currency must be TZS', 'phone is too short', 'reference is missing', 'reference?'],
    ],
    [() => sdk.charge({ ...CHARGE, amount: '1,000' }), ['amount ']],
    [() => sdk.charge({ ...CHARGE, amount: 0.1 + 0.2 }), ['amount ']],
    [() => sdk.charge({ ...CHARGE, amount: 1000.5 }), ['amount ', 'whole']],
    [() => sdk.charge({ ...CHARGE, amount: 5_000_000 }), ['amount must be at most 3000000 TZS']],
    [() => sdk.charge({ ...CHARGE, phone: undefined }), ['phone is missing']],
    [() => sdk.charge(undefined), ['charge must be an object']],
    [() => sdk.charge([]), ['charge must be an object']],
    [() => sdk.payout({ ...PAYOUT, to: {} }), ['give exactly one']],
    [() => sdk.payout({ ...PAYOUT, to: { phone: '0712345678', qrCode: 'x' } }), ['give exactly one']],
    [
      () => sdk.payout({ ...PAYOUT, to: { bank: 'CRDB' } }),
      ['to.bank must be', 'to.accountNumber is', 'to.accountName is'],
    ],
    [() => sdk.payout({ ...PAYOUT, to: { qrCode: 'https://x' } }), ['to.qrCode must be the whole text']],
    [() => sdk.payout({ ...PAYOUT, amount: 6_000_000 }), ['amount must be at most 5000000 TZS']],
    [() => sdk.checkout({ currency: 'TZS', reference: 'A' }), ['amount is missing']],
    [
      () => sdk.checkout({ method: 'card', amount: 10, currency: 'USD', reference: 'A' }),
      ['customer.name is missing', 'customer.email is missing', 'customer.phone is missing'],
    ],
    [
      () => sdk.checkout({ currency: 'TZS', reference: 'A', items: [{ name: 'Tea', price: -1, quantity: 0.5 }, 1] }),
      ['items.price', 'items.quantity must be', 'items[1] must be an object'],
    ],
    [() => sdk.preview({ ...CHARGE }), ['for is missing']],
    [() => sdk.preview({ ...CHARGE, for: 'gift' }), ['for must be charge or card or payout']],
    [() => sdk.getStatement({}), ['currency is missing']],
    [() => sdk.getStatement({ currency: 'TZS', startDate: '1/1/2026' }), ['startDate must be a day']],
    [() => sdk.bills.create({ amount: 1 }), ['amount must be at least 500 TZS']],
    [() => sdk.bills.create({ customer: { name: 'Asha' } }), ['customer.phone or customer.email is missing']],
    [() => sdk.bills.createMany(Array(51).fill({})), ['at most 50']],
    [() => sdk.bills.createMany([{ amount: 1 }, 2]), ['bills[0]: amount', 'bills[1] must be an object']],
    [() => sdk.bills.update('55', {}), ['at least one change']],
    [() => sdk.bills.get('../x'), ['number must hold']],
    [
      () => sdk.listPayments({ pageSize: 101 })[Symbol.asyncIterator]().next(),
      ['pageSize must be a whole number from 1 to 100'],
    ],
    [() => sdk.mandates.request('x'), ['mandate must be an object']],
  ]) {
    const { code, outcome, message } = await rejection(call());
    assert.deepEqual([code, outcome], ['INVALID_REQUEST', 'not_sent'], message);
    for (const rule of rules) assert.ok(message.includes(rule), `${message} lacks ${rule}`);
  }
  assert.deepEqual(sent, []);
});

test('each bound is a setting, and can be off', async (t) => {
  const { sdk, sent } = await clickpesa(t, { options: { limits: { chargeMinimum: 100, chargeMaximum: false } } });
  assert.match((await rejection(sdk.charge({ ...CHARGE, amount: 99 }))).message, /at least 100 TZS/);
  await rejection(sdk.charge({ ...CHARGE, amount: 9_000_000 }));
  assert.equal(sent.length, 1);
  assert.deepEqual([sdk.capabilities().minimum, sdk.capabilities().maximum], [100, null]);
  const free = await clickpesa(t, { options: { limits: false } });
  await rejection(free.sdk.charge({ ...CHARGE, amount: '0.01', currency: 'USD', reference: 'A-B' }));
  assert.deepEqual(free.sent[0].body, {
    amount: '0.01',
    currency: 'USD',
    orderReference: 'A-B',
    phoneNumber: '255712345678',
  });
  for (const limits of [{ chargeMaximun: 1 }, 5, { chargeMaximum: 'much' }]) {
    assert.throws(() => new FintechSDK({ provider: 'clickpesa', config: {}, limits }), { code: 'INVALID_CONFIG' });
  }
});

test('a preview tells channels, fees and names, and does nothing', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  const push = await sdk.preview({ for: 'charge', ...CHARGE });
  assert.deepEqual(push.channels[0], { name: 'TIGO-PESA', available: true, fee: '1150', message: null });
  assert.deepEqual([push.fee, push.total, push.accountName], ['1150', null, 'ASHA JUMA']);
  assert.equal(sent[0].body.fetchSenderDetails, true);
  const card = await sdk.preview({ for: 'card', amount: '10.50', currency: 'USD', reference: 'CARD1' });
  assert.equal(sent[1].body.amount, '10.5');
  assert.equal(card.channels[0].name, 'CARD');
  const out = await sdk.preview({ for: 'payout', ...PAYOUT });
  assert.deepEqual([out.fee, out.total, out.accountName], ['20', '1020', 'ASHA JUMA']);
  assert.equal(typeof out.balance, 'string');
  assert.equal((await sdk.charge(CHARGE)).status, 'processing');
});

test('a checkout is a page: of a total, of items, or for a card', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  const link = { currency: 'TZS', description: 'Two teas', callbackUrl: 'https://shop.example/paid' };
  const total = await sdk.checkout({ ...link, amount: 1000n, reference: 'LINK-1' });
  assert.match(total.redirectUrl, /^http:\/\//);
  assert.deepEqual([total.provider, total.reference, total.transactionId], ['clickpesa', 'LINK-1', null]);
  const items = [
    { name: 'Chai', price: '500', quantity: 2 },
    { name: 'Kahawa', price: 700 },
  ];
  await sdk.checkout({ ...link, items, reference: 'LINK2' });
  assert.deepEqual(sent[1].body.orderItems, [
    { name: 'Chai', price: '500', quantity: 2 },
    { name: 'Kahawa', price: '700', quantity: 1 },
  ]);
  const customer = { name: 'Asha Juma', email: 'asha@example.com', phone: '0712345678' };
  await sdk.checkout({ method: 'card', amount: '10', currency: 'USD', reference: 'CARD1', customer });
  assert.deepEqual(sent[2].body.customer, {
    fullName: 'Asha Juma',
    email: 'asha@example.com',
    phoneNumber: '255712345678',
  });
});

test('a payout goes to a phone, a bank, a till, a code or a link', async (t) => {
  for (const [to, path, members] of [
    [{ phone: '0712345678' }, '/payouts/create-mobile-money-payout', { phoneNumber: '255712345678' }],
    [
      { bank: 'corutztz', accountNumber: '0150', accountName: 'Asha Juma' },
      '/payouts/create-bank-payout',
      { accountNumber: '0150', accountName: 'Asha Juma', bic: 'CORUTZTZ', accountCurrency: 'TZS' },
    ],
    [
      { lipaNamba: '5551234', providerCode: '503' },
      '/payouts/create-lipa-namba-payout',
      { lipaNamba: '5551234', providerCode: '503' },
    ],
    [
      { qrCode: '000201tz.go.bot.tips5204' },
      '/payouts/create-lipa-namba-payout',
      { qrCode: '000201tz.go.bot.tips5204' },
    ],
  ]) {
    const { sdk, sent } = await clickpesa(t);
    const payout = await sdk.payout({ ...PAYOUT, to });
    assert.deepEqual(sent[0], {
      path,
      method: 'POST',
      body: { ...members, amount: 1000, currency: 'TZS', orderReference: 'OUT1' },
    });
    assert.deepEqual([payout.status, payout.amount, payout.reference], ['authorized', '1000', 'OUT1']);
    assert.equal(Number(payout.fee) >= 0, true);
    const looked = await sdk.getPayoutStatus('OUT1');
    assert.deepEqual([looked.transactionId, looked.reference], [payout.transactionId, 'OUT1']);
  }
  const { sdk, sent } = await clickpesa(t);
  const { redirectUrl, status, transactionId } = await sdk.payout({ ...PAYOUT, to: { link: true } });
  assert.match(redirectUrl, /^https?:\/\//);
  assert.deepEqual([status, transactionId], ['authorized', null]);
  assert.deepEqual(sent[0].body, { amount: '1000', orderReference: 'OUT1' });
});

test('a payout that nobody knows is unknown, never a failure; a repeated one may have been made', async (t) => {
  const { sdk } = await clickpesa(t);
  const { status, raw } = await sdk.getPayoutStatus('NOBODY');
  assert.deepEqual([status, raw], ['unknown', null]);
  await sdk.payout(PAYOUT);
  const { code, outcome } = await rejection(sdk.payout(PAYOUT));
  assert.deepEqual([code, outcome], ['DUPLICATE_REFERENCE', 'unknown']);
});

test('a payout whose answer is lost is unknown, is not sent again, and can be asked for', async (t) => {
  const { sdk, sent, sandbox } = await clickpesa(t);
  sandbox.next({ name: 'reset-after', route: '/payouts/create-mobile-money-payout' });
  const { outcome, retryable, message } = await rejection(sdk.payout(PAYOUT));
  assert.deepEqual([outcome, retryable], ['unknown', false]);
  assert.match(message, /The payout may have been made: let recover\(\) say what is safe before you try again\.$/);
  assert.equal(sent.length, 1);
  assert.equal((await sdk.getPayoutStatus('OUT1')).status, 'authorized');
});

test('the next payout within a minute is refused as too soon: nothing was made', async (t) => {
  for (const status of [400, 429]) {
    const { sdk } = await clickpesa(t, { switches: { clickpesaCooldownStatus: status } });
    await sdk.payout(PAYOUT);
    const { code, outcome, retryable, message } = await rejection(sdk.payout({ ...PAYOUT, reference: 'OUT2' }));
    assert.deepEqual([code, outcome, retryable], ['RATE_LIMITED', 'refused', true], message);
    assert.match(message, /retry after \d+ seconds/);
  }
});

test('the account: balances, movements, banks, tills', async (t) => {
  const { sdk } = await clickpesa(t, { switches: { clickpesaBalanceShape: 'array' } });
  const { balances } = await sdk.getBalance();
  assert.deepEqual(
    balances.map(({ currency }) => currency),
    ['TZS', 'USD'],
  );
  await sdk.payout(PAYOUT);
  const { closingBalance, transactions } = await sdk.getStatement({ currency: 'TZS' });
  assert.equal(typeof closingBalance, 'string');
  assert.deepEqual([transactions[0].entry, transactions[0].reference], ['debit', 'OUT1']);
  assert.equal((await sdk.listBanks())[1].bic, 'CORUTZTZ');
  assert.equal((await sdk.listLipaNambaProviders())[0].providerCode, '503');
  const none = await clickpesa(t, { switches: { clickpesaNoBalance: true } });
  assert.deepEqual(await none.sdk.getBalance(), { provider: 'clickpesa', balances: [], raw: null });
});

test('bills: one, many with some that fail, changed', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  const rent = await sdk.bills.create({ amount: 5000, description: 'Rent', mode: 'exact', reference: 'RENT1' });
  assert.deepEqual(sent[0].body, {
    billAmount: 5000,
    billDescription: 'Rent',
    billPaymentMode: 'EXACT',
    billReference: 'RENT1',
  });
  assert.deepEqual([rent.number, rent.amount, rent.mode], ['RENT1', '5000', 'exact']);
  const customer = { name: 'Asha Juma', phone: '0712345678' };
  assert.equal((await sdk.bills.create({ customer })).customerName, 'Asha Juma');
  const many = await sdk.bills.createMany([{ amount: 1000 }, { reference: 'RENT1' }]);
  assert.deepEqual([many.created, many.failed, many.numbers.length], [1, 1, 1]);
  assert.equal(many.errors[0].index, 1);
  assert.match(many.errors[0].reason, /RENT1/);
  assert.equal((await sdk.bills.update('RENT1', { active: false })).active, false);
  assert.equal((await sdk.bills.get('RENT1')).active, false);
  assert.equal((await rejection(sdk.bills.get('NONE'))).outcome, 'not_sent');
});

test('lists give every row once, page after page', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  for (let n = 1; n <= 5; n += 1) await sdk.charge({ ...CHARGE, reference: `ORDER${n}` });
  sent.length = 0;
  const references = [];
  for await (const payment of sdk.listPayments({ pageSize: 2, currency: 'TZS' })) references.push(payment.reference);
  assert.deepEqual(references, ['ORDER1', 'ORDER2', 'ORDER3', 'ORDER4', 'ORDER5']);
  assert.equal(sent.length, 3);
  assert.match(sent[1].path, /collectedCurrency=TZS&sortBy=createdAt&orderBy=ASC&skip=2&limit=2$/);
  await sdk.payout(PAYOUT);
  for await (const { reference, fee } of sdk.listPayouts()) assert.deepEqual([reference, fee], ['OUT1', '20.00']);
});

test('mandates go out as they are, and are told as they come', async (t) => {
  const { sdk, sent } = await clickpesa(t);
  const { id, status, raw } = await sdk.mandates.request({ any: 'field' });
  assert.deepEqual(sent[0].body, { any: 'field' });
  assert.deepEqual([status, raw.any, raw.mandateRequestId], ['PENDING', 'field', id]);
  assert.equal((await sdk.mandates.cancel({ mandateRequestId: id })).status, 'CANCELLED');
  assert.equal((await sdk.mandates.get(id)).status, 'CANCELLED');
});

test('with a checksum key every request that is signed carries one, those about bills if so configured', async (t) => {
  for (const [config, signed] of [
    [{}, true],
    [{ CLICKPESA_SIGN_BILLS: 'false' }, false],
  ]) {
    const sandbox = await startSandbox({ checksum: true });
    t.after(() => sandbox.close());
    const bodies = [];
    const fetch = async (url, init) => {
      if (init.body) bodies.push([url.split('/third-parties')[1], JSON.parse(init.body)]);
      return globalThis.fetch(url, init);
    };
    const sdk = new FintechSDK({ provider: 'clickpesa', config: { ...sandbox.config('clickpesa'), ...config }, fetch });
    await sdk.preview({ for: 'charge', ...CHARGE });
    await sdk.charge(CHARGE);
    await sdk.checkout({ amount: 1000, currency: 'TZS', reference: 'LINK1' });
    await sdk.preview({ for: 'payout', ...PAYOUT });
    await sdk.payout(PAYOUT);
    await sdk.payout({ ...PAYOUT, reference: 'OUT2', to: { link: true } });
    await sdk.mandates.request({ any: 'field' });
    const own = bodies.filter(([path]) => path !== '/generate-token');
    for (const [path, body] of own) assert.match(body.checksum, /^[0-9a-f]{64}$/, path);
    await sdk.bills.create({ amount: 1000 });
    assert.equal('checksum' in bodies.at(-1)[1], signed);
  }
});

test('a list is narrowed to your own reference, however ClickPesa had to be given it', async (t) => {
  const { sdk } = await clickpesa(t);
  const charge = await sdk.charge({
    amount: '1000',
    currency: 'TZS',
    phone: '0712345678',
    reference: 'BOOKING-17',
  });
  await sdk.charge({ amount: '1000', currency: 'TZS', phone: '0712345678', reference: 'OTHER1' });
  const payout = await sdk.payout({ ...PAYOUT, reference: 'HOST-17' });
  const found = async (rows) => {
    const all = [];
    for await (const { reference } of rows) all.push(reference);
    return all;
  };
  for (const reference of ['BOOKING-17', charge.gatewayReference])
    assert.deepEqual(await found(sdk.listPayments({ reference })), [charge.gatewayReference]);
  assert.deepEqual(await found(sdk.listPayouts({ reference: 'HOST-17' })), [payout.gatewayReference]);
});

test('a payout’s webhook is told as a payout, its fee in the amount', async (t) => {
  const came = [];
  const server = await startShop(async ({ text }) => (came.push(JSON.parse(text)), {}));
  t.after(server.close);
  const sandbox = await startSandbox({ checksum: true, clock: 'manual', webhooks: { clickpesa: server.url } });
  t.after(() => sandbox.close());
  const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
  for (const [reference, act, status] of [
    ['HOST-1', 'approve', 'succeeded'],
    ['HOST-2', 'decline', 'reversed'],
  ]) {
    const made = await sdk.payout({ ...PAYOUT, reference });
    await sandbox[act](made.gatewayReference);
    const { isValid, payment, payout } = await sdk.handleCallback(came.at(-1));
    assert.deepEqual([isValid, payment.kind, payment.status, payout.status], [true, 'payout', 'unknown', status]);
    assert.equal(payout.reference, made.gatewayReference);
    assert.equal(Number(payout.amount), Number(made.amount) + Number(made.fee));
    const looked = await sdk.getPayoutStatus(reference);
    t.diagnostic(`${looked.amount} ${payout.amount}`);
    await sandbox.clock.advance(61_000);
  }
  await assert.rejects(sandbox.approve('HOST-1'), /HOST-1: name it by the gatewayReference of the answer, or by the/);
});
