// Selcom: what it pays out, by which rail it is asked, and what it holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection, startOne } from './support/gateway.mjs';

const PAYOUT = { amount: '1500', currency: 'TZS', reference: 'PAY1', to: { phone: '0742345678', operator: 'M-Pesa' } };
const BANK = {
  ...{ amount: '1500', currency: 'TZS', reference: 'PAY2', description: 'Salary' },
  to: { bank: 'NMB', accountNumber: '0150123456', accountName: 'Asha Juma' },
};

const start = (t, switches = {}, more = {}) => startOne(t, 'selcom', { switches, ...more });

test('payouts: what each result means, and the query that tells more', async (t) => {
  const outcome = async (switches, payout = PAYOUT) => {
    const gateway = await start(t, switches, { clock: 'manual' });
    const made = await gateway.sdk.payout(payout).catch((error) => error);
    const asked = async () =>
      (await gateway.sdk.getPayoutStatus(payout.reference, { operator: payout.to.bank ?? 'M-Pesa' })).status;
    const before = await asked();
    await gateway.sandbox.clock.advance(60_000);
    return [made.outcome ?? made.status, made.code, before, await asked(), gateway.to(/process$/).length];
  };
  assert.deepEqual(await outcome({}), ['succeeded', undefined, 'succeeded', 'succeeded', 1]);
  assert.deepEqual(await outcome({}, BANK), ['succeeded', undefined, 'succeeded', 'succeeded', 1]);
  assert.deepEqual(await outcome({ selcomPayout: '111' }), ['processing', undefined, 'processing', 'succeeded', 1]);
  assert.deepEqual(await outcome({ selcomPayout: '999-paid' }), [
    'unknown',
    'GATEWAY_ERROR',
    'processing',
    'succeeded',
    1,
  ]);
  for (const selcomAmbiguousWord of ['AMBIGUOUS', 'AMBIGOUS'])
    assert.deepEqual(await outcome({ selcomPayout: '999-lost', selcomAmbiguousWord }), [
      ...['unknown', 'GATEWAY_ERROR', 'unknown', 'unknown'],
      1,
    ]);
  assert.deepEqual(await outcome({ selcomFloat: 1000 }), ['refused', 'REFUSED', 'unknown', 'unknown', 1]);
  const { sdk, bodies } = await start(t, {}, { options: { limits: false } });
  const small = await rejection(sdk.payout({ ...PAYOUT, amount: '10' }));
  assert.deepEqual([small.outcome, small.gatewayCode], ['refused', '013']);
  assert.equal(bodies('process')[0].utilitycode, 'VMCASHIN');
});

test('a payout is asked for on its own rail alone, and never sent again', async (t) => {
  const { sdk, to, sandbox } = await start(t, { selcomPayout: '999-lost' });
  const lost = await rejection(sdk.payout(PAYOUT));
  assert.match(lost.message, /payout may have been made/);
  for (const [asked, operator, path] of [
    ['PAY1', 'M-Pesa', '/v1/walletcashin/query'],
    ['PAY1WC', undefined, '/v1/walletcashin/query'],
    ['PAY1WC', 'NMB', '/v1/walletcashin/query'],
    ['PAY1QS', 'M-Pesa', '/v1/qwiksend/query'],
  ]) {
    const payout = await sdk.getPayoutStatus(asked, operator && { operator });
    assert.equal(payout.status, 'unknown');
    assert.equal(to(/query$/).at(-1).path, path);
  }
  const nobody = await rejection(sdk.getPayoutStatus('PAY1'));
  assert.deepEqual([nobody.code, nobody.outcome], ['INVALID_REQUEST', 'not_sent']);
  const day = 86_400_000;
  const about = { reference: 'PAY1', kind: 'payout', operator: 'M-Pesa' };
  const soon = await sdk.recover(about);
  assert.deepEqual([soon.next, soon.after], ['ask-again', 180_000]);
  assert.equal((await sdk.recover(about, { since: Date.now() - 2 * day })).next, 'ask-support');
  assert.equal(sandbox.payments().length, 0);
});

test('a name is looked up by the payout’s own id, and the balance is the float’s', async (t) => {
  const { sdk, to, bodies } = await start(t);
  for (const payout of [PAYOUT, BANK]) {
    const { accountName } = await sdk.preview({ for: 'payout', ...payout });
    assert.equal(accountName, 'Asha Juma');
    await sdk.payout(payout);
  }
  assert.equal(to(/namelookup/)[0].query.get('transid'), bodies('walletcashin/process')[0].transid);
  for (let at = 0; at < 2; at++) assert.equal((await sdk.getBalance()).balances[0].amount, '4997000');
  const ids = bodies('vendor/balance').map(({ transid }) => transid);
  assert.notEqual(ids[0], ids[1]);
});
