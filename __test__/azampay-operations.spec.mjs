// AzamPay in the vocabulary that all gateways share, against the sandbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAY_ROUTES, rejection, startGateway } from './support/gateway.mjs';

const CHARGE = { amount: '1000', currency: 'TZS', phone: '0712 345 678', reference: 'ORDER-1' };

/** An SDK object on a sandbox, and the bodies that the sandbox got at a route. */
async function azampay(t, { config, options, ...sandbox } = {}) {
  const gateway = await startGateway(t, sandbox);
  const bodies = (route) => gateway.to(route).map(({ body }) => JSON.parse(body));
  return { ...gateway, sdk: gateway.sdk('azampay', config, options), bodies };
}

const codeOf = ({ code, outcome }) => [code, outcome];

test('a charge is a push in AzamPay’s own words, with the operator that was guessed', async (t) => {
  const { sdk, bodies, sandbox } = await azampay(t);
  const { raw, transactionId, message, ...told } = await sdk.charge(CHARGE);
  assert.deepEqual(bodies(PAY_ROUTES.azampay), [
    { accountNumber: '255712345678', amount: '1000', currency: 'TZS', externalId: 'ORDER-1', provider: 'Tigo' },
  ]);
  assert.deepEqual(told, {
    provider: 'azampay',
    kind: 'payment',
    status: 'pending',
    amount: '1000',
    currency: 'TZS',
    reference: 'ORDER-1',
    receipt: null,
    payer: '2557****5678',
    gatewayReference: 'ORDER-1',
    redirectUrl: null,
    operator: { name: 'Yas', guessed: true },
  });
  assert.equal(raw.transactionId, transactionId);
  assert.equal(message, raw.message);
  await sandbox.approve('ORDER-1');
  const { status } = await sdk.getPaymentStatus(transactionId);
  assert.equal(status, 'succeeded');
});

test('a charge names its operator as people do', async (t) => {
  const { sdk, bodies } = await azampay(t);
  const { operator } = await sdk.charge({ ...CHARGE, operator: 'm-pesa' });
  assert.deepEqual(operator, { name: 'Vodacom', guessed: false });
  assert.equal(bodies(PAY_ROUTES.azampay)[0].provider, 'Mpesa');
});

test('a charge that is wrong is refused with all that is wrong, and nothing is sent', async (t) => {
  const { sdk, requests } = await azampay(t);
  const error = await rejection(
    sdk.charge({ amount: '1,000', currency: 'KES', phone: '0712', reference: '', operator: 'TTCL' }),
  );
  assert.deepEqual(codeOf(error), ['INVALID_REQUEST', 'not_sent']);
  for (const part of ['amount ', 'currency must be TZS', 'phone ', 'reference ', 'operator must be one of Mpesa, Tigo'])
    assert.ok(error.message.includes(part), `${part}: ${error.message}`);
  assert.deepEqual(requests, []);
});

test('limits are settings', async (t) => {
  const { sdk } = await azampay(t, { options: { limits: { chargeMaximum: 500 } } });
  assert.match((await rejection(sdk.charge(CHARGE))).message, /amount must be at most 500 TZS, not 1000/);
  assert.deepEqual(sdk.capabilities().maximum, 500);
});

test('a refused charge is refused, though AzamPay answers HTTP 200', async (t) => {
  const { sdk, sandbox } = await azampay(t);
  sandbox.next({ name: 'success-false', route: PAY_ROUTES.azampay });
  const error = await rejection(sdk.charge(CHARGE));
  assert.deepEqual(codeOf(error), ['REFUSED', 'refused']);
  assert.match(error.message, /Invalid Vendor/);
});

test('a charge whose answer is lost is unknown, and is not sent again', async (t) => {
  const { sdk, sandbox, bodies } = await azampay(t, { options: { maxRetries: 3 } });
  sandbox.next({ name: 'reset-after', route: PAY_ROUTES.azampay });
  const error = await rejection(sdk.charge(CHARGE));
  assert.deepEqual(codeOf(error), ['CONNECTION_FAILED', 'unknown']);
  assert.equal(bodies(PAY_ROUTES.azampay).length, 1);
});

test('a charge under a reference that AzamPay cannot carry names both', async (t) => {
  const { sdk, bodies } = await azampay(t);
  const { reference, gatewayReference } = await sdk.charge({ ...CHARGE, reference: "ORDER--1'" });
  assert.equal(reference, "ORDER--1'");
  assert.match(gatewayReference, /^ORDER[0-9A-Z]{15}$/);
  assert.equal(bodies(PAY_ROUTES.azampay)[0].externalId, gatewayReference);
});
