// What `npm test` itself does: the environment of child processes, and the counts that end a run.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { countsLine, noCounts, rustCounts } from '../../tasks/test/counts.mjs';
import { root, run, runNode } from './child.mjs';
import { filesBeneath } from './files.mjs';

const SHELL = {
  FORCE_COLOR: '3',
  NO_COLOR: '1',
  NODE_OPTIONS: '--trace-warnings',
  NODE_EXTRA_CA_CERTS: '/nowhere.pem',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
  SSL_CERT_FILE: '/nowhere.pem',
  LC_ALL: 'sw_TZ',
  TZ: 'Pacific/Apia',
  NODE_TEST_CONTEXT: 'child-v8',
};

test('the child processes of specs meet nothing that the shell has set', async (t) => {
  const before = { ...process.env };
  t.after(() => {
    for (const name of Object.keys(SHELL)) delete process.env[name];
    Object.assign(process.env, before);
  });
  Object.assign(process.env, SHELL);
  const { code, stdout, stderr } = await runNode(['-p', 'console.log(true); JSON.stringify(process.env)'], {
    env: { ASKED: 'yes' },
  });
  const [coloured, environment] = stdout.trim().split('\n');
  assert.deepEqual([code, coloured, stderr], [0, 'true', '']);
  const got = JSON.parse(environment);
  assert.deepEqual(
    Object.keys(SHELL).filter((name) => name in got),
    [],
  );
  assert.deepEqual([got.ASKED, got.PATH], ['yes', process.env.PATH]);
});

test('every spec starts its child processes that way', () => {
  const files = filesBeneath(join(root, '__test__')).filter(
    (name) => /\.[cm]?js$/.test(name) && !name.startsWith('matrix'),
  );
  const wrong = files.filter((name) => {
    const text = readFileSync(join(root, '__test__', name), 'utf8');
    return /from 'node:child_process'/.test(text) && !text.includes('cleanEnvironment');
  });
  assert.deepEqual(wrong, []);
});

const FILES = {
  'mixed.mjs': `
    import { before, describe, test } from 'node:test';
    test('passes', () => {});
    test('is skipped', { skip: true }, () => {});
    test('is to be done', { todo: true }, () => { throw new Error('not yet'); });
    test('fails', () => { console.log('written before'); throw new Error('the reason'); });
    describe('a group', () => { test('passes in it', () => {}); });
    describe('a broken group', () => { before(() => { throw new Error('the hook'); }); test('cannot run', () => {}); });
    test('outer', async (t) => { await t.test('inner', () => { throw new Error('deep'); }); });`,
  'unreadable.mjs': 'this is no module',
  'ends-early.mjs': `import { test } from 'node:test'; test('leaves', () => process.exit(3));`,
  'good.mjs': `import { test } from 'node:test'; test('passes', () => {});`,
};

test('each failure is counted and told, with what its file wrote, whatever way it failed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-runner-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const runner = (files) => {
    const reporters = ['spec-reporter', 'count-reporter'].map(
      (name) => `--test-reporter=${join(root, `tasks/test/${name}.mjs`)}`,
    );
    const destinations = ['stdout', 'counts.json'].map((name) => `--test-reporter-destination=${name}`);
    return runNode(['--test', ...reporters, ...destinations, ...files], { cwd: folder });
  };
  const { code, stdout } = await runner(Object.keys(FILES));
  const counts = JSON.parse(readFileSync(join(folder, 'counts.json'), 'utf8'));
  assert.equal(code, 1);
  // mixed: fails, cannot run, its group, inner, outer. unreadable: itself. ends-early: itself.
  assert.deepEqual(counts, { passed: 3, failed: 7, skipped: 2 }, stdout);
  for (const words of [
    '✖ fails\n',
    'the reason',
    'the hook',
    '✖ outer › inner',
    'SyntaxError',
    'ended with 3',
    'written before',
    '✔ good.mjs',
  ]) {
    assert.ok(stdout.includes(words), `${words} is missing in ${stdout}`);
  }
  assert.ok(!stdout.includes('\u001b'));

  assert.equal((await runner(['good.mjs'])).code, 0);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'counts.json'), 'utf8')), { passed: 1, failed: 0, skipped: 0 });
});

test('what cargo printed is added up; a run that did not compile is a failure', () => {
  const printed = `
test result: ok. 149 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.20s
\u001b[31mtest result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured\u001b[0m
`;
  assert.deepEqual(rustCounts(printed, false), { passed: 152, failed: 1, skipped: 2 });
  assert.deepEqual(rustCounts('', false), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(rustCounts('', true), noCounts());
});

test('the last line is plain', () => {
  assert.equal(countsLine({ passed: 5, failed: 0, skipped: 0 }), '5 passed, 0 failed');
  assert.equal(countsLine({ passed: 5, failed: 1, skipped: 2 }), '5 passed, 1 failed, 2 skipped');
});

test('a command that does not exist is told, with those that do', async () => {
  const { code, stdout, stderr } = await run(process.execPath, ['tasks/dev.mjs', 'tset']);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /There is no such command\. There are: demo, test, check, build, build:debug\./);
});
