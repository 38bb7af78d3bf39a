import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../support/child.mjs';

const require = createRequire(import.meta.url);

/** The values that a declaration file promises; types leave nothing at run time. */
function declaredValues(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const own = [...text.matchAll(/^export declare (?:class|function|const|enum) (\w+)/gm)].map(([, name]) => name);
  const passedOn = [...text.matchAll(/^export \{ (.+) \} from/gm)].flatMap(([, names]) => names.split(', '));
  return [...new Set([...own, ...passedOn])].sort();
}

test('the package exports exactly the documented names, to require and to import', async () => {
  const documented = declaredValues('index.d.ts');
  assert.ok(documented.includes('FintechSDK') && documented.includes('FinConnectError'));
  assert.deepEqual(Object.keys(require('finconnect')).sort(), documented);
  const { default: whole, ...named } = await import('finconnect');
  delete named['module.exports'];
  assert.equal(whole, require('finconnect'));
  assert.deepEqual(Object.keys(named).sort(), documented);
});

test('the sandbox exports exactly the documented names', async () => {
  const documented = declaredValues('sandbox/dist/index.d.ts');
  assert.ok(documented.includes('startSandbox'));
  assert.deepEqual(Object.keys(require('finconnect/sandbox')).sort(), documented);
  assert.equal((await import('finconnect/sandbox')).startSandbox, require('finconnect/sandbox').startSandbox);
});

test('so do the replay stores', async () => {
  const documented = declaredValues('lib/replay/index.d.ts');
  assert.ok(documented.includes('redisReplayStore'));
  assert.deepEqual(Object.keys(require('finconnect/replay')).sort(), documented);
  assert.equal((await import('finconnect/replay')).redisReplayStore, require('finconnect/replay').redisReplayStore);
});

test('so do the token stores', async () => {
  const documented = declaredValues('lib/tokens/index.d.ts');
  assert.ok(documented.includes('redisTokenStore'));
  assert.deepEqual(Object.keys(require('finconnect/tokens')).sort(), documented);
  assert.equal((await import('finconnect/tokens')).redisTokenStore, require('finconnect/tokens').redisTokenStore);
});

test('so do the webhooks', async () => {
  const documented = declaredValues('lib/webhooks/index.d.ts');
  assert.ok(documented.includes('webhooks'));
  assert.deepEqual(Object.keys(require('finconnect/webhooks')).sort(), documented);
  assert.equal((await import('finconnect/webhooks')).webhooks, require('finconnect/webhooks').webhooks);
});

test('so does the telemetry', async () => {
  const documented = declaredValues('lib/otel/index.d.ts');
  assert.ok(documented.includes('instrument'));
  assert.deepEqual(Object.keys(require('finconnect/otel')).sort(), documented);
  assert.equal((await import('finconnect/otel')).instrument, require('finconnect/otel').instrument);
});

test('nothing else can be required', () => {
  for (const path of ['binding.js', 'lib/load-failure.js', 'index.js', 'sandbox/dist/index.js']) {
    assert.throws(() => require(`finconnect/${path}`), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
  }
  assert.equal(require('finconnect/package.json').name, 'finconnect');
});
