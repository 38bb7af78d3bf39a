import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { hostPlatform } from '../../tasks/build/lib/host.mjs';
import { binaryOf } from '../../tasks/build/platforms.mjs';

const require = createRequire(import.meta.url);
const { fromCsv, toCsv } = require('../../lib/ledger/csv.js')(require(`../../${binaryOf(hostPlatform())}`));

async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

const TEXT = '\uFEFFreference,amount , note\r\nA1,1000,"said ""yes"", then\nleft"\r\n\r\nA2,2000.50,Ünïcode 😀\r\n';
const ROWS = [
  { reference: 'A1', amount: '1000', note: 'said "yes", then\nleft' },
  { reference: 'A2', amount: '2000.50', note: 'Ünïcode 😀' },
];

test('rows come by the names of the header, whatever they come from', async () => {
  const bytes = Buffer.from(TEXT);
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const sources = {
    text: TEXT,
    bytes,
    buffer: new Uint8Array(bytes).buffer,
    'list of bytes': single,
    'list of characters': Array.from(TEXT),
    Readable: Readable.from(single),
    'Readable of text': Readable.from(bytes).setEncoding('utf8'),
    'web stream': new Blob([bytes]).stream(),
  };
  for (const [name, source] of Object.entries(sources)) assert.deepEqual(await all(fromCsv(source)), ROWS, name);
});

test('columns choose and rename, and keep to the order that they have', async () => {
  const rows = await all(fromCsv(TEXT, { columns: { id: 'reference', value: 'amount' } }));
  assert.deepEqual(rows[1], { id: 'A2', value: '2000.50' });
  assert.deepEqual(Object.keys((await all(fromCsv(TEXT, { columns: ['note', 'reference'] })))[0]), [
    'note',
    'reference',
  ]);
  assert.deepEqual(await all(fromCsv('a,,b,\n1,2,3,\n')), [{ a: '1', b: '3' }], 'a column without a name is left out');
  const [{ __proto__: own }] = await all(fromCsv('__proto__\nx\n'));
  assert.equal(own, 'x');
});

test('an empty file, and one with a header alone, have no rows', async () => {
  for (const text of ['', '\uFEFF', '\r\n\r\n', 'a,b', 'a,b\r\n']) assert.deepEqual(await all(fromCsv(text)), []);
});

test('what cannot be read says where', async () => {
  const long = 'x'.repeat(65_537);
  const cases = [
    ['a,b\n1,2\n3\n', 'line 3 has 1 columns, and the first row has 2'],
    ['a,b\r\n1,"2\r\n2"\r\n3,4,5\r\n', 'line 4 has 3 columns, and the first row has 2'],
    [`a,b\n1,${long}\n`, 'line 2 has a field of more than 65536 bytes'],
    [`a,b\n1,"${long}"\n`, 'line 2 has a field of more than 65536 bytes'],
    ['a,b\n1,"2\n3,4\n5,6\n', 'line 2 begins a field with a quote that nothing ends'],
    ['a\n"1', 'line 2 begins a field with a quote that nothing ends'],
    [`${'a,'.repeat(1_000)}a\n`, 'line 1 has more than 1000 columns'],
    [`a\n${Array(18).fill('x'.repeat(65_000)).join(',')}\n`, 'line 2 has more than 1048576 bytes'],
    ['a,b,a\n1,2,3\n', 'two columns are called a'],
    [Buffer.from('a\n\xff\n', 'latin1'), 'it is not UTF-8'],
    [Buffer.from('a\n\xc3', 'latin1'), 'it is not UTF-8'],
  ];
  for (const [source, words] of cases)
    await assert.rejects(all(fromCsv(source)), (error) => {
      assert.equal(error.code, 'INVALID_CSV');
      assert.ok(error.message.includes(words), error.message);
      return true;
    });
  await assert.rejects(all(fromCsv('a\n1\n', { columns: ['b'] })), /there is no column b; there are a\./);
  for (const source of [undefined, null, 5, {}, [5]])
    await assert.rejects(all(fromCsv(source)), /^TypeError: fromCsv takes text, bytes, or a stream of them\.$/);
  await assert.rejects(all(fromCsv('', { column: 1 })), /fromCsv has no option column; there is columns\./);
  await assert.rejects(all(fromCsv('', { columns: [] })), /columns must be a list of names/);
});

test('the rows before a bad one come first', async () => {
  const seen = [];
  await assert.rejects(async () => {
    for await (const row of fromCsv('a,b\n1,2\n3,4\n5\n6,7\n')) seen.push(row.a);
  }, /line 4 has 1 columns/);
  assert.deepEqual(seen, ['1', '3']);
});

test('a source that is no longer wanted is closed, and one that fails is told', async () => {
  let closed = false;
  async function* source() {
    try {
      for (;;) yield 'a\n'.repeat(1_000);
    } finally {
      closed = true;
    }
  }
  for await (const row of fromCsv(source())) {
    assert.deepEqual(row, { a: 'a' });
    break;
  }
  assert.ok(closed);
  const broken = Readable.from(
    (async function* () {
      yield 'a\n';
      throw new Error('disk');
    })(),
  );
  await assert.rejects(all(fromCsv(broken)), /disk/);
});

test('two hundred thousand rows take the memory of a piece', async () => {
  const piece = 'A123456789,1000.00,TZS,some words of a statement\n'.repeat(1_000);
  async function* source() {
    yield 'reference,amount,currency,note\n';
    for (let at = 0; at < 200; at += 1) yield piece;
  }
  let count = 0;
  let most = 0;
  for await (const row of fromCsv(source())) {
    count += row.amount === '1000.00' ? 1 : 0;
    if (count % 20_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
  }
  assert.equal(count, 200_000);
  assert.ok(most < 100_000_000, `${most} bytes`);
});

test('rows are written as they are read', async () => {
  const text = (await all(toCsv(ROWS, { columns: ['reference', 'amount', 'note'] }))).join('');
  assert.equal(text, 'reference,amount,note\r\nA1,1000,"said ""yes"", then\nleft"\r\nA2,2000.50,Ünïcode 😀\r\n');
  assert.deepEqual(await all(fromCsv(text)), ROWS);
  const lone = (await all(toCsv([{ a: '' }, { a: null }, {}], { columns: ['a'] }))).join('');
  assert.deepEqual(await all(fromCsv(lone)), [{ a: '' }, { a: '' }, { a: '' }]);
  const values = { a: 5n, b: true, c: new Date(0), d: { e: [1] } };
  const [, line] = (await all(toCsv([values], { columns: { a: 'A', b: 'B', c: 'C', d: 'D' } }))).join('').split('\r\n');
  assert.equal(line, '5,true,1970-01-01T00:00:00.000Z,"{""e"":[1]}"');
});

test('some hundred rows make a piece, and no more is asked of their source', async () => {
  let given = 0;
  async function* rows() {
    for (; given < 10_000; given += 1) yield { a: given };
  }
  const pieces = toCsv(rows(), { columns: ['a'] });
  await pieces.next();
  assert.ok(given < 600, `${given}`);
  await pieces.return();
  assert.equal((await all(toCsv([], { columns: ['a'] }))).join(''), 'a\r\n');
});

test('no field becomes a formula, and a number stays one', async () => {
  const fields = ['=1+1', '+255 712', '-x', '@sum', '\tx', "'=1"];
  const numbers = ['-5', '+255712345678', '-1.50', '1=1', ''];
  const text = (
    await all(
      toCsv(
        [...fields, ...numbers].map((a) => ({ a, b: 1 })),
        { columns: ['a', 'b'] },
      ),
    )
  ).join('');
  const rows = await all(fromCsv(text));
  assert.deepEqual(
    rows.map(({ a }) => a),
    [...["'=1+1", "'+255 712", "'-x", "'@sum", "'\tx", "'=1"], ...numbers],
  );
});

test('what cannot be written is refused by name', async () => {
  await assert.rejects(all(toCsv([], {})), /^TypeError: toCsv: columns must be a list of names, or an object/);
  await assert.rejects(all(toCsv([])), /columns must be/);
  await assert.rejects(all(toCsv({}, { columns: ['a'] })), /toCsv takes a list of rows/);
  await assert.rejects(all(toCsv('abc', { columns: ['a'] })), /toCsv takes a list of rows/);
});
