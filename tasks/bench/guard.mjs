// `npm run bench:guard`: instructions, which do not move with the machine's weather. Fails when a pure part
// needs 3 % more than its stored count. `--record` stores new counts, after a change that is meant.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as build from './lib/build.mjs';
import { child } from './lib/child.mjs';

const TOLERANCE = 1.03;
/** A count is the difference between a long and a short run, so that starting up costs nothing. */
const TIMES = [200, 1200];
const DRAIN = 'finconnect::binding::calls::drain';

const { values: flags } = parseArgs({ options: { record: { type: 'boolean' } } });
const file = fileURLToPath(new URL(`baselines/${process.platform}-${process.arch}.json`, import.meta.url));
const rust = execFileSync('rustc', ['--version'], { encoding: 'utf8' }).split(' ')[1];
const node = process.versions.node;

if (spawnSync('valgrind', ['--version']).error)
  fail('The guard counts instructions with valgrind, which is not installed: apt-get install valgrind');
console.log('Building in release (the first time takes some minutes)');
build.buildBench();
build.buildAddon();

const counts = {};
for (const name of execFileSync(build.engine, ['parts'], { encoding: 'utf8' }).trim().split('\n')) {
  counts[name] = perCall((times) => callgrind([], [build.engine, name, times]));
}
counts['completion drain'] = await drain();

if (flags.record) {
  writeFileSync(file, `${JSON.stringify({ rust, node, counts }, null, 2)}\n`);
  for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(18)} ${count}`);
  process.exit();
}
if (!existsSync(file))
  fail(`No counts are stored for ${process.platform}-${process.arch}. Store them: npm run bench:guard -- --record`);
const stored = JSON.parse(readFileSync(file, 'utf8'));
if (stored.rust !== rust || stored.node !== node) {
  console.log(
    `The counts were stored with Rust ${stored.rust} and Node ${stored.node}; this is Rust ${rust} and Node ${node}.`,
  );
}
let worse = 0;
for (const name of new Set([...Object.keys(stored.counts), ...Object.keys(counts)])) {
  const [before, now] = [stored.counts[name], counts[name]];
  const bad = !(now <= before * TOLERANCE);
  if (bad) worse++;
  const change = `${((now / before - 1) * 100).toFixed(1)} %`;
  console.log(
    `${name.padEnd(18)} ${String(before).padStart(8)} → ${String(now).padStart(8)}  ${change.padStart(8)}${bad ? '  WORSE' : ''}`,
  );
}
if (worse > 0) fail(`${worse} of the parts need more than 3 % more instructions than stored.`);

/** What settling one payment costs the JavaScript thread: a fresh Node under callgrind, payments in a row. */
async function drain() {
  const gateway = child(build.gateway, []);
  const { plain } = await gateway.answer();
  const script = fileURLToPath(new URL('lib/drain.mjs', import.meta.url));
  const runs = [];
  // The collector's turns differ from run to run, by up to 5 %; the least count holds the fewest.
  for (let run = 0; run < 5; run++) {
    const short = await settled(TIMES[0]);
    runs.push(Math.round(((await settled(TIMES[1])) - short) / (TIMES[1] - TIMES[0])));
  }
  gateway.end();
  return Math.min(...runs);

  async function settled(times) {
    await gateway.ask({ reset: true });
    const program = [
      process.execPath,
      '--single-threaded',
      '--max-semi-space-size=64',
      script,
      `http://127.0.0.1:${plain}`,
      times,
    ];
    return callgrind([`--toggle-collect=${DRAIN}`, '--smc-check=all-non-file'], program);
  }
}

function perCall(run) {
  const [short, long] = TIMES.map(run);
  return Math.round((long - short) / (TIMES[1] - TIMES[0]));
}

function callgrind(options, [program, ...args]) {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-guard-'));
  const { stderr, status } = spawnSync(
    'valgrind',
    ['--tool=callgrind', `--callgrind-out-file=${join(folder, 'out')}`, ...options, program, ...args.map(String)],
    { encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  const count = Number(/Collected : (\d+)/.exec(stderr)?.[1]);
  if (status !== 0 || !count) fail(`valgrind did not count ${args.join(' ')}:\n${stderr}`);
  return count;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
