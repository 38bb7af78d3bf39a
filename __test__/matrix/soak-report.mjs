// Writes docs/records/soak.md from a run.
const INTRODUCTION = `# The soak

What a fault matrix cannot show is what many thousands of calls leave behind: a call that never settles, memory that
creeps, a socket that stays. So \`npm run soak\` pays 200,000 times, 64 at once, three times by AzamPay and once by
Selcom, whose order is opened first; one call in a hundred is given up by its caller. The gateway is faulty at random
and keeps its own books; then it compares the two. Beside it, workers are ended in the middle of their payments. It
exits with 1 when anything below does not hold, and this page is what it wrote.
`;

const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

export function page(facts) {
  const {
    ended,
    told,
    lies,
    twice,
    unsettled,
    level,
    peak,
    tenths,
    before,
    most,
    left,
    resources,
    code,
    endedMs,
    met,
    codes,
    events,
  } = facts;
  const { calls, concurrency, seconds, requests, logins, seed, wrongs, provenance } = facts;
  const run = [
    ...provenance,
    ['payments', `${calls}, ${concurrency} at once, in ${Math.round(seconds)} s`],
    ['seed', `${seed} (\`SOAK_SEED\` repeats the gateway's faults)`],
    ['verdict', wrongs.length === 0 ? 'everything holds' : `${wrongs.length} do not hold`],
  ];
  const required = [
    ['orders charged twice', 0, twice],
    ['told accepted, and not charged exactly once', 0, lies.accepted],
    ['told `refused`, and charged', 0, lies.refused],
    ['told `not_sent`, and charged', 0, lies.notSent],
    ['calls that did not settle exactly once', 0, unsettled],
    [
      `payments that left after their worker had ended (${ended.workers} workers were ended, after ${ended.before} payments)`,
      0,
      ended.late,
    ],
    ['RSS: highest after the first fifth of the run', `${mb(level * 1.1)} (110 % of ${mb(level)})`, mb(peak)],
    [
      'sockets open after the SDK object is gone',
      before === null ? 'not told here' : `${before}, as before`,
      `${left ?? 'not told here'} (${most} while it paid)`,
    ],
    ['left in the event loop', 'nothing', resources.join(', ') || 'nothing'],
    ['the process ends by itself', 'exit 0 within 10 s', `exit ${code} after ${Math.round(endedMs)} ms`],
  ];
  const sorted = (counts) => Object.entries(counts).sort(([, a], [, b]) => b - a);
  return `${INTRODUCTION}
${table(['', ''], run)}
${wrongs.map((wrong) => `- ${wrong}\n`).join('')}
## What is required

${table(['requirement', 'at most', 'found'], required)}

RSS by tenths of the run, MB: ${tenths.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ')}. Each sample follows a garbage collection; V8's young\ngeneration, which it doubles at times of its own, is held at one size (\`--max-semi-space-size=2\`).

## What the callers were told

${table(
  ['outcome', 'payments'],
  [
    ['accepted', told.accepted],
    ['`refused`', told.refused],
    ['`not_sent`', told.notSent],
    ['`unknown`', told.unknown],
  ],
)}

Errors by code: ${sorted(codes)
    .map(([name, times]) => `\`${name}\` ${times}`)
    .join(', ')}.

## What the gateway did

${requests} payment requests, ${logins} logins; the SDK object told of ${events} answers. Faults that were met: ${sorted(
    met,
  )
    .map(([name, times]) => `${name} ${times}`)
    .join(', ')}.
A request refused for its token was sent once more with a new one; it is not a charge.
`;
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
