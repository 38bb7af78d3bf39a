import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { rejection, startGateway } from './support/gateway.mjs';

const KEY_ROUTE = '/azampay/v1/public-key';
const ID = '0123456789abcdef0123456789abcdef';
const OTHER_ID = 'fedcba9876543210fedcba9876543210';
const [OLD, NEW, FOREIGN] = [1, 2, 3].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
const pem = ({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' });

const signature = (text, { privateKey }) => sign('sha256', Buffer.from(text), privateKey).toString('base64');

/** A callback as AzamPay sends it. */
function genuine(fields = {}, key = OLD) {
  const body = {
    message: 'ok',
    user: null,
    password: null,
    clientId: null,
    transactionstatus: 'success',
    operator: 'Airtel',
    reference: ID,
    externalreference: ID,
    utilityref: 'ORDER-1',
    amount: '1000',
    transid: ID,
    msisdn: '255712345678',
    mnoreference: 'm',
    submerchantAcc: null,
    additionalProperties: {},
    ...fields,
  };
  return {
    ...body,
    signature: signature(
      [body.utilityref, body.externalreference, body.transactionstatus, body.operator].join(''),
      key,
    ),
  };
}

/** The same characters in other fields. */
const recut = (body, utilityref, externalreference, transactionstatus, operator) => {
  const cut = {
    ...body,
    utilityref,
    externalreference,
    transactionstatus,
    operator,
    reference: externalreference,
    transid: externalreference,
  };
  const text = ({ utilityref: a, externalreference: b, transactionstatus: c, operator: d }) => [a, b, c, d].join('');
  assert.equal(text(cut), text(body), 'it is a cut of the same text');
  return cut;
};

async function offline(t, options = {}) {
  const gateway = await startGateway(t);
  return gateway.sdk('azampay', { AZAMPAY_PUBLIC_KEY: pem(OLD) }, options);
}

/** The verdict on `body` where it comes alone; the same is asserted of it as JSON text and in a burst. */
async function judge(sdk, body, expect) {
  const options = expect && { expect };
  const verdict = async (form) => {
    const { isValid, reason, payment, payout } = await sdk.handleCallback(form, options);
    return { isValid, reason, payment, payout };
  };
  const alone = await verdict(body);
  assert.deepEqual(await verdict(JSON.stringify(body)), alone);
  for (const one of await Promise.all(Array.from({ length: 4 }, () => verdict(body)))) assert.deepEqual(one, alone);
  return alone;
}

const named = (body) => ({
  amount: body.amount,
  reference: body.utilityref,
  transactionId: body.externalreference || ID,
});

test('no cut of a failed payment is a success, whatever is expected', async (t) => {
  const sdk = await offline(t);
  const of = (utilityref, externalreference = ID, transactionstatus = 'failure', operator = 'Airtel') =>
    genuine({ utilityref, externalreference, transactionstatus, operator });
  const table = [
    recut(of('ORDER-7xsuccess', 'f00d'), 'ORDER-7', 'x', 'success', 'f00dfailureAirtel'),
    recut(of('ORDER-7success', ''), 'ORDER-7', '', 'success', 'failureAirtel'),
    recut(of('ORDER-7SUCCESS', 'abc', 'pending'), 'ORDER-7', '', 'SUCCESS', 'abcpendingAirtel'),
    recut(of(`ORDER-7${OTHER_ID}success`), 'ORDER-7', OTHER_ID, 'success', `${ID}failureAirtel`),
    recut(of(`ORDER-7${OTHER_ID}success`, '', 'bounced'), 'ORDER-7', OTHER_ID, 'success', 'bouncedAirtel'),
    recut(of('ORDER-7success', '', '', ''), 'ORDER-7', '', 'success', ''),
    recut(of('ORDER-7', ID, 'unsuccessful'), 'ORDER-7', `${ID}un`, 'success', 'fulAirtel'),
    recut(of('ORDER-7', ID, 'unsuccess'), 'ORDER-7', `${ID}un`, 'success', 'Airtel'),
    recut(of('ORDER-7', ID, 'successful'), 'ORDER-7', ID, 'success', 'fulAirtel'),
    recut(of('ORDER-7', ID, 'successful', 'Zantel'), 'ORDER-7', ID, 'success', 'fulZantel'),
    recut(of('ORDER-7successAirtel'), 'ORDER-7', '', 'success', `Airtel${ID}failureAirtel`),
    recut(of('ORDER-7', ID, 'failed:success!'), 'ORDER-7', `${ID}failed:`, 'success', '!Airtel'),
  ];
  for (const body of table) {
    for (const expect of [undefined, { amount: 1000, reference: body.utilityref }, named(body), () => named(body)]) {
      assert.ok(!(await judge(sdk, body, expect)).isValid, JSON.stringify(body));
    }
  }
});

test('a success is the payment that was signed, and no other', async (t) => {
  const sdk = await offline(t);
  const own = genuine();
  assert.deepEqual(await judge(sdk, own, { amount: 1000, reference: 'ORDER-1' }), await judge(sdk, own));
  assert.equal((await judge(sdk, own)).payment.status, 'succeeded');
  for (const by of [1, 5, 32]) {
    const cut = recut(own, `ORDER-1${ID.slice(0, by)}`, ID.slice(by), 'success', 'Airtel');
    assert.equal((await judge(sdk, cut)).reason, 'AMBIGUOUS');
    assert.equal((await judge(sdk, cut, { amount: 1000, reference: cut.utilityref })).reason, 'AMBIGUOUS');
    assert.equal((await judge(sdk, cut, { ...named(cut), transactionId: OTHER_ID })).reason, 'REFERENCE_MISMATCH');
  }
  const back = recut(own, 'ORDER-', `1${ID}`, 'success', 'Airtel');
  assert.equal((await judge(sdk, back, { reference: 'ORDER-' })).reason, 'AMBIGUOUS');
  // Nor is it told as what would take it back.
  for (const cut of [
    recut(genuine({ utilityref: 'ORDER-reversal' }), 'ORDER-', '', `reversal${ID}success`, 'Airtel'),
    recut(own, 'ORDER-1', ID, 'successAirtel', ''),
    recut(own, 'ORDER-1', ID, '', 'successAirtel'),
    recut(own, `ORDER-1${ID}`, 'success', '', 'Airtel'),
  ]) {
    assert.deepEqual(await judge(sdk, cut), { isValid: false, reason: 'AMBIGUOUS', payment: null, payout: null });
  }
});

test('references may hold status words, and ids any shape', async (t) => {
  const sdk = await offline(t);
  for (const utilityref of [
    'success',
    'ORDER-failure-1',
    'successAirtel',
    'pending',
    'Ö–ü😀',
    'a\0b',
    '5d41402abc4b2a76b9719d911017c592',
    '',
  ]) {
    const { isValid, payment } = await judge(sdk, genuine({ utilityref }));
    assert.deepEqual(
      [isValid, payment.status, payment.reference, payment.transactionId],
      [true, 'succeeded', utilityref || null, ID],
    );
  }
  for (const externalreference of ['ext1', 'pg-ref-001', '2f3e9c', '00000000-0000-4000-8000-000000000000']) {
    const { isValid, payment } = await judge(sdk, genuine({ externalreference }), { reference: 'ORDER-1' });
    assert.deepEqual([isValid, payment.transactionId], [true, externalreference]);
  }
  for (const [transactionstatus, status] of [
    ['SUCCESS', 'succeeded'],
    ['failure', 'failed'],
    ['Failed by user', 'failed'],
    ['successful', 'unknown'],
    ['weird', 'unknown'],
  ]) {
    const { isValid, payment } = await judge(sdk, genuine({ transactionstatus }));
    assert.deepEqual([isValid, payment.status], [true, status], transactionstatus);
  }
});

test('a new operator loses no order, and is told', async (t) => {
  const sdk = await offline(t);
  const events = [];
  for (const operator of ['Airtel', 'M-Pesa', 'Tigo Pesa', 'mixx by yas', 'CRDB', 'TPESA']) {
    assert.equal((await judge(sdk, genuine({ operator }))).isValid, true, operator);
  }
  for (const operator of ['Zantel', 'New Pesa', '']) {
    const body = genuine({ operator });
    for (const expect of [
      undefined,
      { amount: 1000 },
      { reference: 'ORDER-1' },
      { transactionId: ID },
      () => ({ amount: 1000, reference: 'ORDER-1' }),
    ]) {
      const { isValid, reason, payment } = await judge(sdk, body, expect);
      assert.deepEqual([isValid, reason, payment.transactionId], [false, 'AMBIGUOUS', ID]);
    }
    for (const expect of [named(body), async () => named(body)])
      assert.equal((await judge(sdk, body, expect)).payment.status, 'succeeded');
    assert.equal((await judge(sdk, body, { ...named(body), amount: 7 })).reason, 'AMOUNT_MISMATCH');
  }
  for (const operator of ['Airtel2', '17', 'Refund Bank', 'a bank whose name is very long', 'Aírtel', '<b>']) {
    const body = genuine({ operator });
    assert.equal((await judge(sdk, body, named(body))).reason, 'AMBIGUOUS', operator);
  }
  sdk.on('callback', ({ operatorKnown }) => events.push(operatorKnown));
  await sdk.handleCallback(genuine());
  await sdk.handleCallback(genuine({ operator: 'Zantel' }));
  await sdk.handleCallback({ ...genuine(), transactionstatus: 'failure' });
  await new Promise(setImmediate);
  assert.deepEqual(events, [true, false, null]);
});

test('ids that nobody signed are not told', async (t) => {
  const sdk = await offline(t);
  const body = { ...genuine({ externalreference: '' }), transid: 'FORGED', reference: 'FORGED' };
  assert.equal((await judge(sdk, body)).payment.transactionId, null);
  assert.equal((await judge(sdk, body, { amount: 1000, transactionId: 'FORGED' })).reason, 'REFERENCE_MISMATCH');
  assert.equal(
    (await judge(sdk, body, { amount: 1000, reference: 'ORDER-1', transactionId: 'FORGED' })).reason,
    'REFERENCE_MISMATCH',
  );
});

test('a payout is never a payment that succeeded', async (t) => {
  const sdk = await offline(t);
  const shape = {
    initiatorReferenceId: 'ORDER-1',
    fspReferenceId: 'R',
    pgReferenceId: ID,
    amount: '1000',
    status: 'success',
    message: 'ok',
    operator: 'Airtel',
    additionalProperties: {},
  };
  const expect = { amount: 1000, reference: 'ORDER-1', transactionId: ID };
  for (const body of [shape, { ...shape, signature: null }]) {
    const { isValid, reason, payment, payout } = await judge(sdk, body, expect);
    assert.deepEqual(
      [isValid, reason, payment.kind, payment.status],
      [false, 'MISSING_SIGNATURE', 'payout', 'unknown'],
    );
    assert.deepEqual(
      [payout.status, payout.reference, payout.transactionId, payout.receipt],
      ['unknown', 'ORDER-1', ID, 'R'],
    );
  }
  const signed = { ...shape, signature: signature(`ORDER-1${ID}successAirtel`, OLD) };
  assert.equal((await judge(sdk, signed)).reason, 'AMBIGUOUS', "a payment's signature says the same");
  const known = await judge(sdk, signed, expect);
  assert.deepEqual(
    [known.isValid, known.payment.kind, known.payment.status, known.payout.status],
    [true, 'payout', 'unknown', 'succeeded'],
  );
  assert.equal((await judge(sdk, { ...signed, status: 'failure' }, expect)).reason, 'BAD_SIGNATURE');

  // In a payment's shape: a number for the operator and nobody who pays.
  const alike = genuine({ operator: '17', msisdn: null });
  for (const books of [undefined, expect]) {
    const { isValid, payment, payout } = await judge(sdk, alike, books);
    assert.deepEqual([isValid, payment.kind, payment.status, payout.status], [true, 'payout', 'unknown', 'succeeded']);
  }
  for (const msisdn of [null, '', ' ', '0', '000', 'null', 'N/A']) {
    const { payment } = await judge(sdk, genuine({ msisdn }));
    assert.deepEqual([payment.kind, payment.status, payment.payer], ['other', 'unknown', null], String(msisdn));
  }
  const nobody = genuine({ msisdn: null });
  // Only who asked for it by its reference knows that it is a payment.
  assert.equal((await judge(sdk, nobody, { amount: 1000 })).payment.status, 'unknown');
  assert.equal((await judge(sdk, nobody, { amount: 1000, reference: 'ORDER-1' })).payment.status, 'succeeded');
  assert.equal((await judge(sdk, nobody, expect)).payment.status, 'succeeded');

  // A bill that AzamPay asks for at the same URL, and what is no callback at all.
  const bill = {
    Data: { FspReferenceId: 'f', PgReferenceId: ID, Amount: 1000, BillIdentifier: 'ORDER-1' },
    Hash: '00',
  };
  for (const body of [bill, { MerchantReferenceId: 'ORDER-1' }, [genuine()], [shape]]) {
    const { isValid, payment, payout } = await judge(sdk, body);
    assert.deepEqual([isValid, payment, payout], [false, null, null]);
  }
});

test('a payment shown without its payer first is still a payment', async (t) => {
  const sdk = await offline(t, { replay: 'memory' });
  const body = genuine({ utilityref: `ONCE-${process.hrtime.bigint()}` });
  assert.equal((await sdk.handleCallback({ ...body, msisdn: null })).payment.kind, 'other');
  const { isValid, payment } = await sdk.handleCallback(body);
  assert.deepEqual([isValid, payment.status], [true, 'succeeded']);
  assert.equal((await sdk.handleCallback({ ...body, msisdn: null }, { expect: named(body) })).reason, 'REPLAY');
});

test('after a key fetch that failed genuine callbacks are rejected, not called forged, until one succeeds', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay', {}, { maxRetries: 0 });
  const rotated = (n) => genuine({ utilityref: `ORDER-${n}` }, NEW);
  gateway.answer(KEY_ROUTE, 200, { publicKey: pem(OLD) });
  assert.equal((await sdk.handleCallback(genuine())).isValid, true);
  for (const [status, body] of [
    [503, ''],
    [200, '<html>busy</html>'],
    [200, { publicKey: 'soon' }],
  ]) {
    gateway.answer(KEY_ROUTE, status, body);
    const error = await rejection(sdk.handleCallback(rotated(1)));
    assert.match(error.message, /^Callback handling failed: Failed to fetch public key: /);
    assert.deepEqual([error.retryable, error.outcome], [true, 'not_sent']);
    assert.equal((await sdk.handleCallback(genuine())).isValid, true, 'the old key still does');
  }
  // A pause follows the third failure, and lets nobody be called forged.
  assert.equal((await rejection(sdk.handleCallback(rotated(2)))).retryable, true);
  assert.equal(gateway.to(KEY_ROUTE).length, 4);
  gateway.answer(KEY_ROUTE, 200, { publicKey: pem(NEW) });
  let judged;
  for (const until = Date.now() + 10_000; judged === undefined && Date.now() < until; ) {
    judged = await sdk.handleCallback(rotated(2)).catch(() => new Promise((resolve) => setTimeout(resolve, 50)));
  }
  assert.equal(judged.isValid, true);
  assert.equal((await sdk.handleCallback(rotated(3))).isValid, true);
  assert.equal((await sdk.handleCallback(genuine({}, FOREIGN))).reason, 'BAD_SIGNATURE');
});

test('any key of a bundle verifies, configured or fetched', async (t) => {
  const gateway = await startGateway(t);
  const bundle = `${pem(NEW)}${pem(OLD)}`;
  for (const text of [
    bundle,
    bundle.replaceAll('\n', '\r\n'),
    bundle.replaceAll('\n', '\\n'),
    bundle.replaceAll('\n', ''),
    `# new\n${pem(NEW)}\n# old\n${pem(OLD)}`,
  ]) {
    const configured = gateway.sdk('azampay', { AZAMPAY_PUBLIC_KEY: text });
    const fetching = gateway.sdk('azampay');
    gateway.answer(KEY_ROUTE, 200, { publicKey: text });
    for (const sdk of [configured, fetching]) {
      for (const key of [OLD, NEW]) assert.equal((await sdk.handleCallback(genuine({}, key))).isValid, true);
    }
    assert.equal((await configured.handleCallback(genuine({}, FOREIGN))).reason, 'BAD_SIGNATURE');
  }
  for (const body of [
    [pem(NEW), pem(OLD)],
    { keys: [{ publicKey: pem(NEW) }, { publicKey: pem(OLD) }] },
    { data: [pem(NEW), 'not one', pem(OLD)] },
    bundle,
  ]) {
    gateway.answer(KEY_ROUTE, 200, body);
    const sdk = gateway.sdk('azampay');
    for (const key of [OLD, NEW]) assert.equal((await sdk.handleCallback(genuine({}, key))).isValid, true);
  }
  assert.throws(
    () =>
      gateway.sdk('azampay', {
        AZAMPAY_PUBLIC_KEY: `${pem(NEW)}-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----`,
      }),
    {
      code: 'INVALID_CONFIG',
      message: /AZAMPAY_PUBLIC_KEY is not usable: a key that cannot be read/,
    },
  );
});
