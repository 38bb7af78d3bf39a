// No page goes through a whole table: each statement of the dashboard finds its rows by an index, in SQLite.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../support/child.mjs';

const require = createRequire(import.meta.url);
const Database = require('better-sqlite3');
const { proceduresOf, MODULES } = require(join(root, 'lib/ledger/stores/procedures.js'));
const { namesOf } = require(join(root, 'lib/ledger/stores/names.js'));
const { migrations } = require(join(root, 'lib/ledger/schema.js'));

const period = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z', limit: 1_000 };
const before = { createdAt: period.to, id: 7 };
const ASKED = {
  day: [period],
  funnel: [period],
  failures: [period],
  paid: [period],
  waiting: [{ before: period.to, limit: 100 }],
  attentionCount: [{ limit: 1_000 }],
  latest: [
    { limit: 50 },
    { before, limit: 50 },
    { status: 'failed', before, limit: 50 },
    { ...period, before, limit: 50 },
  ],
  found: [{ text: 'ORDER-1' }, { text: '5678' }],
  life: [{ reference: 'ORDER-1' }],
};

test('every statement of the dashboard is led by an index', () => {
  const db = new Database(':memory:');
  const names = namesOf({});
  for (const text of migrations(names).flat()) db.exec(text);
  const procedures = proceduresOf(names, MODULES);
  const plans = [];
  for (const [name, cases] of Object.entries(ASKED))
    for (const args of cases) {
      const procedure = procedures[name](args);
      for (let step = procedure.next(); !step.done; ) {
        const [text, values] = step.value;
        for (const { detail } of db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values))
          plans.push(`${name}: ${detail}`);
        const rows = db.prepare(text).all(...values);
        // As if there were a gateway, and a payment.
        const given =
          /AS one|count\(\*\)/.test(text) || rows.length > 0 ? rows : [{ name: 'one', reference: 'ORDER-1' }];
        step = procedure.next(given);
      }
    }
  assert.ok(plans.length > 30, `${plans.length}`);
  // `newest`, what a bounded part of a table gave, is none.
  const whole = plans.filter(
    (plan) => /\bSCAN (finconnect_|[aep]\b)/.test(plan) && !/USING (COVERING )?INDEX/.test(plan),
  );
  assert.deepEqual(whole, []);
  assert.deepEqual(
    plans.filter((plan) => /ORDER BY/.test(plan) && !/^found:/.test(plan)),
    [],
  );
  db.close();
});
