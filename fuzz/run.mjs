// npm run fuzz
// Runs every target for a minute, one after the other, and writes what came of it into docs/records/fuzz.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SECONDS = 60;
const MAX_BYTES = 4096;
const MAX_INPUT_SECONDS = 10;
const MAX_RSS_MB = 2048;

const root = fileURLToPath(new URL('..', import.meta.url));
const RECORD = 'docs/records/fuzz.md';
// cargo-fuzz needs flags that a stable compiler keeps for nightly.
const env = { ...process.env, RUSTC_BOOTSTRAP: '1' };

const LAWS = {
  wire_pesapal: "every reader of PesaPal's answers",
  wire_clickpesa: "every reader of ClickPesa's answers",
  wire_azampay: "every reader of AzamPay's answers, its public key's among them",
  wire_selcom: "every reader of Selcom's answers",
  callback: 'callbacks of all four, with and without a checksum key, and `expect`',
  recut: "AzamPay's signed text, cut into other fields than those that were signed",
  key: 'PEM, PKCS#1, XML and DER keys, configured and fetched',
  body: 'setting, removing and sorting members of a JSON text',
  phone: 'masks of an account and within a text, and which texts are mobile numbers',
  money: 'amounts: the grammar, equality, and what is to be paid',
  cost: 'every reader: a byte of a long text costs what one of a short text does',
};

const targets = readdirSync(join(root, 'fuzz/fuzz_targets'))
  .map((name) => basename(name, '.rs'))
  .sort();
const tool = output('cargo', ['fuzz', '--version'], 'cargo-fuzz is not installed: cargo install cargo-fuzz --locked');
const compiler = output('rustc', ['--version']);
const commit = output('git', ['rev-parse', '--short', 'HEAD']);
const changed = output('git', ['status', '--porcelain', '--', 'src', 'fuzz', 'Cargo.lock']) !== '';
const date = new Date().toISOString().slice(0, 10);

for (const target of targets) {
  if (!(target in LAWS)) fail(`fuzz/run.mjs does not say what ${target} is for.`);
}
console.log('› Building the targets (the first time takes several minutes)');
if (spawnSync('cargo', ['fuzz', 'build'], { cwd: root, env, stdio: 'inherit' }).status !== 0)
  fail('The targets do not build.');
const results = targets.map(run);
writeFileSync(join(root, RECORD), record(results));
console.log(`› ${RECORD} is written.`);
if (results.some(({ finding }) => finding)) fail('There is a finding.');

function run(target) {
  console.log(`› ${target}`);
  const corpus = `fuzz/corpus/${target}`;
  mkdirSync(join(root, corpus), { recursive: true });
  const limits = [
    `-max_total_time=${SECONDS}`,
    `-max_len=${MAX_BYTES}`,
    `-timeout=${MAX_INPUT_SECONDS}`,
    `-rss_limit_mb=${MAX_RSS_MB}`,
  ];
  const args = [
    'fuzz',
    'run',
    target,
    corpus,
    `fuzz/seeds/${target}`,
    '--',
    ...limits,
    '-dict=fuzz/words.dict',
    '-print_final_stats=1',
  ];
  const { status, stderr } = spawnSync('cargo', args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const executions = Number(/^stat::number_of_executed_units:\s*(\d+)/m.exec(stderr)?.[1] ?? 0);
  const inputs = [...stderr.matchAll(/ cov: (\d+) ft: (\d+) corp: (\d+)/g)].at(-1) ?? [];
  const [, edges = 0, features = 0, kept = 0] = inputs.map(Number);
  if (status === 0 && executions === 0) fail(`${target} ran nothing:\n${stderr.slice(-2000)}`);
  const finding = status === 0 ? null : findingIn(stderr);
  console.log(`  ${executions} executions, ${edges} edges, ${finding ? finding.why : 'no finding'}`);
  return { target, executions, edges, features, kept, finding };
}

/** The input and what it broke; a target that does not run at all ends the whole. */
function findingIn(stderr) {
  const file = /Test unit written to (\S+)/.exec(stderr)?.[1];
  if (!file) fail(stderr.slice(-4000));
  const why = /panicked at [^\n]*\n([^\n]*)/.exec(stderr)?.[1] ?? /^SUMMARY: (.*)$/m.exec(stderr)?.[1] ?? 'it ended';
  return { why, input: readFileSync(file).toString('base64') };
}

function record(results) {
  const rows = results.map(
    ({ target, executions, edges, features, kept, finding }) =>
      `| \`${target}\` | ${LAWS[target]} | ${executions.toLocaleString('en')} | ${edges} / ${features} | ${kept} | ${finding ? '**1**' : '0'} |`,
  );
  const findings = results
    .filter(({ finding }) => finding)
    .map(({ target, finding }) => `- \`${target}\`: ${finding.why}\n\n  \`${finding.input}\` (base64)`);
  return `# Fuzzing

\`npm run fuzz\` runs each target for ${SECONDS} seconds and writes this page. It needs cargo-fuzz
(\`cargo install cargo-fuzz --locked\`).

A target mutates bytes towards new code, from the inputs in \`fuzz/seeds\`, with the compiler's address sanitizer, debug
assertions and overflow checks on. Each input must not panic, take more than ${MAX_INPUT_SECONDS} s or ${MAX_RSS_MB} MB,
and must keep the laws in \`src/laws\`: what a reader calls a success is one by serde_json's reading, nothing made up is
proven, nothing shows more than eight digits of an account. \`src/laws/drawn.rs\` holds the same laws on drawn inputs in
\`cargo test\`.

Last run: ${date}, commit ${commit}${changed ? ' with changes' : ''}, ${compiler}, ${tool}, inputs of up to ${MAX_BYTES} bytes.

| target | what it reads | executions | edges / features covered | inputs kept | findings |
|---|---|---|---|---|---|
${rows.join('\n')}

${findings.length > 0 ? findings.join('\n\n') : `${results.reduce((sum, { executions }) => sum + executions, 0).toLocaleString('en')} executions, no finding.`}
`;
}

function output(program, args, otherwise = `${program} could not be run.`) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) fail(otherwise);
  return stdout.trim();
}

function fail(sentence) {
  console.error(`\n${sentence}`);
  process.exit(1);
}
