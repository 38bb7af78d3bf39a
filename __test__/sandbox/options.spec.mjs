import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { generateTestCallback, startSandbox } from '../../sandbox/dist/index.js';
import { start } from './helpers.mjs';

describe('startSandbox refuses by name', () => {
  for (const [options, said] of [
    [{ webhoks: {} }, /unknown name webhoks; known are port, .*webhooks/],
    [{ webhooks: { azampai: 'http://127.0.0.1' } }, /webhooks: unknown name azampai; known are azampay, clickpesa/],
    [{ webhooks: { azampai: undefined } }, /azampai/],
    [{ webhooks: { pesapal: 'http://127.0.0.1' } }, /pesapal/],
    [{ webhooks: { azampay: 5 } }, /azampay webhook must be an http or https URL; got 5/],
    [{ webhooks: null }, /webhooks must be an object/],
    [{ allowremote: true }, /allowremote/],
    [{ allowRemote: 'yes' }, /allowRemote takes true or false; got yes/],
    [{ profile: 'prod' }, /profile takes sandbox or live; got prod/],
    [{ clock: 'fake' }, /clock takes real or manual/],
    [{ startAt: '2026-01-01' }, /startAt/],
    [{ startAt: 8.64e15 }, /startAt takes .* up to the year 9999/],
    [{ settleAfterMs: '5' }, /settleAfterMs takes milliseconds/],
    [{ settleAfterMs: -1 }, /settleAfterMs/],
    [{ promptExpiresAfterMs: NaN }, /promptExpiresAfterMs/],
    [{ checksum: 'CHKkey' }, /checksum takes true or false/],
    [{ balances: { tzs: 5 } }, /balances: unknown name tzs; known are TZS, USD/],
    [{ balances: { TZS: '5' } }, /TZS takes an amount/],
    [{ switches: { pesapalTokenTtl: 5 } }, /Unknown sandbox switch: pesapalTokenTtl; known are .*pesapalTokenTtlMs/],
    [{ switches: { pesapalTokenTtlMs: NaN } }, /pesapalTokenTtlMs takes number/],
    [{ switches: { clickpesaMethods: 'MPESA,HALOPESA' } }, /clickpesaMethods takes TIGO-PESA, M-PESA/],
    [{ switches: [] }, /switches must be an object/],
    [{ tls: { key: 'k', certificate: 'c' } }, /tls: unknown name certificate/],
    [{ tls: true }, /tls must be an object/],
    [{ allowedHosts: 'payments' }, /allowedHosts takes a list/],
    [{ port: 70_000 }, /port takes a whole number/],
    [{ port: '4010' }, /port/],
    [{ host: '' }, /host/],
    [{ seed: {} }, /seed/],
    [{ onRequest: true }, /onRequest takes a function/],
    [null, /must be an object/],
    ['manual', /must be an object/],
  ]) {
    test(JSON.stringify(options), () => assert.rejects(startSandbox(options), { name: 'TypeError', message: said }));
  }

  test('and takes an undefined value as none', async (t) => {
    const { sandbox } = await start(t, {
      profile: undefined,
      seed: undefined,
      balances: { TZS: undefined },
      switches: undefined,
    });
    assert.match(sandbox.config('pesapal').baseUrl, /\/pesapalv3$/);
  });
});

describe('a running sandbox refuses by name', () => {
  test('faults, reasons, webhooks and options that it does not know', async (t) => {
    const { sandbox, azampay } = await start(t);
    await azampay.push();
    for (const [fault, said] of [
      ['reset', /Unknown fault: reset; known are delay, hang/],
      [{ nam: 'hang' }, /Unknown fault: undefined/],
      [{ name: 'hang', gatway: 'azampay' }, /The fault hang: unknown name gatway; known are route, gateway/],
      [{ name: 'hang', gateway: 'azampai' }, /gateway takes pesapal or clickpesa or azampay or selcom; got azampai/],
      [{ name: 'hang', route: ['checkout'] }, /route takes/],
      [{ name: 'delay', delayMs: '50' }, /delayMs takes milliseconds/],
      [{ name: 'hang', body: 'x' }, /unknown name body/],
      [{ status: 200, bdy: '{}' }, /scripted answer: unknown name bdy/],
      [{ status: 200, body: {} }, /body takes text or a Buffer/],
      [{ status: 200, name: 'hang' }, /unknown name name/],
      [{ status: 101 }, /status takes an HTTP status from 200 to 599; got 101/],
      [{ status: 200, headers: { 'a b': 'x' } }, /headers takes an object of HTTP headers/],
      [{ status: 200, headers: { 'x-a': 'a\nb' } }, /headers takes/],
      [{ status: 200, headers: { 'x-a': undefined } }, /headers takes/],
      [{ name: 'two-field', gateway: 'clickpesa' }, /two-field: gateway takes azampay; got clickpesa/],
      [{ name: 'unsigned', gateway: 'pesapal' }, /unsigned: gateway takes azampay or clickpesa or selcom; got pesapal/],
      [{ name: 'hang', times: '2' }, /times takes a whole number/],
      [null, /must be an object/],
    ])
      await t.test(JSON.stringify(fault), () =>
        assert.throws(() => sandbox.next(fault), { name: 'TypeError', message: said }),
      );
    await assert.rejects(sandbox.decline('ORDER-1', 'no-money'), /reason takes declined or insufficient-funds/);
    await assert.rejects(sandbox.redeliver(1, { tampre: true }), /redeliver: unknown name tampre/);
    await assert.rejects(sandbox.redeliver(1, { tamper: 'yes' }), /tamper takes true or false/);
    assert.throws(() => sandbox.setWebhook('azampai', 'http://127.0.0.1'), /unknown name azampai/);
    assert.throws(() => sandbox.setWebhook('pesapal', undefined), /unknown name pesapal/);
    assert.throws(() => sandbox.subscribe('request'), {
      name: 'TypeError',
      message: /subscribe takes a function; got request/,
    });
    for (const ms of [-1, NaN, '5', Infinity, 1e18])
      await assert.rejects(sandbox.clock.advance(ms), /advance needs milliseconds/);
    assert.equal(sandbox.payments()[0].status, 'pending');
  });
});

describe('generateTestCallback refuses by name', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const [gateway, overrides, said] of [
    ['azampay', { outcom: 'failure' }, /unknown name outcom; known are key, outcome, /],
    ['azampay', { outcome: 'failed' }, /outcome takes success or failure; got failed/],
    ['azampay', { outcome: 'settled' }, /outcome takes success or failure/],
    ['azampay', { utilityRef: 'ORDER-7' }, /unknown name utilityRef/],
    ['azampay', { orderReference: 'ORDER7' }, /unknown name orderReference/],
    ['azampay', { signedFields: 'three' }, /signedFields takes four or two/],
    ['azampay', { checksumMethod: 'legacy' }, /unknown name checksumMethod/],
    ['azampay', { key: 5 }, /key takes/],
    ['azampay', { key: 'not a key' }, /key takes an RSA private key/],
    ['azampay', { key: publicKey }, /key takes an RSA private key/],
    ['azampay', { key: generateKeyPairSync('ed25519').privateKey }, /key takes an RSA private key/],
    ['clickpesa', { orderRefrence: 'A' }, /unknown name orderRefrence/],
    ['clickpesa', { key: privateKey }, /is a string/],
    ['clickpesa', { shape: 'new' }, /shape takes current or old/],
    ['clickpesa', { signedFields: 'two' }, /unknown name signedFields/],
    ['pesapal', { orderTrackingId: 'x' }, /unknown name orderTrackingId; known are method, OrderTrackingId/],
    ['pesapal', { method: 'get' }, /method takes GET or POST/],
    ['pesapal', { key: 'k' }, /unknown name key/],
    ['azampay', null, /must be an object/],
    ['azampai', {}, /Unknown gateway: azampai/],
    ['toString', {}, /Unknown gateway/],
  ]) {
    test(`${gateway} ${JSON.stringify(overrides)}`, () =>
      assert.throws(() => generateTestCallback(gateway, overrides), { name: 'TypeError', message: said }));
  }

  test('and takes every member that a callback of the gateway has, in any shape', () => {
    for (const gateway of ['azampay', 'clickpesa']) {
      for (const shape of ['current', 'old']) {
        for (const outcome of ['success', 'failure']) {
          const { body } = generateTestCallback(gateway, { shape, outcome });
          const members = gateway === 'azampay' ? body : body.data;
          for (const name of Object.keys(members)) {
            const { body: changed } = generateTestCallback(gateway, { shape, outcome, [name]: 'CHANGED' });
            assert.equal((gateway === 'azampay' ? changed : changed.data)[name], 'CHANGED');
          }
        }
      }
    }
    const { body } = generateTestCallback('clickpesa', { data: { anything: 1 } });
    assert.equal(body.data.anything, 1);
  });
});
