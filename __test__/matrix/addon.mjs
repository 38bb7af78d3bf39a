// Builds the addon in release, beside the development addon and not over it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR || join(root, 'target/faults');
const library = { linux: 'libfinconnect.so', darwin: 'libfinconnect.dylib', win32: 'finconnect.dll' }[process.platform];

/** The path of the addon; where Rust is not up to date with the sources, this takes some minutes. */
export function buildRelease() {
  const flags = ['build', '--release', '--lib', '--locked', '--quiet', '--target-dir', target];
  const { status, error } = spawnSync('cargo', flags, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error || status !== 0) throw new Error(`cargo build failed${error ? `: ${error.message}` : ''}`);
  mkdirSync(join(target, 'addon'), { recursive: true });
  const addon = join(target, 'addon/finconnect.node');
  copyFileSync(join(target, 'release', library), addon);
  return addon;
}

/** What was run, and on what: rows for a report. */
export function provenance() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim();
  const changed = git('status', '--porcelain', '--', 'src', 'Cargo.toml', 'Cargo.lock')
    ? ', with changes under src'
    : '';
  const gib = Math.round(totalmem() / 2 ** 30);
  return [
    ['date', new Date().toISOString().slice(0, 10)],
    ['commit', `${git('rev-parse', '--short=12', 'HEAD')}${changed}`],
    ['addon', 'release'],
    [
      'machine',
      `${process.platform} ${process.arch}, ${cpus().length} cores, ${gib} GiB, Node ${process.version}; load ${loadavg()[0].toFixed(1)}`,
    ],
  ];
}
