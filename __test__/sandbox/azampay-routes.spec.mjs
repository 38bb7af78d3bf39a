import assert from 'node:assert/strict';
import { constants, createHash, publicEncrypt } from 'node:crypto';
import { describe, test } from 'node:test';
import { call, start } from './helpers.mjs';

const ID = /^[0-9a-f]{32}$/;

describe('AzamPay, the other routes', () => {
  const bank = {
    amount: '2000',
    currencyCode: 'TZS',
    merchantAccountNumber: '0123456789',
    merchantMobileNumber: '255712345678',
    otp: '1234',
    provider: 'CRDB',
    referenceId: 'ORDER-2',
  };

  test('bank checkout answers as the sandbox does, then calls back; a wrong OTP is refused', async (t) => {
    const { azampay, sandbox, app } = await start(t, { clock: 'manual' });
    const headers = await azampay.bearer();
    const { json } = await call(`${sandbox.url}/azampay/bank/checkout`, { body: bank, headers });
    assert.match(json.data.properties.ReferenceID, ID);
    assert.deepEqual({ success: json.success, msg: json.msg }, { success: true, msg: '' });
    await sandbox.clock.advance(1_000);
    assert.equal(JSON.parse(app.received[0].text).utilityref, 'ORDER-2');
    assert.equal(
      (await call(`${sandbox.url}/azampay/bank/checkout`, { body: { ...bank, otp: '9' }, headers })).status,
      400,
    );
    assert.equal(
      (await call(`${sandbox.url}/azampay/bank/checkout`, { body: { ...bank, provider: 'NBC' }, headers })).status,
      400,
    );
  });

  test('switch azampayBankShape=spec', async (t) => {
    const { azampay, sandbox } = await start(t, { switches: { azampayBankShape: 'spec' } });
    const { json } = await call(`${sandbox.url}/azampay/bank/checkout`, {
      body: bank,
      headers: await azampay.bearer(),
    });
    assert.match(json.transactionId, ID);
  });

  test('switch azampayWrongOtp=success-false', async (t) => {
    const { azampay, sandbox } = await start(t, { switches: { azampayWrongOtp: 'success-false' } });
    const { status, json } = await call(`${sandbox.url}/azampay/bank/checkout`, {
      body: { ...bank, otp: '9' },
      headers: await azampay.bearer(),
    });
    assert.deepEqual([status, json], [200, { success: false, msg: 'Invalid OTP.', data: null }]);
    assert.deepEqual(sandbox.payments(), []);
  });

  const hosted = (app) => ({
    appName: 'DemoApp',
    clientId: 'c',
    vendorId: 'v',
    vendorName: 'DemoApp',
    language: 'en',
    currency: 'TZS',
    externalId: 'ORDER-3',
    requestOrigin: 'https://shop.example',
    redirectFailURL: `${app.url}/fail`,
    redirectSuccessURL: `${app.url}/success`,
    amount: '2000',
    cart: { items: [{ name: 'Shoes' }] },
  });

  test('hosted checkout needs no token, answers a bare URL, and its page pays and sends the customer back', async (t) => {
    const { sandbox, app } = await start(t);
    const { text, headers } = await call(`${sandbox.url}/api/v1/Partner/PostCheckout`, {
      body: hosted(app),
      headers: { 'content-type': 'application/json-patch+json' },
    });
    assert.match(headers.get('content-type'), /^text\/plain/);
    assert.ok(URL.canParse(text));
    const paid = await fetch(text, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ action: 'pay' }),
    });
    assert.deepEqual([paid.status, paid.headers.get('location')], [302, `${app.url}/success`]);
    assert.equal(JSON.parse(app.received[0].text).transactionstatus, 'success');
  });

  test('switch azampayHostedShape=json', async (t) => {
    const { sandbox, app } = await start(t, { switches: { azampayHostedShape: 'json' } });
    const { json } = await call(`${sandbox.url}/api/v1/Partner/PostCheckout`, { body: hosted(app) });
    assert.ok(URL.canParse(json));
  });

  test('partners come as a bare array', async (t) => {
    const { azampay } = await start(t);
    const { json } = await azampay.get('/api/v1/Partner/GetPaymentPartners');
    assert.deepEqual(
      json.map(({ partnerName, provider }) => [partnerName, provider]),
      [
        ['Airtel', 2],
        ['Tigopesa', 3],
        ['HaloPesa', 4],
        ['Azampesa', 5],
        ['vodacom', 10],
      ],
    );
  });

  test('switch azampayEmptyPartners', async (t) => {
    const { azampay } = await start(t, { switches: { azampayEmptyPartners: 1 } });
    const ask = async () => (await azampay.get('/api/v1/Partner/GetPaymentPartners')).text;
    assert.equal(await ask(), '');
    assert.equal(JSON.parse(await ask()).length, 5);
  });

  test('transaction status follows the payment', async (t) => {
    const { azampay, sandbox } = await start(t);
    const read = async (id) =>
      (await azampay.get(`/api/v1/partner/gettransactionstatus?transactionId=${id}&provider=Tigo`)).json.data;
    const ends = [
      ['approve', 'success'],
      ['decline', 'failed'],
      ['expire', 'expired'],
    ];
    for (const [act, text] of ends) {
      const { json } = await azampay.push({ externalId: act });
      assert.equal(await read(json.transactionId), 'pending');
      await sandbox[act](act);
      assert.equal(await read(json.transactionId), text);
    }
  });
});

describe('AzamPay disbursement', () => {
  async function checksum(sandbox, text) {
    const digest = createHash('sha512').update(text).digest();
    return publicEncrypt({ key: await sandbox.publicKey(), padding: constants.RSA_PKCS1_PADDING }, digest).toString(
      'base64',
    );
  }
  const transfer = async (sandbox, reference, over = {}) => ({
    source: { countryCode: 'TZ', fullName: 'Shop', bankName: 'Azampesa', accountNumber: '1', currency: 'TZS' },
    destination: {
      countryCode: 'TZ',
      fullName: 'Asha',
      bankName: 'Vodacom',
      accountNumber: '255754000111',
      currency: 'TZS',
    },
    transferDetails: { type: 'FUND', amount: 5000, dateInEpoch: 1767225600 },
    externalReferenceId: reference,
    checksum: await checksum(sandbox, `1255754000111TZS50001767225600${reference}`),
    ...over,
  });

  test('checks the encrypted checksum, pays, calls back, and tells the status', async (t) => {
    const { azampay, sandbox, app } = await start(t, { clock: 'manual' });
    const headers = await azampay.bearer();
    const send = (body) => call(`${sandbox.url}/api/v1/azampay/disburse`, { body, headers });
    const { json } = await send(await transfer(sandbox, 'OUT-1'));
    assert.deepEqual(
      { ...json, pgReferenceId: '' },
      {
        pgReferenceId: '',
        message: 'Your transaction is in process',
        success: true,
        statusCode: 200,
        status: 'Pending',
      },
    );
    await sandbox.clock.advance(1_000);
    assert.equal(JSON.parse(app.received[0].text).status, 'success');
    const status = await azampay.get(
      `/api/v1/azampay/transactionstatus?pgReferenceId=${json.pgReferenceId}&bankName=Vodacom`,
    );
    const { fspReferenceId, ...rest } = status.json;
    assert.equal(typeof fspReferenceId, 'string');
    assert.deepEqual(rest, {
      transId: json.pgReferenceId,
      statusCode: 200,
      success: true,
      message: null,
      initiatorReferenceId: 'OUT-1',
      pgReferenceId: json.pgReferenceId,
      amount: '5000',
      status: 'success',
      additionalProperties: {},
      operator: 'Vodacom',
      signature: null,
    });
    assert.equal(
      (await azampay.get(`/azampay/gettransactionstatus?pgReferenceId=${json.pgReferenceId}&bankName=Vodacom`)).json
        .data,
      'success',
    );
    const none = await azampay.get('/api/v1/azampay/transactionstatus?pgReferenceId=none');
    assert.deepEqual(
      [none.status, none.json],
      [402, { data: null, message: 'Transaction not found', success: false, statusCode: 404 }],
    );
    assert.equal((await azampay.get('/api/v1/azampay/transactionstatus?externalReferenceId=OUT-1')).status, 400);
    const { json: failing } = await send(await transfer(sandbox, 'OUT-0'));
    await sandbox.decline('OUT-0');
    assert.equal(
      (await azampay.get(`/api/v1/azampay/transactionstatus?pgReferenceId=${failing.pgReferenceId}`)).json.status,
      'failure',
    );
    assert.equal((await send(await transfer(sandbox, 'OUT-1'))).status, 403, 'a duplicate');
    assert.equal(
      (await send(await transfer(sandbox, 'OUT-2', { checksum: 'AAAA' }))).json.message,
      'Invalid checksum.',
    );
    const wrongBank = await transfer(sandbox, 'OUT-3');
    wrongBank.destination.bankName = 'Mpesa';
    assert.equal((await send(wrongBank)).json.message, 'Invalid BankName.');
  });

  test('switches azampayDuplicateStatus and azampayEpochSeconds', async (t) => {
    const switches = { azampayDuplicateStatus: 400, azampayEpochSeconds: 60 };
    const { azampay, sandbox } = await start(t, { clock: 'manual', startAt: 1767225600_000, switches });
    const headers = await azampay.bearer();
    const send = (body) => call(`${sandbox.url}/api/v1/azampay/disburse`, { body, headers });
    assert.equal((await send(await transfer(sandbox, 'OUT-1'))).status, 200);
    assert.equal((await send(await transfer(sandbox, 'OUT-1'))).status, 400);
    await sandbox.clock.advance(61_000);
    const { status, json } = await send(await transfer(sandbox, 'OUT-2'));
    assert.deepEqual([status, json.message], [402, 'Request expired']);
  });

  test('switches azampayPayoutStatus=data and azampayStatusByReference', async (t) => {
    const switches = { azampayPayoutStatus: 'data', azampayStatusByReference: true };
    const { azampay, sandbox } = await start(t, { switches });
    const body = await transfer(sandbox, 'OUT-1');
    await call(`${sandbox.url}/api/v1/azampay/disburse`, { body, headers: await azampay.bearer() });
    const { json } = await azampay.get('/api/v1/azampay/transactionstatus?externalReferenceId=OUT-1');
    assert.equal(json.data, 'pending');
  });

  test('refuses an account, an amount, a currency and a time that are none', async (t) => {
    const { azampay, sandbox } = await start(t);
    const headers = await azampay.bearer();
    const good = await transfer(sandbox, 'OUT-1');
    for (const [over, message] of [
      [{ destination: { ...good.destination, accountNumber: '12' } }, 'Invalid accountNumber.'],
      [{ destination: { ...good.destination, currency: 'KES' } }, 'Invalid currency.'],
      [{ transferDetails: { ...good.transferDetails, amount: 0 } }, 'Invalid amount.'],
      [{ transferDetails: { ...good.transferDetails, type: '' } }, 'Invalid type.'],
      [{ transferDetails: { ...good.transferDetails, dateInEpoch: 1767225600000 } }, 'Invalid dateInEpoch.'],
      [{ externalReferenceId: 'OUT 1' }, 'Invalid externalReferenceId.'],
    ]) {
      await t.test(message, async () => {
        const body = { ...good, ...over };
        const { status, json } = await call(`${sandbox.url}/api/v1/azampay/disburse`, { headers, body });
        assert.deepEqual([status, json.message], [400, message]);
      });
    }
    assert.deepEqual(sandbox.payments(), []);
  });

  test('looks a name up', async (t) => {
    const { azampay, sandbox } = await start(t);
    const body = {
      bankName: 'Yas',
      accountNumber: '255712345678',
      checksum: await checksum(sandbox, 'Yas255712345678'),
    };
    const { json } = await call(`${sandbox.url}/api/v1/azampay/namelookup`, { body, headers: await azampay.bearer() });
    assert.deepEqual(json, {
      status: true,
      statusCode: 200,
      name: 'Asha Juma',
      fName: 'Asha',
      lName: 'Juma',
      idNumber: null,
      accountNumber: '255712345678',
      bankName: 'Tigo',
      fspName: 'Tigo',
      fspId: '505',
      message: 'Success',
    });
  });

  test('switch azampayLookupName=parts', async (t) => {
    const { azampay, sandbox } = await start(t, { switches: { azampayLookupName: 'parts' } });
    const body = {
      bankName: 'Yas',
      accountNumber: '255754345678',
      checksum: await checksum(sandbox, 'Yas255754345678'),
    };
    const { json } = await call(`${sandbox.url}/api/v1/azampay/namelookup`, { body, headers: await azampay.bearer() });
    assert.deepEqual([json.name, json.fName, json.bankName], [undefined, 'Asha', 'M-pesa']);
  });
});
