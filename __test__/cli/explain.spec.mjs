// `npx finconnect explain`, and that it knows the codes which the library gives: no more and no fewer.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import codes from '../../lib/cli/codes.js';
import { page } from '../../tasks/docs/errors.mjs';
import { root, runNode } from '../support/child.mjs';

const read = (file) => readFileSync(join(root, file), 'utf8');
const explain = (...args) => runNode([join(root, 'lib/cli/bin.js'), 'explain', ...args]);
const sorted = (names) => [...new Set(names)].sort();

/** The names that an enum of Rust has for JavaScript. */
const namesIn = (file) => [...read(file).matchAll(/Self::\w+ => "([A-Z_]+)"/g)].map(([, name]) => name);
/** The members of a type that is a union of texts. */
const unionIn = (file, type) => {
  const [, text] = new RegExp(`export type ${type} =([^;]+);`).exec(read(file).replace(/\/\*\*[\s\S]*?\*\//g, ''));
  return [...text.matchAll(/'([A-Z_]+)'/g)].map(([, name]) => name);
};

/** Words in capitals that are no codes: HTTP, SQL, signals, variables, and what others say. */
const OTHERS = new RegExp(
  [
    'GET|POST|HEAD|SET|DEL|TEXT|NULL|BEGIN|COMMIT|ROLLBACK|DENY|UTC|VALID|UNDECIDED|NOT_FOUND',
    'SIG[A-Z]+|ERR_[A-Z_]+|EADDRINUSE|MODULE_NOT_FOUND|UND_ERR_[A-Z_]+',
    '[A-Z]+_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|BASE_URL',
    'CERT_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]+|UNABLE_TO_[A-Z_]+|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED',
  ]
    .map((part) => `^(?:${part})$`)
    .join('|'),
);
const scripts = ['index.js', ...readdirSync(join(root, 'lib'), { recursive: true }).map((name) => join('lib', name))]
  .filter((name) => name.endsWith('.js') && !/cli.(codes|init)/.test(name))
  .map(read);
const spoken = sorted(
  scripts.flatMap((text) => [...text.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)].map(([, name]) => name)),
).filter((name) => name.length > 2 && !OTHERS.test(name));

const told = [...Object.keys(codes.errors), ...Object.keys(codes.ledger)];
const reasons = Object.keys(codes.reasons);

test('the codes are those of the addon and of the scripts', () => {
  const inRust = namesIn('src/model/error.rs');
  assert.ok(inRust.length > 15);
  assert.deepEqual(Object.keys(codes.errors).sort(), sorted(inRust));
  assert.deepEqual(reasons.sort(), sorted(namesIn('src/model/expectation.rs')));
  assert.deepEqual(
    Object.keys(codes.ledger).sort(),
    spoken.filter((name) => !inRust.includes(name) && !reasons.includes(name)),
  );
});

test('the codes are those of the types', () => {
  assert.deepEqual(sorted([...unionIn('index.d.ts', 'FinConnectErrorCode'), 'LOST', 'INVALID_CSV']), sorted(told));
  assert.deepEqual(sorted(unionIn('index.d.ts', 'CallbackReason')), sorted(reasons));
  assert.match(read('lib/ledger/payment.d.ts'), /`LOST`/);
  assert.match(read('lib/ledger/index.d.ts'), /`INVALID_CSV`/);
});

test('each is told whole, and names no gateway', () => {
  for (const [code, row] of [...Object.entries(codes.errors), ...Object.entries(codes.ledger)]) {
    assert.equal(row.length, 4, code);
    assert.ok(Object.hasOwn(codes.MONEY, row[2]), code);
    for (const at of [1, 3]) assert.match(row[at], /^[A-Z`].*\.$/, code);
  }
  for (const [code, row] of Object.entries(codes.reasons)) assert.match(row.join(' '), /^[A-Z`].*\.$/, code);
});

test('docs/guide/errors.md is made of them', () => {
  assert.equal(read('docs/guide/errors.md'), page(), 'run node tasks/docs/errors.mjs');
});

test('it tells a code in any letters, and both meanings of one that has two', async () => {
  const { code, stdout, stderr } = await explain('amount-mismatch');
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(
    stdout,
    /^AMOUNT_MISMATCH, code of an error\n {2}Given by .*\n {2}What .*\n {2}Money moved {2}It may have\./,
  );
  assert.match(stdout, /\n\nAMOUNT_MISMATCH, reason of a callback\n {2}What .*\n {2}webhooks {5}answers 400\n/);
  assert.doesNotMatch(stdout, /`/);
});

test('without a code it lists all; for an unknown one it names the nearest, and no terminal obeys what was typed', async () => {
  const { code, stdout } = await explain();
  assert.equal(code, 0);
  for (const name of [...told, ...reasons]) assert.ok(stdout.includes(`  ${name}\n`), name);
  const unknown = await explain('TIMEOUTT\u001b[2J');
  assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
  assert.match(unknown.stderr, /^finconnect: There is no code TIMEOUTT \[2J\. The nearest: TIMEOUT, \w+, \w+\.\n/);
  assert.match(unknown.stderr, /See npx finconnect explain --help\n$/);
  assert.equal((await explain('A', 'B')).code, 2);
});
