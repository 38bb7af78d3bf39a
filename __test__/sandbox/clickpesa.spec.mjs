import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { start } from './helpers.mjs';

const hmac = (key, text) => createHmac('sha256', key).update(text).digest('hex');
const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, sorted(value[name])]),
        )
      : value;
const canonical = (payload) => {
  const { checksum, checksumMethod, ...rest } = payload;
  return JSON.stringify(sorted(rest));
};

describe('ClickPesa login', () => {
  test('takes its keys from headers and answers a token that begins with Bearer', async (t) => {
    const { clickpesa } = await start(t);
    const { status, json } = await clickpesa.login();
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json), ['success', 'token']);
    assert.match(json.token, /^Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    const claims = JSON.parse(Buffer.from(json.token.split('.')[1], 'base64url'));
    assert.equal(claims.exp - claims.iat, 3_600);
  });

  for (const [headers, message] of [
    [{ 'client-id': 'IDwrong' }, 'Invalid client details'],
    [{ 'api-key': 'SKwrong' }, 'Invalid or Expired API-Key'],
    [{ 'api-key': 'other' }, 'Unauthorized API-Key'],
  ]) {
    test(`403: ${message}`, async (t) => {
      const { clickpesa } = await start(t);
      const answer = await clickpesa.login(headers);
      assert.deepEqual([answer.status, answer.json], [403, { message }]);
    });
  }

  test('a doubled Bearer, none, and a token an hour old are 401', async (t) => {
    const { clickpesa, sandbox } = await start(t, { clock: 'manual' });
    const { authorization } = await clickpesa.bearer();
    assert.equal((await clickpesa.push({}, { authorization })).status, 200);
    for (const wrong of [`Bearer ${authorization}`, authorization.slice(7), '']) {
      const answer = await clickpesa.push({ orderReference: 'X' }, { authorization: wrong });
      assert.deepEqual([answer.status, answer.json], [401, { message: 'Unauthorized', statusCode: 401 }]);
    }
    await sandbox.clock.advance(3_600_000);
    assert.equal((await clickpesa.push({ orderReference: 'Y' }, { authorization })).status, 401);
  });

  test('switches: 401 as text, POST answers 201, its base path only', async (t) => {
    const { clickpesa, sandbox } = await start(t, {
      switches: { clickpesaUnauthorized: 'text', clickpesaCreatedStatus: 201 },
    });
    assert.equal((await clickpesa.push({}, {})).text, 'Unauthorized');
    assert.equal((await clickpesa.push()).status, 201);
    const unknown = await clickpesa.get('payments/query/status');
    assert.equal(unknown.status, 404);
    assert.equal(sandbox.config('clickpesa').baseUrl, sandbox.url);
  });
});

describe('ClickPesa push', () => {
  test('is accepted as PROCESSING, with the amount as text', async (t) => {
    const { clickpesa } = await start(t);
    const { json } = await clickpesa.push();
    assert.match(json.id, /^ORD1LCP\w+$/);
    assert.deepEqual(Object.keys(json), [
      'id',
      'status',
      'channel',
      'orderReference',
      'collectedAmount',
      'collectedCurrency',
      'createdAt',
      'clientId',
    ]);
    assert.deepEqual(
      [json.status, json.channel, json.collectedAmount, json.collectedCurrency],
      ['PROCESSING', 'TIGO-PESA', '1000.00', 'TZS'],
    );
  });

  const refusals = [
    [
      { orderReference: 'A-1' },
      400,
      'Invalid Order Reference, should only contain alphanumeric characters and cannot be blank',
    ],
    [
      { orderReference: '' },
      400,
      'Invalid Order Reference, should only contain alphanumeric characters and cannot be blank',
    ],
    [{ orderReference: 'A'.repeat(21) }, 400, 'Order Reference should be less than or equal to 20 characters'],
    [{ amount: 1000 }, 400, ['amount must be a string']],
    [{ currency: 'USD' }, 400, ['currency must be one of the following values: TZS']],
    [{ phoneNumber: '0712345678' }, 400, 'Invalid / unsupported phone number'],
    [{ phoneNumber: '+255712345678' }, 400, 'Invalid / unsupported phone number'],
    [{ amount: '100' }, 404, 'Account has no valid payment method'],
    [{ amount: '0' }, 400, ['amount must be a positive number string']],
    [{ amount: '1e3' }, 400, ['amount must be a positive number string']],
    [{ phoneNumber: '12' }, 400, 'Invalid / unsupported phone number'],
    [{ phoneNumber: '254712345678' }, 400, 'Invalid / unsupported phone number'],
    [{ phoneNumber: '255602345678' }, 400, 'Invalid / unsupported phone number'],
    [{ phoneNumber: '255721345678' }, 400, 'Invalid / unsupported phone number'],
  ];
  for (const [body, status, message] of refusals) {
    test(`${status} ${message} (${JSON.stringify(body)})`, async (t) => {
      const { clickpesa, sandbox } = await start(t);
      const answer = await clickpesa.push(body);
      assert.equal(answer.status, status);
      assert.deepEqual(answer.json.message, message);
      assert.equal(sandbox.payments().length, 0);
    });
  }

  test('a reference is used once: 409', async (t) => {
    const { clickpesa } = await start(t);
    await clickpesa.push();
    const { status, json } = await clickpesa.push();
    assert.deepEqual([status, json.message], [409, 'Order reference ORD1 already used: Create a different reference']);
  });

  test('a preview lists methods, reserves nothing, and is 200 even when all are unavailable', async (t) => {
    const { clickpesa } = await start(t);
    const body = {
      amount: '1000',
      currency: 'TZS',
      orderReference: 'ORD1',
      phoneNumber: '255712345678',
      fetchSenderDetails: true,
    };
    const { json } = await clickpesa.post('payments/preview-ussd-push-request', body);
    assert.deepEqual(
      json.activeMethods.map(({ name, status }) => [name, status]),
      [
        ['TIGO-PESA', 'AVAILABLE'],
        ['M-PESA', 'AVAILABLE'],
        ['AIRTEL-MONEY', 'AVAILABLE'],
        ['HALOPESA', 'AVAILABLE'],
      ],
    );
    assert.equal(json.sender.accountName, 'ASHA JUMA');
    assert.equal((await clickpesa.push()).status, 200);
    const low = await clickpesa.post('payments/preview-ussd-push-request', {
      ...body,
      amount: '1',
      fetchSenderDetails: false,
    });
    assert.equal(low.status, 200);
    assert.ok(low.json.activeMethods.every(({ status, message }) => status === 'UNAVAILABLE' && message));
    assert.equal(low.json.sender, undefined);
  });

  test('a method that is off is 404; switch clickpesaNumberAmounts=accept', async (t) => {
    const { clickpesa } = await start(t, {
      switches: { clickpesaMethods: 'TIGO-PESA', clickpesaNumberAmounts: 'accept' },
    });
    assert.equal(
      (await clickpesa.push({ phoneNumber: '255754123456' })).json.message,
      'Account has no valid payment method',
    );
    assert.equal((await clickpesa.push({ amount: 1000 })).status, 200);
  });
});

describe('ClickPesa queries and webhooks', () => {
  test('a query is an array, its amount a number; the webhook tells the amount as text', async (t) => {
    const { clickpesa, sandbox, app } = await start(t);
    await clickpesa.push();
    const before = await clickpesa.get('payments/ORD1');
    assert.equal(before.json.length, 1);
    assert.deepEqual(
      [before.json[0].status, before.json[0].collectedAmount, before.json[0].paymentReference],
      ['PROCESSING', 1000, ''],
    );
    await sandbox.approve('ORD1');
    const body = JSON.parse(app.received[0].text);
    assert.equal(body.event, 'PAYMENT RECEIVED');
    assert.deepEqual(
      [body.data.status, body.data.collectedAmount, body.data.orderReference],
      ['SUCCESS', '1000', 'ORD1'],
    );
    assert.equal(body.checksum, undefined);
    const [row] = (await clickpesa.get('payments/ORD1')).json;
    assert.equal(row.status, 'SUCCESS');
    assert.equal(row.paymentReference, body.data.paymentReference);
    assert.equal(row.paymentReference, sandbox.payments()[0].receipt, 'the receipt of the SMS');
  });

  test('an unknown reference is 404 with the documented text', async (t) => {
    const { clickpesa } = await start(t);
    const { status, json } = await clickpesa.get('payments/NONE');
    assert.deepEqual([status, json.message], [404, 'Invalid or missing payment: NONE']);
  });

  test('a failure has neither amount nor customer', async (t) => {
    const { clickpesa, sandbox, app } = await start(t);
    await clickpesa.push();
    await sandbox.decline('ORD1', 'insufficient-funds');
    const { event, data } = JSON.parse(app.received[0].text);
    assert.equal(event, 'PAYMENT FAILED');
    assert.deepEqual(Object.keys(data), [
      'id',
      'status',
      'channel',
      'orderReference',
      'message',
      'updatedAt',
      'createdAt',
      'clientId',
    ]);
    assert.deepEqual([data.status, data.message], ['FAILED', 'Insufficient balance']);
  });

  test('SUCCESS becomes SETTLED with a second webhook, and the balance grows', async (t) => {
    const { clickpesa, sandbox, app } = await start(t, { clock: 'manual', balances: { TZS: 0 } });
    await clickpesa.push();
    await sandbox.approve('ORD1');
    assert.deepEqual((await clickpesa.get('account/balance')).json.balances, [{ currency: 'TZS', balance: 0 }]);
    await sandbox.clock.advance(60_000);
    assert.deepEqual(
      app.received.map(({ text }) => JSON.parse(text).data.status),
      ['SUCCESS', 'SETTLED'],
    );
    assert.deepEqual((await clickpesa.get('account/balance')).json.balances, [{ currency: 'TZS', balance: 1000 }]);
    await sandbox.reverse('ORD1');
    assert.equal((await clickpesa.get('payments/ORD1')).json[0].status, 'REVERSED');
  });

  test('lists payments with filters and paging', async (t) => {
    const { clickpesa, sandbox } = await start(t);
    for (const orderReference of ['A1', 'A2', 'A3']) await clickpesa.push({ orderReference });
    await sandbox.approve('A2');
    assert.equal((await clickpesa.get('payments/all')).json.totalCount, 3);
    const { json } = await clickpesa.get('payments/all?status=PROCESSING&orderBy=ASC&skip=1&limit=1');
    assert.deepEqual([json.totalCount, json.data.map((row) => row.orderReference)], [2, ['A3']]);
    assert.equal((await clickpesa.get('payments/all?startDate=2001-01-01&endDate=02-01-2001')).json.totalCount, 0);
  });
});

describe('ClickPesa checksum', () => {
  test('with the feature on, requests must carry it and webhooks do', async (t) => {
    const { clickpesa, sandbox, app } = await start(t, { checksum: true });
    const { CLICKPESA_CHECKSUM_KEY: key } = sandbox.config('clickpesa');
    const body = { amount: '1000', currency: 'TZS', orderReference: 'ORD1', phoneNumber: '255712345678' };
    assert.deepEqual((await clickpesa.push(body)).json, {
      statusCode: 400,
      message: ['checksum is required'],
      error: 'Bad Request',
    });
    assert.deepEqual((await clickpesa.push({ ...body, checksum: 'ab' })).json.message, ['Invalid checksum']);
    assert.deepEqual((await clickpesa.push({ ...body, checksum: null })).json.message, ['Invalid checksum']);
    assert.equal((await clickpesa.push({ ...body, checksum: hmac(key, canonical(body)) })).status, 200);
    const legacy = { ...body, orderReference: 'ORD2' };
    const text = Object.keys(legacy)
      .sort()
      .map((name) => legacy[name])
      .join('');
    assert.deepEqual((await clickpesa.push({ ...legacy, checksum: hmac(key, text) })).json.message, [
      'Invalid checksum',
    ]);
    const { status } = await clickpesa.push({ ...legacy, checksum: hmac(key, `${text}`), checksumMethod: 'legacy' });
    assert.equal(status, 200);
    await sandbox.approve('ORD1');
    const webhook = JSON.parse(app.received[0].text);
    assert.equal(webhook.checksum, hmac(key, canonical(webhook)));
  });

  test('off by default: no key in the config, and the field is ignored', async (t) => {
    const { clickpesa, sandbox } = await start(t);
    assert.ok(!('CLICKPESA_CHECKSUM_KEY' in sandbox.config('clickpesa')));
    assert.equal((await clickpesa.push({ checksum: 'anything' })).status, 200);
  });

  test('switches: in data, in a header, nowhere, by the legacy method, under eventType', async (t) => {
    for (const [switches, check] of [
      [
        { clickpesaChecksumPlace: 'data' },
        ({ body, key }) => assert.equal(body.data.checksum, hmac(key, canonical(body.data))),
      ],
      [
        { clickpesaChecksumPlace: 'header' },
        ({ body, key, headers }) => assert.equal(headers['x-clickpesa-signature'], hmac(key, canonical(body))),
      ],
      [{ clickpesaChecksumPlace: 'none' }, ({ body }) => assert.ok(!('checksum' in body))],
      [
        { clickpesaChecksumPlace: 'data', clickpesaChecksumMethod: 'legacy' },
        ({
          body: {
            data: { checksum, ...data },
          },
          key,
        }) =>
          assert.equal(
            checksum,
            hmac(
              key,
              Object.keys(data)
                .sort()
                .map((name) => String(data[name]))
                .join(''),
            ),
          ),
      ],
      [{ clickpesaEventKey: 'eventType' }, ({ body }) => assert.equal(body.eventType, 'PAYMENT FAILED')],
    ]) {
      await t.test(JSON.stringify(switches), async (t) => {
        const { clickpesa, sandbox, app } = await start(t, { checksum: true, switches });
        const { CLICKPESA_CHECKSUM_KEY: key } = sandbox.config('clickpesa');
        const body = { amount: '1000', currency: 'TZS', orderReference: 'ORD1', phoneNumber: '255712345678' };
        await clickpesa.push({ ...body, checksum: hmac(key, canonical(body)) });
        await sandbox.decline('ORD1');
        check({ body: JSON.parse(app.received[0].text), key, headers: app.received[0].headers });
      });
    }
  });
});

describe('ClickPesa cards and links', () => {
  const card = {
    amount: '10',
    currency: 'USD',
    orderReference: 'CARD1',
    customer: { fullName: 'Asha Juma', email: 'asha@example.com', phoneNumber: '255712345678' },
  };

  test('a card payment: preview, link, page, webhook', async (t) => {
    const { clickpesa, app } = await start(t);
    assert.equal(
      (
        await clickpesa.post('payments/preview-card-payment', {
          amount: '10',
          currency: 'USD',
          orderReference: 'CARD1',
        })
      ).json.activeMethods[0].status,
      'AVAILABLE',
    );
    assert.equal((await clickpesa.post('payments/initiate-card-payment', { ...card, customer: {} })).status, 400);
    const { json } = await clickpesa.post('payments/initiate-card-payment', card);
    await fetch(json.cardPaymentLink, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ action: 'pay' }),
    });
    const { data } = JSON.parse(app.received[0].text);
    assert.deepEqual([data.collectedCurrency, data.customer.customerName], ['USD', 'Asha Juma']);
  });

  test('a checkout link sums its items and calls its own callbackUrl on success only', async (t) => {
    const { clickpesa, app, sandbox } = await start(t);
    const body = {
      orderReference: 'LINK1',
      orderCurrency: 'TZS',
      orderItems: [
        { name: 'Kahawa', price: '5000', quantity: 2 },
        { name: 'Chai', price: '500', quantity: 1 },
      ],
      callbackUrl: `${app.url}/own`,
    };
    const { json } = await clickpesa.post('checkout-link/generate-checkout-url', body);
    assert.equal(sandbox.payments()[0].amount, '10500');
    await fetch(json.checkoutLink, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ action: 'decline' }),
    });
    assert.equal(app.received.at(-1).url, '/clickpesa');
    const second = await clickpesa.post('checkout-link/generate-checkout-url', { ...body, orderReference: 'LINK2' });
    await fetch(second.json.checkoutLink, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ action: 'pay' }),
    });
    assert.equal(app.received.at(-1).url, '/own');
    assert.equal((await clickpesa.post('checkout-link/generate-checkout-url', body)).status, 409);
  });

  for (const [over, message] of [
    [{ orderReference: '' }, 'Order reference is required'],
    [{ orderItems: [{ price: '1', quantity: 1 }] }, 'All items must have a name'],
    [{ orderItems: [{ name: 'x', quantity: 1 }] }, 'All items must have a price'],
    [{ orderItems: [{ name: 'x', price: '1' }] }, 'All items must have a quantity'],
    [{ totalPrice: undefined }, 'Total Price is required'],
  ]) {
    test(`a checkout link is refused: ${message}`, async (t) => {
      const { clickpesa } = await start(t);
      const { status, json } = await clickpesa.post('checkout-link/generate-checkout-url', {
        orderReference: 'LINK1',
        orderCurrency: 'TZS',
        totalPrice: '1000',
        ...over,
      });
      assert.deepEqual([status, json.message], [400, message]);
    });
  }
});

test('switch clickpesaRatePerMinute answers 429, by the clock', async (t) => {
  const { clickpesa, sandbox } = await start(t, { clock: 'manual', switches: { clickpesaRatePerMinute: 3 } });
  const headers = await clickpesa.bearer();
  assert.deepEqual(
    [
      (await clickpesa.get('account/balance', headers)).status,
      (await clickpesa.get('account/balance', headers)).status,
    ],
    [200, 200],
  );
  assert.equal((await clickpesa.get('account/balance', headers)).status, 429);
  await sandbox.clock.advance(60_000);
  assert.equal((await clickpesa.get('account/balance', headers)).status, 200);
});
