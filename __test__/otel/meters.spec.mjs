import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { generateTestCallback } from 'finconnect/sandbox';
import { LOGIN_ROUTES, PAYMENTS, rejection, startGateway } from '../support/gateway.mjs';
import { instrumented, metered, serverOf } from './telemetry.mjs';

const CLICKPESA = { 'finconnect.provider': 'clickpesa' };
const AZAMPAY = { 'finconnect.provider': 'azampay' };
const CHARGE = { reference: 'BOOKING17', amount: '25000', currency: 'TZS', phone: '255712345678' };

/** What each instrument counted since the last question. */
async function counted() {
  const all = await metered();
  return (name) => all.filter(([own]) => own === name).map(([, attributes, value]) => [attributes, value]);
}

test('requests, logins and retries are told by gateway', async (t) => {
  const gateway = await startGateway(t);
  const { sandbox, sdk } = gateway;
  const clickpesa = sdk('clickpesa', {}, { maxRetries: 1 });
  await instrumented(t);
  sandbox.next({ name: '502-html', route: LOGIN_ROUTES.clickpesa });
  await clickpesa.charge(CHARGE);
  await clickpesa.getPaymentStatus(CHARGE.reference);
  await clickpesa.getPaymentStatus(CHARGE.reference);
  const of = await counted();
  const requested = (method, path, status) => ({
    ...CLICKPESA,
    'http.request.method': method,
    ...serverOf(gateway, 'clickpesa'),
    'url.template': `/third-parties/${path}`,
    'http.response.status_code': status,
  });
  assert.deepEqual(of('http.client.request.duration'), [
    [{ ...requested('POST', 'generate-token', 502), 'error.type': '502' }, 1],
    [requested('POST', 'generate-token', 200), 1],
    [requested('POST', 'payments/initiate-ussd-push-request', 200), 1],
    [requested('GET', 'payments/{id}', 200), 2],
  ]);
  assert.deepEqual(of('finconnect.logins'), [
    [{ ...CLICKPESA, 'finconnect.outcome': 'success', 'finconnect.login.from': 'gateway' }, 1],
  ]);
  assert.deepEqual(of('finconnect.retries'), [
    [{ ...CLICKPESA, 'finconnect.operation': 'login', 'error.type': 'GATEWAY_ERROR' }, 1],
  ]);
  const called = (operation) => ({ ...CLICKPESA, 'finconnect.operation': operation, 'finconnect.outcome': 'success' });
  assert.deepEqual(of('finconnect.call.duration'), [
    [called('charge'), 1],
    [called('getPaymentStatus'), 2],
  ]);
});

test('a refused login is counted as one', async (t) => {
  const { sdk } = await startGateway(t);
  await instrumented(t);
  const error = await rejection(sdk('azampay', { AZAMPAY_CONSUMER_SECRET: 'another' }).pay(PAYMENTS.azampay));
  assert.equal(error.code, 'AUTHENTICATION_FAILED');
  assert.deepEqual((await counted())('finconnect.logins'), [
    [
      {
        ...AZAMPAY,
        'finconnect.outcome': 'not_sent',
        'finconnect.login.from': 'gateway',
        'error.type': 'REFUSED',
      },
      1,
    ],
  ]);
});

test('payments are counted by the status that was told', async (t) => {
  const { sandbox, sdk } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  await instrumented(t);
  const { transactionId } = await clickpesa.charge(CHARGE);
  await sandbox.approve(transactionId);
  await clickpesa.getPaymentStatus(CHARGE.reference);
  const { phone, ...money } = CHARGE;
  const paid = await clickpesa.payout({ ...money, reference: 'PAYOUT1', to: { phone } });
  const told = (operation, status) => ({
    ...CLICKPESA,
    'finconnect.operation': operation,
    'finconnect.payment.status': status,
  });
  assert.deepEqual((await counted())('finconnect.payments'), [
    [told('charge', 'processing'), 1],
    [told('getPaymentStatus', 'succeeded'), 1],
    [told('payout', paid.status), 1],
  ]);
  // What a gateway answers in words of its own is no status.
  await clickpesa.pay({ ...PAYMENTS.clickpesa, orderReference: 'OTHER1' });
  assert.deepEqual((await counted())('finconnect.payments'), []);
});

test('callbacks are counted by verdict', async (t) => {
  const { sdk } = await startGateway(t);
  const { privateKey: key, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const azampay = sdk('azampay', { AZAMPAY_PUBLIC_KEY: pem }, { replay: 'memory' });
  await instrumented(t);
  const { amount, reference } = CHARGE;
  const { body } = generateTestCallback('azampay', { key, amount, utilityref: reference });
  const transactionId = body.reference;
  const options = { expect: { amount, reference, transactionId } };
  const reasonOf = async (callback) => (await azampay.handleCallback(callback, options)).reason;
  assert.deepEqual([await reasonOf(body), await reasonOf(body)], [null, 'REPLAY']);
  assert.equal(await reasonOf({ ...body, signature: 'Zm9yZ2Vk' }), 'BAD_SIGNATURE');
  await rejection(azampay.handleCallback(undefined));
  const of = await counted();
  const judged = (verdict) => ({ ...AZAMPAY, 'finconnect.callback.verdict': verdict });
  assert.deepEqual(of('finconnect.callbacks'), [
    [judged('VALID'), 1],
    [judged('REPLAY'), 1],
    [judged('BAD_SIGNATURE'), 1],
    [{ ...judged('UNDECIDED'), 'error.type': 'INVALID_REQUEST' }, 1],
  ]);
  // Only what is believed counts as a payment.
  const told = { ...AZAMPAY, 'finconnect.operation': 'handleCallback', 'finconnect.payment.status': 'succeeded' };
  assert.deepEqual(of('finconnect.payments'), [[told, 1]]);
});
