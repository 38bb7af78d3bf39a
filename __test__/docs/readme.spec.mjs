// What README says first: the commands, where it runs, the shop of its first block, and figures that were measured.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { manifest, platforms } from '../../tasks/build/platforms.mjs';
import { withFigures } from '../../tasks/docs/figures.mjs';
import { root } from '../support/child.mjs';
import { blocksOf } from './blocks.mjs';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('it is short: under 150 lines, and its shop at most 25', () => {
  assert.ok(readme.split('\n').length < 150);
  const [shop] = blocksOf('README.md', ['js']);
  assert.ok(shop.code.trim().split('\n').length <= 25);
  for (const word of ['ledger.charge(', 'ledger.webhooks(', 'openLedger(']) assert.ok(shop.code.includes(word), word);
});

test('its commands are those of a clone and of an install', () => {
  const [clone, install] = blocksOf('README.md', ['sh']);
  const named = [...clone.code.matchAll(/^npm (?:run )?(\w+)/gm)].map(([, script]) => script);
  assert.deepEqual(named, ['demo', 'test']);
  for (const script of named) assert.ok(manifest.scripts[script]);
  assert.equal(install.code, `npm install ${manifest.name}\n`);
  for (const [, command] of readme.matchAll(/`npm run ([\w:]+)/g)) assert.ok(manifest.scripts[command], command);
});

test('where it runs is what is built', () => {
  const said = readme.slice(readme.indexOf('## Install'), readme.indexOf('## A shop'));
  for (const word of ['Linux', 'macOS', 'Windows', 'x64', 'arm64', 'glibc', 'musl'])
    assert.ok(said.includes(word), word);
  assert.ok(said.includes(`Node ${/[\d.]+/.exec(manifest.engines.node)[0]} or newer`));
  assert.equal(Object.keys(platforms).length, 7);
});

test('its figures are those of the record', () => {
  const record = readFileSync(join(root, 'docs/records/bench.md'), 'utf8');
  assert.equal(withFigures(readme, record), readme, 'node tasks/docs/figures.mjs');
  assert.match(withFigures(readme, record), /\| one at a time: CPU \| \d/);
  assert.throws(() => withFigures(readme, record.replace('| 1 in flight: CPU |', '| 1 in flight: cpu |')), /no goal/);
});

test('its picture is there', () => {
  const [, picture] = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme);
  assert.ok(existsSync(join(root, picture)), picture);
});
