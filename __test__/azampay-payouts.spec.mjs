// AzamPay's payouts and what it tells of them, against the sandbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection, startOne } from './support/gateway.mjs';

const CHARGE = { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER-1' };

const azampay = (t, options) => startOne(t, 'azampay', options);
const codeOf = ({ code, outcome }) => [code, outcome];

const PAYOUT = {
  amount: '5000',
  currency: 'TZS',
  reference: 'OUT-1',
  to: { phone: '0754 000 111' },
  name: 'Asha Juma',
};
const DISBURSE = '/api/v1/azampay/disburse';
const KEY = '/azampay/v1/public-key';

test('a payout asks for the key, and goes out with a checksum that the gateway reads', async (t) => {
  const { sdk, bodies, requests, sandbox } = await azampay(t);
  const { raw, transactionId, ...told } = await sdk.payout(PAYOUT);
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/AppRegistration/GenerateToken', KEY, DISBURSE],
  );
  const [{ checksum, transferDetails, ...sent }] = bodies(DISBURSE);
  assert.deepEqual(sent, {
    source: {
      countryCode: 'TZ',
      fullName: 'Duka la Mfano',
      bankName: 'Azampesa',
      accountNumber: '1700000001',
      currency: 'TZS',
    },
    destination: {
      countryCode: 'TZ',
      fullName: 'Asha Juma',
      bankName: 'Vodacom',
      accountNumber: '255754000111',
      currency: 'TZS',
    },
    externalReferenceId: 'OUT-1',
  });
  assert.match(checksum, /^[\w+/]{342}==$/);
  assert.ok(Math.abs(transferDetails.dateInEpoch - Date.now() / 1_000) < 60, transferDetails.dateInEpoch);
  assert.deepEqual(told, {
    provider: 'azampay',
    kind: 'payout',
    status: 'processing',
    amount: '5000',
    fee: null,
    currency: 'TZS',
    reference: 'OUT-1',
    gatewayReference: 'OUT-1',
    recipientName: null,
    receipt: null,
    redirectUrl: null,
    message: 'Your transaction is in process',
  });
  assert.equal(raw.pgReferenceId, transactionId);
  assert.equal(sandbox.payments()[0].kind, 'payout');
});

test('a configured key spares the question; with a wrong one AzamPay refuses', async (t) => {
  const { sandbox, sdk, to } = await azampay(t);
  await sdk.payout(PAYOUT);
  const more = await azampay(t, { seed: 'another key', config: { AZAMPAY_PUBLIC_KEY: await sandbox.publicKey() } });
  const error = await rejection(more.sdk.payout(PAYOUT));
  assert.deepEqual(codeOf(error), ['REFUSED', 'refused']);
  assert.equal(error.gatewayMessage, 'Invalid checksum.', 'the key of another sandbox');
  assert.deepEqual([to(KEY).length, more.to(KEY).length], [1, 0]);
});

test('a payout that is wrong is refused with all that is wrong, and nothing is sent', async (t) => {
  const config = { AZAMPAY_SOURCE_ACCOUNT: undefined, AZAMPAY_SOURCE_NAME: '' };
  const { sdk, requests } = await azampay(t, { config });
  const error = await rejection(sdk.payout({ amount: 0, currency: 'RWF', to: { phone: '+255754' } }));
  assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  for (const part of [
    'config.AZAMPAY_SOURCE_ACCOUNT is missing',
    'config.AZAMPAY_SOURCE_NAME is missing',
    'amount is zero',
    'currency must be TZS',
    'reference is missing',
    'to.phone ',
    'name is missing',
  ])
    assert.ok(error.message.includes(part), `${part}: ${error.message}`);
  assert.deepEqual(requests, []);
});

test('a refused payout is refused, whatever flag stands in the answer', async (t) => {
  const { sdk, answer } = await azampay(t);
  const refused = (message, code) => ({ success: true, pgReferenceId: null, message, status: code });
  answer(DISBURSE, 400, refused('Invalid BankName.', 400));
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['REFUSED', 'refused']);
  answer(DISBURSE, 402, refused('Request expired', 402));
  const expired = await rejection(sdk.payout(PAYOUT));
  assert.deepEqual(codeOf(expired), ['REFUSED', 'refused']);
  assert.equal(expired.message, 'Payout failed: Request expired');
  assert.equal((await sdk.payout(PAYOUT)).status, 'processing', 'the same reference, and a new time');
});

test('a payout whose answer is lost is unknown, is not sent again, and is known again by its reference', async (t) => {
  const { sdk, sandbox, bodies } = await azampay(t, { options: { maxRetries: 3 } });
  sandbox.next({ name: 'reset-after', route: DISBURSE });
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['CONNECTION_FAILED', 'unknown']);
  assert.equal(bodies(DISBURSE).length, 1);
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['DUPLICATE_REFERENCE', 'unknown']);
  assert.equal(sandbox.payments().length, 1);
});

test('an accepted payout without an id is unknown', async (t) => {
  const { sdk, answer } = await azampay(t);
  answer(DISBURSE, 200, { success: true, message: 'Your transaction is in process', statusCode: 200 });
  assert.deepEqual(codeOf(await rejection(sdk.payout(PAYOUT))), ['INVALID_RESPONSE', 'unknown']);
});

test('a payout is the same, byte for byte, when it is sent again with a new token', async (t) => {
  const { sdk, sandbox, to } = await azampay(t);
  sandbox.next({ name: '401', route: DISBURSE });
  assert.equal((await sdk.payout(PAYOUT)).status, 'processing');
  const [first, second, ...more] = to(DISBURSE).map(({ body }) => body.toString());
  assert.equal(first, second);
  assert.deepEqual(more, []);
});

test('without any key nothing is paid, and the message says what to configure', async (t) => {
  const { sdk, to } = await azampay(t, { switches: { azampayPublicKey: '404', azampayTokenPublicKey: '404' } });
  const error = await rejection(sdk.payout(PAYOUT));
  assert.deepEqual(codeOf(error), ['NOT_SUPPORTED', 'not_sent']);
  assert.match(error.message, /configure AZAMPAY_PUBLIC_KEY/);
  assert.equal(to(DISBURSE).length, 0);
});

for (const [shape, switches] of [
  ['elsewhere', { azampayPublicKey: '404' }],
  ['in an empty answer', { azampayPublicKey: 'empty' }],
  ['as XML', { azampayPublicKey: 'xml' }],
])
  test(`the key is found: ${shape}`, async (t) => {
    const { sdk } = await azampay(t, { switches });
    assert.equal((await sdk.payout(PAYOUT)).status, 'processing');
  });

test('the callback of a payout says nothing that is proven', async (t) => {
  const { sdk } = await azampay(t);
  const callback = {
    initiatorReferenceId: 'OUT-1',
    fspReferenceId: 'f',
    pgReferenceId: '0a1b',
    amount: '5000',
    status: 'success',
    operator: 'Vodacom',
  };
  const { isValid, reason, payout } = await sdk.handleCallback(callback);
  assert.deepEqual([isValid, reason, payout.status], [false, 'MISSING_SIGNATURE', 'unknown']);
});

test('a payout is asked for by AzamPay’s id and the operator', async (t) => {
  const { sdk, sandbox } = await azampay(t, { clock: 'manual' });
  const { transactionId } = await sdk.payout(PAYOUT);
  const look = () => sdk.getPayoutStatus(transactionId, { operator: 'M-Pesa' });
  const { raw, ...told } = await look();
  assert.deepEqual(told, {
    provider: 'azampay',
    kind: 'payout',
    status: 'processing',
    amount: '5000',
    fee: null,
    currency: null,
    reference: 'OUT-1',
    gatewayReference: 'OUT-1',
    transactionId,
    recipientName: null,
    receipt: null,
    redirectUrl: null,
    message: null,
  });
  assert.equal(raw.status, 'Pending');
  await sandbox.clock.advance(1_000);
  const { status, receipt } = await look();
  assert.equal(status, 'succeeded');
  assert.equal(receipt, sandbox.payments()[0].receipt);
});

test('a payout that came back has failed', async (t) => {
  const { sdk, sandbox } = await azampay(t, { switches: { azampayPayoutStatus: 'data' } });
  const { transactionId } = await sdk.payout(PAYOUT);
  await sandbox.decline('OUT-1');
  assert.equal((await sdk.getPayoutStatus(transactionId, { operator: 'mpesa' })).status, 'failed');
});

test('a payout that AzamPay does not know is unknown, and may be sent again under its reference', async (t) => {
  const { sdk } = await azampay(t);
  const id = '0123456789abcdef0123456789abcdef';
  const { status, transactionId, raw } = await sdk.getPayoutStatus(id, { operator: 'M-Pesa' });
  assert.deepEqual({ status, transactionId, raw }, { status: 'unknown', transactionId: id, raw: null });
  const lost = { kind: 'payout', transactionId: id };
  assert.equal((await sdk.recover(lost, { operator: 'M-Pesa' })).next, 'safe-to-send-again');
});

test('a payout without its operator is asked for nowhere', async (t) => {
  const { sdk, requests } = await azampay(t);
  for (const operator of [undefined, 'Visa']) {
    const error = await rejection(sdk.getPayoutStatus('0a1b', { operator }));
    assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  }
  assert.deepEqual(requests, []);
});

test('an account that can is asked by the merchant’s own reference, whatever became of the answer', async (t) => {
  const config = { AZAMPAY_STATUS_BY_REFERENCE: 'true' };
  const { sdk, sandbox } = await azampay(t, { config, switches: { azampayStatusByReference: true } });
  sandbox.next({ name: 'reset-after', route: DISBURSE });
  await rejection(sdk.payout({ ...PAYOUT, reference: 'OUT:1' }));
  const { status, reference, transactionId, gatewayReference } = await sdk.getPayoutStatus('OUT:1');
  assert.deepEqual([status, reference], ['processing', 'OUT:1']);
  assert.equal(transactionId, sandbox.payments()[0].id);
  assert.equal(gatewayReference, sandbox.payments()[0].reference);
});

test('a preview of a payout tells whose wallet it is', async (t) => {
  const { sdk, bodies } = await azampay(t);
  const { raw, ...told } = await sdk.preview({ for: 'payout', ...PAYOUT });
  const channels = [{ name: 'Vodacom', available: true, fee: null, message: null }];
  assert.deepEqual(told, {
    provider: 'azampay',
    channels,
    fee: null,
    total: null,
    accountName: 'Asha Juma',
    balance: null,
  });
  const [{ bankName, accountNumber }] = bodies('/api/v1/azampay/namelookup');
  assert.deepEqual([bankName, accountNumber, raw.fspId], ['Vodacom', '255754000111', '503']);
});

test('a name in parts is joined, and a number of another operator is told', async (t) => {
  const { sdk } = await azampay(t, { switches: { azampayLookupName: 'parts' } });
  const to = { phone: '0754000111', operator: 'Tigo' };
  const { accountName, channels } = await sdk.preview({ for: 'payout', currency: 'TZS', to });
  assert.equal(accountName, 'Asha Juma');
  assert.deepEqual(channels, [
    { name: 'Yas', available: true, fee: null, message: 'by its first digits the number is of Vodacom' },
  ]);
});

test('a preview of anything else is refused, and nothing is sent', async (t) => {
  const { sdk, requests } = await azampay(t);
  const error = await rejection(sdk.preview({ for: 'charge', ...CHARGE }));
  assert.deepEqual(codeOf(error), ['NOT_SUPPORTED', 'not_sent']);
  assert.match(error.message, /^Preview of a charge not supported by this provider/);
  const wrong = await rejection(sdk.preview({ for: 'refund' }));
  assert.deepEqual(codeOf(wrong), ['INVALID_REQUEST', 'not_sent']);
  assert.match(wrong.message, /for must be payout, not 'refund'; .*to is missing/);
  assert.deepEqual(requests, []);
});
