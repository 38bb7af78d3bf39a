import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { circles, scriptGraph } from '../support/module-graph.mjs';

const root = new URL('../../sandbox/', import.meta.url);
const graph = scriptGraph(root, ['dist']);
const sources = [...graph.keys()].filter((name) => name.endsWith('.ts'));
const gateways = readdirSync(new URL('gateways', root), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** From the top: each imports itself and what is below. */
const STOREYS = [
  'cli',
  'index.ts',
  'sandbox.ts',
  'control.ts',
  'options.ts',
  'probe.ts',
  'test-callback.ts',
  'api.ts',
  'gateways',
  'engine',
  'http',
  'types.ts',
];

/** What says which gateways there are: the registry, and what only types read. */
const MAY_NAME_THEM = ['gateways/index.ts', 'api.ts', 'types.ts'];

const storeyOf = (name) => STOREYS.indexOf(name.split('/')[0]);
const gatewayOf = (name) => /^gateways\/(\w+)\//.exec(name)?.[1];
const arrowsWhere = (wrong) =>
  sources.flatMap((from) => [...graph.get(from)].filter((to) => wrong(from, to)).map((to) => `${from} → ${to}`)).sort();

test('no file of the sandbox reaches itself through others, by types either', () => {
  assert.ok(arrowsWhere(() => true).length > 200, 'the imports are read');
  assert.deepEqual(circles(graph), []);
});

test('every arrow of the sandbox runs downward', () => {
  assert.deepEqual(
    sources.filter((name) => storeyOf(name) < 0),
    [],
  );
  assert.deepEqual(
    arrowsWhere((from, to) => storeyOf(to) < storeyOf(from)),
    [],
  );
});

test('the sandbox imports nothing of the addon, and no package', () => {
  for (const name of sources) {
    const imported = [...readFileSync(new URL(name, root), 'utf8').matchAll(/\bfrom '([^']+)'/g)].map(
      ([, path]) => path,
    );
    assert.deepEqual(
      imported.filter((path) => !path.startsWith('node:') && !path.startsWith('.')),
      [],
      name,
    );
  }
  assert.deepEqual(
    arrowsWhere((_from, to) => !graph.has(to)),
    [],
  );
});

test('only the registry and types name a gateway, and no gateway names another', () => {
  const others = (own) => new RegExp(gateways.filter((name) => name !== own).join('|'), 'i');
  const files = readdirSync(root, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.\w+$/.test(name) && !name.startsWith('dist/') && !MAY_NAME_THEM.includes(name));
  assert.ok(files.includes('page/index.html'));
  for (const name of files) {
    const found = others(gatewayOf(name)).exec(readFileSync(new URL(name, root), 'utf8'));
    assert.equal(found?.[0], undefined, name);
  }
});
