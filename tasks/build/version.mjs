// `npm run version -- 2.0.1` cuts a version: package.json, every copy of the version, and CHANGELOG.md. `npm version`
// runs it too, after it has written package.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cut } from './lib/changelog.mjs';
import { command, run } from './lib/run.mjs';
import { isNewer, platformManifest } from './lib/versions.mjs';
import { folderOf, manifest, platforms, root } from './platforms.mjs';

/** The crate, and the locks of those that are built on it. */
const CRATES = [
  'Cargo.toml',
  ...['', 'fuzz/', 'tasks/bench/', 'tasks/numbering/'].map((folder) => `${folder}Cargo.lock`),
];

await command(() => {
  const [wanted = manifest.version] = process.argv.slice(2);
  const isAsked = process.argv.length > 2;
  if (isAsked && !isNewer(wanted, manifest.version))
    throw new Error(`${wanted} is no version after ${manifest.version}: npm run version -- <major.minor.patch>.`);
  const day = new Date().toISOString().slice(0, 10);
  rewrite('CHANGELOG.md', (text) => cut(text, wanted, day));
  const own = /("name": "finconnect",\n\s*"version": )"[^"]+"/g;
  for (const file of ['package.json', 'package-lock.json']) rewrite(file, (text) => text.replace(own, `$1"${wanted}"`));
  const manifests = Object.keys(platforms).map((platform) => join(folderOf(platform), 'package.json'));
  for (const file of manifests) {
    const told = platformManifest(JSON.parse(readFileSync(file, 'utf8')), manifest, wanted);
    writeFileSync(file, `${JSON.stringify(told, null, 2)}\n`);
  }
  const crate = /^(name = "finconnect"\nversion = )".+"$/m;
  for (const file of CRATES) rewrite(file, (text) => text.replace(crate, `$1"${wanted}"`));
  run(process.execPath, ['tasks/build/licences.mjs']);
  // The generated loader holds the version, too.
  run('npm', ['run', 'build:debug'], { show: true });
  const copies = [...CRATES, 'CHANGELOG.md', 'sbom.cdx.json', 'binding.js', 'index.d.ts'];
  run('git', ['add', ...manifests, 'package.json', 'package-lock.json', ...copies]);
  if (isAsked) console.log(`${wanted} is staged. Next: git commit -m ${wanted} && git tag v${wanted}`);
});

function rewrite(name, change) {
  const file = join(root, name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
