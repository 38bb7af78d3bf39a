// The examples whose packages are those of the checkout are run here, the others by `npm run examples`.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSandbox } from '../../sandbox/dist/index.js';
import { root } from '../support/child.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';
import { noPostgres } from '../support/servers.mjs';
import { drivers } from './drivers.mjs';
import { folderOf, linked, manifestOf, settingsOf } from './project.mjs';

/** The others are files that a page shows. */
const names = readdirSync(join(root, 'examples'))
  .filter((name) => existsSync(join(root, 'examples', name, 'package.json')))
  .sort();
const LINKED = { fastify: false, 'reconcile-daily': false, workers: noPostgres };

for (const [name, skip] of Object.entries(LINKED))
  test(`the example ${name}`, { skip, timeout: 120_000 }, async (t) => {
    await drivers[name](linked(t, name), { node: nodeWithSqlite() });
  });

test('each example is a project of its own, and pins the majors of its packages', () => {
  assert.deepEqual(names, ['booking', 'fastify', 'hono-bun', 'nest', 'nextjs', 'reconcile-daily', 'workers']);
  for (const name of names) {
    const { private: isPrivate, scripts, dependencies, devDependencies } = manifestOf(name);
    assert.ok(isPrivate && scripts, name);
    assert.equal(dependencies.finconnect, '^2.0.0', name);
    for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies }))
      assert.match(range, /^\^\d+\.\d+\.\d+$/, `${name}: ${dependency}`);
    const lines = readFileSync(join(folderOf(name), 'README.md'), 'utf8').split('\n').length;
    assert.ok(lines < 60, `${name}: its README has ${lines} lines`);
  }
});

test('the keys in .env.example are those of the sandbox', async (t) => {
  const sandbox = await startSandbox({ checksum: true });
  t.after(() => sandbox.close());
  const gateways = ['azampay', 'clickpesa', 'pesapal', 'selcom'];
  const known = Object.assign({}, ...gateways.map((gateway) => settingsOf(sandbox, gateway)));
  for (const name of names) {
    const text = readFileSync(join(folderOf(name), '.env.example'), 'utf8');
    const keys = [...text.matchAll(/^(\w+)="?(.*?)"?$/gm)].filter(([, key]) => key in known);
    assert.ok(keys.length >= 3, name);
    for (const [, key, value] of keys)
      assert.equal(value, known[key].replace(sandbox.url, 'http://127.0.0.1:4010'), `${name}: ${key}`);
  }
});
