// npm run budgets
// Prints what finconnect costs a user, and fails when a budget is spent.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPlatform, installedPackages, installedSize } from './lib/host.mjs';
import { command, run, table, toolsFolder } from './lib/run.mjs';
import { builtPlatforms, packAll } from './lib/stage.mjs';
import { manifest, packageOf, platforms, root } from './platforms.mjs';

const MAX_INSTALLED_BYTES = 5_000_000;
const MAX_PACKAGES = 2;
const MAX_REQUIRE_MS = 5;
const MAX_REQUIRE_TO_AXIOS = 1 / 10;
const MAX_RSS_BYTES = 8_000_000;
const ROUNDS = 21;

const rows = [];

await command(() => {
  const host = hostPlatform();
  const built = builtPlatforms();
  if (!built.includes(host))
    throw new Error(`Build this machine's package first: npm run build:all -- --platforms ${host}`);
  const tarballs = packAll(built, join(toolsFolder, 'packages'));
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-budgets-'));
  try {
    for (const platform of Object.keys(platforms)) measureSize(platform, tarballs, join(folder, platform));
    measureInstall(host, tarballs, join(folder, 'app'));
    measureRequire(join(folder, 'app'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(table(['what', 'measured', 'budget', ''], rows));
  if (rows.some((row) => row.at(-1) === 'OVER')) process.exitCode = 1;
});

function budget(what, measured, limit, digits = 0) {
  rows.push([what, measured.toFixed(digits), `≤ ${limit}`, measured <= limit ? 'ok' : 'OVER']);
}

function measureSize(platform, tarballs, folder) {
  const name = packageOf(platform);
  if (!(name in tarballs)) {
    rows.push([platform, '-', '-', `NOT BUILT: npm run build:all -- --platforms ${platform}`]);
    return;
  }
  const both = [tarballs[manifest.name], tarballs[name]];
  mkdirSync(folder);
  for (const tarball of both) run('tar', ['-xzf', tarball, '-C', folder, `--one-top-level=${statSync(tarball).ino}`]);
  rows.push([`${platform}: tarball bytes`, both.reduce((sum, tarball) => sum + statSync(tarball).size, 0), '-', '']);
  budget(`${platform}: installed bytes`, installedSize(folder), MAX_INSTALLED_BYTES);
}

function measureInstall(host, tarballs, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // Nothing listens there: what two tarballs do not hold, an install does not need.
  writeFileSync(
    join(folder, '.npmrc'),
    `registry=http://127.0.0.1:9/\nfetch-retries=0\ncache=${join(folder, 'cache')}\n`,
  );
  run(
    'npm',
    [
      'install',
      '--offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      tarballs[manifest.name],
      tarballs[packageOf(host)],
    ],
    { cwd: folder },
  );
  budget('packages installed', installedPackages(folder).length, MAX_PACKAGES);
}

/** Each round is a new process, and the best one counts: what else the machine does can only add. */
function measureRequire(folder) {
  const empty = join(folder, 'node_modules/empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'index.js'), '');
  const modules = [manifest.name, 'empty', join(root, 'node_modules/axios')];
  const rounds = Array.from({ length: ROUNDS }, () => modules.map((module) => cold(folder, module)));
  const [ours, nothing, axios] = modules.map((_, at) => Math.min(...rounds.map((round) => round[at].ms)));
  budget("cold require('finconnect'), ms", ours, MAX_REQUIRE_MS, 2);
  rows.push(['cold require of an empty package, ms', nothing.toFixed(2), '-', '']);
  rows.push(["cold require('axios'), ms", axios.toFixed(2), '-', '']);
  rows.push(["finconnect's own share, ms", (ours - nothing).toFixed(2), '-', '']);
  budget('finconnect to axios', ours / axios, MAX_REQUIRE_TO_AXIOS, 3);
  budget('memory after require, bytes of RSS', median(rounds.map(([{ rss }]) => rss)), MAX_RSS_BYTES);
}

function cold(folder, module) {
  const script = `
    const before = process.memoryUsage.rss();
    const begun = performance.now();
    require(${JSON.stringify(module)});
    const ms = performance.now() - begun;
    console.log(JSON.stringify({ ms, rss: process.memoryUsage.rss() - before }));`;
  return JSON.parse(run(process.execPath, ['--eval', script], { cwd: folder }));
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
