// Builds what is measured, in release, and lays the package out as npm installs it: beside the development
// addon and not over it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed } from '../contestants/finconnect.cjs';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
const target = join(root, 'target/bench');
/** Apart, since a library that is also an addon is called the same whatever it was built with. */
const addonTarget = join(target, 'addon');
const library = { linux: 'libfinconnect.so', darwin: 'libfinconnect.dylib', win32: 'finconnect.dll' }[process.platform];
const exe = process.platform === 'win32' ? '.exe' : '';

export const gateway = join(target, `gateway/bench-gateway${exe}`);
export const engine = join(target, `release/bench-engine${exe}`);

/** Where Rust is not up to date with the sources, this takes some minutes. */
export function buildAddon() {
  // As it ships but for the symbol table, by which the guard finds its functions.
  const env = { CARGO_PROFILE_RELEASE_STRIP: 'none' };
  // The library alone, or cargo would leave link-time optimisation out without a word.
  const cdylib = [
    'rustc',
    '--release',
    '--lib',
    '--crate-type',
    'cdylib',
    '--locked',
    '--manifest-path',
    join(root, 'Cargo.toml'),
  ];
  cargo(cdylib, addonTarget, env);
  install();
}

export function buildBench() {
  const manifest = ['--manifest-path', join(root, 'tasks/bench/Cargo.toml')];
  for (const [bin, profile] of [
    ['bench-engine', 'release'],
    ['bench-gateway', 'gateway'],
  ]) {
    cargo(['rustc', '--profile', profile, '--package', bin, '--bin', bin, ...manifest], target);
  }
}

function install() {
  const modules = join(installed, 'node_modules');
  mkdirSync(modules, { recursive: true });
  // Without a package of its own the folder belongs to ours, whose name would then mean this checkout.
  writeFileSync(join(installed, 'package.json'), '{ "private": true }\n');
  const own = readJson('package.json');
  for (const name of ['package.json', ...own.files].filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, name), join(modules, own.name, name), { recursive: true });
  }
  const platforms = readdirSync(join(root, 'npm')).map((name) => readJson(`npm/${name}/package.json`));
  const { name, main } = platforms.find(
    ({ os, cpu, libc }) =>
      os.includes(process.platform) && cpu.includes(process.arch) && (!libc || libc.includes(ourLibc())),
  );
  mkdirSync(join(modules, name), { recursive: true });
  cpSync(join(root, 'npm', name.slice(own.name.length + 1), 'package.json'), join(modules, name, 'package.json'));
  copyFileSync(join(addonTarget, 'release', library), join(modules, name, main));
}

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const ourLibc = () => (process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl');

function cargo(args, target, env = {}) {
  const { status, error } = spawnSync('cargo', [...args, '--target-dir', target, '--quiet'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
  });
  if (error || status !== 0) throw new Error(`cargo ${args[0]} failed${error ? `: ${error.message}` : ''}`);
}
