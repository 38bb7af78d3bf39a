import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { binding, PROVIDERS, rejection, startGateway } from './support/gateway.mjs';

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const operations = JSON.parse(binding.operations()).map(([name]) => name);

/** Methods that ask a gateway for nothing of their own. */
const OTHERS = ['supports', 'capabilities', 'recover', 'reconcile', 'on', 'off'];

/** The methods of a declared interface, listeners and questions about the object aside. */
function declared() {
  const [, body] = /export interface FintechSDK<[^>]*> \{\n([\s\S]*?)\n\}/.exec(read('index.d.ts'));
  const names = [...body.matchAll(/^ {2}(\w+)[(<]/gm)].map(([, name]) => name);
  // One that answers in several ways is declared as often.
  const own = [...new Set(names)].filter((name) => !OTHERS.includes(name));
  const grouped = [...body.matchAll(/^ {2}readonly (\w+): Group<Name, '\w+', (\w+)>;/gm)];
  return [...own, ...grouped.flatMap(([, group, type]) => methodsOf(type).map((name) => `${group}.${name}`))];
}

/** The methods of a group's interface. */
function methodsOf(type) {
  const [, body] = new RegExp(`export interface ${type} \\{\n([\\s\\S]*?)\n\\}`).exec(read('index.d.ts'));
  return [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
}

/** A method of an SDK object by the name of its operation, and the first of what it gives. */
function called(sdk, operation) {
  const [group, own] = operation.split('.');
  const given = own === undefined ? sdk[group]() : sdk[group][own]();
  return typeof given.then === 'function' ? given : given[Symbol.asyncIterator]().next();
}

/** Each method of a document's table, with the gateways that have it. */
function documented(file, { headed, lacks }) {
  const [, head, rows] = headed.exec(read(file));
  const cells = (row) => row.split('|').slice(1, -1);
  const gateways = cells(head)
    .slice(1)
    .map((name) => name.trim().toLowerCase());
  return rows
    .trim()
    .split('\n')
    .map((row) => {
      const [method, ...about] = cells(row);
      return [/`([\w.]+)/.exec(method)[1], gateways.filter((_, i) => about[i].trim() !== lacks)];
    });
}
const page = () =>
  documented('docs/guide/operations.md', { headed: /(\| method [^\n]*)\n\|[-| ]*\n((?:\|[^\n]*\n)+)/, lacks: '–' });
const readme = () =>
  documented('docs/guide/payments.md', {
    headed: /## Methods\n\n(\|[^\n]*)\n\|[-|]*\n((?:\|[^\n]*\n)+)/,
    lacks: 'not supported',
  });

test('the class has a method for each operation, by its name', () => {
  for (const name of operations.filter((name) => !name.includes('.'))) {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(FintechSDK.prototype, name);
    assert.equal(value.name, name);
    assert.deepEqual(flags, { writable: true, enumerable: true, configurable: true });
  }
  const groups = operations.filter((name) => name.includes('.')).map((name) => name.split('.')[0]);
  const others = ['constructor', ...OTHERS, ...new Set(groups)];
  assert.deepEqual(
    Object.getOwnPropertyNames(FintechSDK.prototype)
      .filter((name) => !operations.includes(name))
      .sort(),
    others.sort(),
  );
});

test('the types declare the same methods, and name them where an error names its operation', () => {
  assert.deepEqual(declared().sort(), [...operations].sort());
  const [, union] = /export type Operation =([^;]*);/.exec(read('index.d.ts'));
  assert.deepEqual(
    [...union.matchAll(/'([\w.]+)'/g)].map(([, name]) => name),
    operations,
  );
});

for (const provider of PROVIDERS) {
  test(`${provider}: supports() and capabilities() tell what the documents do, in the order of the operations`, async (t) => {
    const sdk = (await startGateway(t)).sdk(provider);
    const has = page()
      .filter(([, gateways]) => gateways.includes(provider))
      .map(([method]) => method);
    assert.deepEqual(sdk.capabilities().operations, has);
    assert.match(sdk.capabilities().reference.characters, /^A-Z a-z 0-9(?: \S+)?$/);
    const [, limits] = new RegExp(`interface ${provider}Gateway \\{[^;]*;\\s*limits:([^;]*);`, 'i').exec(
      read('index.d.ts'),
    );
    assert.deepEqual(
      [...limits.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort(),
      Object.keys(sdk.capabilities().limits).sort(),
    );
    for (const operation of operations) assert.equal(sdk.supports(operation), has.includes(operation), operation);
    for (const [method, gateways] of readme()) assert.equal(sdk.supports(method), gateways.includes(provider), method);
  });

  test(`${provider}: what it does not support is refused as NOT_SUPPORTED, and nothing is sent`, async (t) => {
    const { sdk, requests } = await startGateway(t);
    const one = sdk(provider);
    for (const operation of operations.filter((name) => !one.supports(name))) {
      const { code, outcome } = await rejection(called(one, operation));
      assert.deepEqual([code, outcome], ['NOT_SUPPORTED', 'not_sent'], operation);
    }
    assert.deepEqual(requests, []);
  });
}

test('supports() answers false to what is no name of an operation', async (t) => {
  const sdk = (await startGateway(t)).sdk('pesapal');
  for (const name of ['constructor', 'on', 'PAY', '', undefined, null, 1, {}, Symbol('pay')]) {
    assert.equal(sdk.supports(name), false, String(name));
  }
});
