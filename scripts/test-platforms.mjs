// npm run test:platforms [-- part of a runtime's name]
// Installs each platform's packages and runs the smoke on every runtime that this machine can start.
// A runtime that cannot be started is skipped, loudly. A run of them all writes its table into docs/platforms.md.
import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, run, table, toolsFolder } from './lib/run.mjs';
import { runtimes } from './lib/runtimes.mjs';
import { builtPlatforms, packAll } from './lib/stage.mjs';
import { manifest, packageOf, root } from './platforms.mjs';
import { startBench } from './smoke/bench.mjs';

const DEADLINE_MS = 240_000;
const DOCS = join(root, 'docs/platforms.md');
const MARKS = ['<!-- written by npm run test:platforms -->', '<!-- end -->'];

await command(async (args) => {
  const chosen = runtimes.filter(({ name }) => args.every((part) => name.includes(part)));
  if (chosen.length === 0) throw new Error(`No runtime is named so. They are: ${runtimes.map(({ name }) => name).join(', ')}.`);
  const platforms = builtPlatforms();
  const tarballs = packAll(platforms, join(toolsFolder, 'packages'));
  const bench = await startBench();
  const rows = [];
  try {
    for (const runtime of chosen) {
      const outcome = platforms.includes(runtime.platform)
        ? await attempt(runtime, tarballs, bench)
        : { result: `SKIPPED: npm run build:all -- --platforms ${runtime.platform} comes first` };
      rows.push({ ...runtime, ...outcome });
    }
  } finally {
    await bench.close();
  }
  report(rows, chosen.length === runtimes.length);
});

async function attempt(runtime, tarballs, bench) {
  process.stdout.write(`› ${runtime.name}, ${runtime.platform}\n`);
  let started;
  try {
    started = runtime.start(install(runtime.platform, tarballs, bench));
  } catch (error) {
    console.log(`  SKIPPED: ${error.message}`);
    return { result: `SKIPPED: ${error.message.split('\n')[0]}` };
  }
  const begun = Date.now();
  const { output, ending } = await smoke(started);
  const failure = verdict(output, ending, bench);
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  console.log(failure ? `${output}\n  FAILED: ${failure}` : `  ${passed(output)} checks passed in ${seconds} s`);
  return { result: failure ? `FAILED: ${failure}` : `${passed(output)} checks passed`, seconds };
}

/** What `npm install finconnect` leaves on that platform, and the smoke beside it. */
function install(platform, tarballs, { plan, authority }) {
  const app = join(toolsFolder, 'apps', platform);
  rmSync(app, { recursive: true, force: true });
  for (const name of [manifest.name, packageOf(platform)]) {
    const folder = join(app, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    run('tar', ['-xzf', tarballs[name], '--strip-components=1', '-C', folder]);
  }
  writeFileSync(join(app, 'package.json'), '{ "private": true }\n');
  writeFileSync(join(app, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(app, 'ca.pem'), authority);
  copyFileSync(join(root, 'scripts/smoke/smoke.cjs'), join(app, 'smoke.cjs'));
  return app;
}

/** Runs to the end, or to the deadline; the output goes to a file, because wine cannot write to a pipe. */
function smoke({ command: [program, ...args], env }) {
  const file = join(toolsFolder, 'smoke.log');
  const log = openSync(file, 'w');
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  return new Promise((resolve) => {
    const deadline = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), DEADLINE_MS);
    const end = (ending) => {
      clearTimeout(deadline);
      resolve({ ending, output: readFileSync(file, 'utf8').trim() });
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(signal ?? code));
  });
}

function verdict(output, ending, bench) {
  const failed = output.split('\n').find((line) => line.startsWith('FAILED'));
  if (failed) return failed.slice('FAILED '.length);
  if (ending !== 0) return `ended with ${ending}`;
  if (!/^end\s*$/m.test(output)) return 'did not reach the end';
  if (bench.untrustedRequests() > 0) return 'sent a request past an untrusted certificate';
  return undefined;
}

const passed = (output) => output.match(/^ok /gm)?.length ?? 0;

function report(rows, complete) {
  const cells = rows.map(({ name, platform, result, seconds }) => [platform, name, result, seconds ?? '-']);
  const results = table(['package', 'runtime', 'result', 'seconds'], cells);
  const failed = rows.filter(({ result }) => result.startsWith('FAILED')).length;
  const skipped = rows.filter(({ result }) => result.startsWith('SKIPPED')).length;
  console.log(`\n${results}\n\n${rows.length - failed - skipped} passed, ${failed} failed, ${skipped} SKIPPED.`);
  if (complete) record(results);
  if (failed > 0) process.exitCode = 1;
}

function record(results) {
  const text = existsSync(DOCS) ? readFileSync(DOCS, 'utf8') : MARKS.join('\n');
  const [before, rest] = text.split(MARKS[0]);
  const after = rest?.split(MARKS[1])[1];
  if (after === undefined) throw new Error(`docs/platforms.md has lost its marks ${MARKS.join(' and ')}.`);
  const commit = run('git', ['rev-parse', '--short', 'HEAD']).trim();
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(DOCS, `${before}${MARKS[0]}\nRun on ${date} at commit ${commit}, on Debian 12 x64.\n\n${results}\n${MARKS[1]}${after}`);
}
