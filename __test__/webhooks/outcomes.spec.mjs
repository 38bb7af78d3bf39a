// What becomes of a delivery, and what its sender hears: through `handle`, which every framework shares.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { azampay, callback } from '../support/azampay.mjs';
import { GATEWAYS, IPN_ID } from '../support/gateways.cjs';
import { gate, orderPaid, requestOf, shopOf } from './shop.mjs';

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const failing = () => {
  throw new Error('the database is down');
};
/** An answer as `[status, text, Retry-After]`. */
async function heard(response) {
  const { status, headers } = await response;
  return [status, await (await response).text(), headers.get('retry-after')];
}
const OK = [200, 'OK', null];
const BUSY = [409, 'Conflict', '10'];
const FAILED = [500, 'Internal Server Error', null];
const AGAIN = [503, 'Service Unavailable', '10'];
const REFUSED = [400, 'Bad Request', null];

test('a payment is handled once, and each copy is acknowledged', async () => {
  const { hooks, handled, events } = shopOf();
  const body = orderPaid();
  assert.deepEqual(await heard(hooks.handle(requestOf(body))), OK);
  assert.deepEqual(await heard(hooks.handle(requestOf(body))), OK);
  assert.equal(handled.length, 1);
  const [{ payment, context }] = handled;
  assert.deepEqual([payment.status, payment.reference], ['succeeded', body.utilityref]);
  const { eventId, raw, source, signal, duplicate } = context;
  assert.match(eventId, /^finconnect:azampay:[0-9a-f]{64}$/);
  assert.deepEqual([raw, source, signal.aborted, duplicate], [body, 'azampay', false, false]);
  assert.deepEqual(
    events.map(({ outcome, status, eventId: id }) => [outcome, status, id]),
    [
      ['handled', 200, eventId],
      ['duplicate', 200, eventId],
    ],
  );
});

test('of fifty copies at one time one is handled, and the others come again', async () => {
  const { open, opened } = gate();
  const { hooks, handled } = shopOf({
    onPayment: async (payment) => (await opened, handled.push(payment)),
  });
  const body = orderPaid();
  const copies = Array.from({ length: 50 }, () => heard(hooks.handle(requestOf(body))));
  const busy = [];
  for (const copy of copies) copy.then((answer) => answer[0] === 409 && busy.push(answer));
  while (busy.length < 49) await new Promise(setImmediate);
  assert.ok(busy.every((answer) => answer.join() === BUSY.join()));
  open();
  const answers = await Promise.all(copies);
  assert.deepEqual(
    answers.filter(([status]) => status === 200),
    [OK],
  );
  assert.equal(handled.length, 1);
  assert.deepEqual(await heard(hooks.handle(requestOf(body))), OK);
  assert.equal(handled.length, 1);
});

test('a handler that throws is called again for the next copy, and then never more', async () => {
  for (const thrown of [new Error('mine'), undefined, null]) {
    const seen = [];
    const { hooks, events } = shopOf({
      async onPayment(payment, { eventId, duplicate }) {
        seen.push([payment.reference, eventId, duplicate]);
        if (seen.length === 1) throw thrown;
      },
    });
    const body = orderPaid();
    assert.deepEqual(await heard(hooks.handle(requestOf(body))), FAILED);
    assert.deepEqual(await heard(hooks.handle(requestOf(body))), OK);
    assert.deepEqual(await heard(hooks.handle(requestOf(body))), OK);
    assert.deepEqual(
      seen.map(([, , duplicate]) => duplicate),
      [false, true],
    );
    assert.deepEqual(seen[0].slice(0, 2), seen[1].slice(0, 2));
    assert.deepEqual(
      events.map(({ outcome, error }) => [outcome, error]),
      [
        ['failed', thrown ?? null],
        ['handled', null],
        ['duplicate', null],
      ],
    );
  }
});

test('what is not genuine, or not expected, is refused without a word, and claims nothing', async () => {
  const { hooks, handled, events } = shopOf({
    expect: (_callback, { reference }) => reference.startsWith('ORDER') && { reference, amount: 1000 },
  });
  const cases = [
    [{ ...orderPaid(), signature: 'AAAA' }, 'BAD_SIGNATURE'],
    [orderPaid({ amount: '1' }), 'AMOUNT_MISMATCH'],
    [orderPaid({ utilityref: 'NOBODY' }), 'REFERENCE_MISMATCH'],
    [[], 'MALFORMED'],
  ];
  for (const [body, reason] of cases) {
    assert.deepEqual(await heard(hooks.handle(requestOf(body))), REFUSED);
    assert.deepEqual([events.at(-1).reason, events.at(-1).outcome], [reason, 'refused']);
  }
  assert.equal(handled.length, 0);
  for (const body of ['', 'not a callback', '5', 'null', '{"a":'])
    assert.equal((await hooks.handle(requestOf(undefined, { body }))).status, 400, body);
  assert.equal((await shopOf().hooks.handle(requestOf(cases[2][0]))).status, 200, 'it was not claimed');
});

test('on refines onPayment; payouts and all else never reach it', async () => {
  const calls = [];
  const keep = (name) => (subject) => void calls.push([name, subject.status, subject.kind ?? 'payout']);
  const handlers = { onPayment: keep('onPayment'), on: { failed: keep('failed'), reversed: undefined } };
  const { hooks } = shopOf(handlers);
  await hooks.handle(requestOf(orderPaid()));
  await hooks.handle(requestOf(orderPaid({ transactionstatus: 'failure' })));
  assert.deepEqual(calls, [
    ['onPayment', 'succeeded', 'payment'],
    ['failed', 'failed', 'payment'],
  ]);
  // No payer, and nobody expects it: an event that may be no payment.
  const other = orderPaid({ msisdn: '' });
  const { hooks: unasked, events } = shopOf({ ...handlers, expect: undefined });
  const { hooks: all } = shopOf({ ...handlers, onOther: keep('onOther'), expect: undefined });
  assert.equal((await unasked.handle(requestOf(other))).status, 200);
  assert.deepEqual([events.at(-1).outcome, events.at(-1).kind], ['ignored', 'other']);
  assert.equal((await all.handle(requestOf(other))).status, 200);
  assert.equal(calls.length, 2, 'it was acknowledged before');
  await all.handle(requestOf(orderPaid({ msisdn: '' })));
  assert.deepEqual(calls[2], ['onOther', 'unknown', 'other']);
});

test('a gateway that cannot be asked, or does not show it yet, is asked to come again', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const order = GATEWAYS.clickpesa.order('ORDER1');
  const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa'), maxRetries: 0 });
  const { hooks, handled, events } = shopOf({ sdk });
  const { id } = await sdk.pay(order);
  const told = { event: 'PAYMENT RECEIVED', data: { orderReference: 'ORDER1', status: 'SUCCESS', id } };
  const answers = [];
  const deliver = async (body = told) => answers.push(await heard(hooks.handle(requestOf(body))));
  await deliver();
  await deliver({ event: 'PAYMENT RECEIVED', data: { orderReference: 'NOBODY', status: 'SUCCESS' } });
  await sandbox.approve(id);
  sandbox.next({ name: '500-empty', route: GATEWAYS.clickpesa.proof });
  await deliver();
  await deliver({ ...told, data: { ...told.data, status: 'FAILED' } });
  assert.deepEqual(answers, [AGAIN, AGAIN, AGAIN, AGAIN]);
  assert.deepEqual(
    events.map(({ outcome, reason, error }) => [outcome, reason ?? error.code]),
    [
      ['undecided', 'NOT_CONFIRMED_YET'],
      ['undecided', 'NOT_CONFIRMED_YET'],
      ['undecided', 'GATEWAY_ERROR'],
      ['undecided', 'UNCONFIRMED'],
    ],
  );
  assert.equal(handled.length, 0);
  await deliver();
  assert.deepEqual([answers.at(-1), handled.length], [OK, 1]);

  const closed = new FintechSDK({
    provider: 'azampay',
    config: { baseUrl: 'http://127.0.0.1:9', ...GATEWAYS.azampay.config },
    maxRetries: 0,
  });
  assert.deepEqual(await heard(shopOf({ sdk: closed }).hooks.handle(requestOf(orderPaid()))), AGAIN, 'no key');
});

test('PesaPal gets its own JSON, with the type that it sent', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const sdk = new FintechSDK({ provider: 'pesapal', config: sandbox.config('pesapal') });
  const ipnId = await sdk.registerIpn('https://shop.example/hooks/pesapal');
  const { order_tracking_id: id } = await sdk.pay({ ...GATEWAYS.pesapal.payment, notification_id: IPN_ID }, ipnId);
  await sandbox.approve(id);
  let thrown = true;
  const { hooks, handled } = shopOf({
    sdk,
    expect: () => ({ amount: 1500, currency: 'KES' }),
    onPayment(payment) {
      handled.push(payment.status);
      if (thrown) failing();
    },
  });
  const query = `OrderTrackingId=${id}&OrderMerchantReference=ORDER-1&OrderNotificationType=IPNCHANGE`;
  const url = `http://shop.example/hooks/pesapal?${query}`;
  const json = { orderNotificationType: 'IPNCHANGE', orderTrackingId: id, orderMerchantReference: 'ORDER-1' };
  const deliver = async (request) => {
    const response = await hooks.handle(request);
    assert.equal(response.headers.get('content-type'), 'application/json');
    return [response.status, await response.json()];
  };
  assert.deepEqual(await deliver(new Request(url)), [500, { ...json, status: 500 }]);
  thrown = false;
  assert.deepEqual(await deliver(new Request(url)), [200, { ...json, status: 200 }]);
  const posted = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: query };
  assert.deepEqual(await deliver(new Request('http://shop.example/hooks/pesapal', posted)), [
    200,
    { ...json, status: 200 },
  ]);
  assert.deepEqual(handled, ['succeeded', 'succeeded']);
});

test('a body that is too long, and another method, are refused at once', async () => {
  const { hooks, handled, events } = shopOf();
  const long = 'x'.repeat(300 * 1024);
  const stream = () =>
    new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(64 * 1024))),
    });
  for (const request of [
    requestOf({ long }),
    requestOf(undefined, { body: stream(), duplex: 'half' }),
    requestOf(undefined, { body: 'x', headers: { 'content-length': '300000' } }),
  ])
    assert.deepEqual(await heard(hooks.handle(request)), [413, 'Payload Too Large', null]);
  assert.equal((await hooks.handle(requestOf(undefined, { body: '' }), { body: long })).status, 413);
  for (const method of ['PUT', 'DELETE', 'HEAD', 'PATCH']) {
    const response = await hooks.handle(new Request('http://shop.example/', { method }));
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, POST']);
  }
  assert.ok(events.every(({ outcome, error }) => outcome === 'refused' && error === null));
  assert.equal(handled.length, 0);
});

test('a handler that hangs is answered for in time, told to stop, and lets go when it ends', async () => {
  const { open, opened } = gate();
  const seen = [];
  const { hooks, events } = shopOf({
    timeoutMs: 150,
    async onPayment(_payment, { signal, duplicate }) {
      seen.push([signal, duplicate]);
      if (seen.length === 1) await opened;
    },
  });
  const body = orderPaid();
  const begun = performance.now();
  assert.deepEqual(await heard(hooks.handle(requestOf(body))), FAILED);
  assert.ok(performance.now() - begun < 1000);
  const [[signal]] = seen;
  assert.deepEqual([signal.aborted, signal.reason], [true, events[0].error]);
  assert.match(events[0].error.message, /not done within 150 ms/);
  assert.deepEqual(await heard(hooks.handle(requestOf(body))), BUSY, 'it is still at work');
  open();
  let answer;
  do answer = await heard(hooks.handle(requestOf(body)));
  while (answer[0] === 409);
  assert.deepEqual([answer, seen.length, seen[1][1]], [OK, 2, true]);
});

test('a body that never ends, an expect that hangs and a commit that hangs are answered for in time', async () => {
  const never = () => new Promise(() => {});
  const half = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":')) });
  const { hooks, events } = shopOf({ timeoutMs: 120 });
  assert.deepEqual(await heard(hooks.handle(requestOf(undefined, { body: half, duplex: 'half' }))), FAILED);
  assert.equal(events[0].outcome, 'failed');
  const asks = shopOf({ timeoutMs: 120, expect: never });
  assert.deepEqual(await heard(asks.hooks.handle(requestOf(orderPaid()))), FAILED);

  const store = { setIfAbsent: async () => true, claim: async () => 'claimed', commit: never, release: never };
  const commits = shopOf({ sdk: azampay({ replay: store }), timeoutMs: 120 });
  assert.deepEqual(await heard(commits.hooks.handle(requestOf(orderPaid()))), OK, 'it was handled');
  const releases = shopOf({ sdk: azampay({ replay: store }), timeoutMs: 120, onPayment: failing });
  assert.deepEqual(await heard(releases.hooks.handle(requestOf(orderPaid()))), FAILED);
});

test('a claim that comes after the time is let go, and nothing is handled', async () => {
  const { open, opened } = gate();
  const { open: released, opened: wasReleased } = gate();
  const claim = async () => (await opened, 'claimed');
  const store = {
    setIfAbsent: async () => true,
    claim,
    commit: async () => true,
    release: async () => (released(), true),
  };
  const { hooks, handled } = shopOf({ sdk: azampay({ replay: store }), timeoutMs: 120 });
  assert.deepEqual(await heard(hooks.handle(requestOf(orderPaid()))), AGAIN);
  open();
  // The call that was waiting for it has ended: the lease ends by itself, or the store is asked to let go.
  await Promise.race([wasReleased, new Promise((resolve) => setTimeout(resolve, 100))]);
  assert.equal(handled.length, 0);
});

test('a store or an expect that fails is the shop’s own failure', async () => {
  const down = { setIfAbsent: failing, claim: failing, commit: failing, release: failing };
  for (const options of [{ sdk: azampay({ replay: down }) }, { expect: failing }]) {
    const { hooks, handled, events } = shopOf(options);
    assert.deepEqual(await heard(hooks.handle(requestOf(orderPaid()))), FAILED);
    assert.deepEqual([events[0].outcome, events[0].error.code, handled.length], ['failed', 'CALLER_ERROR', 0]);
  }
  const commitless = { setIfAbsent: async () => true, claim: async () => 'claimed', commit: failing, release: failing };
  const { hooks, events } = shopOf({ sdk: azampay({ replay: commitless }) });
  assert.deepEqual(await heard(hooks.handle(requestOf(orderPaid()))), OK);
  assert.deepEqual([events[0].outcome, events[0].error.code], ['handled', 'CALLER_ERROR']);
});

test('a claim that was lost meanwhile is told', async () => {
  const store = {
    setIfAbsent: async () => true,
    claim: async () => 'claimed',
    commit: async () => false,
    release: async () => false,
  };
  const { hooks, events } = shopOf({ sdk: azampay({ replay: store }) });
  assert.deepEqual(await heard(hooks.handle(requestOf(orderPaid()))), OK);
  assert.match(events[0].error.message, /the claim was lost/);
});

test('a store that has no claims keeps what it accepts', async () => {
  const kept = new Set();
  const setIfAbsent = async (key) => !kept.has(key) && !!kept.add(key);
  let calls = 0;
  const { hooks } = shopOf({ sdk: azampay({ replay: { setIfAbsent } }), onPayment: () => (calls++, failing()) });
  const body = orderPaid();
  assert.deepEqual(await heard(hooks.handle(requestOf(body))), FAILED);
  assert.deepEqual(await heard(hooks.handle(requestOf(body))), OK);
  assert.equal(calls, 1);
});

test('the AsyncLocalStorage of the request is alive in expect, the handlers and the store', async () => {
  const requests = new AsyncLocalStorage();
  const seen = new Set();
  const see = (name, answer) => async () => (seen.add(`${name} ${requests.getStore()}`), answer);
  const replay = {
    setIfAbsent: see('mark', true),
    claim: see('claim', 'claimed'),
    commit: see('commit', true),
    release: see('release', true),
  };
  const { hooks } = shopOf({
    sdk: azampay({ replay }),
    expect: see('expect', { amount: 1000 }),
    onPayment: see('handler'),
    onEvent: see('event'),
  });
  await requests.run('r1', () => hooks.handle(requestOf(orderPaid())));
  assert.deepEqual([...seen].sort(), ['claim r1', 'commit r1', 'event r1', 'expect r1', 'handler r1', 'mark r1']);
});

test('what a listener throws is ignored, and no text of an event holds a phone number', async () => {
  const { hooks } = shopOf({ onEvent: failing });
  assert.equal((await hooks.handle(requestOf(orderPaid()))).status, 200);
  const later = shopOf({ onEvent: async () => failing() });
  assert.equal((await later.hooks.handle(requestOf(orderPaid()))).status, 200);
  const told = shopOf();
  await told.hooks.handle(requestOf(callback({ utilityref: '255712345678' })));
  assert.equal(told.events[0].reference, '2557****5678');
  assert.doesNotMatch(JSON.stringify(told.events), /255712345678/);
});

test('handle never rejects, whatever it is given', async () => {
  const { hooks } = shopOf();
  const read = requestOf(orderPaid());
  await read.text();
  for (const request of [undefined, null, {}, 5, read, { url: 5, method: 'POST' }])
    assert.equal((await hooks.handle(request)).status >= 400, true);
  const body = orderPaid();
  assert.equal((await hooks.handle(read, { body })).status, 200, 'with the body that was read');
  assert.equal((await hooks.handle(requestOf(orderPaid()), null)).status, 200);
});

test('no rejection was left alone', async () => {
  await new Promise(setImmediate);
  assert.deepEqual(unhandled, []);
});
