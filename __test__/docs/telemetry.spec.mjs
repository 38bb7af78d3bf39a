// The examples of docs/guide/telemetry.md, run as they stand there.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { register } from 'prom-client';
import { LOGIN_ROUTES, rejection, startGateway } from '../support/gateway.mjs';
import { blocksOf, buildFolder } from './blocks.mjs';

const [otel, prometheus, channel, ...others] = blocksOf('docs/guide/telemetry.md', ['js', 'ts']);
const CHARGE = { reference: 'BOOKING17', amount: '25000', currency: 'TZS', phone: '255712345678' };

async function run(t, { code }, exported = '') {
  const file = join(buildFolder(t), 'example.mjs');
  writeFileSync(file, (await transform(`${code}${exported}`, { loader: 'ts' })).code);
  return import(pathToFileURL(file));
}

test('every example is run', () => {
  assert.deepEqual(others, []);
  assert.match(channel.code, /tracingChannel/);
});

test('the recipe for Prometheus counts what calls tell, without a name of anybody', async (t) => {
  assert.ok(prometheus.code.match(/^.+$/gm).length <= 25, 'it is short enough to be copied');
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa', {}, { maxRetries: 1 });
  await run(t, prometheus);
  gateway.sandbox.next({ name: '502-html', route: LOGIN_ROUTES.clickpesa });
  await sdk.charge(CHARGE);
  await rejection(sdk.charge({}));
  await sdk.handleCallback({ nobody: 'knows it' });
  const text = await register.metrics();
  for (const line of [
    'finconnect_calls_total{provider="clickpesa",operation="charge",outcome="success"} 1',
    'finconnect_calls_total{provider="clickpesa",operation="charge",outcome="not_sent"} 1',
    'finconnect_payments_total{provider="clickpesa",operation="charge",status="processing"} 1',
    'finconnect_callbacks_total{provider="clickpesa",verdict="UNCONFIRMED"} 1',
    'finconnect_logins_total{provider="clickpesa",outcome="success"} 1',
    'finconnect_retries_total{provider="clickpesa",operation="login"} 1',
    'finconnect_request_duration_seconds_count{provider="clickpesa",operation="login",status="502"} 1',
    'finconnect_request_duration_seconds_count{provider="clickpesa",operation="charge",status="200"} 1',
  ])
    assert.ok(text.includes(`${line}\n`), `${line}\n${text}`);
  assert.doesNotMatch(text, /BOOKING17|2557/);
});

test('the example of OpenTelemetry instruments, and undoes it', async (t) => {
  const { undo } = await run(t, otel, 'export { undo };\n');
  const gateway = await startGateway(t);
  assert.equal((await gateway.sdk('clickpesa').charge(CHARGE)).status, 'processing');
  undo();
});

test('the example of the channel prints what became of a call', async (t) => {
  const printed = [];
  t.mock.method(console, 'log', (...words) => printed.push(words));
  await run(t, channel);
  const gateway = await startGateway(t);
  await gateway.sdk('clickpesa').charge(CHARGE);
  assert.deepEqual(printed, [['finconnect charge clickpesa', 'success', 'processing']]);
});
