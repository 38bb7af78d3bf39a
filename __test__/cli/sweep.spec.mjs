import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root, runNode, start } from '../support/child.mjs';

const BIN = join(root, 'lib/cli/bin.js');
const folder = mkdtempSync(join(tmpdir(), 'finconnect-cli-'));
after(() => rmSync(folder, { recursive: true }));

/** A ledger that answers each sweep by `answer`, and says on standard error what is asked of it. */
const ledger = (answer) => `{
  async sweep(options) {
    console.error('sweep', options.signal instanceof AbortSignal);
    ${answer}
  },
  async close() { console.error('close'); },
}`;
const DONE = `return {
  changed: [{ reference: 'A-1', status: 'succeeded' }, { reference: 'A-\\u001b[2J2', status: 'failed' }],
  asked: 3, handled: 1, failed: 0,
};`;
const LINE = 'asked 3, changed 2 (A-1 succeeded, A- [2J2 failed), handled 1, failed 0\n';

let files = 0;
function moduleOf(text, extension = 'mjs') {
  const file = join(folder, `shop-${(files += 1)}.${extension}`);
  writeFileSync(file, text);
  return file;
}

const cli = (...args) => runNode([BIN, ...args], { cwd: folder });

test('--help tells all commands, and each command tells its own', async () => {
  const top = await cli('--help');
  assert.deepEqual([top.code, top.stderr], [0, '']);
  for (const name of ['sandbox', 'trigger', 'doctor', 'sweep', 'dashboard', 'ledger migrate', 'init', 'explain'])
    assert.match(top.stdout, new RegExp(`npx finconnect ${name} `));
  assert.equal((await cli('help')).stdout, top.stdout);
  for (const [args, words] of [
    [['doctor', '--help'], /--callback GATEWAY=URL[\s\S]*Exit codes/],
    [['sweep', '--help'], /--watch SECONDS[\s\S]*Exit codes/],
    [['dashboard', '--help'], /--ledger WHERE/],
    [['ledger', '--help'], /--print/],
    [['ledger', 'migrate', '-h'], /--schema NAME/],
    [['explain', '--help'], /Exit codes/],
    [['init', '--help'], /--gateway NAME[\s\S]*Exit codes/],
    [['sandbox', '--help'], /--webhook GATEWAY=URL/],
  ]) {
    const { code, stdout } = await cli(...args);
    assert.equal(code, 0);
    assert.match(stdout, words);
  }
});

test('a sweep prints one line, closes the ledger and ends, whatever the module leaves open', async () => {
  const open = 'setInterval(() => {}, 1000);\n';
  const modules = [
    moduleOf(`${open}export const ledger = ${ledger(DONE)};`),
    moduleOf(`${open}export const ledger = Promise.resolve(${ledger(DONE)});`),
    moduleOf(`${open}export const ledger = async () => (${ledger(DONE)});`),
    moduleOf(`${open}export default { ledger: () => (${ledger(DONE)}) };`),
    moduleOf(`${open}exports.ledger = ${ledger(DONE)};`, 'cjs'),
    moduleOf(`${open}module.exports = Object.assign(() => {}, { ledger: () => (${ledger(DONE)}) });`, 'cjs'),
  ];
  for (const module of modules) {
    const { code, stdout, stderr } = await cli('sweep', module);
    assert.deepEqual([code, stdout, stderr], [0, LINE, 'sweep true\nclose\n'], module);
  }
  const relative = modules[0].slice(folder.length + 1);
  assert.equal((await cli('sweep', relative)).stdout, LINE);
  const json = JSON.parse((await cli('sweep', modules[0], '--json')).stdout);
  assert.deepEqual([json.asked, json.handled, json.failed, json.changed.length], [3, 1, 0, 2]);
});

test('many changes are not all named', async () => {
  const many = `return { changed: Array.from({ length: 25 }, (_, at) => ({ reference: 'A' + at, status: 'failed' })),
    asked: 25, handled: 0, failed: 0 };`;
  const { stdout } = await cli('sweep', moduleOf(`export const ledger = ${ledger(many)};`));
  assert.match(stdout, /^asked 25, changed 25 \(A0 failed, .*A19 failed, 5 more\), handled 0, failed 0\n$/);
});

test('exit code 1 where it was not done, or not all of it', async () => {
  const late = `return { changed: [], asked: 0, handled: 1, failed: 2 };`;
  const failed = await cli('sweep', moduleOf(`export const ledger = ${ledger(late)};`));
  assert.deepEqual([failed.code, failed.stdout], [1, 'asked 0, changed 0, handled 1, failed 2\n']);
  const cases = [
    [
      `export const ledger = ${ledger(`throw new Error('the database\\u001b[2J is away');`)};`,
      /the database \[2J is away/,
    ],
    [`export const ledger = async () => { throw new Error('no database'); };`, /^finconnect: no database\n$/],
    [`export const payments = 1;`, /exports no ledger: export what openLedger\(\) gives/],
    [`export const ledger = {};`, /exports no ledger/],
    [`throw new Error('broken module')`, /broken module/],
  ];
  for (const [text, words] of cases) {
    const { code, stdout, stderr } = await cli('sweep', moduleOf(text));
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, words);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

test('exit code 2 for a wrong command line', async () => {
  const shop = moduleOf(`export const ledger = ${ledger(DONE)};`);
  const cases = [
    [[], /^$/],
    [['nonsense\u001b[2J'], /There is no command nonsense \[2J\.\nSee npx finconnect --help/],
    [['sweep'], /Missing: the module[\s\S]*See npx finconnect sweep --help/],
    [['sweep', 'nowhere.mjs'], /There is no file nowhere\.mjs\./],
    [['sweep', shop, 'more'], /There is no place for more/],
    [['sweep', shop, '--watch', '0'], /--watch takes a whole number of seconds from 1 to 86400; got 0/],
    [['sweep', shop, '--wach', '5'], /Unknown option '--wach'/],
    [['ledger'], /Missing: migrate\.[\s\S]*See npx finconnect ledger --help/],
    [['ledger', 'drop'], /There is no ledger drop/],
    [['ledger', 'migrate'], /Missing: the module/],
    [['ledger', 'migrate', shop, '--prefix', 'x_'], /go with --print/],
    [['ledger', 'migrate', '--print', shop], /no place for/],
    [['ledger', 'migrate', '--print', '--schema', 'shop'], /--schema goes with --postgres/],
    [['ledger', 'migrate', '--print', '--prefix', 'Bad-'], /--prefix must be/],
  ];
  for (const [args, words] of cases) {
    const { code, stderr } = await cli(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, words);
  }
});

test('a watch sweeps again after a failure, and ends by a signal', async (t) => {
  const twice = `globalThis.count = (globalThis.count ?? 0) + 1;
    if (globalThis.count === 1) throw new Error('restarting');
    ${DONE}`;
  const { child, out, ended } = start(process.execPath, [
    ...[BIN, 'sweep', moduleOf(`export const ledger = ${ledger(twice)};`), '--watch', '1'],
  ]);
  t.after(() => child.kill('SIGKILL'));
  while (!out.stdout.includes('\n')) await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await ended;
  assert.deepEqual([code, stdout], [0, LINE]);
  assert.equal(stderr, 'sweep true\nfinconnect: restarting\nsweep true\nclose\n');
});

test('a watch ends when npx has ended, which passes no signal on', {
  skip: process.platform === 'win32' && 'there is no such shell',
}, async (t) => {
  const module = moduleOf(`export const ledger = ${ledger(DONE)};`);
  const line = `"$0" "${BIN}" sweep "${module}" --watch 600; true`;
  const { child, out, ended } = start('sh', ['-c', line, process.execPath], { env: { npm_command: 'exec' } });
  t.after(() => child.kill('SIGKILL'));
  while (!out.stdout.includes('\n')) await once(child.stdout, 'data');
  child.kill('SIGKILL');
  assert.equal((await ended).stderr, 'sweep true\nclose\n');
});

test('a signal ends a sweep that is under way', async (t) => {
  const hanging = `console.log('under way');
    await new Promise((_, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason)));`;
  const module = moduleOf(`export const ledger = ${ledger(hanging)}; setInterval(() => {}, 1000);`);
  const { child, out, ended } = start(process.execPath, [BIN, 'sweep', module]);
  t.after(() => child.kill('SIGKILL'));
  while (!out.stdout.includes('under way')) await once(child.stdout, 'data');
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  assert.deepEqual([code, stderr], [1, 'sweep true\nclose\n']);
});

test('the sandbox is loaded for its commands alone, and the addon for none that needs no ledger', async () => {
  const watch = `process.on('exit', () => console.error(Object.keys(require.cache).filter((file) =>
    /sandbox.dist|lib.ledger|\\.node$/.test(file)).length));`;
  const told = moduleOf(watch, 'cjs');
  const shop = moduleOf(`export const ledger = ${ledger(DONE)};`);
  for (const args of [['--help'], ['sweep', shop]]) {
    const { stderr } = await runNode(['--require', told, BIN, ...args]);
    assert.match(stderr, /(^|\n)0\n$/, args.join(' '));
  }
});

test('a migration opens the ledger and says so', async () => {
  const shop = moduleOf(`export const ledger = async () => (console.error('opened'), ${ledger('')});`);
  const { code, stdout, stderr } = await cli('ledger', 'migrate', shop);
  assert.deepEqual([code, stdout, stderr], [0, 'The tables of the ledger are of this version.\n', 'opened\nclose\n']);
});

test('--print prints SQL that makes the tables', async () => {
  const sqlite = await cli('ledger', 'migrate', '--print');
  assert.deepEqual([sqlite.code, sqlite.stderr], [0, '']);
  assert.match(sqlite.stdout, /^-- Migration 1\nBEGIN;\nCREATE TABLE "finconnect_event" \([\s\S]*;\nCOMMIT;\n$/);
  assert.doesNotMatch(sqlite.stdout, /timestamptz|CREATE SCHEMA/);
  const args = ['--print', '--postgres', '--prefix', 'pay_', '--schema', 'shop'];
  const postgres = await cli('ledger', 'migrate', ...args);
  assert.match(postgres.stdout, /^CREATE SCHEMA IF NOT EXISTS "shop";\n\n-- Migration 1\nBEGIN;\n/);
  assert.match(postgres.stdout, /CREATE TABLE "shop"\."pay_payment" \([\s\S]*timestamptz/);
});
