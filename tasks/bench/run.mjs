// `npm run bench`: measures finconnect beside its peers and writes docs/records/bench.md, and README's figures.
//
//   --quick             what the goals need, under a minute once built; changes no file
//   --scenario <name>   one scenario (part of a name: all that match); changes no file
//   --json              raw rounds on standard output
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withFigures } from '../docs/figures.mjs';
import * as build from './lib/build.mjs';
import { COLD_ROUNDS, Referee, ROUNDS } from './lib/referee.mjs';
import { page, reached, table } from './lib/report.mjs';
import { behindGoals, scenarios } from './lib/scenarios.mjs';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, scenario: { type: 'string' } },
});
const chosen = scenarios
  .filter(({ name, quick }) => (flags.scenario ? name.includes(flags.scenario) : !flags.quick || quick))
  .map((scenario) => (flags.quick ? behindGoals(scenario) : scenario));
if (chosen.length === 0) {
  console.error(`No such scenario. One of: ${scenarios.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}

console.error('Building in release (the first time takes some minutes)');
build.buildBench();
build.buildAddon();

const referee = await Referee.start(
  flags.quick
    ? { round: 120, warmUp: 1000, wake: 50, cold: ROUNDS }
    : { round: 500, warmUp: 1500, wake: 100, cold: COLD_ROUNDS },
);
const results = [];
try {
  for (const scenario of chosen) {
    console.error(`${scenario.name}: ${scenario.title}`);
    const measured = await referee.run(scenario);
    const raw = Object.entries(measured).map(([name, { warmUp, rounds }]) => [name, { warmUp, rounds }]);
    results.push({ ...scenario, measured: Object.fromEntries(raw) });
    if (!flags.json) console.log(`\n${table(results.at(-1))}\n`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  referee.end();
}
// Contestants of a run that broke off end with this process.
if (process.exitCode) process.exit();
if (flags.json) console.log(JSON.stringify(results));
else console.log(reached(results));
if (!flags.quick && !flags.scenario) {
  const [readme, record] = [join(build.root, 'README.md'), page(results)];
  writeFileSync(join(build.root, 'docs/records/bench.md'), record);
  writeFileSync(readme, withFigures(readFileSync(readme, 'utf8'), record));
}
