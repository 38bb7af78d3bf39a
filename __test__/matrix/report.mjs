// Writes docs/records/safety.md from a run.

import { GATEWAYS } from '../support/gateways.cjs';
import { SANDBOX_FAULTS, SHORT_MS, WIRE_FAULTS } from './faults.mjs';
import { LATE_MS } from './matrix.mjs';
import { OPERATIONS } from './operations.mjs';
import { LIMITS } from './requirements.mjs';

const INTRODUCTION = `# What holds when things break

A payment that is sent twice is charged twice. A payment that is called failed and was not is delivered for nothing, or
asked for again. So the library promises two things of every call: **a payment that may have reached the gateway is
never sent again**, and every error says in \`outcome\` what is known of the money: \`not_sent\`, \`refused\` or
\`unknown\`.

This page is the proof, and a machine wrote it: \`npm run faults\` runs every operation of every gateway into every
fault of [the sandbox](../guide/sandbox.md), and into the ones below HTTP that a scripted TCP, TLS or HTTP/2 peer makes.
It counts at the gateway's end what arrived, and exits with 1 when anything below does not hold. \`npm run soak\` does
the same at random for 200,000 payments: [its record](soak.md).
`;

const READING = `Each cell: what the caller learnt · payment requests of that order that the gateway received · time
until the promise settled. A word such as \`accepted\` or \`succeeded\` is a promise that resolved, any other is the
error's \`outcome\`, with its \`code\` where the fault is not enough to guess it. \`+1\`: the gateway refused the
request for its token, before it looked at it, and it was sent once more with a new one. In the tables beside \`pay\`
the payment request is the one that came before. Faults strike once, but for those of a TLS handshake, which last. SDK
objects have their defaults (\`maxRetries: 2\`); faults that are silence meet a deadline of ${SHORT_MS} ms.`;

export function page({ cells, measured, wrongs, emitted, written, seconds, provenance }) {
  const most = Math.max(...cells.map(({ pushes }) => pushes));
  const silent = cells.filter(({ timeoutMs, code }) => timeoutMs === SHORT_MS && code === 'TIMEOUT');
  const latest = Math.max(...silent.map(({ ms }) => ms - SHORT_MS));
  const late = measured.filter(({ limit, unit }) => limit === LIMITS.deadline && unit.startsWith('ms'));
  const aborted = measured.filter(({ limit, unit }) => limit === LIMITS.abort && unit.startsWith('ms'));
  const again =
    cells.filter(({ attempt }) => attempt > 1).length + measured.filter(({ attempt }) => attempt > 1).length;
  const rows = [
    ['double sends in the whole matrix', 0, cells.filter(({ pushes }) => pushes > 1).length],
    ['most payment requests of one order', 1, most],
    [
      '`not_sent`, yet a payment request came',
      0,
      cells.filter(({ operation, outcome, pushes }) => isPayment(operation) && outcome === 'not_sent' && pushes > 0)
        .length,
    ],
    [
      'carried out, yet called refused',
      0,
      cells.filter(
        ({ operation, carriedOut, outcome, pushes }) =>
          isPayment(operation) && carriedOut && outcome === 'refused' && pushes > 0,
      ).length,
    ],
    ['a hung gateway: settled after the deadline, measured alone', `${LIMITS.deadline} ms`, `${worst(late)} ms`],
    ['the same within the matrix, four cells at once', `${LATE_MS} ms`, `${round(latest)} ms`],
    ['an abort: settled after', `${LIMITS.abort} ms`, `${worst(aborted)} ms`],
    ...measured
      .filter(({ unit }) => !unit.startsWith('ms'))
      .map(({ what, figures, limit, unit }) => [`${what}: ${unit}`, limit, figures[0]]),
    [
      'secrets and whole phone numbers in anything emitted',
      0,
      wrongs.filter((wrong) => wrong.startsWith('a secret')).length,
    ],
  ];
  return `${INTRODUCTION}
## The run

${table(['', ''], [...provenance, ['size', `${cells.length} cells, ${measured.length} measurements, ${seconds} s`], ['verdict', wrongs.length === 0 ? 'every requirement holds' : `${wrongs.length} do not hold`]])}
${wrongs.map((wrong) => `- ${wrong}\n`).join('')}
## What is required

${table(['requirement', 'at most', 'found'], rows)}

${again === 0 ? 'No cell and no measurement was' : `${again} of the cells and measurements were`} run again for being late; on a busy machine each has up to two more attempts.

Searched for ${emitted.secrets} secrets (credentials, access tokens, the customer's phone number): ${emitted.events}
events, ${emitted.messages} messages on \`diagnostics_channel\`, ${emitted.errors} errors with their stacks, responses
and JSON, the SDK objects as \`util.inspect\` shows them (${emitted.characters} characters without repetition), and the
${written} characters that the process wrote to stdout and stderr with \`RUST_LOG=trace\`.

## Deadlines and aborts

${table(
  ['silence', 'calls', 'median', 'worst', 'at most', 'attempt'],
  [...late, ...aborted].map(({ what, figures, limit, attempt }) => [
    what,
    figures.length,
    `${round(median(figures))} ms`,
    `${round(Math.max(...figures))} ms`,
    `${limit} ms`,
    attempt,
  ]),
)}

A deadline's row counts from the deadline, an abort's from \`controller.abort()\`.

## The matrix

${READING}
${Object.entries(OPERATIONS)
  .map(([name, operation]) => matrix(name, operation, cells))
  .join('')}`;
}

const isPayment = (operation) => operation === 'pay' || operation === 'login';

function matrix(name, { title, providers }, cells) {
  const of = (provider, fault) =>
    cells.find((cell) => cell.operation === name && cell.provider === provider && cell.fault === fault);
  const row = ({ name: fault }) => [`\`${fault}\``, ...providers.map((provider) => shown(of(provider, fault)))];
  const heads = providers.map((provider) => GATEWAYS[provider].brand);
  return `
### ${title}

${table(['fault', ...heads], [...SANDBOX_FAULTS, ...WIRE_FAULTS].map(row))}
`;
}

/** What the caller learnt, the payment requests, the time. */
function shown({ word, outcome, code, pushes, refusedForToken, ms, attempt }) {
  const learnt = word ?? (['TIMEOUT', 'CONNECTION_FAILED'].includes(code) ? outcome : `${outcome} (${code})`);
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return `${learnt} · ${pushes}${refusedForToken ? ` +${refusedForToken}` : ''} · ${Math.round(ms)} ms${again}`;
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

const round = (ms) => Math.round(ms * 10) / 10;
const worst = (measurements) => round(Math.max(...measurements.flatMap(({ figures }) => figures)));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
