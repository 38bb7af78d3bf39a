import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { openOrder, start, until } from './helpers.mjs';

/** One payment at each gateway: how to ask for it, and how many payments stand afterwards. */
const GATEWAYS = {
  azampay: {
    prepare: async (rig) => rig.azampay.bearer(),
    pay: (rig, headers, { phone, amount, reference = 'REF1' }) =>
      rig.azampay.push(
        { externalId: reference, ...(phone && { accountNumber: phone }), ...(amount && { amount }) },
        headers,
      ),
    route: '/mno/checkout',
  },
  clickpesa: {
    prepare: async (rig) => rig.clickpesa.bearer(),
    pay: (rig, headers, { phone, amount, reference = 'REF1' }) =>
      rig.clickpesa.push(
        { orderReference: reference, ...(phone && { phoneNumber: phone }), ...(amount && { amount }) },
        headers,
      ),
    route: '/initiate-ussd-push-request',
  },
  pesapal: {
    async prepare(rig) {
      const headers = await rig.pesapal.bearer();
      const { json } = await rig.pesapal.post(
        'URLSetup/RegisterIPN',
        { url: `${rig.app.url}/ipn`, ipn_notification_type: 'GET' },
        headers,
      );
      return { headers, ipn: json.ipn_id };
    },
    pay: (rig, { headers, ipn }, { phone, amount, reference = 'REF1' }) =>
      rig.pesapal.order(
        {
          id: reference,
          notification_id: ipn,
          ...(phone && { billing_address: { phone_number: phone } }),
          ...(amount && { amount: Number(amount) }),
        },
        headers,
      ),
    route: 'SubmitOrderRequest',
  },
};

/** Each way to ask for the fault with this number. */
const ASKS = {
  script: (sandbox, name, _number, route) => (sandbox.next({ name, route }), {}),
  phone: (_sandbox, _name, number) => ({ phone: `2557120000${String(number).padStart(2, '0')}` }),
  amount: (_sandbox, _name, number) => ({ amount: `9900${String(number).padStart(2, '0')}` }),
};

const reset = async (attempt) =>
  assert.rejects(attempt, (error) => ['ECONNRESET', 'UND_ERR_SOCKET'].includes(error.cause?.code));
const isRefusal = {
  azampay: {
    401: /Please Provide Valid/,
    'error-in-200': /"Error"/,
    'success-false': /"success":false.*Invalid Vendor/,
  },
  clickpesa: { 401: /Unauthorized/, 'error-in-200': /"FAILED"/, 'success-false': /"success":false/ },
  pesapal: {
    401: /invalid_api_credentials_provided/,
    'error-in-200': /"status":"500"/,
    'success-false': /"status":"500"/,
  },
};

/** Number, name, payments that stand afterwards, and what the client sees. */
const ANSWERS = [
  [3, 'reset-before', 0, (attempt) => reset(attempt)],
  [4, 'reset-after', 1, (attempt) => reset(attempt)],
  [5, '401', 0, async (attempt, gateway) => check(await attempt, 401, isRefusal[gateway]['401'])],
  [6, '429', 0, async (attempt) => assert.equal((await attempt).status, 429)],
  [7, '500-empty', 0, async (attempt) => check(await attempt, 500, /^$/)],
  [8, '502-html', 0, async (attempt) => check(await attempt, 502, /<html>/)],
  [9, '302', 0, async (attempt) => assert.match((await attempt).headers.get('location'), /^http/)],
  [10, 'error-in-200', 0, async (attempt, gateway) => check(await attempt, 200, isRefusal[gateway]['error-in-200'])],
  [11, 'success-false', 0, async (attempt, gateway) => check(await attempt, 200, isRefusal[gateway]['success-false'])],
  [
    12,
    'truncated',
    1,
    async (attempt) => {
      const { status, text, json } = await attempt;
      assert.equal(status, 200);
      assert.ok(text.startsWith('{') && json === undefined);
    },
  ],
  [
    13,
    'huge',
    1,
    async (attempt) => {
      const { status, text, json } = await attempt;
      assert.deepEqual([status, text.length], [200, 20 * 1024 * 1024]);
      assert.ok(json);
    },
  ],
  [26, '200-empty', 0, async (attempt) => check(await attempt, 200, /^$/)],
];

function check({ status, text }, wanted, pattern) {
  assert.equal(status, wanted);
  assert.match(text, pattern);
}

for (const [gateway, { prepare, pay, route }] of Object.entries(GATEWAYS)) {
  describe(`faults of the answer at ${gateway}`, () => {
    for (const [number, name, standing, seen] of ANSWERS) {
      for (const [how, ask] of Object.entries(ASKS)) {
        test(`${name} by ${how}`, async (t) => {
          const rig = await start(t, { settleAfterMs: 3_600_000 });
          const ready = await prepare(rig);
          const asked = ask(rig.sandbox, name, number, route);
          await seen(pay(rig, ready, asked), gateway);
          assert.equal(rig.sandbox.payments().length, standing);
          assert.equal(rig.sandbox.requests().at(-1).fault, name);
        });
      }
    }

    for (const [how, ask] of Object.entries(ASKS)) {
      test(`delay by ${how}: carried out at once, answered when the clock says`, async (t) => {
        const rig = await start(t, { clock: 'manual' });
        const ready = await prepare(rig);
        const pending = pay(rig, ready, ask(rig.sandbox, 'delay', 1, route));
        await until(() => rig.sandbox.payments().length === 1);
        let answered = false;
        void pending.then(() => (answered = true));
        await rig.sandbox.clock.advance(999);
        assert.equal(answered, false);
        await until(async () => (await rig.sandbox.clock.advance(1), answered));
        assert.equal((await pending).status, 200);
      });

      test(`hang by ${how}: no answer, nothing carried out, and close() ends it`, async (t) => {
        const rig = await start(t);
        const ready = await prepare(rig);
        const pending = assert.rejects(pay(rig, ready, ask(rig.sandbox, 'hang', 2, route)));
        await until(() => rig.sandbox.requests().at(-1).fault === 'hang');
        assert.deepEqual([rig.sandbox.payments().length, rig.sandbox.requests().at(-1).status], [0, null]);
        await rig.sandbox.close();
        await pending;
      });
    }
  });
}

test('401 by magic strikes a reference once', async (t) => {
  const { azampay } = await start(t);
  const headers = await azampay.bearer();
  const push = () => azampay.push({ accountNumber: '255712000005' }, headers);
  assert.deepEqual([(await push()).status, (await push()).status], [401, 200]);
});

describe('scripted faults', () => {
  test('wait for the route they name, queue up in order, and strike as often as asked', async (t) => {
    const { azampay, sandbox } = await start(t);
    sandbox.next({ status: 418, body: 'tea', headers: { 'x-brew': 'yes' }, route: 'mno', times: 2 });
    sandbox.next({ status: 200, body: Buffer.from([0xff, 0xfe]), route: /checkout$/ });
    sandbox.next({ name: '429', gateway: 'clickpesa' });
    const headers = await azampay.bearer();
    const answers = [];
    for (let index = 0; index < 4; index++) answers.push(await azampay.push({ externalId: String(index) }, headers));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [418, 418, 200, 200],
    );
    assert.equal(answers[0].headers.get('x-brew'), 'yes');
    assert.equal(answers[0].text, 'tea');
    assert.equal(answers[2].json, undefined);
    assert.equal(answers[3].json.success, true);
    sandbox.clearFaults();
  });

  test('wait for a gateway where they can happen, by magic too', async (t) => {
    const rig = await start(t);
    const order = await openOrder(rig, { billing_address: { phone_number: '255712000018' } });
    rig.sandbox.next('two-field');
    await rig.clickpesa.push({ phoneNumber: '255712000020' });
    assert.equal(order.error, null);
    assert.ok(rig.sandbox.requests().every(({ fault }) => fault === undefined));
    await rig.azampay.push();
    assert.equal(rig.sandbox.requests().at(-1).fault, 'two-field');
  });

  test('are asked for by phones, and not by accounts at a bank', async (t) => {
    const { sandbox } = await start(t);
    const clickpesa = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
    const azampay = new FintechSDK({ provider: 'azampay', config: sandbox.config('azampay') });
    const asked = { amount: '1000', currency: 'TZS', reference: 'ONE' };
    const to = { bank: 'CORUTZTZ', accountNumber: '255712000001', accountName: 'Asha Juma' };
    await clickpesa.payout({ ...asked, to });
    const bank = { bank: 'CRDB', accountNumber: '0150000001', phone: '0712345678', otp: '1234' };
    await azampay.payBank({ ...asked, ...bank });
    assert.ok(sandbox.requests().every(({ fault }) => fault === undefined));
    await azampay.payBank({ ...asked, ...bank, reference: 'TWO', phone: '0712000014' });
    assert.equal(sandbox.requests().at(-1).fault, 'duplicate-callback');
  });

  test('a route that is a part of no path is a mistake at once', async (t) => {
    const { sandbox } = await start(t);
    for (const [route, gateway] of [
      ['create-payout'],
      ['PostCheckout', 'clickpesa'],
      ['/payment/'],
      ['/third-parties/payments/X/Y'],
    ])
      assert.throws(
        () => sandbox.next({ name: 'delay', route, gateway }),
        /A fault's route must be a part of a path of/,
      );
    for (const route of ['POSTcheckout', '/payments/BOOK17', '/third-parties/pay', 'v3/api', '/', ''])
      sandbox.next({ name: 'delay', route });
    sandbox.next({ status: 500, route: /nothing/ });
  });

  test('may be delayed too', async (t) => {
    const { azampay, sandbox } = await start(t, { clock: 'manual' });
    const headers = await azampay.bearer();
    sandbox.next({ status: 500, body: '', delayMs: 5_000 });
    const pending = azampay.push({}, headers);
    await until(() => sandbox.requests().at(-1).fault === 'script 500');
    await until(async () => {
      await sandbox.clock.advance(5_000);
      return Promise.race([pending.then(() => true), new Promise((resolve) => setTimeout(resolve, 5))]);
    });
    assert.equal((await pending).status, 500);
  });

  test('an unknown name, status or count is a mistake at once', async (t) => {
    const { sandbox } = await start(t);
    assert.throws(() => sandbox.next('nonsense'), /Unknown fault: nonsense/);
    assert.throws(() => sandbox.next({ status: 20 }), /Unknown fault/);
    assert.throws(() => sandbox.next({ name: '401', times: 0 }), /times/);
  });
});

/** What each fault of the callback does to AzamPay's and ClickPesa's, asked for in the three ways. */
const signedBy = (pem, body) =>
  Boolean(body.signature) &&
  verify(
    'sha256',
    Buffer.from(body.utilityref + body.externalreference + body.transactionstatus + body.operator),
    createPublicKey(pem),
    Buffer.from(body.signature, 'base64'),
  );
const AZAMPAY = [
  [
    14,
    'duplicate-callback',
    ({ received }) => assert.deepEqual([received.length, received[0].text === received[1]?.text], [2, true]),
  ],
  [16, 'no-callback', ({ received }) => assert.equal(received.length, 0)],
  [
    17,
    'wrong-amount',
    ({ body, pem, amount }) => assert.deepEqual([body.amount, signedBy(pem, body)], [`${amount}0`, true]),
  ],
  [18, 'unsigned', ({ body }) => assert.ok(!('signature' in body) && 'transid' in body)],
  [19, 'wrong-key', ({ body, pem }) => assert.ok(body.signature.length === 344 && !signedBy(pem, body))],
  [20, 'rotated-key', ({ body, pem, before }) => assert.ok(pem !== before && signedBy(pem, body))],
  [
    21,
    'two-field',
    ({ body, pem }) =>
      assert.ok(
        !signedBy(pem, body) &&
          verify(
            'sha256',
            Buffer.from(body.utilityref + body.externalreference),
            pem,
            Buffer.from(body.signature, 'base64'),
          ),
      ),
  ],
  [
    22,
    'old-shape',
    ({ body }) =>
      assert.deepEqual(Object.keys(body), [
        'additionalProperties',
        'msisdn',
        'amount',
        'message',
        'utilityref',
        'operator',
        'reference',
        'transactionstatus',
        'submerchantAcc',
        'fspReferenceId',
      ]),
  ],
];
describe('faults of the callback at azampay', () => {
  for (const [number, name, seen] of AZAMPAY) {
    for (const [how, ask] of Object.entries(ASKS)) {
      test(`${name} by ${how}`, async (t) => {
        const rig = await start(t);
        const headers = await rig.azampay.bearer();
        const before = await rig.sandbox.publicKey();
        const asked = ask(rig.sandbox, name, number, 'mno');
        assert.equal((await GATEWAYS.azampay.pay(rig, headers, asked)).json.success, true);
        await rig.sandbox.approve('REF1');
        const { received } = rig.app;
        const pem = await rig.sandbox.publicKey();
        seen({
          received,
          body: received[0] && JSON.parse(received[0].text),
          pem,
          before,
          amount: asked.amount ?? '2000',
        });
      });
    }
  }
});

test('the callback comes before the answer, at each gateway', async (t) => {
  for (const [gateway, { prepare, pay, route }] of Object.entries(GATEWAYS)) {
    const order = [];
    const rig = await start(t, {}, () => (order.push('callback'), { status: 200, body: '' }));
    const ready = await prepare(rig);
    rig.sandbox.next({ name: 'callback-first', route });
    await pay(rig, ready, {});
    order.push('answer');
    assert.deepEqual(order, ['callback', 'answer'], gateway);
  }
  const rig = await start(t);
  const headers = await rig.azampay.bearer();
  await GATEWAYS.azampay.pay(rig, headers, { phone: '255712000015' });
  await GATEWAYS.azampay.pay(rig, headers, { amount: '990015', reference: 'REF2' });
  assert.equal(rig.app.received.length, 2);
});

describe('faults of the callback at clickpesa', () => {
  const tests = [
    ['duplicate-callback', ({ received }) => assert.equal(received.length, 2)],
    ['no-callback', ({ received }) => assert.equal(received.length, 0)],
    ['wrong-amount', ({ body }) => assert.equal(body.data.collectedAmount, '10000')],
    ['unsigned', ({ body }) => assert.ok(!('checksum' in body))],
    [
      'wrong-key',
      ({ body, right }) => assert.ok(/^[0-9a-f]{64}$/.test(body.checksum) && body.checksum !== right(body)),
    ],
    [
      'old-shape',
      ({ body }) =>
        assert.deepEqual(Object.keys(body.data), [
          'paymentId',
          'orderReference',
          'amount',
          'currency',
          'status',
          'customer',
          'createdAt',
          'updatedAt',
        ]),
    ],
  ];
  for (const [name, seen] of tests) {
    test(name, async (t) => {
      const { clickpesaChecksum } = await import('../../sandbox/dist/gateways/clickpesa/checksum.js');
      const rig = await start(t, { checksum: true });
      const key = rig.sandbox.config('clickpesa').CLICKPESA_CHECKSUM_KEY;
      const body = { amount: '1000', currency: 'TZS', orderReference: 'REF1', phoneNumber: '255712345678' };
      rig.sandbox.next(name);
      await rig.clickpesa.push({ ...body, checksum: clickpesaChecksum(body, key) });
      await rig.sandbox.approve('REF1');
      const { received } = rig.app;
      seen({
        received,
        body: received[0] && JSON.parse(received[0].text),
        right: (webhook) => clickpesaChecksum(webhook, key),
      });
    });
  }
});

test('pesapal tells a wrong amount in the status, and sends its IPN twice or never', async (t) => {
  const rig = await start(t);
  for (const [name, times] of [
    ['wrong-amount', 1],
    ['duplicate-callback', 2],
    ['no-callback', 0],
  ]) {
    rig.app.received.length = 0;
    rig.sandbox.next(name);
    const order = await openOrder(rig, { id: name });
    await rig.sandbox.approve(name);
    assert.equal(rig.app.received.length, times, name);
    assert.equal(
      (await rig.pesapal.status(order.order_tracking_id)).json.amount,
      name === 'wrong-amount' ? 15_000 : 1_500,
    );
  }
});

describe('faults of the customer', () => {
  const outcomes = [
    [23, 'insufficient-funds', /Insufficient balance/],
    [24, 'wrong-pin', /PIN/],
    [25, 'prompt-expired', /timed out/],
  ];
  for (const [number, name, text] of outcomes) {
    for (const [gateway, { prepare, pay, route }] of Object.entries(GATEWAYS)) {
      for (const [how, ask] of Object.entries(ASKS)) {
        test(`${name} at ${gateway} by ${how}: accepted, then failed by itself`, async (t) => {
          const rig = await start(t);
          const ready = await prepare(rig);
          assert.equal((await pay(rig, ready, ask(rig.sandbox, name, number, route))).status, 200);
          await until(() => rig.app.received.length === 1, 'the callback');
          const [payment] = rig.sandbox.payments();
          assert.deepEqual([payment.status, payment.reason], ['failed', name]);
          if (gateway !== 'pesapal') assert.match(rig.app.received[0].text, text);
        });
      }
    }
  }
});
