// npm run examples [-- parts of examples' names]
// Packs the checkout as npm would, installs each example by the registry with these packages into a folder of its own,
// builds it where it is built, and drives it. A run of them all writes docs/records/examples.md.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { drivers } from '../__test__/examples/drivers.mjs';
import { copy, manifestOf } from '../__test__/examples/project.mjs';
import { nodeWithSqlite } from '../__test__/support/newer-node.mjs';
import { command, once, run, table } from './build/lib/run.mjs';
import { packCheckout } from './build/lib/stage.mjs';
import { root } from './build/platforms.mjs';

const RECORD = join(root, 'docs/records/examples.md');
const INSTALL = ['install', '--no-audit', '--no-fund', '--loglevel=error'];

await command(async (args) => {
  const names = Object.keys(drivers).filter((name) => args.length === 0 || args.some((part) => name.includes(part)));
  if (names.length === 0) throw new Error(`There is no such example. There are: ${Object.keys(drivers).join(', ')}.`);
  const workspace = mkdtempSync(join(tmpdir(), 'finconnect-examples-'));
  try {
    console.log('› packing the checkout');
    const tarballs = packCheckout(workspace);
    const rows = [];
    for (const name of names) rows.push(await attempt(name, workspace, tarballs));
    if (names.length === Object.keys(drivers).length) writeFileSync(RECORD, pageOf(rows));
    const failed = rows.filter(({ failure }) => failure);
    console.log(`\n${rows.length - failed.length} passed, ${failed.length} failed.`);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
});

async function attempt(name, workspace, tarballs) {
  console.log(`› ${name}`);
  const folder = join(workspace, 'projects', name);
  const seconds = {};
  const timed = async (step, work) => {
    const begun = performance.now();
    await work();
    seconds[step] = ((performance.now() - begun) / 1000).toFixed(1);
  };
  const row = { name, runtime: '', packages: '', seconds };
  try {
    const node = nodeWithSqlite();
    const bun = name.endsWith('bun') ? bunProgram() : undefined;
    row.runtime = versionOf(bun ? 'Bun' : 'Node', bun ?? node);
    mkdirSync(folder, { recursive: true });
    copy(name, folder);
    // The programs that npm starts are run by the same Node as the example.
    const npm = (...words) => {
      const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: '1' };
      run('npm', words, { cwd: folder, env });
    };
    await timed('install', () => install(name, folder, tarballs, npm));
    row.packages = installedIn(name, folder);
    if (manifestOf(name).scripts.build) await timed('build', () => npm('run', 'build'));
    await timed('drive', () => drivers[name](folder, { node, bun }));
    console.log(`  ${row.packages}: passed (${Object.values(seconds).join(' + ')} s)`);
  } catch (error) {
    console.log(`  FAILED: ${error.stack}`);
    row.failure = error.message.split('\n')[0];
  }
  return row;
}

/** The manifest stays as it is but for where the package itself comes from. */
function install(name, folder, tarballs, npm) {
  const manifest = manifestOf(name);
  const files = Object.entries(tarballs).map(([own, path]) => [own, `file:${path}`]);
  manifest.dependencies = { ...manifest.dependencies, ...Object.fromEntries(files) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  npm(...INSTALL);
}

/** Bun as the platforms are tried in it, for this machine. */
function bunProgram() {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'tasks/build/runtimes/package.json'), 'utf8'));
  const version = dependencies.bun.split('@').at(-1);
  const arch = { arm64: 'aarch64' }[process.arch] ?? process.arch;
  const name = `@oven/bun-${process.platform}-${arch}`;
  const folder = once(`bun-${version}`, (into) => run('npm', [...INSTALL, '--prefix', into, `${name}@${version}`]));
  const file = join(folder, 'node_modules', name, 'bin/bun');
  chmodSync(file, 0o755);
  return file;
}

function versionOf(name, program) {
  return `${name} ${run(program, ['--version']).trim().replace(/^v/, '')}`;
}

/** What the example is made with, as npm has installed it. */
function installedIn(name, folder) {
  const { dependencies, devDependencies = {} } = manifestOf(name);
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((own) => own !== 'finconnect' && !own.startsWith('@types/'))
    .map(
      (own) => `${own} ${JSON.parse(readFileSync(join(folder, 'node_modules', own, 'package.json'), 'utf8')).version}`,
    )
    .join(', ');
}

function pageOf(rows) {
  const commit = run('git', ['rev-parse', '--short', 'HEAD']).trim();
  const cells = rows.map(({ name, packages, runtime, seconds, failure }) => [
    `\`${name}\``,
    packages || '–',
    runtime,
    ...['install', 'build', 'drive'].map((step) => seconds[step] ?? '–'),
    failure ? `FAILED: ${failure}` : 'passed',
  ]);
  const head = ['example', 'made with', 'run by', 'install, s', 'build, s', 'drive, s', 'result'];
  return `# The examples

\`npm run examples\` packs the checkout as npm would, installs each project of \`examples/\` by the registry with these
packages into an empty folder, builds it where it is built, and drives it against the sandbox over HTTP. A shop must
ask for the money once, however often the customer clicks; issue one ticket for a payment, however often its callback
comes; answer a forged callback with 400; and show a payment that was declined as failed. The command exits with 1 when
anything of this does not hold, and this page is what it wrote.

|  |  |
| --- | --- |
| date | ${new Date().toISOString().slice(0, 10)} |
| commit | ${commit} |
| machine | ${process.platform} ${process.arch}, ${cpus().length} cores |

${table(head, cells)}
`;
}
