// Two payouts that Selcom answered “ambiguous” for 42 hours. Asked on the other rail they would have seemed to have
// failed, and money that was gone would have been sent again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listed, MINUTE_MS, openShop } from './shop.mjs';

const HOUR_MS = 60 * MINUTE_MS;
const PAYOUT = { amount: '20000', currency: 'TZS', name: 'Asha Juma', description: 'Rent', via: 'selcom' };
const QUERY = /query/;

for (const [how, status] of [
  ['999-lost', 'unknown'],
  ['999-paid', 'succeeded'],
]) {
  test(`payouts that are ambiguous for 42 hours are asked about on their own rails, never resent (${how})`, async (t) => {
    // Longer than this takes: nothing settles by itself.
    const slow = { switches: { selcomPayout: how }, settleAfterMs: HOUR_MS };
    const { sandbox, ledger, told } = await openShop(t, { names: ['selcom'], ...slow });
    const wallet = await ledger.payout({ ...PAYOUT, reference: 'HOST1', to: { phone: '0754111099' } });
    const account = { bank: 'CRDBBANK', accountNumber: '0150000000000', accountName: 'Asha Juma' };
    const bank = await ledger.payout({ ...PAYOUT, reference: 'HOST2', to: account });
    assert.deepEqual(
      [wallet, bank].map((payout) => [payout.status, payout.rail, payout.outcome]),
      [
        ['unknown', 'phone', 'unknown'],
        ['unknown', 'bank', 'unknown'],
      ],
    );
    const sent = sandbox.requests().filter(({ method }) => method === 'POST').length;
    for (let hours = 0.1; hours <= 42; hours += hours < 1 ? 0.1 : 3)
      await ledger.sweep({ now: Date.now() + hours * HOUR_MS });
    if (how === '999-paid') for (const { reference } of sandbox.payments()) await sandbox.approve(reference);
    await ledger.sweep({ now: Date.now() + 50 * HOUR_MS });
    const now = await Promise.all(['HOST1', 'HOST2'].map((reference) => ledger.get(reference)));
    assert.deepEqual(
      now.map((payout) => payout.status),
      [status, status],
    );
    const asked = sandbox.requests().filter(({ path }) => QUERY.test(path));
    assert.ok(asked.length > (status === 'unknown' ? 20 : 1), String(asked.length));
    assert.equal(sandbox.requests().filter(({ method }) => method === 'POST').length, sent);
    if (status === 'unknown') {
      assert.deepEqual((await listed(ledger.find({ attention: true }))).length, 2);
      for (const { reference } of now) await assert.rejects(ledger.retry(reference), { code: 'NOT_FINAL' });
      const said = { by: 'Asha', note: 'Selcom helpdesk, ticket 9' };
      assert.equal((await ledger.resolve('HOST1', 'succeeded', said)).status, 'succeeded');
    }
    assert.ok(told.every(({ payment }) => payment.status === 'succeeded'));
  });
}
