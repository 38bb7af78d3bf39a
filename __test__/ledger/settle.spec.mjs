// What becomes of payments: handlers, sweeps, operators, refunds and parts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHARGE, eventsOf, listed, MINUTE_MS, openShop, PUSH } from './shop.mjs';

const later = (minutes) => ({ now: Date.now() + minutes * MINUTE_MS });

test('a handler and the status share a transaction', async (t) => {
  let fails = 2;
  const ids = new Set();
  const { sandbox, ledger, database } = await openShop(t, {
    async onPayment({ reference }, tx, { eventId }) {
      ids.add(eventId);
      await database.book(tx, reference);
      if (fails-- > 0) throw new Error('no room free');
    },
  });
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'HOTEL', via: 'clickpesa' });
  await sandbox.approve(gatewayReference);
  const bookings = async () => (await database.all('SELECT reference FROM booking')).length;
  assert.equal(await bookings(), 0);
  const failed = await ledger.get('HOTEL');
  assert.deepEqual([failed.status, failed.attention], ['succeeded', 'handler']);
  assert.deepEqual([failed.events.at(-1).error, failed.events.at(-1).tries], ['no room free', 1]);
  assert.deepEqual((await listed(ledger.find({ attention: true }))).length, 1);
  assert.equal((await ledger.sweep()).handled, 0);
  assert.equal((await ledger.sweep(later(1.1))).failed, 1);
  assert.equal(await bookings(), 0);
  assert.equal((await ledger.sweep(later(4))).handled, 1);
  assert.deepEqual([await bookings(), ids.size, (await ledger.get('HOTEL')).attention], [1, 1, null]);
  assert.equal((await ledger.sweep(later(60))).handled, 0);
});

test('a lost answer is asked about, and fulfilled once', async (t) => {
  const { sandbox, ledger, heard, sent } = await openShop(t);
  sandbox.setWebhook('clickpesa', undefined);
  sandbox.next({ name: 'reset-after', route: PUSH.clickpesa });
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'LOST', via: 'clickpesa' });
  assert.equal((await ledger.sweep()).asked, 0);
  await sandbox.approve(gatewayReference);
  const { asked, changed } = await ledger.sweep(later(1.1));
  assert.deepEqual([asked, changed.map(({ status }) => status)], [1, ['succeeded']]);
  assert.deepEqual(heard(), ['LOST succeeded sweep']);
  assert.deepEqual(eventsOf(await ledger.get('LOST')), ['status unknown charge', 'status succeeded sweep']);
  assert.equal((await ledger.sweep(later(90))).asked, 0);
  assert.equal(sent('clickpesa'), 1);
});

test('time never turns unknown into failed', async (t) => {
  const { sandbox, ledger, heard, sent } = await openShop(t);
  sandbox.setWebhook('azampay', undefined);
  sandbox.next({ name: 'reset-after', route: PUSH.azampay });
  await ledger.charge({ ...CHARGE, reference: 'MONTHS', via: 'azampay' });
  for (const days of [0.01, 0.1, 1, 2, 8, 30, 100, 400]) await ledger.sweep(later(days * 1440));
  const payment = await ledger.get('MONTHS');
  assert.deepEqual([payment.status, payment.attention], ['unknown', 'ask-support']);
  await assert.rejects(ledger.retry('MONTHS'), { code: 'NOT_FINAL' });
  assert.deepEqual([heard(), sent('azampay')], [[], 1]);
});

test('an operator closes what nobody can tell, and it says who and why', async (t) => {
  const { sandbox, ledger, heard } = await openShop(t);
  sandbox.next({ name: 'reset-after', route: PUSH.azampay });
  await ledger.charge({ ...CHARGE, reference: 'SUPPORT', via: 'azampay' });
  const said = { by: 'Asha', note: 'AzamPay support, ticket 7' };
  for (const wrong of [undefined, {}, { by: 'Asha' }, { by: ' ', note: 'x' }])
    await assert.rejects(ledger.resolve('SUPPORT', 'succeeded', wrong), { code: 'INVALID_REQUEST' });
  await assert.rejects(ledger.resolve('SUPPORT', 'paid', said), { code: 'INVALID_REQUEST' });
  assert.equal((await ledger.resolve('SUPPORT', 'succeeded', said)).status, 'succeeded');
  assert.deepEqual(heard(), ['SUPPORT succeeded operator']);
  const { by, note, source } = (await ledger.get('SUPPORT')).events.at(-1);
  assert.deepEqual({ by, note, source }, { ...said, source: 'operator' });
  await assert.rejects(ledger.resolve('SUPPORT', 'failed', said), /is succeeded, which cannot become failed/);
  assert.equal((await ledger.resolve('SUPPORT', 'succeeded', said)).status, 'succeeded');
  assert.equal(heard().length, 1);
});

test('what never arrived is sent again under the same reference, by retry alone', async (t) => {
  let clock = Date.now();
  const { sandbox, ledger, sent } = await openShop(t, { clock: () => clock });
  sandbox.next({ name: 'reset-before', route: PUSH.clickpesa });
  const lost = await ledger.charge({ ...CHARGE, reference: 'NEVER', via: 'clickpesa' });
  assert.equal(lost.outcome, 'unknown');
  await assert.rejects(ledger.retry('NEVER'), { code: 'NOT_FINAL' });
  clock += 3 * MINUTE_MS;
  await ledger.sweep();
  assert.deepEqual([(await ledger.get('NEVER')).status, sandbox.payments().length], ['unknown', 0]);
  const again = await ledger.retry('NEVER');
  assert.deepEqual([again.attempt, again.gatewayReference, again.outcome], [1, lost.gatewayReference, 'accepted']);
  assert.deepEqual([sandbox.payments().length, sent('clickpesa')], [1, 2]);
  await sandbox.approve(again.gatewayReference);
  const life = await ledger.get('NEVER');
  assert.equal(life.status, 'succeeded');
  assert.ok(eventsOf(life).some((event) => event.startsWith('resend')));
});

test('a page that failed may be paid after all; two that are paid are fulfilled once', async (t) => {
  const { sandbox, ledger, gateways, told, url } = await openShop(t);
  const ipnId = await gateways.pesapal.ensureIpn(`${url}/pesapal`);
  const charge = { ...CHARGE, currency: 'KES', via: 'pesapal', callbackUrl: 'https://shop.example/back', ipnId };
  const first = await ledger.charge({ ...charge, reference: 'TWICE' });
  assert.deepEqual([first.rail, typeof first.redirectUrl], ['page', 'string']);
  await sandbox.decline(first.gatewayReference);
  assert.equal((await ledger.get('TWICE')).status, 'failed');
  const second = await ledger.retry('TWICE');
  await sandbox.approve(second.gatewayReference);
  await sandbox.approve(first.gatewayReference);
  const life = await ledger.get('TWICE');
  assert.deepEqual([life.status, life.attempt, life.attention], ['succeeded', 2, 'duplicate']);
  assert.deepEqual(
    told.map(({ kind, payment }) => `${kind} ${payment.status}`),
    ['payment failed', 'payment succeeded', 'duplicate succeeded'],
  );
  const { refund } = told.at(-1).context;
  assert.deepEqual([refund.of, refund.attempt, refund.amount], ['TWICE', 1, '25000']);
  const given = await ledger.refund({ ...refund, requestedBy: 'Asha' });
  assert.deepEqual([given.kind, given.status, given.of], ['refund', 'authorized', 'TWICE']);
  await sandbox.reverse(first.gatewayReference);
  assert.equal((await ledger.get(given.reference)).status, 'succeeded');
  const after = await ledger.get('TWICE');
  assert.deepEqual([after.status, after.attention, after.children], ['succeeded', null, [given.reference]]);
});

test('a refund goes to the gateway that took the money, and never beyond what it took', async (t) => {
  const { sandbox, ledger, gateways, url, told } = await openShop(t);
  const ipnId = await gateways.pesapal.ensureIpn(`${url}/pesapal`);
  const page = { callbackUrl: 'https://shop.example/back', ipnId };
  const charge = { ...CHARGE, ...page, currency: 'KES', via: 'pesapal', reference: 'BACK' };
  const refund = { reference: 'BACK-R', of: 'BACK', reason: 'Cancelled', requestedBy: 'Asha' };
  await assert.rejects(ledger.refund(refund), /there is no payment BACK/);
  const payment = await ledger.charge(charge);
  await assert.rejects(ledger.refund(refund), { code: 'NOT_COVERED' });
  await sandbox.approve(payment.gatewayReference);
  await assert.rejects(ledger.refund({ ...refund, amount: '25001' }), { code: 'NOT_COVERED' });
  const [one, same] = await Promise.all([ledger.refund(refund), ledger.refund(refund)]);
  assert.deepEqual([one.status, same.status], ['authorized', 'authorized']);
  await assert.rejects(ledger.refund({ ...refund, reference: 'BACK-R2', amount: '1' }), { code: 'NOT_COVERED' });
  await sandbox.reverse(payment.gatewayReference);
  assert.deepEqual(
    told.map(({ kind, payment: { reference, status } }) => `${kind} ${reference} ${status}`),
    ['payment BACK succeeded', 'payment BACK reversed', 'refund BACK-R succeeded'],
  );
  const push = await ledger.charge({ ...CHARGE, reference: 'NONE', via: 'clickpesa' });
  await sandbox.approve(push.gatewayReference);
  await assert.rejects(ledger.refund({ ...refund, reference: 'NONE-R', of: 'NONE' }), { code: 'NOT_SUPPORTED' });
});

test('a payment is split among recipients, whose sum is checked before anything is sent', async (t) => {
  const { sandbox, ledger, sent, told } = await openShop(t);
  const payment = await ledger.charge({ ...CHARGE, reference: 'WHOLE', via: 'clickpesa' });
  const host = { phone: '0754111001', amount: '20000', reference: 'HOST' };
  const agent = { phone: '0754111011', amount: '5000', reference: 'AGENT' };
  await assert.rejects(ledger.split({ of: 'WHOLE', to: [host] }), { code: 'NOT_COVERED' });
  await sandbox.approve(payment.gatewayReference);
  await assert.rejects(ledger.split({ of: 'WHOLE', to: [host, { ...agent, amount: '5001' }] }), {
    code: 'NOT_COVERED',
  });
  await assert.rejects(ledger.split({ of: 'WHOLE', to: [host, host] }), { code: 'INVALID_REQUEST' });
  await assert.rejects(ledger.split({ of: 'WHOLE', to: [] }), { code: 'INVALID_REQUEST' });
  const [paid] = await ledger.split({ of: 'WHOLE', to: [host] });
  assert.deepEqual([paid.kind, paid.rail, paid.of, paid.phone], ['payout', 'phone', 'WHOLE', '2557****1001']);
  const over = { reference: 'MORE', amount: '5001', currency: 'TZS', to: { phone: '0754111011' }, of: 'WHOLE' };
  await assert.rejects(ledger.payout(over), { code: 'NOT_COVERED' });
  assert.deepEqual((await ledger.get('WHOLE')).children, ['HOST']);
  assert.equal(sent('clickpesa'), 1);
  assert.deepEqual(told.length, 1);
});

test('a clock that was set back loses nothing', async (t) => {
  let clock = Date.now();
  const { sandbox, ledger, heard } = await openShop(t, { clock: () => clock });
  sandbox.setWebhook('clickpesa', undefined);
  const payment = await ledger.charge({ ...CHARGE, reference: 'CLOCK', via: 'clickpesa' });
  clock += 2 * MINUTE_MS;
  assert.equal((await ledger.sweep()).asked, 1);
  clock -= 60 * MINUTE_MS;
  await sandbox.approve(payment.gatewayReference);
  assert.equal((await ledger.sweep()).changed.length, 1);
  assert.deepEqual(heard(), ['CLOCK succeeded sweep']);
});

test('payments are found by what they are, page after page', async (t) => {
  const { ledger } = await openShop(t);
  const from = new Date();
  for (let number = 0; number < 5; number += 1)
    await ledger.charge({ ...CHARGE, reference: `F${number}`, via: number % 2 ? 'azampay' : 'clickpesa' });
  const names = async (filter) => (await listed(ledger.find(filter))).map(({ reference }) => reference).join();
  assert.equal(await names(), 'F0,F1,F2,F3,F4');
  assert.equal(await names({ gateway: 'azampay' }), 'F1,F3');
  assert.equal(await names({ status: 'succeeded' }), '');
  assert.equal(await names({ from, kind: 'payment' }), 'F0,F1,F2,F3,F4');
  assert.equal(await names({ to: from }), '');
  assert.throws(() => ledger.find({ colour: 'red' }), { code: 'INVALID_REQUEST' });
  assert.throws(() => ledger.find({ status: 'paid' }), { code: 'INVALID_REQUEST' });
  assert.throws(() => ledger.find({ from: 'soon' }), { code: 'INVALID_REQUEST' });
  assert.equal(await ledger.get('NOBODY'), null);
});

test('a closed ledger says so', async (t) => {
  const { ledger } = await openShop(t);
  await ledger.close();
  await ledger.close();
  await assert.rejects(ledger.charge({ ...CHARGE, reference: 'LATE' }), { code: 'LEDGER_FAILED', outcome: 'not_sent' });
});
