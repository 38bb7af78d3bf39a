// Other Nodes than this one, from npm: one that has node:sqlite, or one by its name.
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { once, run, toolsFolder } from '../../tasks/build/lib/run.mjs';
import { root } from './child.mjs';

export const hasSqlite = isBuiltin('node:sqlite');

/** The path of its program. */
export const nodeWithSqlite = () => (hasSqlite ? process.execPath : nodeOf('node22'));

/** The path of a Node that the platforms are tried in, such as `node24`; fetched where it is not there yet. */
export function nodeOf(which) {
  const ofPlatforms = join(toolsFolder, `runtimes/node_modules/${which}/bin/node`);
  if (existsSync(ofPlatforms)) return ofPlatforms;
  const { dependencies } = JSON.parse(readFileSync(join(root, 'tasks/build/runtimes/package.json'), 'utf8'));
  const version = dependencies[which].split('@').at(-1);
  const name = `node-${process.platform}-${process.arch}`;
  const folder = once(`node-${version}`, (into) =>
    run('npm', ['install', '--prefix', into, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`]),
  );
  return join(folder, 'node_modules', name, 'bin/node');
}
