// Builds what is measured, in release, beside the development addon and not over it.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'target/bench');
const library = { linux: 'libfinconnect.so', darwin: 'libfinconnect.dylib', win32: 'finconnect.dll' }[process.platform];
const exe = process.platform === 'win32' ? '.exe' : '';

export const gateway = join(target, `release/bench-gateway${exe}`);
export const engine = join(target, `release/loop${exe}`);
export const part = join(target, `release/part${exe}`);
export const addon = join(target, 'finconnect.node');

/** Where Rust is not up to date with the sources, this takes some minutes. */
export function buildAddon() {
  // As it ships but for the symbol table, by which the guard finds its functions.
  const env = { CARGO_PROFILE_RELEASE_STRIP: 'none' };
  cargo(['build', '--release', '--lib', '--locked', '--manifest-path', join(root, 'Cargo.toml')], env);
  copyFileSync(join(target, 'release', library), addon);
}

export function buildBench() {
  cargo(['build', '--release', '--bins', '--manifest-path', join(root, 'bench/Cargo.toml')]);
}

function cargo(args, env = {}) {
  const { status, error } = spawnSync('cargo', [...args, '--target-dir', target, '--quiet'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
  });
  if (error || status !== 0) throw new Error(`cargo ${args[0]} failed${error ? `: ${error.message}` : ''}`);
}
