// `npm run bench:ledger`: what a payment costs that is written down, beside one that is not, and whether a million rows
// make it dearer. Writes docs/records/ledger.md; exits with 1 when a floor is not reached.
//
//   --quick    shorter rounds; changes no file
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provenance } from '../../__test__/matrix/addon.mjs';
import { nodeWithSqlite } from '../../__test__/support/newer-node.mjs';
import * as build from './lib/build.mjs';
import { child } from './lib/child.mjs';
import { fill } from './lib/fill.mjs';
import { median, metrics } from './lib/stats.mjs';

const Database = createRequire(import.meta.url)('better-sqlite3');
const isQuick = process.argv.includes('--quick');
const ROUNDS = 9;
const ROUND_MS = isQuick ? 500 : 1500;
const IN_FLIGHT = 64;
const FEW = 1_000;
const MANY = 1_000_000;
const script = fileURLToPath(new URL('contestants/ledger.cjs', import.meta.url));
const folder = join(build.root, 'target/bench/ledger');

console.error('Building in release (the first time takes some minutes)');
build.buildBench();
build.buildAddon();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const gateway = child(build.gateway, []);
const { certificate, ...ports } = await gateway.answer();
const trusted = join(folder, 'certificate.pem');
writeFileSync(trusted, certificate);
await gateway.ask({ latencyMs: 0, reset: true });

let next = 1;
const open = (kind, file = '') =>
  child(nodeWithSqlite(), ['--no-warnings', script, kind, `https://localhost:${ports.h2}`, file], {
    NODE_EXTRA_CA_CERTS: trusted,
  });
const pay = async (one, load) => {
  const first = next;
  next += 10_000_000;
  const round = await one.ask({ do: 'closed', inFlight: IN_FLIGHT, ms: ROUND_MS, ...load, first });
  if (round.done === 0) throw new Error('nothing was paid');
  return round;
};

const beside = await besideUnrecorded();
const scale = await besideFew();
gateway.end();
const rows = [
  ['CPU of a recorded payment, 64 in flight, to an unrecorded', beside.cpu, '≤ 3', beside.cpu.median <= 3],
  ['recorded payments/s, to unrecorded', beside.rate, '≥ 1/3', beside.rate.median >= 1 / 3],
  ['event-loop delay p99, to unrecorded', beside.delay, '≤ 2', beside.delay.median <= 2],
  ...scale.map(([what, found]) => [what, found, '0.8–1.2', found.median >= 0.8 && found.median <= 1.2]),
];
const record = pageOf(rows, beside);
console.log(record);
if (!isQuick) writeFileSync(join(build.root, 'docs/records/ledger.md'), record);
if (rows.some(([, , , holds]) => !holds)) process.exitCode = 1;
// Contestants end with their standard input.
process.exit();

async function besideUnrecorded() {
  const both = { charge: open('charge'), ledger: open('ledger', join(folder, 'beside.db')) };
  const rounds = { charge: [], ledger: [] };
  for (const one of Object.values(both)) await pay(one);
  for (let at = 0; at < ROUNDS; at += 1)
    for (const name of at % 2 ? ['ledger', 'charge'] : ['charge', 'ledger']) rounds[name].push(await pay(both[name]));
  for (const one of Object.values(both)) one.end();
  const paired = (metric) => spread(rounds.ledger.map((own, at) => of(metric, own) / of(metric, rounds.charge[at])));
  const figures = Object.fromEntries(
    Object.entries(rounds).map(([name, all]) => [
      name,
      Object.fromEntries(
        ['rate', 'cpu', 'js', 'p50', 'delay'].map((metric) => [metric, median(all.map((r) => of(metric, r)))]),
      ),
    ]),
  );
  return { cpu: paired('cpu'), rate: paired('rate'), delay: paired('delay'), figures };
}

/** A ledger with many rows beside one with few, in turns. */
async function besideFew() {
  const files = { few: join(folder, 'few.db'), many: join(folder, 'many.db') };
  const all = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, open('ledger', file)]));
  for (const one of Object.values(all)) await pay(one, { ms: 200 });
  for (const one of Object.values(all)) one.end();
  for (const [name, count] of [
    ['few', FEW],
    ['many', MANY],
  ])
    filled(files[name], count);
  const both = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, open('ledger', file)]));
  const found = { charge: [], sweep: [], find: [] };
  for (const one of Object.values(both)) await pay(one);
  for (let at = 0; at < ROUNDS; at += 1) {
    const cpu = {};
    for (const name of at % 2 ? ['many', 'few'] : ['few', 'many']) cpu[name] = of('cpu', await pay(both[name]));
    found.charge.push(cpu.many / cpu.few);
    for (const what of ['sweep', 'find']) {
      const ms = {};
      for (const name of ['few', 'many']) ms[name] = (await both[name].ask({ do: what, now: 1 })).ms;
      found[what].push(ms.many / ms.few);
    }
  }
  for (const one of Object.values(both)) one.end();
  return Object.entries(found).map(([what, ratios]) => [
    `\`${what}\` with ${MANY.toLocaleString('en')} rows, to ${FEW.toLocaleString('en')}`,
    spread(ratios),
  ]);
}

function filled(file, count) {
  const db = new Database(file);
  fill(db, count);
  db.close();
}

function of(metric, round) {
  const { of: read, least = -Infinity } = metrics[metric];
  return Math.max(read(round), least);
}

function spread(ratios) {
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

function pageOf(rows, { figures }) {
  const cells = (...all) => `| ${all.join(' | ')} |`;
  const two = (value) => value.toFixed(2);
  const metric = (name) => [metrics[name].title, two(figures.charge[name]), two(figures.ledger[name])];
  return `# What writing down costs

\`npm run bench:ledger\` wrote this page. Payments go to AzamPay’s stand-in over TLS and HTTP/2, ${IN_FLIGHT} in flight, each written into SQLite by
\`sqlite(path)\` before it leaves and when it is answered, beside the same \`charge\` without a ledger, in turns. Ratios are medians of ${ROUNDS} paired rounds.

|  |  |
| --- | --- |
${provenance()
  .map((row) => cells(...row))
  .join('\n')}

${cells('', 'ratio', 'from', 'to', 'floor', '')}
| --- | ---: | ---: | ---: | ---: | --- |
${rows.map(([what, found, floor, holds]) => cells(what, two(found.median), two(found.min), two(found.max), floor, holds ? 'holds' : '**missed**')).join('\n')}

${cells('', 'without a ledger', 'with it')}
| --- | ---: | ---: |
${['rate', 'cpu', 'js', 'p50', 'delay'].map((name) => cells(...metric(name))).join('\n')}
`;
}
