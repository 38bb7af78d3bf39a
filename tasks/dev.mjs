// What `npm run …` does. Each command sets up what it needs, so that a fresh clone needs no other step.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cleanEnvironment } from '../__test__/support/child.mjs';
import { hostPlatform } from './build/lib/host.mjs';
import { compilerOf, keepPublicTypes } from './build/lib/sandbox.mjs';
import { binaryOf } from './build/platforms.mjs';
import { add, countsLine, noCounts, rustCounts } from './test/counts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MIN_NODE = [20, 10];
const MIN_RUST = [1, 88];
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const TSC = 'node_modules/typescript/bin/tsc';
const TSC_LATEST = 'node_modules/typescript-latest/bin/tsc';
/**
 * There is no example, but asked for one, cargo builds the dependencies as tests need them: none is built a second
 * time.
 */
const SHARED = ['--locked', '--lib', '--examples'];
/** The files of `src/binding/types` in the order of `index.d.ts`. */
const TYPES = [
  'options',
  'sdk',
  'gateways',
  'operation',
  'charge',
  'payment',
  'payout',
  'account',
  'recovery',
  'callback',
  'providers',
  'phone',
  'money',
  'error',
];
const PAGES = ['operations', 'errors', 'migrating'].map((name) => `docs/guide/${name}.md`);
const GENERATED = ['binding.js', 'index.d.ts', 'src/binding/types/operation.d.ts', ...PAGES];

const [command, ...rest] = process.argv.slice(2);
const commands = {
  demo: [installPackages, buildDebug, demo],
  // Named spec files are run alone.
  test: rest.length > 0 ? [installPackages, buildDebug, specs] : [everyTest],
  check: [installPackages, format, buildDebug, lintsAndTypes, generatedFilesAreCommitted],
  build: [installPackages, buildRelease],
  'build:debug': [installPackages, buildDebug],
};

/** A sentence for the person who ran the command. */
class Failure extends Error {
  constructor(sentence, status = 1) {
    super(sentence);
    this.status = status;
  }
}

const total = noCounts();
const failed = [];
try {
  if (!Object.hasOwn(commands, command ?? ''))
    throw new Failure(`There is no such command. There are: ${Object.keys(commands).join(', ')}.`);
  checkTools();
  for (const step of commands[command]) await step();
} catch (error) {
  const told = error instanceof Failure;
  failed.push(told ? error.message : error.stack);
  process.exitCode = told ? error.status : 1;
}
if (failed.length > 0) {
  total.failed ||= 1;
  process.exitCode ||= 1;
  console.error(`\n${failed.join('\n')}`);
}
// At the very end: Node itself may have warnings to print until then.
if (command === 'test') process.on('exit', () => console.log(`\n${countsLine(total)}`));

function checkTools() {
  if (isOlder(process.versions.node.split('.').map(Number), MIN_NODE)) {
    throw new Failure(
      `finconnect is built and tested with Node ${MIN_NODE.join('.')} or newer; this is ${process.version}.`,
    );
  }
  const cargo = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  const version = /cargo (\d+)\.(\d+)/.exec(cargo.stdout ?? '');
  if (!version)
    throw new Failure(
      'finconnect is built with Rust, which is not installed: see https://rustup.rs, then run this again.',
    );
  if (process.platform !== 'win32' && spawnSync('cc', ['--version']).status !== 0) {
    throw new Failure(
      'finconnect needs a C compiler to link with, which is not installed: on Debian, apt-get install gcc libc6-dev; on macOS, xcode-select --install.',
    );
  }
  const rust = version.slice(1).map(Number);
  if (isOlder(rust, MIN_RUST))
    throw new Failure(
      `finconnect needs Rust ${MIN_RUST.join('.')} or newer; this is ${rust.join('.')}. Run: rustup update`,
    );
}

function isOlder([major, minor], [minMajor, minMinor]) {
  return major < minMajor || (major === minMajor && minor < minMinor);
}

async function installPackages() {
  const stamp = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return linkItself();
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, [npm]] : ['npm', []];
  await run('Installing development packages', command[0], [
    ...command[1],
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  linkItself();
}

/** The projects in `examples/` have a package.json of their own: there `finconnect` is found as any package is. */
function linkItself() {
  const link = join(root, 'node_modules/finconnect');
  if (existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync('..', link, 'junction');
}

async function buildDebug() {
  const napi = [
    'node_modules/@napi-rs/cli/dist/cli.js',
    'build',
    '--platform',
    '--js',
    'binding.js',
    '--dts',
    'target/napi.d.ts',
  ];
  await run('Building the addon for development (the first time takes a minute or two)', process.execPath, [
    ...napi,
    '--',
    ...SHARED,
  ]);
  await compileSandbox();
  for (const script of ['build/write-operations', 'docs/errors', 'docs/migrating'])
    await run(null, process.execPath, [`tasks/${script}.mjs`]);
  writeTypes();
}

/** The loader and the types are the same in either build; the development build writes them. */
async function buildRelease() {
  // Beside the rlib that the manifest names too, cargo would leave link-time optimisation out without a word.
  const cdylib = ['rustc', '--release', '--locked', '--lib', '--crate-type', 'cdylib'];
  await run('Building the addon for release (two to four minutes)', 'cargo', cdylib);
  const library = { win32: 'finconnect.dll', darwin: 'libfinconnect.dylib' }[process.platform] ?? 'libfinconnect.so';
  const addon = join(root, binaryOf(hostPlatform()));
  copyFileSync(join(root, 'target/release', library), `${addon}.new`);
  // A process that has the old file loaded keeps it.
  renameSync(`${addon}.new`, addon);
  console.log(`  ${binaryOf(hostPlatform())}, ${statSync(addon).size.toLocaleString('en')} bytes`);
  await compileSandbox();
}

async function compileSandbox() {
  await run('Compiling the sandbox', process.execPath, compilerOf('sandbox/dist'));
  // What was compiled of a file that is gone would still be found, and packed.
  for (const name of readdirSync(join(root, 'sandbox/dist'), { recursive: true })) {
    const source = join(root, 'sandbox', name.replace(/(\.d\.ts|\.js)$/, '.ts'));
    if (!existsSync(source)) rmSync(join(root, 'sandbox/dist', name), { recursive: true, force: true });
  }
  keepPublicTypes(join(root, 'sandbox/dist'));
}

/** `index.d.ts` is made of these files, which import from each other only until they stand in one. */
function writeTypes() {
  const gateways = readdirSync(join(root, 'src/provider')).map((name) => `src/provider/${name}/types.d.ts`);
  const files = [
    ...TYPES.map((name) => `src/binding/types/${name}.d.ts`),
    ...gateways.filter((file) => existsSync(join(root, file))).sort(),
  ];
  const texts = files.map((file) =>
    readFileSync(join(root, file), 'utf8')
      .replace(/^import type [^;]*;\n/gm, '')
      .trim(),
  );
  const note =
    '/* Joined from src/binding/types and src/provider/<gateway>/types.d.ts by `npm run build`: edit those. */';
  writeFileSync(join(root, 'index.d.ts'), `${[note, ...texts].join('\n\n')}\n`);
}

/**
 * Rust needs no packages: its tests are built while those are installed, and cargo lets the addon wait for that build.
 * Some of them measure, so they end before the specs. Specs wait much, and leave room beside them for what only
 * computes.
 */
async function everyTest() {
  const addon = async () => {
    await installPackages();
    await buildDebug();
  };
  await Promise.all([rustTests(), addon()]);
  await Promise.all([types(), specs()]);
}

function rustTests() {
  return group('Rust unit tests', async () => {
    const { stdout: rustc } = spawnSync('rustc', ['--version', '--verbose'], { encoding: 'utf8' });
    // The addon is built for a target by name; for the same one no dependency is built again.
    const target = /^host: (.+)$/m.exec(rustc)[1];
    const args = ['test', '--locked', '--lib', '--no-fail-fast', '--target', target];
    const { status, output } = await ended('cargo', args);
    return { counts: rustCounts(output, status === 0), output: status === 0 ? '' : output };
  });
}

/** Runs a program to its end. */
async function ended(program, args, priority = constants.priority.PRIORITY_NORMAL) {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  if (child.pid) setPriority(child.pid, priority);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return { status: (await closed)[0], output };
}

/** Colours go by this terminal; nothing else that the shell has set changes what a spec meets. */
async function specs() {
  const { CI, CHROMIUM_PATH } = process.env;
  const env = cleanEnvironment({
    FORCE_COLOR: process.stdout.isTTY && process.stdout.hasColors() ? '1' : '0',
    ...(CI && { CI }),
    ...(CHROMIUM_PATH && { CHROMIUM_PATH }),
  });
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-test-'));
  const countsFile = join(folder, 'counts.json');
  // Specs mostly wait, for servers and child processes.
  const sideBySide = `--test-concurrency=${availableParallelism() + 1}`;
  const reporters = [reporter('spec-reporter', 'stdout'), reporter('count-reporter', countsFile)];
  console.log('\n› Specs on the built addon, one line for each file');
  await group('Specs', async () => {
    const files = rest.length > 0 ? rest : specFiles('__test__');
    const args = ['--test', sideBySide, ...reporters.flat(), ...files];
    const [status] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env }), 'exit');
    const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, 'utf8')) : noCounts();
    if (status !== 0) counts.failed ||= 1;
    return { counts };
  });
  rmSync(folder, { recursive: true });
}

function reporter(name, destination) {
  const module = pathToFileURL(join(root, `tasks/test/${name}.mjs`));
  return [`--test-reporter=${module}`, `--test-reporter-destination=${destination}`];
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
  return group('Types, with the oldest and the newest TypeScript', async () => {
    const counts = noCounts();
    let output = '';
    const projects = readdirSync(join(root, '__test__/types')).filter((name) => name.startsWith('tsconfig.'));
    const runs = projects
      .sort()
      .flatMap((project) => (project.includes('legacy') ? [TSC] : [TSC, TSC_LATEST]).map((tsc) => [tsc, project]));
    const worker = async () => {
      for (let run = runs.shift(); run; run = runs.shift()) {
        const args = [run[0], '-p', `__test__/types/${run[1]}`];
        const told = await ended(process.execPath, args, constants.priority.PRIORITY_BELOW_NORMAL);
        counts[told.status === 0 ? 'passed' : 'failed']++;
        if (told.status !== 0) output += `${told.output}  ✖ node ${args.join(' ')}\n`;
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
    return { counts, output };
  });
}

/** Tests of one kind. A failure is told at the end, so that the other kinds are run as well. */
async function group(what, test) {
  const started = Date.now();
  const { counts, output = '' } = await test();
  add(total, counts);
  console.log(`\n› ${what}\n${output}  ${countsLine(counts)} in ${seconds(started)}`);
  if (counts.failed > 0) failed.push(`${what}: ${counts.failed} failed.`);
}

async function format() {
  await run('Formatting of Rust', 'cargo', ['fmt', '--check'], 'Run cargo fmt.');
  const biome = [BIOME, 'check', '--error-on-warnings'];
  await run(
    'Formatting and lints of JavaScript and TypeScript',
    process.execPath,
    biome,
    'Run npx biome check --write.',
  );
}

/** The type checks are small, and fill the gaps of the lints. */
async function lintsAndTypes() {
  await Promise.all([lint(), types()]);
}

async function lint() {
  await run('Lints of Rust', 'cargo', ['clippy', '--locked', '--all-targets', '--quiet', '--', '-D', 'warnings']);
}

function generatedFilesAreCommitted() {
  const diff = spawnSync('git', ['diff', '--exit-code', 'HEAD', '--', ...GENERATED], { cwd: root, encoding: 'utf8' });
  if (diff.status === 0) return;
  process.stdout.write(diff.stdout || diff.stderr);
  throw new Failure(`A rebuild changed generated files. Commit ${GENERATED.join(', ')}.`);
}

async function demo() {
  await run(null, process.execPath, ['examples/demo.mjs', ...rest]);
}

async function run(what, program, args, hint = '') {
  if (what) console.log(`\n› ${what}`);
  const started = Date.now();
  const [status, signal] = await once(spawn(program, args, { cwd: root, stdio: 'inherit' }), 'exit').catch((error) => {
    throw new Failure(`${program} could not be started: ${error.message}`);
  });
  if (status !== 0)
    throw new Failure(`${what ?? command} failed${signal ? ` (${signal})` : ''}. ${hint}`.trimEnd(), status || 1);
  if (what) console.log(`  done in ${seconds(started)}`);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
