// Results as tables: for the terminal and for docs/records/bench.md, which is the same text under a head.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';
import { COLD_ROUNDS, MEMORY, ROUNDS } from './referee.mjs';
import { contestants, goals, limits } from './scenarios.mjs';
import { figure, metrics, metricsOf, ratio, requestsPerCall } from './stats.mjs';

const number = (value) => {
  if (value === undefined || Number.isNaN(value)) return '–';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
const times = ({ median, min, max }) =>
  Number.isNaN(median) ? '–' : `${number(median)}x (${number(min)}–${number(max)})`;

/** One scenario: the figures, then how many times better ours is than each other. */
export function table(scenario) {
  const { title, measured } = scenario;
  const shown = metricsOf(scenario).filter((metric) =>
    Object.values(measured).some((one) => !Number.isNaN(figure(metric, one) ?? Number.NaN)),
  );
  const names = Object.keys(measured);
  const pairs = names.filter((name) => measured[contestants[name].ours]);
  return [
    `### ${title} (\`${scenario.name}\`)`,
    '',
    row(['', ...shown.map((metric) => metrics[metric].title)]),
    rule(shown.length),
    ...names.map((name) =>
      row([contestants[name].title, ...shown.map((metric) => number(figure(metric, measured[name])))]),
    ),
    '',
    row(['Ours is better by', ...shown.map((metric) => metrics[metric].title)]),
    rule(shown.length),
    ...pairs.map((name) => {
      const { title, ours } = contestants[name];
      return row([
        `${ours === 'finconnect' ? '' : `${contestants[ours].title} `}than ${title}`,
        ...shown.map((metric) => times(ratio(metric, measured[ours], measured[name]))),
      ]);
    }),
    ...(scenario.kind === 'memory' ? ['', ...growth(measured)] : []),
  ].join('\n');
}

/** Resident memory round by round, by the payments made until then. */
function growth(measured) {
  const steps = Object.values(measured)[0].rounds.map((_, i) => i);
  const paid = (rounds, i) => rounds.slice(0, i + 1).reduce((sum, { done }) => sum + done, 0);
  const { rounds: first } = Object.values(measured)[0];
  return [
    row(['RSS MB after payments', ...steps.map((i) => paid(first, i).toLocaleString('en'))]),
    rule(steps.length),
    ...Object.entries(measured).map(([name, { rounds }]) =>
      row([contestants[name].title, ...rounds.map(metrics.rss.of).map(number)]),
    ),
  ];
}

/** The goals beside what was measured. */
export function reached(results) {
  const lines = goals.flatMap(([what, scenario, metric, against, floor, aim]) => {
    const measured = results.find(({ name }) => name === scenario)?.measured;
    if (!measured?.[against]) return [];
    const { title, ours } = contestants[against];
    const got = ratio(metric, measured[ours], measured[against]);
    const verdict = got.median >= aim ? 'aim reached' : got.median >= floor ? 'floor reached' : 'below the floor';
    return [row([what, title, `${floor}x`, `${aim}x`, times(got), verdict])];
  });
  for (const [what, scenario, over, most] of limits) {
    const ours = results.find(({ name }) => name === scenario)?.measured.finconnect;
    if (!ours) continue;
    const got = requestsPerCall(over === 'all' ? [...ours.warmUp, ...ours.rounds] : ours.rounds);
    lines.push(
      row([what, '', `≤ ${most}`, `≤ ${most}`, got.toFixed(6), got <= most ? 'aim reached' : 'above the limit']),
    );
  }
  if (lines.length === 0) return '';
  return ['## Goals', '', row(['', 'against', 'floor', 'aim', 'measured', '']), rule(5), ...lines].join('\n');
}

export function page(results) {
  const commit = execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=10'], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  const of = (name) =>
    `${name} ${JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version}`;
  const rust = execFileSync('rustc', ['--version'], { encoding: 'utf8' }).split(' ')[1];
  const machine = `${cpus().length} × ${cpus()[0].model.trim()} (${process.arch}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`;
  return `# Results

Written by \`npm run bench\`; do not edit. ${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.versions.node}, Rust ${rust}, ${of('axios')}, ${of('undici')}, fetch as in Node (undici ${process.versions.undici}).
Machine: ${machine}. The gateway and the contestants share it.

Every figure is the median of ${ROUNDS} rounds (of ${COLD_ROUNDS} cold starts, of ${MEMORY.chunks} rounds of memory) in
which the contestants take turns; every ratio is the median of the rounds' own ratios, with their minimum and maximum.
Over TLS 1.3 unless said. Each contestant is a process of its own; CPU is that process's, JS-thread CPU its main
thread's, and the loop's delay is how late a timer of one millisecond is, by \`monitorEventLoopDelay\`, whose own count,
from tick to tick, is a millisecond more; less than the 0.7 ms that [the timer itself shows](../decisions/harness.md)
counts as that in a ratio. Latency is the caller's. Connections carried at least one request in a round. Requests are
all that the gateway saw, logins too, for each call. A cold start is a CommonJS program's, from its first \`require\` to
the answer.

${reached(results)}

## Scenarios

${results.map(table).join('\n\n')}
`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const rule = (columns) => `|---|${'---:|'.repeat(columns)}`;
