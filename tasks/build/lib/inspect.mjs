// What a built addon asks of the machine it is loaded on, read from the file itself.
import { readFileSync } from 'node:fs';
import { GLIBC_FLOOR, MACOS_FLOOR, root } from '../platforms.mjs';
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
  if (os === 'darwin') found.push(...darwinFlaws(bytes));
  return found;
}

function linuxFlaws(file, abi) {
  const found = [];
  const dynamic = run('readelf', ['--dynamic', '--wide', file]);
  for (const [, library] of dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)) {
    if (!LINUX_LIBRARIES[abi].test(library)) found.push(`needs ${library}`);
  }
  // Rust's own allocator, which would be musl's: docs/decisions/allocations.md.
  if (abi === 'musl' && /\bposix_memalign\b/.test(run('readelf', ['--dyn-syms', '--wide', file])))
    found.push("allocates by musl's malloc");
  const newest = newestGlibc(file);
  if (newest && compare(newest, GLIBC_FLOOR) > 0) found.push(`needs glibc ${newest}, above ${GLIBC_FLOOR}`);
  return found;
}

const MACH_HEADER_BYTES = 32;
const LC_LOAD_DYLIB = 0xc;
const LC_BUILD_VERSION = 0x32;

/** By the load commands of a 64-bit Mach-O file. */
function darwinFlaws(bytes) {
  const found = [];
  const commands = bytes.readUInt32LE(16);
  for (let at = MACH_HEADER_BYTES, n = 0; n < commands; n++) {
    const [command, size] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    if (command === LC_LOAD_DYLIB) {
      const [library] = bytes.toString('latin1', at + bytes.readUInt32LE(at + 8), at + size).split('\0');
      if (!/^\/usr\/lib\/lib(System\.B|iconv\.2|charset\.1)\.dylib$/.test(library)) found.push(`needs ${library}`);
    }
    if (command === LC_BUILD_VERSION) {
      const floor = `${bytes.readUInt16LE(at + 14)}.${bytes.readUInt8(at + 13)}`;
      if (compare(floor, MACOS_FLOOR) > 0) found.push(`needs macOS ${floor}, above ${MACOS_FLOOR}`);
    }
    at += size;
  }
  return found;
}

/** The newest glibc that a symbol asks for; undefined for musl. */
export function newestGlibc(file) {
  const symbols = run('readelf', ['--version-info', '--wide', file]);
  return [...symbols.matchAll(/GLIBC_([\d.]+)/g)]
    .map(([, version]) => version)
    .sort(compare)
    .at(-1);
}

function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left[0] - right[0] || (left[1] ?? 0) - (right[1] ?? 0);
}
