// `npm run soak`: 200,000 payments, 64 at once, against a gateway that is faulty at random. Writes
// docs/records/soak.md; exits with 1 when something does not hold.
//
//   npm run soak -- 5000    fewer payments; writes nothing
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildRelease, provenance, root } from './addon.mjs';
import { page } from './soak-report.mjs';

const CALLS = 200_000;
const CONCURRENCY = 64;
/** Part of the run until memory has reached its level. */
const WARM_UP = 0.2;
const GROWTH = 1.1;
const ENDS_WITHIN_MS = 10_000;
/** V8 doubles its young generation now and then, to 48 MB in the end. Held small, it hides no leak behind it. */
const V8 = ['--expose-gc', '--max-semi-space-size=2'];

const calls = Number(process.argv[2] ?? CALLS);
if (!Number.isInteger(calls) || calls < 100)
  throw new TypeError('The number of payments is a whole number, 100 or more');
const seed = Number(process.env.SOAK_SEED ?? randomInt(2 ** 31));
console.error('Building in release (the first time takes some minutes)');
const addon = buildRelease();
const built = provenance();

const start = (file, args, execArgv = []) =>
  fork(fileURLToPath(new URL(`${file}`, import.meta.url)), args.map(String), {
    cwd: root,
    execArgv,
    env: { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: addon },
    serialization: 'advanced',
  });
const gateway = start('soak-gateway.mjs', [calls, seed]);
const [{ port }] = await once(gateway, 'message');
const load = start('soak-load.mjs', [port, calls, CONCURRENCY], V8);
const ends = start('soak-ends.mjs', [port]);
let result;
let sent;
load.on('message', (message) => {
  if (message.progress) return process.stderr.write(`\r${message.progress}   `);
  result = message;
  sent = performance.now();
});
const [code] = await once(load, 'close');
process.stderr.write('\n');
ends.send('stop');
const [{ ended }] = await once(ends, 'message');
gateway.send('count');
const [counts] = await once(gateway, 'message');
gateway.disconnect();
if (!result) throw new Error(`the payments ended with ${code} and no result`);

const facts = {
  ...result,
  ...counts,
  ended,
  calls,
  concurrency: CONCURRENCY,
  seed,
  code,
  endedMs: performance.now() - sent,
  ...judged(result, counts),
};
const wrongs = found(facts);
for (const wrong of wrongs) console.error(wrong);
const writes = calls === CALLS;
if (!writes)
  console.log(`RSS by tenths of the run, MB: ${facts.tenths.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ')}`);
if (writes) writeFileSync(join(root, 'docs/records/soak.md'), page({ ...facts, wrongs, provenance: built }));
console.log(
  `${calls} payments in ${Math.round(result.seconds)} s, seed ${seed}: ${wrongs.length === 0 ? 'everything holds' : `${wrongs.length} wrong`}${writes ? '; docs/records/soak.md written' : ''}`,
);
process.exitCode = wrongs.length > 0 ? 1 : 0;

/** The callers' outcomes beside what the gateway did. */
function judged({ outcomes, rss }, { charged }) {
  const [accepted, refused, notSent, unknown] = [0, 1, 2, 3].map(
    (outcome) => outcomes.filter((each) => each === outcome).length,
  );
  const against = (outcome, right) =>
    outcomes.reduce((sum, each, order) => sum + (each === outcome && !right(charged[order]) ? 1 : 0), 0);
  const level = rss[Math.floor(rss.length * WARM_UP)];
  return {
    told: { accepted, refused, notSent, unknown },
    twice: charged.filter((times) => times > 1).length,
    lies: {
      accepted: against(0, (times) => times === 1),
      refused: against(1, (times) => times === 0),
      notSent: against(2, (times) => times === 0),
    },
    level,
    peak: Math.max(...rss.slice(Math.floor(rss.length * WARM_UP))),
    tenths: Array.from({ length: 10 }, (_, tenth) => rss[Math.floor(((tenth + 1) * rss.length) / 10) - 1]),
  };
}

function found({ ended, twice, lies, unsettled, level, peak, code, endedMs, before, left, resources, wrong }) {
  const checks = [
    [twice === 0, `${twice} orders were charged twice`],
    [lies.accepted === 0, `${lies.accepted} accepted payments were not charged once`],
    [lies.refused === 0, `${lies.refused} refused payments were charged`],
    [lies.notSent === 0, `${lies.notSent} payments were called not_sent and were charged`],
    [unsettled === 0, `${unsettled} calls did not settle exactly once`],
    [ended.workers > 0 && ended.before > 0, 'no worker was ended in the middle of its payments'],
    [ended.late === 0, `${ended.late} payments left after their worker had ended`],
    [peak <= level * GROWTH, `memory grew from ${level} to ${peak} bytes`],
    [left === null || left <= before, `${left - before} sockets were left open`],
    [resources.length === 0, `left in the event loop: ${resources.join(', ')}`],
    [code === 0 && endedMs <= ENDS_WITHIN_MS, `the process ended with ${code} after ${Math.round(endedMs)} ms`],
    [wrong.length === 0, `INTERNAL: ${wrong[0]}`],
  ];
  return checks.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}
