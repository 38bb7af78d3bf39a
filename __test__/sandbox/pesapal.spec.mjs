import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { membersOf } from '../support/shop.mjs';
import { call, openOrder, start } from './helpers.mjs';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NONE = { error_type: null, code: null, message: null };

describe('PesaPal login', () => {
  test('answers token, a .NET date of seven digits, and the envelope', async (t) => {
    const { pesapal } = await start(t, { clock: 'manual', startAt: Date.UTC(2026, 0, 1) });
    const { status, json } = await pesapal.login();
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json), ['token', 'expiryDate', 'error', 'status', 'message']);
    assert.match(json.expiryDate, /^2026-01-01T01:00:00\.\d{7}Z$/);
    assert.deepEqual([json.error, json.status, json.message], [null, '200', 'Request processed successfully']);
    const claims = JSON.parse(Buffer.from(json.token.split('.')[1], 'base64url'));
    assert.equal(claims.exp - claims.iat, 3_600);
    assert.equal(claims.iss, 'http://cybqa.pesapal.com/');
  });

  test('profile live: another base path, another page, 300 seconds', async (t) => {
    const { pesapal, sandbox, app } = await start(t, { profile: 'live', clock: 'manual' });
    assert.equal(pesapal.config.baseUrl, `${sandbox.url}/v3`);
    const bearer = await pesapal.bearer();
    const { ipn_id } = (
      await pesapal.post('URLSetup/RegisterIPN', { url: `${app.url}/ipn`, ipn_notification_type: 'GET' }, bearer)
    ).json;
    assert.match(
      (await pesapal.order({ notification_id: ipn_id }, bearer)).json.redirect_url,
      /\/iframe\/PesapalIframe3\/Index\?OrderTrackingId=/,
    );
    await sandbox.clock.advance(300_000);
    assert.equal(
      (await pesapal.order({ notification_id: ipn_id, id: 'B' }, bearer)).json.error.code,
      'invalid_api_credentials_provided',
    );
  });

  test('wrong keys and malformed bodies are HTTP 200 with the error inside', async (t) => {
    const { pesapal } = await start(t);
    const wrong = await pesapal.login({ consumer_secret: 'x' });
    assert.equal(wrong.status, 200);
    assert.deepEqual(wrong.json, {
      error: { error_type: 'api_error', code: 'invalid_consumer_key_or_secret_provided', message: '' },
      status: '500',
    });
    for (const json of ['{}', 'not json', '']) {
      const answer = await call(`${pesapal.base}/Auth/RequestToken`, { method: 'POST', json });
      assert.deepEqual(answer.json, {
        error: { error_type: 'invalid_request_error', code: 'invalid_api_request_parameters', message: '' },
        status: '500',
      });
    }
  });

  for (const status of [401, 200, 500]) {
    test(`switch pesapalBadTokenStatus=${status}: the body is the same`, async (t) => {
      const { pesapal } = await start(t, { switches: { pesapalBadTokenStatus: status } });
      const answer = await pesapal.order({}, { authorization: 'Bearer undefined' });
      assert.equal(answer.status, status);
      assert.deepEqual(answer.json, {
        error: {
          error_type: 'authentication_error',
          code: 'invalid_api_credentials_provided',
          message: 'Invalid Access Token',
        },
        status: null,
      });
    });
  }

  test('paths match in any case, with or without the base path; a doubled slash does not', async (t) => {
    const { pesapal, sandbox } = await start(t);
    const body = {
      consumer_key: pesapal.config.PESAPAL_CONSUMER_KEY,
      consumer_secret: pesapal.config.PESAPAL_CONSUMER_SECRET,
    };
    for (const path of ['/api/auth/requesttoken', '/pesapalv3/api/Auth/RequestToken', '/v3/api/Auth/RequestToken']) {
      assert.ok((await call(sandbox.url + path, { body })).json.token, path);
    }
    const doubled = await call(`${sandbox.url}/pesapalv3//api/Auth/RequestToken`, { body });
    assert.equal(doubled.status, 404);
    assert.match(doubled.text, /<html>/);
  });
});

describe('PesaPal IPN registration', () => {
  test('every call makes a new id; nothing checks the URL; the key is misspelt', async (t) => {
    const { pesapal } = await start(t);
    const first = await pesapal.registerIpn(' http://127.0.0.0.1/x', 'GET');
    const second = await pesapal.registerIpn(' http://127.0.0.0.1/x', 'POST');
    assert.match(first.ipn_id, GUID);
    assert.notEqual(first.ipn_id, second.ipn_id);
    assert.deepEqual(Object.keys(first), [
      'id',
      'url',
      'created_date',
      'ipn_id',
      'notification_type',
      'ipn_notification_type_description',
      'ipn_status',
      'ipn_status_decription',
      'error',
      'status',
    ]);
    assert.deepEqual([first.notification_type, second.notification_type, first.ipn_status], [0, 1, 1]);
  });

  test('the list has dates without zone, status "1" and no error; the other generation; the lag', async (t) => {
    const { pesapal } = await start(t, { switches: { pesapalIpnGeneration: 'B', pesapalIpnListLag: true } });
    const made = await pesapal.registerIpn('http://app.example/ipn');
    assert.ok(!('id' in made) && !('error' in made));
    assert.equal(made.message, 'Request processed successfully');
    const list = async () =>
      (await call(`${pesapal.base}/URLSetup/GetIpnList`, { headers: await pesapal.bearer() })).json;
    assert.deepEqual(await list(), []);
    const [row] = await list();
    assert.match(row.created_date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
    assert.deepEqual([row.status, row.message, 'error' in row], ['1', null, false]);
  });

  test('switch pesapalIpnListShape=documented: neither type nor state', async (t) => {
    const { pesapal } = await start(t, { switches: { pesapalIpnListShape: 'documented' } });
    await pesapal.registerIpn('http://app.example/ipn');
    const { json } = await call(`${pesapal.base}/URLSetup/GetIpnList`, { headers: await pesapal.bearer() });
    assert.deepEqual(Object.keys(json[0]), ['url', 'created_date', 'ipn_id', 'error', 'status']);
    assert.match(json[0].created_date, /Z$/);
  });
});

describe('PesaPal orders', () => {
  test('an order answers its ids and where to send the customer', async (t) => {
    const rig = await start(t);
    const order = await openOrder(rig);
    assert.match(order.order_tracking_id, GUID);
    assert.equal(order.merchant_reference, 'ORDER-1');
    assert.equal(
      order.redirect_url,
      `${rig.sandbox.url}/pesapaliframe/PesapalIframe3/Index?OrderTrackingId=${order.order_tracking_id}`,
    );
    assert.deepEqual([order.error, order.status], [null, '200']);
  });

  const refusals = [
    [
      { notification_id: undefined },
      'invalid_api_request_parameters',
      'Invalid IPN URL ID provided.Check format and try again',
    ],
    [
      { notification_id: '7' },
      'invalid_api_request_parameters',
      'Invalid IPN URL ID provided.Check format and try again',
    ],
    [{ notification_id: '01234567-89ab-4def-8123-456789abcdef' }, 'InvalidIpnId', 'Invalid IPN id'],
    [
      { billing_address: undefined },
      'missing_mandatory_billing_address',
      'Please provide billing details information on your API request.',
    ],
    [
      { billing_address: { first_name: 'Asha' } },
      'missing_mandatory_billing_address',
      'Please provide billing details information on your API request.',
    ],
    [{ amount: 0 }, 'invalid_api_request_parameters', ''],
    [{ amount: 10.123 }, 'invalid_api_request_parameters', ''],
    [{ amount: ' 10' }, 'invalid_api_request_parameters', ''],
    [{ amount: '1e3' }, 'invalid_api_request_parameters', ''],
    [{ currency: 'XYZ' }, 'invalid_api_request_parameters', ''],
    [{ currency: 'kes' }, 'invalid_api_request_parameters', ''],
    [{ description: '' }, 'invalid_api_request_parameters', ''],
    [{ callback_url: '' }, 'invalid_api_request_parameters', ''],
    [{ id: 'x'.repeat(51) }, 'invalid_api_request_parameters', ''],
    [{ id: 'a b' }, 'invalid_api_request_parameters', ''],
    [{ description: 'x'.repeat(101) }, 'invalid_api_request_parameters', ''],
    [
      { amount: 5_001 },
      'amount_exceeds_default_limit',
      'Transaction amount exceeds limit.Contact support for assistance',
    ],
  ];
  for (const [body, code, message] of refusals) {
    test(`refuses ${JSON.stringify(body).slice(0, 60)}: ${code}`, async (t) => {
      const rig = await start(t, { switches: { pesapalAmountLimit: 5_000 } });
      const { error, status, ...rest } = await openOrder(rig, body);
      assert.deepEqual([error.code, error.message, status], [code, message, '500']);
      assert.deepEqual(Object.keys(rest), ['ipn_id']);
    });
  }

  test('an id that came before makes another order, unless pesapalUniqueIds is on', async (t) => {
    const rig = await start(t);
    const [one, two] = [await openOrder(rig), await openOrder(rig)];
    assert.notEqual(one.order_tracking_id, two.order_tracking_id);
    assert.deepEqual([one.merchant_reference, two.merchant_reference], ['ORDER-1', 'ORDER-1']);
    const strict = await start(t, { switches: { pesapalUniqueIds: true } });
    await openOrder(strict);
    assert.equal((await openOrder(strict)).error.code, 'invalid_api_request_parameters');
  });

  test('an amount as text is tolerated', async (t) => {
    const rig = await start(t);
    const order = await openOrder(rig, { amount: '1500.50' });
    assert.match((await rig.pesapal.status(order.order_tracking_id)).text, /"amount":1500\.50,/);
  });
});

describe('PesaPal status', () => {
  test('unpaid: code 0, INVALID, a populated error and status "500"', async (t) => {
    const rig = await start(t, { clock: 'manual', startAt: Date.UTC(2026, 0, 1, 9) });
    const order = await openOrder(rig, { amount: 10 });
    const { text, json, status } = await rig.pesapal.status(order.order_tracking_id);
    assert.equal(status, 200);
    assert.match(
      text,
      /"amount":10\.00,"created_date":"2026-01-01T12:00:00\.000"/,
      'decimals kept; East African time without zone',
    );
    assert.deepEqual(Object.keys(json), [
      'payment_method',
      'amount',
      'created_date',
      'confirmation_code',
      'order_tracking_id',
      'payment_status_description',
      'description',
      'message',
      'payment_account',
      'call_back_url',
      'status_code',
      'merchant_reference',
      'payment_status_code',
      'currency',
      'error',
      'status',
    ]);
    assert.deepEqual(
      [json.status_code, json.payment_status_description, json.status, json.message],
      [0, 'INVALID', '500', 'Request processed successfully'],
    );
    assert.deepEqual(json.error, {
      error_type: 'api_error',
      code: 'payment_details_not_found',
      message: 'Pending Payment',
      call_back_url: json.call_back_url,
    });
  });

  test('paid: Completed, an all-null error; then refunded once, and REVERSED later', async (t) => {
    const rig = await start(t, { clock: 'manual' });
    const { order_tracking_id: id, redirect_url } = await openOrder(rig);
    await rig.pesapal.page(redirect_url, { action: 'pay' });
    const { json } = await rig.pesapal.status(id);
    assert.deepEqual(
      [json.status_code, json.payment_status_description, json.payment_method, json.payment_account],
      [1, 'Completed', 'MpesaKE', '2547xxx5678'],
    );
    assert.match(json.confirmation_code, /^[A-Z0-9]{10}$/);
    assert.deepEqual([json.error, json.status], [NONE, '200']);
    const refund = (over = {}) =>
      rig.pesapal.post('Transactions/RefundRequest', {
        confirmation_code: json.confirmation_code,
        amount: '1500.00',
        username: 'asha',
        remarks: 'late',
        ...over,
      });
    for (const over of [{ amount: 100 }, { amount: 9_999 }, { remarks: '' }, { confirmation_code: 'NONE' }]) {
      assert.equal((await refund(over)).json.status, '500', JSON.stringify(over));
    }
    assert.deepEqual((await refund()).json, { status: '200', message: 'Refund request successfully' });
    assert.equal((await refund()).json.status, '500', 'one refund a payment');
    assert.equal((await rig.pesapal.status(id)).json.status_code, 1, 'queued only');
    await rig.sandbox.clock.advance(1_000);
    assert.deepEqual(
      [(await rig.pesapal.status(id)).json.status_code, (await rig.pesapal.status(id)).json.payment_status_description],
      [3, 'Reversed'],
    );
  });

  test('switches of refunds: the error object, and no IPN of a reversal', async (t) => {
    const rig = await start(t, {
      clock: 'manual',
      switches: { pesapalRefusal: 'error', pesapalReversalIpn: false },
    });
    const { order_tracking_id: id, redirect_url } = await openOrder(rig);
    await rig.pesapal.page(redirect_url, { action: 'pay', method: 'Visa' });
    const { confirmation_code } = (await rig.pesapal.status(id)).json;
    const refund = (amount) =>
      rig.pesapal.post('Transactions/RefundRequest', { confirmation_code, amount, username: 'asha', remarks: 'late' });
    const { error, status } = (await refund('9999.00')).json;
    assert.deepEqual([error.message, status], ['Refund request failed: invalid amount', '500']);
    assert.equal((await refund('100.00')).json.status, '200', 'a card in part');
    const told = rig.app.received.length;
    await rig.sandbox.clock.advance(1_000);
    assert.equal((await rig.pesapal.status(id)).json.status_code, 3);
    assert.equal(rig.app.received.length, told);
  });

  test('failed, tried again on the same page, paid: 2 becomes 1, and never goes back', async (t) => {
    const rig = await start(t);
    const { order_tracking_id: id, redirect_url } = await openOrder(rig);
    await rig.pesapal.page(redirect_url, { action: 'decline' });
    const failed = (await rig.pesapal.status(id)).json;
    assert.deepEqual(
      [failed.status_code, failed.payment_status_description, failed.payment_status_code, failed.status],
      [2, 'Failed', 'request_terminated_by_user', '200'],
    );
    await rig.pesapal.page(redirect_url, { action: 'pay', method: 'Visa' });
    const paid = (await rig.pesapal.status(id)).json;
    assert.deepEqual([paid.status_code, paid.payment_method], [1, 'Visa']);
    await rig.pesapal.page(redirect_url, { action: 'decline' });
    assert.equal((await rig.pesapal.status(id)).json.status_code, 1);
    await assert.rejects(rig.sandbox.decline('ORDER-1'), /is paid; it cannot become failed/);
    await rig.sandbox.reverse('ORDER-1');
    assert.equal((await rig.pesapal.status(id)).json.status_code, 3);
  });

  test('an unknown id has an error and no status_code; the query key matches in any case', async (t) => {
    const rig = await start(t);
    const { json } = await rig.pesapal.status('01234567-89ab-4def-8123-456789abcdef');
    assert.ok(!('status_code' in json) && json.error.code);
    const { order_tracking_id: id } = await openOrder(rig);
    const headers = await rig.pesapal.bearer();
    assert.equal(
      (await call(`${rig.pesapal.base}/transactions/gettransactionstatus?OrderTrackingId=${id}`, { headers })).json
        .status_code,
      0,
    );
  });

  test('switches of the envelope', async (t) => {
    for (const [switches, check] of [
      [{ pesapalErrorMember: 'nulls-4' }, (paid) => assert.deepEqual(paid.error, { ...NONE, call_back_url: null })],
      [{ pesapalErrorMember: 'null' }, (paid) => assert.equal(paid.error, null)],
      [{ pesapalErrorMember: 'absent' }, (paid) => assert.ok(!('error' in paid))],
      [{ pesapalStatusAsNumber: true }, (paid) => assert.equal(paid.status, 200)],
    ]) {
      await t.test(JSON.stringify(switches), async (t) => {
        const rig = await start(t, { switches });
        const order = await openOrder(rig);
        await rig.sandbox.approve('ORDER-1');
        check((await rig.pesapal.status(order.order_tracking_id)).json);
      });
    }
    const texts = await start(t, { switches: { pesapalMessageAsJson: true } });
    assert.equal(JSON.parse((await texts.pesapal.login({ consumer_key: 'x' })).json.message).status, '500');
    const trimmed = await start(t, {
      clock: 'manual',
      startAt: Date.UTC(2026, 0, 1),
      switches: { pesapalTrimFractions: true },
    });
    const order = await openOrder(trimmed);
    assert.equal((await trimmed.pesapal.status(order.order_tracking_id)).json.created_date, '2026-01-01T03:00:00');
  });
});

describe('PesaPal recurring payments', () => {
  test('an account is charged again after pesapalRenewAfterMs: a new id, IPN RECURRING, the account as reference', async (t) => {
    const rig = await start(t, { clock: 'manual', switches: { pesapalRenewAfterMs: 60_000 } });
    const { order_tracking_id: id, redirect_url } = await openOrder(rig, {
      account_number: '555-678',
      billing_address: { email_address: 'asha@example.com', first_name: 'Asha', last_name: 'Juma' },
    });
    await rig.pesapal.page(redirect_url, { action: 'pay', method: 'Visa' });
    assert.equal('subscription_transaction_info' in (await rig.pesapal.status(id)).json, false);
    await rig.sandbox.clock.advance(120_000);
    const ipns = rig.app.received.map(membersOf).map((ipn) => [ipn.OrderNotificationType, ipn.OrderMerchantReference]);
    assert.deepEqual(ipns, [
      ['IPNCHANGE', 'ORDER-1'],
      ['RECURRING', '555-678'],
      ['RECURRING', '555-678'],
    ]);
    const renewed = membersOf(rig.app.received[1]).OrderTrackingId;
    assert.notEqual(renewed, id);
    const { text, json } = await rig.pesapal.status(renewed);
    const { correlation_id, ...info } = json.subscription_transaction_info;
    assert.deepEqual(info, { account_reference: '555-678', amount: 1500, first_name: 'Asha', last_name: 'Juma' });
    assert.match(text, /"account_reference":"555-678","amount":1500\.00,/);
    assert.deepEqual([json.status_code, json.payment_method, typeof correlation_id], [1, 'Visa', 'number']);
  });
});

describe('PesaPal cancel', () => {
  test('switch pesapalCancelledCode=2: a cancelled order is told as failed', async (t) => {
    const rig = await start(t, { switches: { pesapalCancelledCode: 2 } });
    const { order_tracking_id } = await openOrder(rig);
    await rig.pesapal.post('Transactions/CancelOrder', { order_tracking_id });
    const { status_code, payment_status_description } = (await rig.pesapal.status(order_tracking_id)).json;
    assert.deepEqual([status_code, payment_status_description], [2, 'Failed']);
  });

  test('a pending order once; a paid one never', async (t) => {
    const rig = await start(t);
    const { order_tracking_id: id } = await openOrder(rig);
    const cancel = (order_tracking_id) => rig.pesapal.post('Transactions/CancelOrder', { order_tracking_id });
    assert.deepEqual((await cancel(id)).json, { status: '200', message: 'Order successfully cancelled.' });
    assert.equal((await cancel(id)).json.status, '500');
    const paid = await openOrder(rig, { id: 'ORDER-2' });
    await rig.sandbox.approve('ORDER-2');
    assert.equal((await cancel(paid.order_tracking_id)).json.status, '500');
  });
});
