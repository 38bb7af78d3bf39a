import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, start } from './helpers.mjs';

const payout = (over = {}) => ({
  amount: 10_000,
  currency: 'TZS',
  orderReference: 'PAY1',
  phoneNumber: '255712345678',
  ...over,
});

describe('ClickPesa payouts', () => {
  test('preview tells fee, balance and receiver; create deducts, then SUCCESS comes by webhook', async (t) => {
    const { clickpesa, sandbox, app } = await start(t, { clock: 'manual', balances: { TZS: 50_000 } });
    const preview = await clickpesa.post('payouts/preview-mobile-money-payout', payout());
    assert.deepEqual(
      [preview.json.amount, preview.json.fee, preview.json.balance, preview.json.receiver.accountName],
      [10_200, 200, 50_000, 'ASHA JUMA'],
    );
    const { json } = await clickpesa.post('payouts/create-mobile-money-payout', payout());
    assert.deepEqual(
      [json.status, json.amount, json.fee, json.channel, json.order.amount],
      ['AUTHORIZED', '10200.00', '200.00', 'MOBILE MONEY', '10000.00'],
    );
    assert.deepEqual((await clickpesa.get('account/balance')).json.balances, [{ currency: 'TZS', balance: 39_800 }]);
    await sandbox.clock.advance(1_000);
    const { event, data } = JSON.parse(app.received[0].text);
    assert.deepEqual([event, data.status, data.amount], ['PAYOUT INITIATED', 'SUCCESS', '10200.00']);
    const rows = (await clickpesa.get('payouts/PAY1')).json;
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['SUCCESS'],
    );
    assert.equal((await clickpesa.get('payouts/all')).json.totalCount, 1);
    assert.equal((await clickpesa.get('payouts/NONE')).json.message, 'Invalid or missing payout: NONE');
  });

  test('the next payout waits 60 s, with the seconds left in the text', async (t) => {
    const { clickpesa, sandbox } = await start(t, { clock: 'manual' });
    assert.equal((await clickpesa.post('payouts/create-mobile-money-payout', payout())).status, 200);
    await sandbox.clock.advance(18_000);
    const early = await clickpesa.post('payouts/create-mobile-money-payout', payout({ orderReference: 'PAY2' }));
    assert.deepEqual(
      [early.status, early.json.message],
      [400, 'Payout request is already in progress, please retry after 42 seconds'],
    );
    await sandbox.clock.advance(42_000);
    assert.equal(
      (await clickpesa.post('payouts/create-mobile-money-payout', payout({ orderReference: 'PAY2' }))).status,
      200,
    );
  });

  test('switch clickpesaCooldownStatus=429', async (t) => {
    const { clickpesa } = await start(t, { switches: { clickpesaCooldownStatus: 429 } });
    await clickpesa.post('payouts/create-mobile-money-payout', payout());
    assert.equal(
      (await clickpesa.post('payouts/create-mobile-money-payout', payout({ orderReference: 'PAY2' }))).status,
      429,
    );
  });

  test('refuses more than the balance, a text amount and a used reference', async (t) => {
    const { clickpesa, sandbox } = await start(t, { clock: 'manual', balances: { TZS: 10_000 } });
    assert.match(
      (await clickpesa.post('payouts/create-mobile-money-payout', payout())).json.message,
      /^Insufficient balance/,
    );
    assert.equal((await clickpesa.post('payouts/create-mobile-money-payout', payout({ amount: '100' }))).status, 400);
    assert.equal((await clickpesa.post('payouts/create-mobile-money-payout', payout({ amount: 100 }))).status, 200);
    await sandbox.clock.advance(60_000);
    assert.equal((await clickpesa.post('payouts/create-mobile-money-payout', payout({ amount: 100 }))).status, 409);
  });

  test('refuses an amount outside what its channel carries', async (t) => {
    const { clickpesa, sandbox } = await start(t, { balances: { TZS: 100_000_000 } });
    const bank = { accountNumber: '0123', accountName: 'Asha', bic: 'CORUTZTZ', transferType: 'ACH' };
    for (const [path, body, range] of [
      ['mobile-money', payout({ amount: 99 }), /100 and 5000000/],
      ['mobile-money', payout({ amount: 5_000_001 }), /100 and 5000000/],
      ['bank', payout({ ...bank, amount: 1_000_000_001 }), /1 and 1000000000/],
    ])
      await t.test(`${body.amount} by ${path}`, async () =>
        assert.match((await clickpesa.post(`payouts/create-${path}-payout`, body)).json.message, range),
      );
    assert.deepEqual(sandbox.payments(), []);
  });

  test('a payout that fails is REVERSED and the money is back', async (t) => {
    const { clickpesa, sandbox, app } = await start(t, { balances: { TZS: 50_000 }, settleAfterMs: 60_000 });
    await clickpesa.post('payouts/create-mobile-money-payout', payout());
    await sandbox.decline('PAY1');
    const { event, data } = JSON.parse(app.received[0].text);
    assert.deepEqual([event, data.status, data.reverse.reversedWithFee], ['PAYOUT REVERSED', 'REVERSED', true]);
    assert.equal((await clickpesa.get('account/balance')).json.balances[0].balance, 50_000);
  });

  test('to a bank, to a Lipa namba, from dollars, by a link', async (t) => {
    const { clickpesa, sandbox } = await start(t, { clock: 'manual' });
    const banks = (await clickpesa.get('list/banks')).json;
    const bank = {
      amount: 5_000,
      currency: 'TZS',
      orderReference: 'BANK1',
      accountNumber: '0123',
      accountName: 'Asha',
      bic: banks[0].bic,
      transferType: 'ACH',
    };
    assert.equal((await clickpesa.post('payouts/preview-bank-payout', bank)).json.receiver.accountName, undefined);
    const made = (await clickpesa.post('payouts/create-bank-payout', bank)).json;
    assert.deepEqual([made.channel, made.channelProvider, made.transferType], ['BANK TRANSFER', banks[0].name, 'ACH']);
    assert.equal(
      (await clickpesa.post('payouts/create-bank-payout', { ...bank, bic: 'NONE' })).json.message,
      'Invalid bank BIC code',
    );
    await sandbox.clock.advance(60_000);
    const [lipa] = (await clickpesa.get('payouts/lipa-namba-providers')).json;
    const toLipa = {
      amount: 500,
      currency: 'USD',
      orderReference: 'LIPA1',
      lipaNamba: '123456',
      providerCode: lipa.providerCode,
    };
    const answer = (await clickpesa.post('payouts/create-lipa-namba-payout', toLipa)).json;
    assert.deepEqual([answer.exchanged, answer.exchange.rate, answer.channelProvider], [true, 2510, 'M-Pesa']);
    const link = (await clickpesa.post('payout-link/generate-payout-url', { amount: '500', orderReference: 'LINK1' }))
      .json;
    assert.ok(URL.canParse(link.payoutLink));
  });
});

describe('ClickPesa account', () => {
  test('statement, exchange rates, and the balance in its other shapes', async (t) => {
    const { clickpesa } = await start(t, { switches: { clickpesaBalanceShape: 'array' } });
    assert.ok(Array.isArray((await clickpesa.get('account/balance')).json));
    const { json } = await clickpesa.get('account/statement?currency=TZS');
    assert.equal(json.accountDetails.closingBalance, 5_000_000);
    assert.equal((await clickpesa.get('account/statement')).status, 400);
    assert.deepEqual(
      (await clickpesa.get('exchange-rates/all?source=USD&target=TZS')).json.map(({ rate }) => rate),
      [2510],
    );
    const fresh = await start(t, { switches: { clickpesaNoBalance: true } });
    assert.equal(
      (await fresh.clickpesa.get('account/balance')).json.message,
      'No balance account is linked to this merchant yet.',
    );
  });
});

describe('ClickPesa bills', () => {
  test('control numbers are made, read and changed', async (t) => {
    const { clickpesa } = await start(t);
    const { json } = await clickpesa.post('billpay/create-order-control-number', {
      billDescription: 'Rent',
      billAmount: 90_000,
      billPaymentMode: 'EXACT',
    });
    assert.match(json.billPayNumber, /^\d{14}$/);
    assert.equal((await clickpesa.get(`billpay/${json.billPayNumber}`)).json.billStatus, 'ACTIVE');
    const change = await call(`${clickpesa.base}/billpay/${json.billPayNumber}`, {
      method: 'PATCH',
      body: { billStatus: 'INACTIVE' },
      headers: await clickpesa.bearer(),
    });
    assert.equal(change.json.billStatus, 'INACTIVE');
    assert.equal((await clickpesa.get('billpay/1')).status, 404);
    assert.equal((await clickpesa.post('billpay/create-customer-control-number', { billAmount: 1 })).status, 400);
    const named = await clickpesa.post('billpay/create-customer-control-number', {
      billReference: 'RENT7',
      customerName: 'Asha',
      customerPhone: '255712345678',
    });
    assert.equal(named.json.billPayNumber, 'RENT7');
  });

  test('many at once succeed in part', async (t) => {
    const { clickpesa } = await start(t);
    const { json } = await clickpesa.post('billpay/bulk-create-order-control-numbers', {
      controlNumbers: [{ billAmount: 1 }, { billAmount: -1 }],
    });
    assert.deepEqual([json.created, json.failed, json.billPayNumbers.length, json.errors.length], [1, 1, 1, 1]);
    assert.equal(
      (await clickpesa.post('billpay/bulk-create-order-control-numbers', { controlNumbers: Array(51).fill({}) }))
        .status,
      400,
    );
  });
});
