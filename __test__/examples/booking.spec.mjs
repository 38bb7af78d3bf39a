// The booking app as its user has it, driven over HTTP against the sandbox: on SQLite, and on PostgreSQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moneyOf } from '../../examples/booking/money.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';
import { noPostgres, startPostgres } from '../support/servers.mjs';
import { openBooking, story } from './booking.mjs';
import { linked } from './project.mjs';

/** AzamPay signs its callbacks and those of payouts prove nothing; ClickPesa's are checksums, and it pauses payouts. */
const RUNS = [
  ['on SQLite, with all gateways', false, async () => ({ DATABASE_FILE: 'booking.db' })],
  [
    'on PostgreSQL, with ClickPesa and PesaPal',
    noPostgres,
    async (t) => {
      const { user, port, stop } = await startPostgres();
      t.after(stop);
      return { DATABASE_URL: `postgres://${user}@127.0.0.1:${port}/postgres` };
    },
    ['clickpesa', 'pesapal'],
  ],
];

for (const [where, skip, databaseOf, gateways] of RUNS)
  test(`the booking app ${where}`, { skip, timeout: 120_000 }, async (t) => {
    const folder = linked(t, 'booking');
    const shop = await openBooking(folder, nodeWithSqlite(), { gateways, database: await databaseOf(t) });
    t.after(shop.close);
    for (const [title, step] of story)
      await t.test(title, async () => {
        try {
          await step(shop);
        } catch (error) {
          throw new Error(`${error.stack}\n${shop.told()}`);
        }
      });
    assert.equal(await shop.close(), 0);
  });

test('a new phone is kept before it rings, and not where it surely did not ring', async () => {
  for (const [outcome, last] of [
    ['accepted', 'new'],
    ['unknown', 'new'],
    ['refused', 'new'],
    ['not_sent', 'old'],
  ]) {
    let kept = 'old';
    const ledger = {
      get: async () => ({ status: 'failed' }),
      retry: async (_, { phone }) => {
        assert.equal(kept, phone, 'before it rings');
        if (outcome !== 'accepted') throw Object.assign(new Error('cannot'), { outcome });
      },
    };
    const setPhone = async (_, phone) => void (kept = phone);
    const { tryAgain } = moneyOf({ gateways: {}, ledger, setPhone }, {});
    await tryAgain({ reference: 'BK1', phone: 'old' }, { phone: 'new' }).catch((error) =>
      assert.equal(error.outcome, outcome),
    );
    assert.equal(kept, last, outcome);
  }
});
