// `npm run bench:telemetry`: what a payment costs that somebody hears of, beside one of which nobody does, in paired
// rounds. Prints a table for docs/decisions/telemetry.md.
//
//   --built            measures what stands in target/bench, and builds nothing
//   --before <folder>  beside them another layout like target/bench/installed, of which nobody hears either
//   --rounds <count>   pairs, 9
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installed } from './contestants/finconnect.cjs';
import * as build from './lib/build.mjs';
import { child } from './lib/child.mjs';
import { median, metrics } from './lib/stats.mjs';

const { values: flags } = parseArgs({
  options: { built: { type: 'boolean' }, before: { type: 'string' }, rounds: { type: 'string', default: '9' } },
});
const ROUNDS = Number(flags.rounds);
const ROUND_MS = 1000;
const IN_FLIGHT = 64;
const METRICS = ['cpu', 'js', 'rate', 'p50'];
const script = fileURLToPath(new URL('contestants/telemetry.cjs', import.meta.url));

if (!flags.built) {
  console.error('Building in release (the first time takes some minutes)');
  build.buildBench();
  build.buildAddon();
}
const folder = mkdtempSync(join(tmpdir(), 'bench-telemetry-'));
const gateway = child(build.gateway, []);
const { certificate, ...ports } = await gateway.answer();
const trusted = join(folder, 'certificate.pem');
writeFileSync(trusted, certificate);
await gateway.ask({ latencyMs: 0, reset: true });

const open = (kind, layout = installed) =>
  child(process.execPath, [script, kind, `https://localhost:${ports.h2}`, layout], { NODE_EXTRA_CA_CERTS: trusted });
/** By title. The first is what the others are compared with; the second is the same again, and shows the noise. */
const contestants = {
  nobody: open('nobody'),
  'nobody, once more': open('nobody'),
  ...(flags.before && { 'the layout before': open('nobody', flags.before) }),
  'a subscriber of the channel': open('channel'),
  '`instrument({ metrics })`': open('metrics'),
  '`instrument({ trace })`': open('spans'),
  '`instrument({ trace, metrics })`': open('both'),
};
const titles = Object.keys(contestants);
let next = 1;
const pay = (one) => {
  const first = next;
  next += 10_000_000;
  return one.ask({ inFlight: IN_FLIGHT, ms: ROUND_MS, first });
};

for (const one of Object.values(contestants)) await pay(one);
const rounds = Object.fromEntries(titles.map((title) => [title, []]));
for (let at = 0; at < ROUNDS; at += 1) {
  // Each begins a round as often as it ends one.
  const turn = titles.map((_, i) => titles[(i + at) % titles.length]);
  for (const title of at % 2 ? turn.reverse() : turn) rounds[title].push(await pay(contestants[title]));
}

const two = (value) => value.toFixed(2);
const cells = (...all) => `| ${all.join(' | ')} |`;
const figure = (title, metric) => median(rounds[title].map(metrics[metric].of));
const ratio = (title, metric) => {
  const { of } = metrics[metric];
  const all = rounds[title].map((round, at) => of(round) / of(rounds.nobody[at]));
  return `${two(median(all))} (${two(Math.min(...all))}–${two(Math.max(...all))})`;
};
console.log(cells('who listens', ...METRICS.map((metric) => metrics[metric].title)));
console.log(cells('---', ...METRICS.map(() => '---:')));
console.log(cells('nobody', ...METRICS.map((metric) => two(figure('nobody', metric)))));
for (const title of titles.slice(1)) console.log(cells(title, ...METRICS.map((metric) => ratio(title, metric))));
rmSync(folder, { recursive: true });
gateway.end();
// Contestants end with their standard input.
process.exit();
