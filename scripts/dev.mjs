// What `npm run …` does. Each command sets up what it needs, so that a fresh clone needs no other step.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostPlatform } from './lib/host.mjs';
import { binaryOf } from './platforms.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MIN_NODE = 20;
const MIN_RUST = [1, 88];
const TSC = 'node_modules/typescript/bin/tsc';
const TSC_LATEST = 'node_modules/typescript-latest/bin/tsc';
const GENERATED = ['binding.js', 'index.d.ts'];

const commands = {
  demo: [buildDebug, demo],
  test: [buildDebug, rustTests, specs, types],
  check: [format, lint, buildDebug, types, generatedFilesAreCommitted],
  build: [buildRelease],
  'build:debug': [buildDebug],
};

const [command, ...rest] = process.argv.slice(2);
const steps = commands[command];
if (!steps) fail(`Unknown command. One of: ${Object.keys(commands).join(', ')}.`);
checkTools();
installPackages();
for (const step of steps) step();

function checkTools() {
  if (Number(process.versions.node.split('.')[0]) < MIN_NODE) {
    fail(`finconnect needs Node ${MIN_NODE} or newer; this is ${process.version}.`);
  }
  const cargo = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  const version = /cargo (\d+)\.(\d+)/.exec(cargo.stdout ?? '');
  if (!version) fail('finconnect is built with Rust, which is not installed: see https://rustup.rs, then run this again.');
  if (process.platform !== 'win32' && spawnSync('cc', ['--version']).status !== 0) {
    fail('finconnect needs a C compiler to link with, which is not installed: on Debian, apt-get install gcc libc6-dev; on macOS, xcode-select --install.');
  }
  const [major, minor] = version.slice(1).map(Number);
  if (major < MIN_RUST[0] || (major === MIN_RUST[0] && minor < MIN_RUST[1])) {
    fail(`finconnect needs Rust ${MIN_RUST.join('.')} or newer; this is ${major}.${minor}. Run: rustup update`);
  }
}

function installPackages() {
  const stamp = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, [npm]] : ['npm', []];
  run('Installing development packages', command[0], [...command[1], 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

function buildDebug() {
  const napi = ['node_modules/@napi-rs/cli/dist/cli.js', 'build', '--platform', '--js', 'binding.js', '--dts', 'index.d.ts'];
  run('Building the addon for development (the first time takes a minute or two)', process.execPath, [...napi, '--', '--locked']);
  hideLoaderInternals();
  compileSandbox();
}

/** The loader and the types are the same in either build; the development build writes them. */
function buildRelease() {
  // Beside the rlib that the manifest names too, cargo would leave link-time optimisation out without a word.
  const cdylib = ['rustc', '--release', '--locked', '--lib', '--crate-type', 'cdylib'];
  run('Building the addon for release (two to four minutes)', 'cargo', cdylib);
  const library = { win32: 'finconnect.dll', darwin: 'libfinconnect.dylib' }[process.platform] ?? 'libfinconnect.so';
  const addon = join(root, binaryOf(hostPlatform()));
  copyFileSync(join(root, 'target/release', library), `${addon}.new`);
  // A process that has the old file loaded keeps it.
  renameSync(`${addon}.new`, addon);
  console.log(`  ${binaryOf(hostPlatform())}, ${statSync(addon).size.toLocaleString('en')} bytes`);
  compileSandbox();
}

function compileSandbox() {
  run('Compiling the sandbox', process.execPath, [TSC, '-p', 'sandbox']);
}

/** The loader exports more than the package does; the types must not promise it. */
function hideLoaderInternals() {
  const file = join(root, 'index.d.ts');
  const types = readFileSync(file, 'utf8');
  const hidden = types.replace(/\/\*\*(?:(?!\*\/)[^])*\*\/\s*export declare const __napiBindingTarget[^\n]*\n+/, '');
  if (hidden.includes('__napi')) fail('index.d.ts names a loader internal that scripts/dev.mjs does not know.');
  writeFileSync(file, hidden);
}

function rustTests() {
  run('Rust unit tests', 'cargo', ['test', '--locked', '--quiet']);
}

function specs() {
  const files = rest.length > 0 ? rest : specFiles('__test__');
  run('Specs on the built addon', process.execPath, ['--test', ...files]);
}

function specFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return specFiles(path);
      return entry.name.endsWith('.spec.mjs') ? [path] : [];
    })
    .sort();
}

function types() {
  const projects = readdirSync(join(root, '__test__/types')).filter((name) => name.startsWith('tsconfig.'));
  for (const project of projects.sort()) {
    const path = `__test__/types/${project}`;
    run(`Types: ${project}`, process.execPath, [TSC, '-p', path]);
    if (!project.includes('legacy')) run(`Types, newest TypeScript: ${project}`, process.execPath, [TSC_LATEST, '-p', path]);
  }
}

function format() {
  run('Formatting', 'cargo', ['fmt', '--check']);
}

function lint() {
  run('Lints', 'cargo', ['clippy', '--locked', '--all-targets', '--quiet', '--', '-D', 'warnings']);
}

function generatedFilesAreCommitted() {
  const diff = spawnSync('git', ['diff', '--exit-code', 'HEAD', '--', ...GENERATED], { cwd: root, encoding: 'utf8' });
  if (diff.status === 0) return;
  process.stdout.write(diff.stdout || diff.stderr);
  fail(`A rebuild changed generated files. Commit ${GENERATED.join(' and ')}.`);
}

function demo() {
  run(null, process.execPath, ['examples/demo.mjs', ...rest]);
}

function run(what, program, args) {
  if (what) console.log(`\n› ${what}`);
  const started = Date.now();
  const { status, error, signal } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error) fail(`${program} could not be started: ${error.message}`);
  if (status !== 0) fail(`${what ?? command} failed${signal ? ` (${signal})` : ''}.`, status || 1);
  if (what) console.log(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function fail(sentence, status = 1) {
  console.error(`\n${sentence}`);
  process.exit(status);
}
