import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { platforms } from '../../tasks/build/platforms.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file) => readFileSync(join(root, file), 'utf8');

/** Every `[[package]]` of Cargo.lock. */
const locked = [
  ...read('Cargo.lock').matchAll(/^name = "(.+)"\nversion = "(.+)"(?:\nsource = "(.+)")?(?:\nchecksum = "(.+)")?/gm),
].map(([, name, version, source, checksum]) => ({ name, version, source, checksum }));

test('what deny.toml bans is not linked', () => {
  const [, list] = /^deny = \[\n([^\]]+)\]/m.exec(read('deny.toml'));
  const banned = [...list.matchAll(/crate = "([\w-]+)"/g)].map(([, name]) => name);
  assert.ok(banned.includes('openssl-sys') && banned.includes('native-tls'));
  assert.deepEqual(
    locked.filter(({ name }) => banned.includes(name)),
    [],
  );
});

test('every crate comes from crates.io by its checksum', () => {
  for (const { name, source, checksum } of locked.filter(({ name }) => name !== 'finconnect')) {
    assert.equal(source, 'registry+https://github.com/rust-lang/crates.io-index', name);
    assert.match(checksum, /^[0-9a-f]{64}$/, name);
  }
});

test('the bill of materials and the licences name crates that are locked, with their checksums', () => {
  const { components } = JSON.parse(read('sbom.cdx.json'));
  const licences = read('THIRD-PARTY-LICENSES.txt');
  for (const { name, version, hashes } of components) {
    const crate = locked.find((entry) => entry.name === name && entry.version === version);
    assert.ok(crate, `${name} ${version} is not in Cargo.lock: npm run licences`);
    assert.equal(hashes[0].content, crate.checksum);
    assert.ok(licences.includes(`\n${name} ${version} (`), `${name} ${version} has no licence: npm run licences`);
  }
  const [, dependencies] = /^\[dependencies\]\n([^[]+)/m.exec(read('Cargo.toml'));
  for (const [, name] of dependencies.matchAll(/^([\w-]+) =/gm)) {
    if (name === 'napi-derive') continue;
    assert.ok(
      components.some((component) => component.name === name),
      `${name} is not in sbom.cdx.json: npm run licences`,
    );
  }
});

test('the release pins every action, locks every install, and builds every platform', () => {
  const workflow = read('.github/workflows/release.yml');
  const actions = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
  assert.ok(actions.length > 0);
  for (const action of actions) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  for (const [line] of workflow.matchAll(/^ +cargo(?:-zigbuild)? (?:build|rustc|install|zigbuild) .*$/gm))
    assert.match(line, /--locked/);
  assert.doesNotMatch(workflow, /npm install(?! --global npm@)/);
  for (const platform of Object.keys(platforms)) assert.ok(workflow.includes(platform), platform);
  assert.match(workflow, /id-token: write/);
  assert.match(workflow, /npm publish .*--provenance/);
});
