// Whatever the ledger may tell of a payment has words.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../support/child.mjs';

const require = createRequire(import.meta.url);
const { ATTENTION, EVENTS, NEXT, REASONS, SOURCES } = require(join(root, 'lib/dashboard/words.js'));
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
