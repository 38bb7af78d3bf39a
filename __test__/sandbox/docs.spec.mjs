import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { FAULTS } from '../../sandbox/dist/engine/faults.js';
import { SWITCHES } from '../../sandbox/dist/gateways/index.js';

const doc = await readFile(new URL('../../docs/guide/sandbox.md', import.meta.url), 'utf8');
const rows = doc.split('\n').filter((line) => line.startsWith('|'));

describe('docs/guide/sandbox.md', () => {
  test('lists every fault with its magic phone and amount, in the words of the code', () => {
    for (const [name, { magic, about }] of Object.entries(FAULTS)) {
      const number = String(magic).padStart(2, '0');
      assert.ok(
        rows.some((row) => row.startsWith(`| \`…0000${number}\` | \`9900${number}\` | \`${name}\` | ${about} |`)),
        name,
      );
    }
    assert.equal(new Set(Object.values(FAULTS).map(({ magic }) => magic)).size, Object.keys(FAULTS).length);
  });

  test('lists every switch with its default, its choices and the words of the code', () => {
    for (const [name, row] of Object.entries(SWITCHES)) {
      const line = rows.find((text) => text.startsWith(`| \`${name}\` | \`${row.default}\` |`));
      assert.ok(line?.endsWith(` | ${row.about} |`), name);
      for (const choice of row.choices ?? []) assert.ok(line.includes(`\`${choice}\``), `${name} ${choice}`);
    }
  });

  test('names only specs that exist', async () => {
    const facts = rows.filter((row) => /^\| (PesaPal|ClickPesa|AzamPay) [\d.]/.test(row));
    assert.ok(facts.length > 25);
    for (const row of facts) {
      const proofs = row.split('|').at(-2);
      const named = [...proofs.matchAll(/`([\w-]+\.spec\.mjs)`: ([^`]+)/g)];
      assert.ok(named.length, row);
      for (const [, file, titles] of named) {
        const spec = await readFile(new URL(file, import.meta.url), 'utf8');
        for (const title of titles.split(';').map((text) => text.trim().replace(/\.$/, '')))
          assert.ok(spec.includes(title), `${file}: ${title}`);
      }
    }
  });
});
