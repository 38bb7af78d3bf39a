// What `npm run version` makes of CHANGELOG.md and of the platforms' packages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut } from '../../tasks/build/lib/changelog.mjs';
import { isNewer, platformManifest } from '../../tasks/build/lib/versions.mjs';

const DAY = '2026-11-28';
const before = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.0.0] - 2025-01-01\n\n- The first.\n';

test('what was unreleased stands under the version, and the older below it', () => {
  const after = cut(before, '2.0.0', DAY);
  assert.equal(
    after,
    `# Changelog\n\n## [Unreleased]\n\n## [2.0.0] - ${DAY}\n\n### Added\n\n- A thing.\n\n## [1.0.0] - 2025-01-01\n\n- The first.\n`,
  );
  assert.equal(cut(after, '2.0.0', '2027-01-01'), after);
});

test('a version without notes is not cut', () => {
  const after = cut(before, '2.0.0', DAY);
  assert.throws(() => cut(after, '2.0.1', DAY), /nothing under \[Unreleased\]/);
  const headed = after.replace('## [Unreleased]\n', '## [Unreleased]\n\n### Added\n');
  assert.throws(() => cut(headed, '2.0.1', DAY), /nothing under \[Unreleased\]/);
  assert.throws(() => cut('# Changelog\n', '2.0.1', DAY), /no line/);
});

test('only a newer version is one', () => {
  for (const version of ['2.0.0', '1.0.1', '1.1.0', '10.0.0']) assert.ok(isNewer(version, '1.0.0'), version);
  for (const version of ['1.0.0', '0.9.9', '2.0', 'v2.0.0', '2.0.0-beta', ''])
    assert.ok(!isNewer(version, '1.0.0'), version);
});

test('a platform says what the main package says for all, and nothing that is not filled in', () => {
  const own = { name: 'finconnect-linux-x64-gnu', version: '1.0.0', os: ['linux'] };
  assert.deepEqual(platformManifest(own, { homepage: '', version: '1.0.0' }, '2.0.0'), { ...own, version: '2.0.0' });
  const repository = { type: 'git', url: 'git+https://code.example/finconnect.git' };
  const main = { homepage: 'https://pay.example', repository, funding: 'https://fund.example', license: 'MIT' };
  const { license: _, ...shared } = main;
  assert.deepEqual(platformManifest(own, main, '2.0.0'), { ...own, version: '2.0.0', ...shared });
});
