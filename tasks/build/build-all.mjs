// npm run build:all -- --platforms linux-x64-gnu,linux-arm64-musl
// Cross-builds the addon on Debian 12 x64 into npm/<platform>/. The compiler comes from Debian, which
// ships the standard library's source with it; zig, from PyPI, is the C compiler and linker of every platform.
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianRoot } from './lib/debian.mjs';
import { flaws, newestGlibc } from './lib/inspect.mjs';
import { cargoHome, command, once, run, table, toolsFolder } from './lib/run.mjs';
import { binaryOf, chosenPlatforms, folderOf, platforms, root } from './platforms.mjs';

await command((args) => {
  const chosen = chosenPlatforms(args);
  checkMachine();
  const tools = installTools();
  const rows = chosen.map((platform) => build(platform, tools));
  console.log(`\n${table(['platform', 'bytes', 'newest glibc symbol', 'seconds'], rows)}`);
});

function checkMachine() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (process.arch !== 'x64' || !/^VERSION_CODENAME=bookworm$/m.test(release)) {
    throw new Error(
      'build:all cross-builds on Debian 12 x64 only. Elsewhere `npm run build` builds for the machine itself.',
    );
  }
  for (const tool of ['apt-get', 'dpkg', 'cc', 'readelf', 'python3']) {
    run('sh', ['-c', `command -v ${tool}`]);
  }
}

function installTools() {
  console.log('› Tools');
  const rust = debianRoot('rust', {
    suite: 'bookworm',
    packages: ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm'],
    onHost: true,
  });
  const python = once('zig', (folder) => {
    run('python3', ['-m', 'venv', '--copies', folder]);
    const requirements = join(root, 'tasks/build/requirements/build.txt');
    run(join(folder, 'bin/python3'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--require-hashes',
      '--only-binary=:all:',
      '-r',
      requirements,
    ]);
  });
  // Asked for by the Windows link, and empty: napi-build wants Node's library, whose functions the addon finds at
  // run time; Debian's rustc wants a stack protector's, which zig brings itself.
  const windows = once('windows-libraries', (folder) => {
    writeFileSync(join(folder, 'libnode.dll'), '');
    for (const name of ['libnode.a', 'libssp.a', 'libssp_nonshared.a']) writeFileSync(join(folder, name), '!<arch>\n');
  });
  return { rust, python, windows };
}

function build(platform, { rust, python, windows }) {
  console.log(`\n› ${platform}`);
  const started = Date.now();
  const { triple, zig = triple, rustflags = [], link = [], env = {} } = platforms[platform];
  const targetFolder = join(toolsFolder, 'target');
  // Of several that fit, rustc takes the last.
  const renamed = { [root]: '/finconnect/', [cargoHome]: '/cargo', [rust]: '/rust' };
  // Without `backtrace`, which nothing here prints, the standard library needs no reader of debug information.
  const std = ['-Zbuild-std=std,panic_abort', '-Zbuild-std-features=panic-unwind,optimize_for_size'];
  // Cargo leaves link-time optimisation out when it makes an rlib as well, as Cargo.toml asks for: name the one wanted.
  const library = ['--lib', '--crate-type', 'cdylib'];
  run('cargo-zigbuild', ['rustc', '--release', '--locked', ...library, ...std, '--target', zig, '--', ...link], {
    show: true,
    env: {
      PATH: [join(rust, 'usr/bin'), join(python, 'bin'), '/usr/bin:/bin'].join(':'),
      LD_LIBRARY_PATH: join(rust, 'usr/lib/x86_64-linux-gnu'),
      // -Zbuild-std is not stable; it is used for these artifacts only, never for the everyday build.
      RUSTC_BOOTSTRAP: '1',
      CARGO_ENCODED_RUSTFLAGS: [
        ...rustflags,
        // Nothing unwinds through a function that cannot panic, and nobody prints a backtrace.
        '-Cforce-unwind-tables=no',
        // Nobody is shown a place in the source, nor of a value's debugging text more than names. Not stable either.
        '-Zlocation-detail=none',
        '-Zfmt-debug=shallow',
        ...Object.entries(renamed).map(([from, to]) => `--remap-path-prefix=${from}=${to}`),
      ].join('\x1f'),
      CARGO_TARGET_DIR: targetFolder,
      CARGO_ZIGBUILD_CACHE_DIR: join(toolsFolder, 'cache/cargo-zigbuild'),
      ZIG_GLOBAL_CACHE_DIR: join(toolsFolder, 'cache/zig'),
      LIBNODE_PATH: windows,
      ...env,
    },
  });
  const built = join(targetFolder, zig.replace(/\.[\d.]+$/, ''), 'release', libraryOf(platform));
  const file = join(folderOf(platform), binaryOf(platform));
  mkdirSync(folderOf(platform), { recursive: true });
  copyFileSync(built, file);
  const found = flaws(platform, file);
  if (found.length > 0) throw new Error(`${binaryOf(platform)} ${found.join('; ')}.`);
  const glibc = platform.endsWith('gnu') ? newestGlibc(file) : '-';
  return [platform, statSync(file).size, glibc, Math.round((Date.now() - started) / 1000)];
}

function libraryOf(platform) {
  if (platform.startsWith('win32')) return 'finconnect.dll';
  return platform.startsWith('darwin') ? 'libfinconnect.dylib' : 'libfinconnect.so';
}
