import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const { all, amountLimit, refusedPhones, triesPerPhone } = createRequire(import.meta.url)('../../lib/ledger/rules.js');

const INTENT = { reference: 'A1', kind: 'payment', amount: '1000', currency: 'TZS', phone: '255712345678', attempt: 1 };

/** A history that tells how far back it was asked. */
function historyOf(...rows) {
  const asked = [];
  return { asked, recent: async ({ withinMs }) => (asked.push(withinMs), rows) };
}
const tried = (status = 'failed', kind = 'payment') => ({
  reference: 'A0',
  kind,
  status,
  amount: '1',
  currency: 'TZS',
});

test('triesPerPhone lets the first tries through, and refuses the next', async () => {
  const rule = triesPerPhone({ most: 2, withinMs: 3_600_000 });
  const once = historyOf(tried());
  assert.equal(await rule(INTENT, once), undefined);
  assert.deepEqual(once.asked, [3_600_000]);
  const refusal = await rule(INTENT, historyOf(tried(), tried('succeeded')));
  assert.equal(refusal, 'This phone has tried 2 times within 1 hour; 2 are allowed.');
  assert.equal(await rule(INTENT, historyOf(tried(), tried('failed', 'payout'))), undefined, 'nor does another kind');
  assert.equal(await rule({ ...INTENT, phone: null }, historyOf(tried(), tried())), undefined);
});

test('triesPerPhone says a span as people do', async () => {
  const spans = { 1000: '1 second', 90000: '90 seconds', 600000: '10 minutes', 172800000: '2 days' };
  for (const [withinMs, span] of Object.entries(spans))
    assert.match(
      await triesPerPhone({ most: 1, withinMs: Number(withinMs) })(INTENT, historyOf(tried())),
      new RegExp(`within ${span};`),
    );
});

test('amountLimit compares decimals exactly, by currency', () => {
  const rule = amountLimit({ TZS: '3000000', USD: 100.5, KES: 10n });
  const of = (amount, currency) => rule({ ...INTENT, amount, currency });
  assert.equal(of('3000000', 'TZS'), undefined);
  assert.equal(of('3000000.00', 'TZS'), undefined);
  assert.equal(of('3000000.01', 'TZS'), '3000000.01 TZS is more than the 3000000 TZS that are allowed.');
  assert.equal(of('100.50', 'USD'), undefined);
  assert.match(of('100.51', 'USD'), /more than the 100\.5 USD/);
  assert.match(of('11', 'KES'), /more than the 10 KES/);
  assert.equal(of('999999999', 'UGX'), undefined);
});

test('refusedPhones takes numbers as people write them', () => {
  const rule = refusedPhones(['255712345678', '+255 754-000 001', 254712345678]);
  for (const phone of ['255712345678', '255754000001', '254712345678']) {
    const refusal = rule({ ...INTENT, phone });
    assert.equal(refusal, 'This phone is on the list of refused phones.');
    assert.ok(!refusal.includes(phone));
  }
  assert.equal(rule({ ...INTENT, phone: '255712345679' }), undefined);
  assert.equal(rule({ ...INTENT, phone: null }), undefined);
  assert.equal(refusedPhones(new Set())(INTENT), undefined);
});

test('all tells the first refusal, and asks no further', async () => {
  const asked = [];
  const say = (name, answer) => () => (asked.push(name), answer);
  const rule = all(say('a'), say('b', null), async () => 'no more', say('c', 'never'));
  assert.equal(await rule(INTENT, historyOf()), 'no more');
  assert.deepEqual(asked, ['a', 'b']);
  assert.equal(await all()(INTENT, historyOf()), undefined);
  await assert.rejects(all(() => assert.fail('broken'))(INTENT, historyOf()), /broken/);
});

test('what cannot be a rule is refused when it is made, by name', () => {
  const wrong = [
    [() => triesPerPhone(), 'triesPerPhone: most must be a whole number from 1 to 500.'],
    [() => triesPerPhone({ most: 0, withinMs: 1000 }), 'triesPerPhone: most must be'],
    [() => triesPerPhone({ most: 1 }), 'triesPerPhone: withinMs must be'],
    [() => triesPerPhone({ most: 1, withinMs: 32 * 86_400_000 }), 'withinMs must be'],
    [() => triesPerPhone({ most: 1, within: 5 }), 'triesPerPhone has no option within.'],
    [() => amountLimit(), 'amountLimit needs the most by currency'],
    [() => amountLimit({ tzs: 1 }), 'amountLimit: tzs is no currency'],
    [() => amountLimit({ TZS: 0 }), 'amountLimit: TZS must be an amount above 0; got 0.'],
    [() => amountLimit({ TZS: Number.NaN }), 'got NaN'],
    [() => amountLimit({ TZS: '1e5' }), 'got 1e5'],
    [() => refusedPhones('255712345678'), 'refusedPhones takes a list'],
    [() => refusedPhones(['255712345678', '0712345678']), 'refusedPhones: entry 2 is no phone number'],
    [() => all(() => {}, 'x'), 'all: rule 2 must be a function.'],
  ];
  for (const [make, words] of wrong)
    assert.throws(make, (error) => error instanceof TypeError && error.message.includes(words), words);
});
