import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const { compare } = require('../../lib/ledger/compare.js');

/** A payment of the ledger's. */
const own = (id, more) => ({
  ...{ id, reference: `ORDER-${id}`, gatewayReference: `ORDER${id}`, kind: 'payment' },
  ...{ amount: '1000', currency: 'TZS', status: 'succeeded', ...more },
});
/** The same as a gateway lists it. */
const listed = (id, more) => ({
  reference: `ORDER${id}`,
  amount: '1000.00',
  currency: 'TZS',
  status: 'succeeded',
  ...more,
});

function ledgerOf(...rows) {
  const asked = [];
  return {
    asked,
    async find(references) {
      asked.push(references);
      return rows.filter((row) => references.includes(row.gatewayReference));
    },
    async *range() {
      yield* rows;
    },
  };
}

async function differences(rows, ours, gateway = 'clickpesa') {
  const all = [];
  for await (const one of compare({ rows, ours, gateway })) all.push(one);
  return all;
}

test('what both tell alike is no difference, however it is written', async () => {
  const rows = [
    listed(1, { amount: 1000, currency: 'tzs', provider: 'clickpesa' }),
    listed(2, { amount: '1,000.00', status: 'SETTLED' }),
    listed(3, { amount: ' 1000.000 ', status: ' Success' }),
    listed(4, { amount: '+1000', status: null, currency: '' }),
    listed(5, { amount: undefined, status: 'COMPLETED' }),
    { gatewayReference: 'ORDER6', reference: 'other', amount: 1000n, entry: 'credit' },
    listed(7, { amount: '-1100.50', fee: '100.50' }),
    listed(8, { status: 'USER CANCELLED' }),
    listed(9, { status: 'In-Progress' }),
    listed(10, { status: 'AUTHORIZED' }),
  ];
  const ours = ledgerOf(
    ...[1, 2, 3, 5, 6].map((id) => own(id)),
    own(4, { status: 'refunded' }),
    own(7, { kind: 'payout' }),
    own(8, { status: 'failed' }),
    own(9, { status: 'processing' }),
    own(10, { kind: 'payout', status: 'pending' }),
  );
  assert.deepEqual(await differences(rows, ours), []);
});

test('each difference names its fields, and shows both', async () => {
  const cases = [
    [{ amount: '1000.01' }, {}, ['amount']],
    [{ amount: '1e3' }, {}, ['amount']],
    [{ amount: 'none' }, {}, ['amount']],
    [{ amount: '9007199254740993' }, { amount: '9007199254740992' }, ['amount']],
    [{ amount: '1100', fee: '100' }, {}, ['amount']],
    [{ currency: 'USD' }, {}, ['currency']],
    [{ status: 'FAILED' }, {}, ['status']],
    [{ status: 'succeeded' }, { status: 'pending' }, ['status']],
    [{ status: 'succeeded' }, { status: 'failed' }, ['status']],
    [{ status: 'new word' }, {}, ['status']],
    [{ status: undefined }, { status: 'failed' }, ['status']],
    [{ status: undefined }, { status: 'unknown' }, ['status']],
    [{ amount: '1', currency: 'USD', status: 'REVERSED' }, {}, ['amount', 'currency', 'status']],
  ];
  for (const [there, here, fields] of cases) {
    const [ours, theirs] = [own(1, here), listed(1, there)];
    assert.deepEqual(
      await differences([theirs], ledgerOf(ours)),
      [{ kind: 'differs', reference: 'ORDER-1', here: ours, there: theirs, fields }],
      JSON.stringify(there),
    );
  }
});

test('what one side alone has is told, but for what failed here', async () => {
  const strange = listed(9);
  const nameless = { reference: null, amount: '5', status: 'SUCCESS' };
  const ours = ledgerOf(own(1), own(2), own(3, { status: 'failed' }), own(4, { status: 'unknown' }));
  const told = await differences([listed(1), strange, nameless], ours);
  assert.deepEqual(told, [
    { kind: 'missing-here', reference: 'ORDER9', here: null, there: strange, fields: [] },
    { kind: 'missing-here', reference: null, here: null, there: nameless, fields: [] },
    { kind: 'missing-there', reference: 'ORDER-2', here: own(2), there: null, fields: [] },
    { kind: 'missing-there', reference: 'ORDER-4', here: own(4, { status: 'unknown' }), there: null, fields: [] },
  ]);
});

test('the ledger is asked for five hundred at a time, each once', async () => {
  async function* rows() {
    for (let id = 1; id <= 1_200; id += 1) {
      yield listed(id);
    }
  }
  const ours = ledgerOf(...Array.from({ length: 1_200 }, (_, at) => own(at + 1)));
  assert.deepEqual(await differences(rows(), ours), []);
  assert.deepEqual(
    ours.asked.map((references) => references.length),
    [500, 500, 200],
  );
});

test('differences come while rows still come, and their source is closed when nobody wants more', async () => {
  let given = 0;
  let closed = false;
  async function* rows() {
    try {
      for (;;) yield listed((given += 1));
    } finally {
      closed = true;
    }
  }
  for await (const one of compare({ rows: rows(), ours: ledgerOf(), gateway: 'clickpesa' })) {
    assert.equal(one.kind, 'missing-here');
    break;
  }
  assert.equal(given, 500);
  assert.ok(closed);
});

test('rows of another gateway, and what are no rows, are refused', async () => {
  await assert.rejects(differences([listed(1, { provider: 'azampay' })], ledgerOf()), /a row is of azampay.+clickpesa/);
  await assert.rejects(differences(['ORDER1'], ledgerOf()), /each row must be an object/);
  for (const rows of [undefined, null, 'text', 5, {}])
    await assert.rejects(differences(rows, ledgerOf()), /compare takes a list of rows/);
});

test('rows of a CSV are compared as they are', async () => {
  const { binaryOf } = await import('../../tasks/build/platforms.mjs');
  const { hostPlatform } = await import('../../tasks/build/lib/host.mjs');
  const { fromCsv } = require('../../lib/ledger/csv.js')(require(`../../${binaryOf(hostPlatform())}`));
  const text = 'Order,Amount,Currency,State\nORDER1,"1,000.00",TZS,SUCCESS\nORDER2,999,TZS,SUCCESS\n';
  const columns = { reference: 'Order', amount: 'Amount', currency: 'Currency', status: 'State' };
  const told = await differences(fromCsv(text, { columns }), ledgerOf(own(1), own(2)));
  assert.deepEqual(
    told.map(({ reference, fields }) => [reference, fields]),
    [['ORDER-2', ['amount']]],
  );
});
