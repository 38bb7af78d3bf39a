// What a built addon asks of the machine it is loaded on, read from the file itself.
import { readFileSync } from 'node:fs';
import { GLIBC_FLOOR, root } from '../platforms.mjs';
import { cargoHome, run } from './run.mjs';

const LINUX_LIBRARIES = {
  gnu: /^(lib(c|m|dl|pthread|rt)\.so\.\d+|ld-linux-[\w-]+\.so\.\d)$/,
  musl: /^libc\.so$/,
};

/** The flaws of a build; an empty list is a good one. */
export function flaws(platform, file) {
  const bytes = readFileSync(file);
  const found = [];
  for (const path of [root, cargoHome]) {
    if (bytes.includes(path)) found.push(`holds the build machine's path ${path}`);
  }
  const [os, , abi] = platform.split('-');
  if (os === 'linux') found.push(...linuxFlaws(file, abi));
  if (os === 'darwin' && bytes.includes('/System/Library/Frameworks/')) found.push('links a system framework');
  return found;
}

function linuxFlaws(file, abi) {
  const found = [];
  const dynamic = run('readelf', ['--dynamic', '--wide', file]);
  for (const [, library] of dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)) {
    if (!LINUX_LIBRARIES[abi].test(library)) found.push(`needs ${library}`);
  }
  const newest = newestGlibc(file);
  if (newest && compare(newest, GLIBC_FLOOR) > 0) found.push(`needs glibc ${newest}, above ${GLIBC_FLOOR}`);
  return found;
}

/** The newest glibc that a symbol asks for; undefined for musl. */
export function newestGlibc(file) {
  const symbols = run('readelf', ['--version-info', '--wide', file]);
  return [...symbols.matchAll(/GLIBC_([\d.]+)/g)].map(([, version]) => version).sort(compare).at(-1);
}

function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left[0] - right[0] || (left[1] ?? 0) - (right[1] ?? 0);
}
