import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PaymentRouter } from 'finconnect';
import { rejection, startGateway } from './support/gateway.mjs';
import { GATEWAYS } from './support/gateways.cjs';

const CHARGE = {
  amount: '1000',
  currency: 'TZS',
  phone: '0742345678',
  reference: 'ORDER1',
  description: 'Order 1',
  callbackUrl: 'https://shop.example/back',
  ipnId: '11111111-2222-4333-8444-555555555555',
};
const LATER = new Date(Date.now() - 3_600_000);
const nextOf = ({ next, payment }) => [next, payment?.status ?? null];

test('recover: a payment that ClickPesa knows, and one that it does not', async (t) => {
  const { sdk, sandbox } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  sandbox.next({ name: 'reset-after', route: GATEWAYS.clickpesa.pay });
  assert.equal((await rejection(clickpesa.charge(CHARGE))).outcome, 'unknown');
  const known = await clickpesa.recover('ORDER1');
  assert.deepEqual(nextOf(known), ['ask-again', 'processing']);
  assert.ok(known.after > 0 && known.why.length > 0);
  await sandbox.approve('ORDER1');
  assert.deepEqual(nextOf(await clickpesa.recover('ORDER1')), [null, 'succeeded']);

  const early = await clickpesa.recover('NEVER1');
  assert.deepEqual(nextOf(early), ['ask-again', 'pending']);
  assert.ok(early.after > 0 && early.after <= 2_000);
  const late = await clickpesa.recover('NEVER1', { since: LATER });
  assert.deepEqual([...nextOf(late), late.after], ['safe-to-send-again', 'pending', 0]);
  assert.match(late.why, /same reference/);
});

test('recover: a failed payment takes a new reference', async (t) => {
  const { sdk, sandbox } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  const charge = await clickpesa.charge({ ...CHARGE, reference: 'ORDER-1' });
  await sandbox.decline(charge.gatewayReference);
  const advice = await clickpesa.recover(charge);
  assert.deepEqual(nextOf(advice), ['safe-to-send-again', 'failed']);
  assert.match(advice.why, /new reference/);
});

test('recover: payouts are asked for as payouts', async (t) => {
  const { sdk } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  const payout = await clickpesa.payout({
    amount: 1000,
    currency: 'TZS',
    reference: 'OUT1',
    to: { phone: '0712345678' },
  });
  assert.deepEqual(nextOf(await clickpesa.recover(payout)), ['ask-again', 'authorized']);
  const none = await clickpesa.recover({ kind: 'payout', reference: 'OUT2' }, { since: LATER });
  assert.deepEqual(nextOf(none), ['safe-to-send-again', 'unknown']);
});

test('recover: without an id PesaPal is sent it anew, and AzamPay waits for the callback, then for a person', async (t) => {
  const { sdk, requests } = await startGateway(t);
  const pesapal = await sdk('pesapal').recover('ORDER1');
  assert.deepEqual(nextOf(pesapal), ['safe-to-send-again', null]);
  assert.match(pesapal.why, /new reference/);
  const azampay = await sdk('azampay').recover('ORDER1');
  assert.deepEqual(nextOf(azampay), ['wait-for-callback', null]);
  assert.ok(azampay.after > 0 && azampay.after <= 600_000);
  assert.deepEqual(nextOf(await sdk('azampay').recover('ORDER1', { since: LATER })), ['ask-support', null]);
  assert.deepEqual(nextOf(await sdk('azampay').recover({ kind: 'payout', reference: 'OUT1' })), [
    'safe-to-send-again',
    null,
  ]);
  assert.deepEqual(requests, []);
  for (const wrong of [undefined, null, {}, '', { reference: 5 }]) {
    const { code, operation } = await rejection(sdk('azampay').recover(wrong));
    assert.deepEqual([code, operation], ['INVALID_REQUEST', 'recover']);
  }
  assert.equal((await rejection(sdk('pesapal').recover({ kind: 'payout', reference: 'A' }))).code, 'INVALID_REQUEST');
});

test('reconcile: what each was and is, in order, with errors as results', async (t) => {
  const { sdk, sandbox } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  for (const reference of ['A1', 'A2', 'A3']) await clickpesa.charge({ ...CHARGE, reference });
  await sandbox.approve('A2');
  const seen = [];
  const rows = [];
  const pending = [{ reference: 'A1', status: 'processing' }, { reference: 'A2', status: 'pending' }, 'A3', 'no?thing'];
  const options = { concurrency: 2, ratePerMinute: 60_000, onProgress: (progress) => seen.push(progress) };
  for await (const { reference, was, now, error } of clickpesa.reconcile(pending, options))
    rows.push([reference, was, now, error?.code]);
  assert.deepEqual(rows, [
    ['A1', 'processing', 'processing', undefined],
    ['A2', 'pending', 'succeeded', undefined],
    ['A3', null, 'processing', undefined],
    ['no?thing', null, null, 'INVALID_REQUEST'],
  ]);
  assert.deepEqual(seen.at(-1), { done: 4, changed: 2, failed: 1, last: 'no?thing' });
});

test('reconcile: a slow source is asked no further than it is used, and an abort ends it', async (t) => {
  const { sdk } = await startGateway(t);
  let given = 0;
  let isClosed = false;
  async function* endless() {
    try {
      for (;;) yield `X${(given += 1)}`;
    } finally {
      isClosed = true;
    }
  }
  const controller = new AbortController();
  const rows = sdk('clickpesa').reconcile(endless(), {
    concurrency: 3,
    ratePerMinute: 60_000,
    signal: controller.signal,
  });
  await rows.next();
  assert.ok(given <= 3);
  controller.abort(new Error('enough'));
  assert.equal((await rejection(rows.next())).message, 'enough');
  assert.ok(isClosed);
  for (const [wrong, options] of [
    [undefined, {}],
    ['A1', {}],
    [[], { concurrency: 0 }],
    [[], { ratePerMinute: -1 }],
  ]) {
    assert.equal((await rejection(sdk('clickpesa').reconcile(wrong, options).next())).code, 'INVALID_REQUEST');
  }
});

test('reconcile: an abort ends it while its source hangs', async (t) => {
  const { sdk } = await startGateway(t);
  const controller = new AbortController();
  const hanging = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: () => new Promise(() => {}) }),
  };
  const first = rejection(sdk('clickpesa').reconcile(hanging, { signal: controller.signal }).next());
  controller.abort(new Error('enough'));
  assert.equal((await first).message, 'enough');
});

test('recover and reconcile ask AzamPay by the operator that the charge told', async (t) => {
  const { sdk, sandbox } = await startGateway(t);
  const azampay = sdk('azampay');
  const charge = await azampay.charge(CHARGE);
  assert.equal(charge.operator.name, 'Vodacom');
  await sandbox.approve(charge.transactionId);
  assert.deepEqual(nextOf(await azampay.recover(charge)), [null, 'succeeded']);
  for await (const { now } of azampay.reconcile([charge])) assert.equal(now, 'succeeded');
  const looks = sandbox.requests().filter(({ path }) => /gettransactionstatus/.test(path));
  const asked = looks.map(({ query }) => /provider=(\w+)/.exec(query)?.[1]);
  assert.deepEqual(asked, ['Mpesa', 'Mpesa']);
});

test('recover: an account that cannot ask for a push waits for the callback', async (t) => {
  const { sdk, sandbox } = await startGateway(t);
  const azampay = sdk('azampay');
  sandbox.next({ route: GATEWAYS.azampay.status, status: 404, body: '' });
  const { next, after } = await azampay.recover({ transactionId: '0123456789abcdef0123456789abcdef' });
  assert.equal(next, 'wait-for-callback');
  assert.ok(after > 0);
});

test('a router asks the next gateway only when the one before has certainly done nothing', async (t) => {
  const { sdk, sandbox } = await startGateway(t);
  const [clickpesa, second] = [sdk('clickpesa'), sdk('clickpesa')];
  const away = sdk('clickpesa', { baseUrl: 'http://127.0.0.1:9' });

  const made = await new PaymentRouter([away, clickpesa]).charge(CHARGE);
  assert.deepEqual(
    made.asked.map(({ outcome, code }) => [outcome, code]),
    [
      ['not_sent', 'CONNECTION_FAILED'],
      ['accepted', null],
    ],
  );
  assert.equal(made.reference, 'ORDER1');

  sandbox.next({ name: 'reset-after', route: GATEWAYS.clickpesa.pay });
  const lost = await rejection(
    new PaymentRouter([clickpesa, second], () => true).charge({ ...CHARGE, reference: 'B1' }),
  );
  assert.deepEqual([lost.outcome, lost.asked.length], ['unknown', 1]);

  const refusal = { statusCode: 404, message: 'Account has no valid payment method', error: 'Not Found' };
  const refuse = () => sandbox.next({ route: GATEWAYS.clickpesa.pay, status: 404, body: JSON.stringify(refusal) });
  refuse();
  const one = await rejection(new PaymentRouter([clickpesa, second]).charge({ ...CHARGE, reference: 'C1' }));
  assert.deepEqual([one.outcome, one.asked.length], ['refused', 1]);
  refuse();
  const rule = ({ gatewayMessage }) => gatewayMessage === refusal.message;
  const two = await new PaymentRouter([clickpesa, second], rule).charge({ ...CHARGE, reference: 'C2' });
  assert.deepEqual(
    two.asked.map(({ outcome }) => outcome),
    ['refused', 'accepted'],
  );
});
