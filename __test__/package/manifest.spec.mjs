import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binaryOf, manifest, packageOf, platforms } from '../../tasks/build/platforms.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file) => readFileSync(join(root, file), 'utf8');
const json = (file) => JSON.parse(read(file));

test('package.json holds the version, and every copy of it agrees', () => {
  const { version } = manifest;
  const lock = json('package-lock.json');
  assert.deepEqual([lock.version, lock.packages[''].version], [version, version]);
  assert.match(read('Cargo.toml'), new RegExp(`^\\[package\\]\nname = "finconnect"\nversion = "${version}"$`, 'm'));
  assert.match(read('Cargo.lock'), new RegExp(`^name = "finconnect"\nversion = "${version}"$`, 'm'));
  for (const platform of Object.keys(platforms)) assert.equal(json(`npm/${platform}/package.json`).version, version);
  assert.match(read('binding.js'), new RegExp(`expected ${version} but got`));
  assert.equal(json('sbom.cdx.json').metadata.component.version, version);
});

test('nothing is installed or run beside the two packages', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependencies, undefined);
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare'])
    assert.equal(manifest.scripts[hook], undefined);
});

test('every target has its package, and npm can choose it', () => {
  assert.deepEqual(
    manifest.napi.targets,
    Object.values(platforms).map(({ triple }) => triple),
  );
  assert.deepEqual(readdirSync(join(root, 'npm')).sort(), Object.keys(platforms).sort());
  for (const platform of Object.keys(platforms)) {
    const [os, cpu, abi] = platform.split('-');
    const own = json(`npm/${platform}/package.json`);
    assert.equal(own.name, packageOf(platform));
    assert.deepEqual([own.os, own.cpu], [[os], [cpu]]);
    assert.deepEqual(own.libc, { gnu: ['glibc'], musl: ['musl'] }[abi]);
    assert.equal(own.main, binaryOf(platform));
    assert.ok(own.files.includes(own.main));
    assert.deepEqual(own.engines, manifest.engines);
    assert.ok(read('binding.js').includes(`require('${own.name}')`), `the loader does not know ${own.name}`);
    assert.ok(existsSync(join(root, 'npm', platform, 'README.md')));
  }
});

test('every entry point has its types first', () => {
  for (const [path, entry] of Object.entries(manifest.exports)) {
    if (path === './package.json') continue;
    assert.deepEqual(Object.keys(entry), ['types', 'default'], path);
    for (const file of Object.values(entry)) assert.ok(existsSync(join(root, file)), file);
  }
});
