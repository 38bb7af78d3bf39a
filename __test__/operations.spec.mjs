import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { binding, PROVIDERS, rejection, startGateway } from './support/gateway.mjs';

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const operations = JSON.parse(binding.operations()).map(([name]) => name);

/** The methods of a declared interface, listeners and questions about the object aside. */
function declared() {
  const [, body] = /export interface FintechSDK<[^>]*> \{\n([\s\S]*?)\n\}/.exec(read('index.d.ts'));
  const names = [...body.matchAll(/^ {2}(\w+)[(<]/gm)].map(([, name]) => name);
  return names.filter((name) => !['supports', 'capabilities', 'on', 'off'].includes(name));
}

/** Each method of README's table, with the gateways that it does not call "not supported". */
function documented() {
  const [, head, rows] = /## Methods\n\n(\|[^\n]*)\n\|[-|]*\n((?:\|[^\n]*\n)+)/.exec(read('README.md'));
  const cells = (row) => row.split('|').slice(1, -1);
  const gateways = cells(head)
    .slice(1)
    .map((name) => name.trim().toLowerCase());
  return rows
    .trim()
    .split('\n')
    .map((row) => {
      const [method, ...about] = cells(row);
      const has = gateways.filter((_, i) => about[i].trim() !== 'not supported');
      return [/`(\w+)\(/.exec(method)[1], has];
    });
}

test('the class has a method for each operation, by its name', () => {
  for (const name of operations) {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(FintechSDK.prototype, name);
    assert.equal(value.name, name);
    assert.deepEqual(flags, { writable: true, enumerable: true, configurable: true });
  }
  const others = ['constructor', 'supports', 'capabilities', 'on', 'off'];
  assert.deepEqual(
    Object.getOwnPropertyNames(FintechSDK.prototype)
      .filter((name) => !operations.includes(name))
      .sort(),
    others.sort(),
  );
});

test('the types declare the same methods, and name them where an error names its operation', () => {
  assert.deepEqual(declared().sort(), [...operations].sort());
  const [, union] = /readonly operation:([^;]*);/.exec(read('index.d.ts'));
  assert.deepEqual(
    [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort(),
    ['constructor', ...operations].sort(),
  );
});

for (const provider of PROVIDERS) {
  test(`${provider}: supports() and capabilities() tell what README does, in the order of the operations`, async (t) => {
    const sdk = (await startGateway(t)).sdk(provider);
    const has = documented()
      .filter(([, gateways]) => gateways.includes(provider))
      .map(([method]) => method);
    assert.deepEqual(
      sdk.capabilities(),
      operations.filter((operation) => has.includes(operation)),
    );
    for (const operation of operations) assert.equal(sdk.supports(operation), has.includes(operation), operation);
  });

  test(`${provider}: what it does not support, and nothing else, is refused as NOT_SUPPORTED`, async (t) => {
    const { sdk, requests } = await startGateway(t);
    const one = sdk(provider);
    for (const operation of operations) {
      const { code } = await rejection(one[operation]());
      assert.equal(code === 'NOT_SUPPORTED', !one.supports(operation), operation);
    }
    assert.deepEqual(requests, []);
  });
}

test('README tells of each operation', () => {
  assert.deepEqual(
    documented().map(([method]) => method),
    operations,
  );
});

test('supports() answers false to what is no name of an operation', async (t) => {
  const sdk = (await startGateway(t)).sdk('pesapal');
  for (const name of ['constructor', 'on', 'PAY', '', undefined, null, 1, {}, Symbol('pay')]) {
    assert.equal(sdk.supports(name), false, String(name));
  }
});
