// Run by `npm version`: package.json has the new version, and every copy of it follows.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, run } from './lib/run.mjs';
import { folderOf, manifest, platforms, root } from './platforms.mjs';

await command(() => {
  const { version } = manifest;
  const manifests = Object.keys(platforms).map((platform) => join(folderOf(platform), 'package.json'));
  for (const file of manifests) {
    const own = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, `${JSON.stringify({ ...own, version }, null, 2)}\n`);
  }
  for (const name of ['Cargo.toml', 'Cargo.lock']) {
    const file = join(root, name);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/^(name = "finconnect"\nversion = )".+"$/m, `$1"${version}"`),
    );
  }
  run(process.execPath, ['tasks/build/licences.mjs']);
  // The generated loader holds the version, too.
  run('npm', ['run', 'build:debug'], { show: true });
  run('git', ['add', ...manifests, 'Cargo.toml', 'Cargo.lock', 'sbom.cdx.json', 'binding.js', 'index.d.ts']);
});
