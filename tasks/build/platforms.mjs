// The platforms that finconnect is built for. `npm/<name>/` holds each one's package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The oldest C library that a Linux glibc build loads on. */
export const GLIBC_FLOOR = '2.17';
export const MACOS_FLOOR = '11.0';

// musl's own C library stays outside: a Node addon is loaded into a process that has one.
const musl = { rustflags: ['-C', 'target-feature=-crt-static'] };
const macos = {
  env: { MACOSX_DEPLOYMENT_TARGET: MACOS_FLOOR },
  // Else the library is named by the path it was linked at.
  link: ['-C', 'link-arg=-Wl,-install_name,@rpath/libfinconnect.dylib'],
};

/**
 * By package name: the triple that users know (`napi.targets`), the triple that cargo-zigbuild is
 * asked for where it differs, and what the link needs beside.
 */
export const platforms = {
  'linux-x64-gnu': { triple: 'x86_64-unknown-linux-gnu', zig: `x86_64-unknown-linux-gnu.${GLIBC_FLOOR}` },
  'linux-x64-musl': { triple: 'x86_64-unknown-linux-musl', ...musl },
  'linux-arm64-gnu': { triple: 'aarch64-unknown-linux-gnu', zig: `aarch64-unknown-linux-gnu.${GLIBC_FLOOR}` },
  'linux-arm64-musl': { triple: 'aarch64-unknown-linux-musl', ...musl },
  'darwin-x64': { triple: 'x86_64-apple-darwin', ...macos },
  'darwin-arm64': { triple: 'aarch64-apple-darwin', ...macos },
  // The official node.exe loads a DLL of the GNU toolchain as well; Microsoft's libraries are in no registry.
  'win32-x64-msvc': { triple: 'x86_64-pc-windows-msvc', zig: 'x86_64-pc-windows-gnu' },
};

export const packageOf = (platform) => `${manifest.napi.packageName}-${platform}`;
export const binaryOf = (platform) => `${manifest.napi.binaryName}.${platform}.node`;
export const folderOf = (platform) => join(root, 'npm', platform);

/** The platforms named after `--platforms` (commas or spaces between them), or all. */
export function chosenPlatforms(args) {
  const at = args.indexOf('--platforms');
  if (at < 0) return Object.keys(platforms);
  const names = args
    .slice(at + 1)
    .flatMap((arg) => arg.split(','))
    .filter(Boolean);
  const unknown = names.find((name) => !(name in platforms));
  if (unknown || names.length === 0) {
    throw new Error(`--platforms takes some of ${Object.keys(platforms).join(', ')}; got ${unknown ?? 'none'}.`);
  }
  return names;
}
