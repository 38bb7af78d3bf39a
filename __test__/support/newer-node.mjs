// A Node that has node:sqlite: this one, or of npm's packages the one that the platforms are tried in.
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { once, run, toolsFolder } from '../../tasks/build/lib/run.mjs';
import { root } from './child.mjs';

export const hasSqlite = isBuiltin('node:sqlite');

/** The path of its program. */
export function nodeWithSqlite() {
  if (hasSqlite) return process.execPath;
  const ofPlatforms = join(toolsFolder, 'runtimes/node_modules/node22/bin/node');
  if (existsSync(ofPlatforms)) return ofPlatforms;
  const { dependencies } = JSON.parse(readFileSync(join(root, 'tasks/build/runtimes/package.json'), 'utf8'));
  const version = dependencies.node22.split('@').at(-1);
  const name = `node-${process.platform}-${process.arch}`;
  const folder = once(`node-${version}`, (into) =>
    run('npm', ['install', '--prefix', into, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`]),
  );
  return join(folder, 'node_modules', name, 'bin/node');
}
