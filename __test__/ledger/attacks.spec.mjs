// What must not cost money: each was tried from outside.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { CHARGE, listed, MINUTE_MS, openShop, PUSH } from './shop.mjs';

const later = (minutes) => ({ now: Date.now() + minutes * MINUTE_MS });
const TO = { to: { phone: '0754100000' }, via: 'azampay', name: 'Asha Juma', currency: 'TZS' };

/** A payment of 25,000 that was paid. */
async function paid({ sandbox, ledger }, reference, via = 'clickpesa') {
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference, via });
  await sandbox.approve(gatewayReference);
}

test('a part that failed is not tried again beyond what is left of its payment', async (t) => {
  const shop = await openShop(t);
  const { sandbox, ledger } = shop;
  await paid(shop, 'WHOLE');
  sandbox.next({ name: 'success-false', route: '/disburse' });
  const first = await ledger.payout({ ...TO, of: 'WHOLE', reference: 'A', amount: '25000' });
  assert.equal(first.status, 'failed');
  await ledger.payout({ ...TO, of: 'WHOLE', reference: 'B', amount: '25000' });
  await assert.rejects(ledger.retry('A'), { code: 'NOT_COVERED', outcome: 'not_sent' });
});

test('a sweep believes no other amount or currency than was asked for, and a person is told', async (t) => {
  const { sandbox, ledger, heard, gateways, url } = await openShop(t);
  const ipnId = await gateways.pesapal.ensureIpn(`${url}/pesapal`);
  for (const via of ['clickpesa', 'pesapal']) {
    const page = { callbackUrl: 'https://shop.example/back', ipnId };
    const charge = { ...CHARGE, ...(via === 'pesapal' && page), phone: '0712000017', reference: `TEN-${via}`, via };
    const payment = await ledger.charge(charge);
    await sandbox.approve(payment.gatewayReference);
    for (const minutes of [2, 10, 60]) await ledger.sweep(later(minutes));
    const life = await ledger.get(`TEN-${via}`);
    assert.notEqual(life.status, 'succeeded');
    assert.equal(life.attention, 'mismatch');
    assert.ok(life.events.some(({ type, note }) => type === 'mismatch' && /250000/.test(note)));
  }
  assert.deepEqual(heard(), []);
});

test('handlers that misbehave keep no other payment from its order, and no status', async (t) => {
  const wrong = {
    WAITS: () => after(20),
    HANGS: () => new Promise(() => {}),
    INNER: (ledger) => ledger.get('WAITS'),
    NOTHING: () => Promise.reject(Object.create(null)),
    SQL: async (_, tx) => void (await tx.query('SELECT * FROM nowhere').catch(() => {})),
  };
  const done = [];
  const errors = [];
  const shop = await openShop(t, {
    onPayment: ({ reference }, tx) =>
      reference in wrong ? wrong[reference](shop.ledger, tx) : void done.push(reference),
    onError: (error, about) => void errors.push([about.reference, error]),
  });
  const { sandbox, ledger } = shop;
  sandbox.setWebhook('clickpesa', undefined);
  const bad = Object.keys(wrong).filter((name) => name !== 'HANGS' || process.env.LEDGER_STORE === undefined);
  for (const reference of [...bad, 'GOOD1', 'GOOD2']) await paid(shop, reference);
  const swept = await ledger.sweep(later(2));
  assert.deepEqual(done.sort(), ['GOOD1', 'GOOD2']);
  const names = (await listed(ledger.find({ attention: true }))).map(
    ({ reference, status }) => `${reference} ${status}`,
  );
  const isHandle = process.env.LEDGER_STORE === undefined;
  const failing = isHandle ? bad : bad.filter((name) => name !== 'WAITS');
  assert.deepEqual(names.sort(), failing.map((name) => `${name} succeeded`).sort());
  assert.equal(swept.failed, failing.length);
  assert.deepEqual([...new Set(errors.map(([reference]) => reference))].sort(), [...failing].sort());
  const inner = errors.find(([reference]) => reference === 'INNER')[1];
  assert.match(inner.message, /a handler called it.*use tx/);
});

test('who was held up before the push sends nothing once the attempt was given up', async (t) => {
  let release;
  let isFirst = true;
  const shop = await openShop(t, {
    before: () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return new Promise((resolve) => (release = resolve));
    },
  });
  const { ledger, sent } = shop;
  const first = ledger.charge({ ...CHARGE, reference: 'HELD', via: 'clickpesa' });
  while (release === undefined) await after(5);
  await ledger.sweep(later(1440));
  await ledger.resolve('HELD', 'failed', { by: 'Asha', note: 'given up' });
  await ledger.retry('HELD');
  assert.equal(sent('clickpesa'), 1);
  release();
  assert.equal((await first).attempt, 2);
  assert.equal(sent('clickpesa'), 1);
});

test('a currency is the same in any letters', async (t) => {
  const { amountLimit } = await import('finconnect/ledger');
  const { ledger } = await openShop(t, { before: amountLimit({ TZS: 1000 }) });
  await assert.rejects(ledger.charge({ ...CHARGE, reference: 'LOW', currency: 'tzs', via: 'clickpesa' }), {
    code: 'BLOCKED',
    message: /allowed\. Nothing was sent\./,
  });
  assert.equal((await ledger.get('LOW')).currency, 'TZS');
});

test('a split that is too much sends no part of it, also beside parts that are out', async (t) => {
  const shop = await openShop(t);
  const { ledger } = shop;
  await paid(shop, 'SUM');
  const part = (reference, amount, phone = '0754100000') => ({ reference, amount, phone, name: 'Asha Juma' });
  await ledger.split({ of: 'SUM', to: [part('S1', '20000')], via: 'azampay' });
  const more = [part('S2', '3000'), part('S3', '3000')];
  await assert.rejects(ledger.split({ of: 'SUM', to: more, via: 'azampay' }), { code: 'NOT_COVERED' });
  assert.equal(await ledger.get('S2'), null);
  await paid(shop, 'OTHER');
  const conflict = { of: 'OTHER', to: [part('O1', '1000'), part('S1', '1000')], via: 'azampay' };
  await assert.rejects(ledger.split(conflict), { code: 'REFERENCE_CONFLICT' });
  assert.equal(await ledger.get('O1'), null);
  for (const wrong of [undefined, null, {}, { of: 'SUM' }, { of: 'SUM', to: [null] }])
    await assert.rejects(ledger.split(wrong), { name: 'FinConnectError', code: 'INVALID_REQUEST' });
});

test('what a callback settles while a sweep asks stays settled', async (t) => {
  const { sandbox, ledger } = await openShop(t);
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'RACE', via: 'clickpesa' });
  sandbox.next({ name: 'delay', delayMs: 400, route: '/third-parties/payments/' });
  const sweep = ledger.sweep(later(60));
  await after(100);
  await sandbox.approve(gatewayReference);
  await sweep;
  const life = await ledger.get('RACE');
  assert.deepEqual([life.status, life.attention], ['succeeded', null]);
  assert.equal((await ledger.sweep(later(1440))).asked, 0);
});

test('a wrong call uses up no reference', async (t) => {
  const { ledger } = await openShop(t);
  for (const options of [{ foo: 1 }, { timeoutMs: -1 }, { timeoutMs: Number.NaN }, { signal: {} }, null, 5])
    await assert.rejects(ledger.charge({ ...CHARGE, reference: 'CALL' }, options), { code: 'INVALID_REQUEST' });
  for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, '1e3x', {}])
    await assert.rejects(ledger.charge({ ...CHARGE, reference: 'CALL', amount }), { code: 'INVALID_REQUEST' });
  assert.equal(await ledger.get('CALL'), null);
  await assert.rejects(ledger.sweep({ foo: 1 }), { code: 'INVALID_REQUEST' });
  await assert.rejects(ledger.sweep({ now: 1e16 }), { code: 'INVALID_REQUEST' });
  assert.throws(() => ledger.find({ kind: 'bad' }), { code: 'INVALID_REQUEST' });
  assert.throws(() => ledger.find({ attention: 'yes' }), { code: 'INVALID_REQUEST' });
});

test('a rule of fail-over that answers later allows nothing, and ends no process', async (t) => {
  const { sandbox, ledger, sent } = await openShop(t, { rule: async () => Promise.reject(new Error('later')) });
  sandbox.next({ route: PUSH.clickpesa, status: 400, body: '{"message":"No"}' });
  const payment = await ledger.charge({ ...CHARGE, reference: 'RULE', via: ['clickpesa', 'azampay'] });
  assert.deepEqual([payment.status, sent('azampay')], ['failed', 0]);
});

test('a reference that another payment was given at the gateway is no obstacle', async (t) => {
  const { ledger } = await openShop(t);
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'BOOKING-1', via: 'clickpesa' });
  const other = await ledger.charge({ ...CHARGE, reference: gatewayReference, via: 'clickpesa' });
  assert.equal(other.outcome, 'accepted');
  assert.notEqual(other.gatewayReference, gatewayReference);
});

test('a refund is asked about until it is known', async (t) => {
  const { sandbox, ledger, gateways, url, told } = await openShop(t);
  const ipnId = await gateways.pesapal.ensureIpn(`${url}/pesapal`);
  const charge = { ...CHARGE, currency: 'KES', via: 'pesapal', callbackUrl: 'https://shop.example/back', ipnId };
  const payment = await ledger.charge({ ...charge, reference: 'BACK' });
  await sandbox.approve(payment.gatewayReference);
  const refund = { reference: 'BACK-R', of: 'BACK', reason: 'Cancelled', requestedBy: 'Asha' };
  await assert.rejects(ledger.refund({ ...refund, amount: { value: '1', currency: 'TZS' } }), {
    code: 'INVALID_REQUEST',
  });
  await ledger.refund(refund);
  await ledger.sweep(later(2));
  await ledger.sweep(later(2000));
  assert.equal((await ledger.get('BACK-R')).status, 'authorized');
  sandbox.next({ name: 'no-callback' });
  await sandbox.reverse(payment.gatewayReference);
  await ledger.sweep(later(5000));
  const after = await ledger.get('BACK-R');
  assert.deepEqual([after.status, after.attention], ['succeeded', null]);
  assert.ok(told.some(({ kind }) => kind === 'refund'));
});

test('what people write has its phone numbers masked', async (t) => {
  const { ledger, database } = await openShop(t, {
    before: ({ phone, reference }) => (reference === 'BAD' ? `refused ${phone}.` : undefined),
  });
  const error = await ledger.charge({ ...CHARGE, reference: 'BAD' }).catch((why) => why);
  assert.match(error.message, /refused 2557\*{4}5678\. Nothing was sent\./);
  const all = await Promise.all(['attempt', 'event'].map((name) => database.all(`SELECT * FROM finconnect_${name}`)));
  assert.ok(!JSON.stringify(all).includes('712345678'));
});
