import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinConnectError, FintechSDK, parseAmount } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { rejection } from './support/gateway.mjs';

function refusal(...args) {
  try {
    parseAmount(...args);
  } catch (error) {
    return error;
  }
  return assert.fail(`${String(args[0])} was accepted`);
}

test('an amount has one form, the shortest', () => {
  for (const [value, currency, text] of [
    ['25000', 'TZS', '25000'],
    ['25000.00', 'TZS', '25000'],
    [25000, 'UGX', '25000'],
    [25000n, 'RWF', '25000'],
    [999999999999999n, 'TZS', '999999999999999'],
    ['10.50', 'KES', '10.5'],
    [10.5, 'USD', '10.5'],
    ['0.01', 'ZMW', '0.01'],
    [1e3, 'MWK', '1000'],
    ['99.99', 'EUR', '99.99'],
    [{ value: '25000' }, 'TZS', '25000'],
    [{ value: 25000n, currency: 'TZS' }, 'TZS', '25000'],
    [{ value: 25000, currency: 'TZS' }, undefined, '25000'],
    ['25000', 'tzs', '25000'],
    [{ value: 25000, currency: 'Tzs' }, 'tzs', '25000'],
    ['0.500', 'KES', '0.5'],
  ]) {
    assert.equal(parseAmount(value, currency), text);
  }
});

test('what is no amount to be paid is refused by name', () => {
  const inherited = Object.create({ value: 5 });
  const throwing = {
    get value() {
      throw new Error('not now');
    },
  };
  const endless = {};
  endless.value = endless;
  for (const [args, why] of [
    [['25000.50', 'TZS'], /value is 25000\.5, but TZS is paid in whole units/],
    [[10.555, 'KES'], /value is 10\.555, but KES has 2 digits after the point/],
    [['0.001', 'USD'], /value is 0\.001, but USD has 2 digits/],
    [
      [0.1 + 0.2, 'KES'],
      /value is 0\.30000000000000004, of which a JavaScript number keeps 15 digits: give decimal text/,
    ],
    [[2 ** 53, 'TZS'], /value is 9007199254740992, of which a JavaScript number keeps 15 digits/],
    [[1e21, 'TZS'], /value is 1e\+21, of which/],
    [['1,000', 'TZS'], /value has a comma: '1,000'; write it like 25000 or 1250\.50/],
    [['1 000', 'TZS'], /value has a blank in it: '1 000'/],
    [[' 1000 ', 'TZS'], /value has a blank in it: ' 1000 '/],
    [['25.000', 'TZS'], /value has three digits after the point, and may mean 25000: '25\.000'; write it like 25000/],
    [[{ value: '1.500' }, 'KES'], /value has three digits after the point, and may mean 1500/],
    [['1e3', 'TZS'], /value has letters or signs in it: '1e3'/],
    [['TZS5', 'TZS'], /value has letters or signs in it/],
    [['+5', 'TZS'], /value has letters or signs in it/],
    [['٥', 'TZS'], /value has letters or signs in it/],
    [['5.', 'TZS'], /value is no decimal: '5\.'/],
    [['.5', 'KES'], /value is no decimal/],
    [['', 'TZS'], /value is empty/],
    [['0', 'TZS'], /value is zero/],
    [['0.00', 'KES'], /value is zero/],
    [[0, 'TZS'], /value is zero/],
    [[-0, 'TZS'], /value is zero/],
    [[-5, 'TZS'], /value is negative: -5/],
    [['-5', 'TZS'], /value is negative: -5/],
    [[-5n, 'TZS'], /value is negative: -5/],
    [[NaN, 'TZS'], /value is NaN/],
    [[Infinity, 'TZS'], /value is Infinity/],
    [[-Infinity, 'TZS'], /value is -Infinity/],
    [[undefined, 'TZS'], /value is missing/],
    [[null, 'TZS'], /value is missing/],
    [[true, 'TZS'], /value must be decimal text, a number, a bigint or \{ value, currency \}/],
    [[() => 5, 'TZS'], /value must be decimal text/],
    [[[5], 'TZS'], /value must be decimal text/],
    [[Symbol('5'), 'TZS'], /value has letters or signs in it/],
    [[{}, 'TZS'], /value has no member value/],
    [[inherited, 'TZS'], /value has no member value/],
    [[{ value: NaN }, 'TZS'], /value is NaN/],
    [[{ value: { value: 5 } }, 'TZS'], /value must be decimal text/],
    [[{ value: 5, currency: 'KES' }, 'TZS'], /value is in 'KES', not in TZS/],
    [[{ value: 5, currency: 5 }, 'TZS'], /value is in '', not in TZS/],
    [[throwing, 'TZS'], /value cannot be read: not now/],
    [[endless, 'TZS'], /value cannot be read: .*circular/],
    [[10n ** 15n, 'TZS'], /value has more than 15 digits before the point/],
    [['9'.repeat(200), 'TZS'], /value is no decimal/],
    [['5', 'T'], /value has no currency: it is a code of ISO 4217 in three letters, such as TZS, not 'T'/],
    [['5', ' TZS'], /value has no currency: .*, not ' TZS'/],
    [['5', 'TSH'], /value has no currency: write TZS, not 'TSH'/],
    [['5', 'Ksh'], /value has no currency: write KES, not 'Ksh'/],
    [['5', 'USH'], /value has no currency: write UGX, not 'USH'/],
    [['5'], /value has no currency/],
    [['5', 5], /currency must be a string such as TZS/],
  ]) {
    const error = refusal(...args);
    assert.ok(error instanceof FinConnectError);
    assert.match(error.message, why);
    assert.match(error.message, /^parseAmount failed: /);
    const { code, operation, outcome, provider } = error;
    assert.deepEqual(
      { code, operation, outcome, provider },
      { code: 'INVALID_REQUEST', operation: 'parseAmount', outcome: 'not_sent', provider: null },
    );
  }
});

test('a telephone number in the place of an amount is masked', () => {
  assert.match(refusal('+255712345678', 'TZS').message, /'\+?2557\*{4}5678'/);
});

test('a bigint in a charge is decimal text, and the payload of pay stays the caller’s own', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const sent = [];
  const fetch = (url, init) => {
    if (url.includes('initiate-ussd-push-request')) sent.push(JSON.parse(init.body));
    return globalThis.fetch(url, init);
  };
  const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa'), fetch });
  const order = { currency: 'TZS', phone: '0712345678' };
  await sdk.charge({ ...order, amount: 1000n, reference: 'ONE' });
  await sdk.charge({ ...order, amount: { value: 1000n, currency: 'TZS' }, reference: 'TWO' });
  assert.deepEqual(
    sent.map(({ amount }) => amount),
    ['1000', '1000'],
  );
  assert.match((await rejection(sdk.charge({ ...order, amount: 1000.5, reference: 'SIX' }))).message, /whole units/);
  const payload = { amount: 1000n, currency: 'TZS', orderReference: 'TEN', phoneNumber: '255712345678' };
  assert.match((await rejection(sdk.pay(payload))).message, /BigInt/);
  assert.equal(sent.length, 2);
});

test('an operation reads amounts and currencies as parseAmount does', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const sdkOf = (provider) => new FintechSDK({ provider, config: sandbox.config(provider) });
  const [clickpesa, azampay, pesapal] = ['clickpesa', 'azampay', 'pesapal'].map(sdkOf);
  const order = { amount: '1000', currency: 'TZS', phone: '0712345678', reference: 'ONE' };
  const says = async (asked) => {
    const { code, message } = await rejection(asked);
    assert.equal(code, 'INVALID_REQUEST');
    return message;
  };
  for (const [more, why] of [
    [{ amount: '25.000' }, /amount has three digits after the point, and may mean 25000: '25\.000'/],
    [{ amount: { value: '25.000' } }, /amount has three digits after the point/],
    [{ amount: ' 1000 ' }, /amount has a blank in it: ' 1000 '/],
    [{ amount: NaN }, /charge: amount is NaN\. Nothing was sent/],
    [{ amount: -Infinity }, /charge: amount is -Infinity\./],
    [{ amount: { value: NaN } }, /charge: value is NaN\./],
    [{ currency: ' TZS' }, /currency must be TZS, not ' TZS'\. Nothing was sent/],
    [{ currency: 'Tsh' }, /currency must be TZS, not 'Tsh': write TZS\. Nothing was sent/],
    [{ currency: 'USD', amount: '5' }, /failed: currency must be TZS, not 'USD'\. Nothing was sent/],
    [{ currency: 'USD', amount: '1,5' }, /not 'USD'; amount has a comma/],
  ])
    assert.match(await says(clickpesa.charge({ ...order, ...more })), why);
  const basket = { currency: 'TZS', reference: 'TWO', items: [{ name: 'Chai', price: NaN, quantity: 1 }] };
  assert.match(await says(clickpesa.checkout(basket)), /checkout: price is NaN/);
  assert.match(await says(clickpesa.bills.create({ amount: '1000', maximum: Infinity })), /maximum is Infinity/);

  for (const phone of ['0712345678', '+254712345678'])
    assert.match(
      await says(azampay.charge({ ...order, currency: 'KES', phone })),
      /failed: currency must be TZS or RWF or MWK, not 'KES'\. Nothing was sent/,
    );
  const to = { phone: '0712345678' };
  assert.match(
    await says(azampay.payout({ ...order, phone: undefined, currency: 'KES', to, name: 'Asha Juma' })),
    /failed: currency must be TZS, not 'KES'\. Nothing was sent/,
  );
  const page = { description: 'Shoes', callbackUrl: 'https://shop.example/back', ipnId: 'x' };
  assert.match(
    await says(pesapal.charge({ ...order, ...page, currency: 'USD' })),
    /phone has no calling code: write it with one, such as \+255 for Tanzania \(0712\*{4}5678\)\. Nothing was sent/,
  );
  const expect = { amount: 1000, currency: 'TSH' };
  assert.match(await says(clickpesa.getPaymentStatus('ONE', { expect })), /expect\.currency must be written 'TZS'/);
  assert.match(await says(clickpesa.exchangeRates('KSH')), /source must be written KES/);
  const { amount } = await clickpesa.charge({ ...order, currency: 'tzs' });
  assert.equal(amount, '1000');
});
