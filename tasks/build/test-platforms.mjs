// npm run test:platforms [-- part of a runtime's name]
// Installs each platform's packages and runs the smoke on every runtime that this machine can start. A runtime that
// cannot be started is skipped, loudly. A run of them all writes its table into docs/records/platforms.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { hostPlatform } from './lib/host.mjs';
import { command, run, table, toolsFolder } from './lib/run.mjs';
import { runtimes } from './lib/runtimes.mjs';
import { addSmoke, runSmoke, unpack } from './lib/smoke.mjs';
import { builtPlatforms, packAll } from './lib/stage.mjs';
import { manifest, root } from './platforms.mjs';
import { startBench } from './smoke/bench.mjs';

const DOCS = join(root, 'docs/records/platforms.md');
const MARKS = ['<!-- written by npm run test:platforms -->', '<!-- end -->'];

await command(async (args) => {
  const chosen = runtimes.filter(({ name }) => args.every((part) => name.includes(part)));
  if (chosen.length === 0)
    throw new Error(`No runtime is named so. They are: ${runtimes.map(({ name }) => name).join(', ')}.`);
  const host = hostPlatform();
  if (!builtPlatforms().includes(host))
    throw new Error(`Build this machine's package first: npm run build:all -- --platforms ${host}`);
  const tarballs = packAll(builtPlatforms(), join(toolsFolder, 'packages'));
  const apps = Object.fromEntries(
    builtPlatforms().map((platform) => [platform, unpack(join(toolsFolder, 'apps', platform), platform, tarballs)]),
  );
  const bench = await startBench(createRequire(join(apps[host], 'package.json'))(`${manifest.name}/sandbox`));
  const rows = [];
  try {
    for (const app of Object.values(apps)) addSmoke(app, bench);
    for (const runtime of chosen) rows.push({ ...runtime, ...(await attempt(runtime, apps[runtime.platform], bench)) });
  } finally {
    await bench.close();
  }
  report(rows, chosen.length === runtimes.length);
});

async function attempt({ name, platform, start }, app, bench) {
  console.log(`› ${name}, ${platform}`);
  let started;
  try {
    if (!app) throw new Error(`npm run build:all -- --platforms ${platform} comes first`);
    started = start(app);
  } catch (error) {
    console.log(`  SKIPPED: ${error.message}`);
    return { result: `SKIPPED: ${error.message.split('\n')[0]}` };
  }
  const { output, passed, seconds, failure } = await runSmoke(app, started, bench);
  console.log(failure ? `${output}\n  FAILED: ${failure}` : `  ${passed} checks passed in ${seconds} s`);
  return { result: failure ? `FAILED: ${failure}` : `${passed} checks passed`, seconds };
}

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
  if (after === undefined) throw new Error(`docs/records/platforms.md has lost its marks ${MARKS.join(' and ')}.`);
  const commit = run('git', ['rev-parse', '--short', 'HEAD']).trim();
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(
    DOCS,
    `${before}${MARKS[0]}\n\nRun on ${date} at commit ${commit}, on Debian 12 x64.\n\n${results}\n\n${MARKS[1]}${after}`,
  );
}
