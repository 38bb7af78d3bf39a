// A charge is written down before it leaves, sent once, and answered alike for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHARGE, eventsOf, listed, openShop, PUSH } from './shop.mjs';

test('a charge is written down, sent once, and fulfilled by its callback once', async (t) => {
  const { sandbox, ledger, heard, sent, events } = await openShop(t);
  for (const via of ['clickpesa', 'azampay']) {
    const reference = `BOOKING-${via}`;
    const payment = await ledger.charge({ ...CHARGE, reference, via });
    assert.equal(payment.reference, reference);
    assert.equal(payment.gateway, via);
    assert.equal(payment.rail, 'push');
    assert.equal(payment.phone, '2557****5678');
    assert.ok(['pending', 'processing'].includes(payment.status), payment.status);
    await sandbox.approve(payment.gatewayReference);
    assert.equal((await ledger.get(reference)).status, 'succeeded');
    assert.equal(sent(via), 1);
  }
  assert.deepEqual(heard(), ['BOOKING-clickpesa succeeded callback', 'BOOKING-azampay succeeded callback']);
  for (const { id } of sandbox.webhooks()) await sandbox.redeliver(id);
  assert.equal(heard().length, 2);
  assert.deepEqual(
    events.map(({ outcome, status }) => `${outcome} ${status}`),
    ['handled 200', 'handled 200', 'duplicate 200', 'duplicate 200'],
  );
});

test('the same reference with the same parameters gives the first answer, however they are written', async (t) => {
  const { ledger, sent } = await openShop(t);
  const first = await ledger.charge({ ...CHARGE, reference: 'SAME', via: 'clickpesa' });
  const same = [
    { ...CHARGE, amount: 25000 },
    { ...CHARGE, amount: 25000n },
    { ...CHARGE, amount: { value: '25000.00', currency: 'TZS' } },
    { ...CHARGE, phone: '+255 712 345 678' },
    { phone: '255712345678', description: '2 nights', currency: 'TZS', amount: '25000' },
    { ...CHARGE, via: ['azampay', 'clickpesa'] },
  ];
  for (const more of same) {
    const again = await ledger.charge({ via: 'clickpesa', ...more, reference: 'SAME' });
    assert.deepEqual([again.gatewayReference, again.gateway], [first.gatewayReference, 'clickpesa']);
  }
  assert.equal(sent('clickpesa') + sent('azampay'), 1);
});

test('other parameters are a conflict, and nothing is sent', async (t) => {
  const { ledger, sent } = await openShop(t);
  await ledger.charge({ ...CHARGE, reference: 'OTHER', via: 'clickpesa' });
  const others = [
    { amount: '25001' },
    { phone: '0712345679' },
    { description: '3 nights' },
    { customer: { name: 'A B' } },
  ];
  for (const other of others) {
    await assert.rejects(ledger.charge({ ...CHARGE, ...other, reference: 'OTHER', via: 'clickpesa' }), {
      ...{ name: 'FinConnectError', code: 'REFERENCE_CONFLICT', outcome: 'not_sent', operation: 'charge' },
    });
  }
  const payout = {
    reference: 'OTHER',
    amount: '25000',
    currency: 'TZS',
    to: { phone: '0712345678' },
    via: 'clickpesa',
  };
  await assert.rejects(ledger.payout(payout), { code: 'REFERENCE_CONFLICT' });
  assert.equal(sent('clickpesa'), 1);
});

test('a thousand at one time are one push', async (t) => {
  const { ledger, sent } = await openShop(t);
  const all = await Promise.all(
    Array.from({ length: 1000 }, () => ledger.charge({ ...CHARGE, reference: 'CROWD', via: 'clickpesa' })),
  );
  assert.equal(new Set(all.map((payment) => JSON.stringify(payment))).size, 1);
  assert.equal(sent('clickpesa'), 1);
});

test('what no gateway would take is refused before it is written down', async (t) => {
  const { ledger } = await openShop(t);
  const wrong = [
    [{}, /reference is missing/],
    [{ ...CHARGE, reference: '' }, /reference is missing/],
    [{ ...CHARGE, reference: 'A', amount: '2.5' }, /amount is 2\.5, but TZS is paid in whole units/],
    [{ ...CHARGE, reference: 'A', phone: undefined, amount: '-1' }, /amount .*; phone is missing/],
    [{ ...CHARGE, reference: 'A', via: 'mpesa' }, /there is no gateway mpesa; there are clickpesa, azampay, pesapal/],
    [{ ...CHARGE, reference: 'A', via: [] }, /via must be a gateway’s name/],
    [{ ...CHARGE, reference: 'A', via: ['azampay', 'azampay'] }, /via must be/],
    [{ ...CHARGE, reference: 'A', colour: 'red', via: 'azampay' }, /colour/],
    [null, /it takes an object/],
  ];
  for (const [request, message] of wrong) {
    const error = await ledger.charge(request).catch((why) => why);
    assert.match(error.message, message);
    assert.deepEqual([error.code, error.outcome], ['INVALID_REQUEST', 'not_sent']);
  }
  assert.deepEqual(await listed(ledger.find()), []);
});

test('a refusal is a payment that failed, with advice in two languages', async (t) => {
  const { sandbox, ledger, heard } = await openShop(t);
  const body = JSON.stringify({ message: 'Insufficient balance' });
  sandbox.next({ route: PUSH.clickpesa, status: 400, body, headers: { 'content-type': 'application/json' } });
  const payment = await ledger.charge({ ...CHARGE, reference: 'POOR', via: 'clickpesa' });
  assert.deepEqual([payment.status, payment.outcome, payment.code], ['failed', 'refused', 'REFUSED']);
  assert.equal(payment.advice.reason, 'insufficient-funds');
  assert.match(payment.advice.customer.sw, /Salio/);
  assert.deepEqual(heard(), ['POOR failed charge']);
});

test('a push that the customer declines can be tried again, under a gateway reference of its own', async (t) => {
  const { sandbox, ledger, heard, sent } = await openShop(t);
  const first = await ledger.charge({ ...CHARGE, reference: 'AGAIN', via: 'clickpesa' });
  await assert.rejects(ledger.retry('AGAIN'), { code: 'NOT_FINAL', outcome: 'not_sent' });
  await sandbox.decline(first.gatewayReference);
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => ledger.retry('AGAIN')));
  const second = all.find(({ status }) => status === 'fulfilled').value;
  assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.deepEqual([second.attempt, sent('clickpesa')], [2, 2]);
  assert.notEqual(second.gatewayReference, first.gatewayReference);
  await sandbox.approve(second.gatewayReference);
  await assert.rejects(ledger.retry('AGAIN'), { code: 'NOT_FINAL' });
  assert.deepEqual(heard(), ['AGAIN failed callback', 'AGAIN succeeded callback']);
  const life = await ledger.get('AGAIN');
  assert.deepEqual([life.status, life.attempts.map(({ status }) => status)], ['succeeded', ['failed', 'succeeded']]);
  assert.equal((await ledger.charge({ ...CHARGE, reference: 'AGAIN', via: 'clickpesa' })).status, 'succeeded');
});

test('another phone may be tried, and nothing else changed', async (t) => {
  const { sandbox, ledger } = await openShop(t);
  const first = await ledger.charge({ ...CHARGE, reference: 'PHONE', via: 'clickpesa' });
  await sandbox.decline(first.gatewayReference);
  await assert.rejects(ledger.retry('PHONE', { amount: '1' }), { code: 'INVALID_REQUEST' });
  await ledger.retry('PHONE', { phone: '0754000099' });
  assert.equal(sandbox.payments().at(-1).phone?.slice(-4), '0099');
});

test('the next gateway is asked when the first has certainly done nothing, and under a reference of its own', async (t) => {
  const { sandbox, ledger, heard, sent } = await openShop(t, { rule: ({ statusCode }) => statusCode === 400 });
  const refuse = () => sandbox.next({ route: PUSH.clickpesa, status: 400, body: '{"message":"Channel is down"}' });
  refuse();
  const payment = await ledger.charge({ ...CHARGE, reference: 'NEXT', via: ['clickpesa', 'azampay'] });
  assert.deepEqual([payment.gateway, payment.attempt], ['azampay', 2]);
  assert.notEqual(payment.gatewayReference, 'NEXT');
  await sandbox.approve(payment.gatewayReference);
  assert.deepEqual(heard(), ['NEXT succeeded callback']);
  const life = await ledger.get('NEXT');
  assert.deepEqual(
    life.attempts.map(({ gateway, status, outcome }) => [gateway, status, outcome]),
    [
      ['clickpesa', 'failed', 'refused'],
      ['azampay', 'succeeded', 'accepted'],
    ],
  );
  sandbox.next({ route: PUSH.clickpesa, status: 409, body: '{"message":"No"}' });
  const stays = await ledger.charge({ ...CHARGE, reference: 'STAYS', via: ['clickpesa', 'azampay'] });
  assert.deepEqual([stays.gateway, stays.attempt, sent('azampay')], ['clickpesa', 1, 1]);
});

test('after an unknown outcome no other gateway is asked', async (t) => {
  const { sandbox, ledger, sent } = await openShop(t, { rule: () => true });
  sandbox.next({ name: 'reset-after', route: PUSH.clickpesa });
  const payment = await ledger.charge({ ...CHARGE, reference: 'LOST', via: ['clickpesa', 'azampay'] });
  assert.deepEqual([payment.status, payment.outcome, payment.gateway], ['unknown', 'unknown', 'clickpesa']);
  assert.equal(sent('azampay'), 0);
  assert.equal((await ledger.charge({ ...CHARGE, reference: 'LOST', via: 'azampay' })).status, 'unknown');
  assert.equal(sent('azampay'), 0);
});

test('a callback that comes before the answer counts, and the answer changes nothing', async (t) => {
  const { sandbox, ledger, heard } = await openShop(t);
  sandbox.next({ name: 'callback-first', route: PUSH.azampay });
  const payment = await ledger.charge({ ...CHARGE, reference: 'FIRST', via: 'azampay' });
  assert.equal(payment.status, 'succeeded');
  assert.deepEqual(heard(), ['FIRST succeeded callback']);
  assert.deepEqual(eventsOf(await ledger.get('FIRST')), ['callback succeeded callback', 'status succeeded callback']);
});

test('a rule refuses an intent that it has seen, and that stays written down', async (t) => {
  const seen = [];
  const { ledger, sent } = await openShop(t, {
    async before(intent, history) {
      seen.push(intent);
      if ((await history.recent({ withinMs: 3_600_000 })).length >= 2) return 'three tries within an hour';
    },
  });
  const all = await Promise.allSettled(
    [1, 2, 3, 4].map((number) => ledger.charge({ ...CHARGE, reference: `TRY${number}`, via: 'azampay' })),
  );
  assert.deepEqual(all.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  const { reason } = all.find(({ status }) => status === 'rejected');
  assert.deepEqual([reason.code, reason.outcome], ['BLOCKED', 'not_sent']);
  assert.match(reason.message, /three tries within an hour\. Nothing was sent\./);
  assert.equal(seen[0].phone, '255712345678');
  const [blocked] = (await listed(ledger.find({ status: 'failed' }))).filter(({ code }) => code === 'BLOCKED');
  assert.equal(blocked.advice.reason, 'blocked');
  await assert.rejects(ledger.charge({ ...CHARGE, reference: blocked.reference, via: 'azampay' }), { code: 'BLOCKED' });
  assert.equal(sent('azampay'), 2);
});

test('a rule that throws refuses', async (t) => {
  const { ledger, sent } = await openShop(t, {
    before() {
      throw new Error('no rules today');
    },
  });
  const error = await ledger.charge({ ...CHARGE, reference: 'RULE' }).catch((why) => why);
  assert.deepEqual([error.code, error.cause.message], ['BLOCKED', 'no rules today']);
  assert.equal(sent('clickpesa'), 0);
});

test('nothing that is kept or told has a whole phone number or a secret in it', async (t) => {
  const { sandbox, ledger, database } = await openShop(t);
  const payment = await ledger.charge({
    ...CHARGE,
    reference: 'SECRET',
    via: 'azampay',
    customer: { name: 'Asha Juma' },
  });
  await sandbox.approve(payment.gatewayReference);
  const rows = ['payment', 'attempt', 'event'].map((name) => database.all(`SELECT * FROM finconnect_${name}`));
  const tables = await Promise.all(rows);
  const all = JSON.stringify([tables, await ledger.get('SECRET')]);
  for (const secret of ['712345678', ...Object.values(sandbox.config('azampay')).slice(1)])
    assert.ok(!all.includes(secret), secret);
  assert.ok(!JSON.stringify(tables[0]).includes('Asha'));
});
