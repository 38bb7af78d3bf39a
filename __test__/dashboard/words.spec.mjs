// Whatever the ledger may tell of a payment has words.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../support/child.mjs';

const require = createRequire(import.meta.url);
const { ATTENTION, Clock, EVENTS, NEXT, REASONS, SOURCES } = require(join(root, 'lib/dashboard/words.js'));
const types = readFileSync(join(root, 'lib/ledger/payment.d.ts'), 'utf8');

/** The texts that a member, or a type, may be. */
function textsOf(name) {
  const [, union] = new RegExp(`(?:readonly ${name}:|type ${name} =)([^;]*);`).exec(types);
  return [...union.matchAll(/'([\w-]+)'/g)].map(([, text]) => text).sort();
}

test('each reason, advice, source and kind of event is told in words', () => {
  const tables = { attention: ATTENTION, reason: REASONS, next: NEXT, LedgerSource: SOURCES };
  for (const [name, words] of Object.entries(tables)) assert.deepEqual(Object.keys(words).sort(), textsOf(name), name);
  const events = textsOf('type').filter((type) => type !== 'status');
  assert.deepEqual(Object.keys(EVENTS).sort(), events);
});

test('a day begins when the clock on the wall says so, where clocks change too', () => {
  const DAY_MS = 86_400_000;
  for (const zone of ['Africa/Dar_es_Salaam', 'Africa/Cairo', 'America/Santiago', 'Australia/Sydney', 'Asia/Beirut']) {
    const clock = new Clock(zone);
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += DAY_MS) {
      const date = new Date(at).toISOString().slice(0, 10);
      const begins = clock.begins(date);
      assert.ok(clock.date(begins) === date && clock.date(begins - 1) < date, `${zone} ${date}`);
    }
  }
});
