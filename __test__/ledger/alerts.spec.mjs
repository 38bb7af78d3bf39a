// The alerts and the dashboard of examples/ speak of the metrics that there are, and fire where the rules do.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { metricsText } from 'finconnect/ledger';
import { root, run } from '../support/child.mjs';
import { CHARGE, openShop } from './shop.mjs';

const RULES = join(root, 'examples/prometheus-rules.yml');
const rules = readFileSync(RULES, 'utf8');
const dashboard = JSON.parse(readFileSync(join(root, 'examples/grafana-dashboard.json'), 'utf8'));
const panels = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** Where `promtool` is, of PROMTOOL or the PATH. */
let promtool;
for (const name of [process.env.PROMTOOL, 'promtool'].filter(Boolean))
  promtool ??= await run(name, ['--version']).then(
    () => name,
    () => undefined,
  );
const skip = promtool === undefined && 'there is no promtool: name it in PROMTOOL';

function folderOf(t) {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-rules-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function tool(...args) {
  const { code, stdout, stderr } = await run(promtool, args);
  assert.equal(code, 0, stdout + stderr);
}

test('every metric of the alerts and of the dashboard is one of the text', async (t) => {
  const { ledger, sandbox } = await openShop(t, { names: ['clickpesa'] });
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'PAID' });
  await sandbox.approve(gatewayReference);
  const text = metricsText(await ledger.health());
  const there = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const expressions = [...rules.matchAll(/^ +expr: (.+)$/gm)].map(([, expr]) => expr);
  assert.equal(expressions.length, 4);
  const named = [...expressions, ...panels].flatMap((expr) => expr.match(/finconnect_\w+/g));
  for (const name of named) assert.ok(there.has(name), name);
  for (const name of there) assert.ok(named.includes(name), `${name} is shown nowhere`);
  // Each label that they choose or sum by is one that the metric has.
  for (const [, name, label, value] of [...expressions, ...panels].join('\n').matchAll(/(\w+)\{(\w+)="(\w+)"\}/g))
    assert.match(text, new RegExp(`^${name}\\{.*${label}="${value}"`, 'm'));
});

test('each rule of the health has its alert', async (t) => {
  const { ledger } = await openShop(t, { names: ['clickpesa'] });
  const alerts = [...rules.matchAll(/^ +- alert: Finconnect(\w+)$/gm)].map(([, name]) => name.toLowerCase());
  for (const { rule } of (await ledger.health()).rules)
    assert.ok(
      alerts.some((name) => name.startsWith(rule.replaceAll('-', ''))),
      rule,
    );
  assert.equal(rules.match(/summary:/g).length, 4);
  assert.equal(rules.match(/action:/g).length, 4);
});

test('no panel of the dashboard lies on another', () => {
  const places = dashboard.panels.map(({ gridPos }) => gridPos);
  const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  for (const [at, one] of places.entries())
    for (const other of places.slice(at + 1)) assert.ok(!overlap(one, other), JSON.stringify([one, other]));
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
});

test('promtool reads the alerts, and every query of the dashboard', { skip }, async (t) => {
  const file = join(folderOf(t), 'panels.yml');
  const records = panels.map((expr, at) => `      - record: panel:${at}\n        expr: ${JSON.stringify(expr)}\n`);
  writeFileSync(file, `groups:\n  - name: panels\n    rules:\n${records.join('')}`);
  await tool('check', 'rules', RULES, file);
});

/** An alert, series with values a minute, and whether it fires at the end. */
const CASES = [
  ['CallbacksSilent', { 'finconnect_settled{by="asking"': [1, 1], 'finconnect_settled{by="callback"': [0, 0] }, true],
  ['CallbacksSilent', { 'finconnect_settled{by="asking"': [9, 9], 'finconnect_settled{by="callback"': [0, 1] }, false],
  ['CallbacksSilent', { 'finconnect_settled{by="asking"': [0, 0], 'finconnect_settled{by="callback"': [0, 0] }, false],
  ['OldestUnknown', { finconnect_oldest_unknown_seconds: [840, 900] }, false],
  ['OldestUnknown', { finconnect_oldest_unknown_seconds: [840, 901] }, true],
  ['ForgedCallbacks', { 'finconnect_forged_callbacks_total{at="1"': [0, 0, 0] }, false],
  ['ForgedCallbacks', { 'finconnect_forged_callbacks_total{at="1"': [0, 0, 1] }, true],
  ['LoginsFailing', { 'finconnect_logins_failed_in_a_row{at="1"': [1, 2] }, false],
  ['LoginsFailing', { 'finconnect_logins_failed_in_a_row{at="1"': [2, 3] }, true],
];

test('promtool finds that the alerts fire at the thresholds', { skip }, async (t) => {
  const file = join(folderOf(t), 'test.yml');
  const cases = CASES.map(([name, series, fires]) => {
    const own = (text) => (text.includes('{') ? `${text},gateway="azampay"}` : text);
    const rows = Object.entries(series).map(
      ([text, values]) => `      - series: '${own(text)}'\n        values: '${values.join(' ')}'\n`,
    );
    const minutes = Object.values(series)[0].length - 1;
    const query = `count(ALERTS{alertname="Finconnect${name}",alertstate="firing"})`;
    const found = fires ? `          - value: 1\n            labels: '{}'\n` : '';
    return `  - interval: 1m
    input_series:
${rows.join('')}    promql_expr_test:
      - expr: ${query}
        eval_time: ${minutes}m
        exp_samples:${found === '' ? ' []' : `\n${found}`}
`;
  });
  writeFileSync(file, `rule_files:\n  - ${RULES}\nevaluation_interval: 1m\ntests:\n${cases.join('')}`);
  await tool('test', 'rules', file);
});
