// A ledger beside others: other processes, other gateways, other phones, another day.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { openLedger, triesPerPhone } from 'finconnect/ledger';
import { CHARGE, listed, MINUTE_MS, openShop, PUSH } from './shop.mjs';

const later = (minutes) => ({ now: Date.now() + minutes * MINUTE_MS });

/** Another process's ledger on the same database. */
async function beside(t, { database, gateways }, options) {
  const ledger = await openLedger(database.store(), { gateways, ...options });
  t.after(() => ledger.close());
  return ledger;
}

test('a process that delivers nothing leaves a paid order to those that do, whatever handlers it has', async (t) => {
  for (const handlers of [{}, { onPayout() {} }]) {
    const shop = await openShop(t);
    shop.sandbox.setWebhook('clickpesa', undefined);
    const { gatewayReference } = await shop.ledger.charge({ ...CHARGE, reference: 'PAID', via: 'clickpesa' });
    await shop.sandbox.approve(gatewayReference);
    const worker = await beside(t, shop, { delivers: false, ...handlers });
    const { changed, handled } = await worker.sweep(later(2));
    assert.deepEqual([changed.map(({ status }) => status), handled], [['succeeded'], 0]);
    const [{ handledAt }] = (await worker.get('PAID')).events.filter(({ status }) => status === 'succeeded');
    assert.equal(handledAt, null);
    assert.equal((await shop.ledger.sweep(later(3))).handled, 1);
    assert.deepEqual(shop.heard(), ['PAID succeeded sweep']);
  }
});

test('what the deliverer has no handler for is skipped, and comes no more', async (t) => {
  const shop = await openShop(t, { onPayment: undefined });
  shop.sandbox.setWebhook('clickpesa', undefined);
  const { gatewayReference } = await shop.ledger.charge({ ...CHARGE, reference: 'QUIET', via: 'clickpesa' });
  await shop.sandbox.approve(gatewayReference);
  const worker = await beside(t, shop, { delivers: false });
  await worker.sweep(later(2));
  assert.deepEqual((await shop.ledger.sweep(later(3))).failed, 0);
  const { events, attention } = await shop.ledger.get('QUIET');
  assert.ok(events.every(({ handledAt }) => handledAt !== null));
  assert.equal(attention, null);
});

test('a success that does not tell its amount is believed only of a gateway that never tells it', async (t) => {
  const shop = await openShop(t, { names: ['selcom', 'azampay'] });
  const { gatewayReference } = await shop.ledger.charge({
    ...CHARGE,
    phone: '0742345678',
    reference: 'S1',
    via: 'selcom',
  });
  const row = { order_id: gatewayReference, payment_status: 'COMPLETED', transid: 'T1' };
  for (const amount of [undefined, null, '', '15,00']) {
    const answer = { reference: '1', resultcode: '000', result: 'SUCCESS', message: '', data: [{ ...row, amount }] };
    shop.sandbox.next({ route: 'order-status', status: 200, body: JSON.stringify(answer) });
    await shop.ledger.sweep(later(60));
    const { status } = await shop.ledger.get('S1');
    assert.notEqual(status, 'succeeded', String(amount));
  }
  assert.equal((await shop.ledger.get('S1')).attention, 'mismatch');
  assert.deepEqual(shop.heard(), []);
});

test('tries count by the phone that each attempt asked, also of a retry', async (t) => {
  const shop = await openShop(t, { before: triesPerPhone({ most: 2, withinMs: 3_600_000 }) });
  const { sandbox, ledger, sent } = shop;
  for (const reference of ['A', 'B', 'C']) {
    sandbox.next({ name: 'success-false', route: PUSH.azampay });
    const phone = `07123456${10 + reference.charCodeAt(0) - 65}`;
    const payment = await ledger.charge({ ...CHARGE, phone, reference, via: 'azampay' });
    assert.equal(payment.status, 'failed');
  }
  const before = sent('azampay');
  for (const reference of ['A', 'B']) {
    const { phone } = await ledger.retry(reference, { phone: '0712999999' });
    assert.equal(phone, '2557****9999');
    const { attempts } = await ledger.get(reference);
    assert.deepEqual(
      attempts.map((one) => one.phone.slice(-4)),
      [`56${10 + reference.charCodeAt(0) - 65}`, '9999'],
    );
  }
  await assert.rejects(ledger.retry('C', { phone: '0712999999' }), { code: 'BLOCKED', outcome: 'not_sent' });
  assert.equal(sent('azampay') - before, 2);
});

test('of one phone’s intents at one time no more go out than the rule allows', async (t) => {
  const { ledger, sent } = await openShop(t, { before: triesPerPhone({ most: 1, withinMs: 3_600_000 }) });
  for (let burst = 1; burst <= 3; burst += 1) {
    const phone = `071234561${burst}`;
    const all = Array.from({ length: 12 }, (_, n) =>
      ledger.charge({ ...CHARGE, phone, reference: `B${burst}-${n}`, via: 'azampay' }),
    );
    const went = (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled').length;
    assert.equal(went, 1);
    assert.equal(sent('azampay'), burst);
  }
});

test('each move leaves an event, also back to where the payment has been', async (t) => {
  const { ledger } = await openShop(t);
  await ledger.charge({ ...CHARGE, reference: 'MOVES', via: 'clickpesa' });
  const moves = ['unknown', 'processing', 'unknown', 'processing', 'unknown', 'succeeded'];
  for (const [at, status] of moves.entries()) await ledger.resolve('MOVES', status, { by: 'Asha', note: `call ${at}` });
  const { events } = await ledger.get('MOVES');
  const told = events.filter(({ by }) => by === 'Asha');
  assert.deepEqual(
    told.map(({ status, note }) => `${status} ${note}`),
    moves.map((status, at) => `${status} call ${at}`),
  );
  assert.equal(new Set(told.map(({ eventId }) => eventId)).size, moves.length);
});

test('another set of gateways knows the same requests, tries and phones', async (t) => {
  const few = await openShop(t, { names: ['clickpesa'] });
  few.sandbox.next({ route: PUSH.clickpesa, status: 400, body: '{"message":"Invalid phone"}' });
  const first = await few.ledger.charge({ ...CHARGE, reference: 'KEPT', via: 'clickpesa' });
  assert.equal(first.status, 'failed');
  const azampay = new FintechSDK({ provider: 'azampay', config: few.sandbox.config('azampay') });
  const more = await beside(
    t,
    { ...few, gateways: { azampay, ...few.gateways } },
    { before: triesPerPhone({ most: 2, withinMs: 3_600_000 }) },
  );
  assert.equal((await more.charge({ ...CHARGE, reference: 'KEPT', via: 'clickpesa' })).attempt, 1);
  const other = { ...CHARGE, reference: 'KEPT', via: 'clickpesa', description: 'another' };
  await assert.rejects(more.charge(other), { code: 'REFERENCE_CONFLICT' });
  assert.equal((await more.retry('KEPT')).attempt, 2);
  await assert.rejects(more.charge({ ...CHARGE, reference: 'THIRD', via: 'clickpesa' }), { code: 'BLOCKED' });
});

test('what no gateway here can be asked about is put up for attention', async (t) => {
  const shop = await openShop(t, { names: ['azampay', 'clickpesa'] });
  await shop.ledger.charge({ ...CHARGE, reference: 'LEFT', via: 'azampay' });
  const { clickpesa } = shop.gateways;
  const only = await beside(t, { ...shop, gateways: { clickpesa } });
  await only.sweep(later(2));
  const rows = await listed(only.find({ attention: true }));
  assert.deepEqual(
    rows.map(({ reference, attention }) => [reference, attention]),
    [['LEFT', 'no-gateway']],
  );
  assert.deepEqual(await listed(only.find({ attention: false })), []);
});

test('a retry of the next day is compared with that day', async (t) => {
  const at = { now: Date.parse('2026-07-01T10:00:00Z') };
  const { sandbox, ledger } = await openShop(t, { clock: () => at.now });
  sandbox.next({ name: 'success-false', route: PUSH.azampay });
  assert.equal((await ledger.charge({ ...CHARGE, reference: 'DAYS', via: 'azampay' })).status, 'failed');
  at.now += 24 * 60 * MINUTE_MS;
  await ledger.retry('DAYS');
  await ledger.resolve('DAYS', 'succeeded', { by: 'Asha', note: 'the bank says so' });
  const day = async (from, to) =>
    (await listed(ledger.compare([], { gateway: 'azampay', from, to }))).map(({ kind }) => kind);
  assert.deepEqual(await day('2026-07-01', '2026-07-02'), []);
  assert.deepEqual(await day('2026-07-02', '2026-07-03'), ['missing-there']);
});

test('a payment called migration is one like any other', async (t) => {
  const shop = await openShop(t);
  shop.sandbox.next({ name: 'success-false', route: PUSH.azampay });
  await shop.ledger.charge({ ...CHARGE, reference: 'migration', via: 'azampay' });
  assert.equal((await shop.ledger.retry('migration')).attempt, 2);
  const again = await beside(t, shop, {});
  assert.equal((await again.get('migration')).attempt, 2);
});

test('what a process left behind that ended in the middle is unknown to the next one, and asked about', async (t) => {
  const hold = { isHeld: true };
  const shop = await openShop(t, { before: () => (hold.isHeld ? new Promise((free) => (hold.free = free)) : null) });
  const first = shop.ledger.charge({ ...CHARGE, reference: 'HALF', via: 'azampay' });
  while (hold.free === undefined) await new Promise(setImmediate);
  // Its clock is past all that the first could still do.
  const next = await beside(t, shop, { clock: () => Date.now() + 10 * MINUTE_MS });
  const told = await next.charge({ ...CHARGE, reference: 'HALF', via: 'azampay' });
  assert.deepEqual([told.status, told.outcome, told.code], ['unknown', 'unknown', 'LOST']);
  assert.notEqual(told.advice, null);
  hold.free();
  assert.equal((await first).status, 'unknown');
  assert.equal(shop.sent('azampay'), 0);
});

test('who was paid twice by a gateway without refunds is given none', async (t) => {
  const { sandbox, ledger, told } = await openShop(t);
  const first = await ledger.charge({ ...CHARGE, reference: 'TWICE', via: 'clickpesa' });
  await ledger.resolve('TWICE', 'failed', { by: 'Asha', note: 'the customer says so' });
  const second = await ledger.retry('TWICE');
  for (const { gatewayReference } of [second, first]) await sandbox.approve(gatewayReference);
  const [one] = told.filter(({ kind }) => kind === 'duplicate');
  assert.deepEqual([one.payment.reference, one.context.refund], ['TWICE', null]);
});
