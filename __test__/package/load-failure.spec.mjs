import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binaryOf, manifest, packageOf, platforms } from '../../tasks/build/platforms.mjs';
import { root, runNode } from '../support/child.mjs';

const HERE = { platform: 'linux', arch: 'x64' };

/** The package as installed, without its addon. */
function installed(t) {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-load-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const own = join(folder, 'node_modules', manifest.name);
  for (const file of manifest.files.filter((name) => /^([\w-]+\.js|lib)$/.test(name)))
    cpSync(join(root, file), join(own, file), { recursive: true });
  const optionalDependencies = Object.fromEntries(
    Object.keys(platforms).map((platform) => [packageOf(platform), manifest.version]),
  );
  writeFileSync(join(own, 'package.json'), JSON.stringify({ ...manifest, optionalDependencies }));
  return folder;
}

/** What a process says that loads the package, on a machine that says it is `platform` and `arch`. */
async function load(folder, { platform, arch } = HERE, env = {}) {
  const pretend = `for (const [key, value] of Object.entries(${JSON.stringify({ platform, arch })})) Object.defineProperty(process, key, { value });`;
  const args = ['--eval', `${pretend} require('finconnect')`];
  const { code, stderr } = await runNode(args, { cwd: folder, env });
  assert.notEqual(code, 0);
  assert.doesNotMatch(stderr, /MODULE_NOT_FOUND|Require stack|^ +at .*(node:|finconnect)/m);
  return /^Error: (.*)$/m.exec(stderr)?.[1] ?? assert.fail(stderr);
}

test('a package that is not installed is named, with the platform and the fix', async (t) => {
  const folder = installed(t);
  const machines = [
    [HERE, /linux-x64-(gnu|musl)/],
    [{ platform: 'darwin', arch: 'arm64' }, /darwin-arm64/],
    [{ platform: 'win32', arch: 'x64' }, /win32-x64-msvc/],
  ];
  for (const [machine, platform] of machines)
    await t.test(`${machine.platform}-${machine.arch}`, async () => {
      const message = await load(folder, machine);
      assert.match(message, platform);
      assert.match(
        message,
        new RegExp(`the package finconnect-${platform.source}@${manifest.version} is not installed; run "npm install"`),
      );
    });
});

test('a platform without a package is told which there are', async (t) => {
  const folder = installed(t);
  for (const machine of [
    { platform: 'freebsd', arch: 'x64' },
    { platform: 'linux', arch: 's390x' },
    { platform: 'win32', arch: 'arm64' },
  ]) {
    const message = await load(folder, machine);
    assert.equal(
      message,
      `finconnect has no build for ${machine.platform}-${machine.arch}; it runs on ${Object.keys(platforms).join(', ')}.`,
    );
  }
});

test('an addon that the system refuses is named with the reason', {
  skip: process.platform !== 'linux' && 'Linux words',
}, async (t) => {
  const folder = installed(t);
  const platform = `linux-${process.arch}-${process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'}`;
  const broken = join(folder, 'node_modules', packageOf(platform));
  mkdirSync(broken);
  writeFileSync(
    join(broken, 'package.json'),
    JSON.stringify({ name: packageOf(platform), version: manifest.version, main: binaryOf(platform) }),
  );
  writeFileSync(join(broken, binaryOf(platform)), 'not a library');
  const message = await load(folder, { platform: process.platform, arch: process.arch });
  assert.ok(
    message.startsWith(
      `finconnect cannot load the package ${packageOf(platform)}@${manifest.version} on ${platform}: `,
    ),
    message,
  );
  assert.match(message, /file too short|invalid ELF|npm install/);
});

test('an override that does not load is named', async (t) => {
  const message = await load(installed(t), HERE, { NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere.node' });
  assert.match(message, /^finconnect cannot load \/nowhere\.node, which NAPI_RS_NATIVE_LIBRARY_PATH names: /);
});

test('a copy of the source is told to build an addon in a checkout, and to be replaced where it was installed', async (t) => {
  const folder = installed(t);
  const own = join(folder, 'node_modules', manifest.name);
  const { optionalDependencies, ...source } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  writeFileSync(join(own, 'package.json'), JSON.stringify(source));
  assert.equal(
    await load(folder),
    'finconnect was installed from its source, which holds no addon: run "npm install finconnect" to install it from npm.',
  );
  const { code, stderr } = await runNode([join(own, 'lib/cli/bin.js'), 'sandbox']);
  assert.equal(code, 1);
  assert.match(stderr, /^finconnect: the sandbox is not compiled .+"npm run build".+"npm install finconnect"\.\n$/);
  // As "npm link" and "npm install <folder>" do it.
  renameSync(own, join(folder, 'checkout'));
  symlinkSync(join(folder, 'checkout'), own, 'junction');
  assert.equal(await load(folder), 'finconnect is not built in this checkout: run "npm run build".');
});

test('a flag that forbids addons is named, with the cause, in a process and in a worker', async (t) => {
  const script = `try { require('finconnect') } catch (e) { console.log(JSON.stringify([e.message, e.cause.code, e.stack.includes('node:')])) }`;
  const inWorker = (execArgv) =>
    `new (require('node:worker_threads').Worker)(${JSON.stringify(script)}, { eval: true, execArgv: ${JSON.stringify(execArgv)} })`;
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const rows = [
    [['--no-addons', '-e', script], {}, 'without --no-addons'],
    [['-e', script], { NODE_OPTIONS: '--no-addons' }, 'without --no-addons'],
    [['-e', inWorker(['--no-addons'])], {}, 'without --no-addons'],
    [[permission, '--allow-fs-read=*', '-e', script], {}, 'with --allow-addons beside --permission'],
    [
      ['--no-addons', permission, '--allow-fs-read=*', '-e', script],
      {},
      'without --no-addons and with --allow-addons beside --permission',
    ],
  ];
  for (const [args, env, cure] of rows)
    await t.test(cure, async () => {
      const { stdout, stderr } = await runNode(args, { env });
      const message = `finconnect cannot load: it is a native addon, and this process or worker may load none; start it ${cure}.`;
      assert.deepEqual(JSON.parse(stdout || 'null'), [message, 'ERR_DLOPEN_DISABLED', false], stderr);
    });
});
