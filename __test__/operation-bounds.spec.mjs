// What is checked of an operation's request, and how each check can be changed or switched off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection, startGateway } from './support/gateway.mjs';

const CHARGE = { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER-1', operator: 'Tigo' };

test('a number that is none goes out as its digits where phones are not checked', async (t) => {
  const { sdk, to, answer } = await startGateway(t);
  const account = { ...CHARGE, phone: '1700000001', operator: 'AzamPesa' };
  assert.match((await rejection(sdk('azampay').charge(account))).message, /phone /);
  answer('/azampay/mno/checkout', 200, { success: true, transactionId: '0a1b2c', message: 'ok', messageCode: 0 });
  await sdk('azampay', {}, { limits: { phones: false } }).charge(account);
  const sent = JSON.parse(to('/azampay/mno/checkout')[0].body);
  assert.deepEqual([sent.accountNumber, sent.provider], ['1700000001', 'Azampesa']);
});

test('without a longest reference, one that cannot be carried is still made into another', async (t) => {
  const { sdk, to } = await startGateway(t);
  for (const [limits, reference, carried] of [
    [{ referenceLength: false }, "o'b<x>--", /^obx\w{17}$/],
    [{ referenceCharacters: false }, "o'b<x>", /^o'b<x>$/],
    [{ referenceCharacters: false, referenceLength: 20 }, "o'brien and more names", /^obrie\w{15}$/],
  ]) {
    const { gatewayReference } = await sdk('azampay', {}, { limits }).charge({ ...CHARGE, reference });
    assert.match(gatewayReference, carried);
    assert.equal(JSON.parse(to('/azampay/mno/checkout').at(-1).body).externalId, gatewayReference);
  }
});

test('a reference that none may have is refused by the rule that it breaks', async (t) => {
  const { sdk, requests } = await startGateway(t);
  for (const [reference, rule] of [
    [' A', /must not begin or end with a blank/],
    ['a?b', /must hold none of \\ \? # % ;/],
    ['--', /must hold a letter or a digit/],
    ['/a', /a slash between names only/],
    ['a/../b', /no two dots/],
    ['x'.repeat(200), /at most 128 bytes/],
  ]) {
    const { code, message } = await rejection(sdk('azampay').charge({ ...CHARGE, reference }));
    assert.equal(code, 'INVALID_REQUEST', reference);
    assert.match(message, rule);
  }
  assert.deepEqual(requests, []);
});

test('a member that the gateway does not read has the type that it would need', async (t) => {
  const { sdk, requests } = await startGateway(t);
  const wrong = { ...CHARGE, description: 5, customer: 'Asha', callbackUrl: {}, subscription: 5 };
  for (const provider of ['azampay', 'clickpesa', 'pesapal']) {
    const { code, message } = await rejection(sdk(provider).charge(wrong));
    assert.equal(code, 'INVALID_REQUEST');
    for (const name of ['description', 'customer', 'callbackUrl', 'subscription'])
      assert.equal(message.split(`${name} must be`).length, 2, `${provider}: ${message}`);
  }
  assert.deepEqual(requests, []);
});

test('a range of days that ends before it begins is refused', async (t) => {
  const { sdk, requests } = await startGateway(t);
  const days = { startDate: '2026-12-01', endDate: '2026-11-01' };
  for (const asks of [
    () => sdk('clickpesa').listPayments(days)[Symbol.asyncIterator]().next(),
    () => sdk('clickpesa').listPayouts(days)[Symbol.asyncIterator]().next(),
    () => sdk('clickpesa').getStatement({ currency: 'TZS', ...days }),
  ])
    assert.match((await rejection(asks())).message, /endDate must not be before startDate/);
  assert.deepEqual(requests, []);
});

test('a rule is on or off, and nothing between', async (t) => {
  const { sdk } = await startGateway(t);
  assert.throws(() => sdk('azampay', {}, { limits: { wholeAmounts: 5 } }), /limits\.wholeAmounts is on or off/);
});

test('AzamPay: what is not its own is refused by name', async (t) => {
  const { sdk, requests } = await startGateway(t);
  const azampay = sdk('azampay');
  const page = {
    amount: '2000',
    items: [{ name: 'a', price: 5 }],
    currency: 'TZS',
    reference: 'ORDER-3',
    returnUrl: 'https://shop.example/ok',
    cancelUrl: 'https://shop.example/no',
  };
  assert.match((await rejection(azampay.checkout(page))).message, /items are not taken by AzamPay/);
  const { code } = await rejection(azampay.preview({ for: 'card', ...CHARGE }));
  assert.equal(code, 'NOT_SUPPORTED');
  const payout = { amount: '5000', currency: 'TZS', reference: 'OUT-1', name: 'Asha Juma', to: { link: true } };
  assert.match((await rejection(azampay.payout(payout))).message, /to\.link is no way that AzamPay pays to/);
  assert.deepEqual(requests, []);
});

test('AzamPay: the name of another account is nobody’s', async (t) => {
  const { sdk, answer } = await startGateway(t);
  const asked = { for: 'payout', currency: 'TZS', to: { phone: '0754000111', operator: 'M-Pesa' } };
  const told = { status: true, name: 'Asha Juma', statusCode: 200 };
  answer('/namelookup', 200, { ...told, accountNumber: '255754000222' });
  const { code, message } = await rejection(sdk('azampay').preview(asked));
  assert.equal(code, 'INVALID_RESPONSE');
  assert.match(message, /the name of another account/);
  for (const accountNumber of ['255754000111', '0754000111', '754000111']) {
    answer('/namelookup', 200, { ...told, accountNumber });
    assert.equal((await sdk('azampay').preview(asked)).accountName, 'Asha Juma');
  }
});
