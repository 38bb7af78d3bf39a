// The tools that judge packages, by their lock file, in .tools.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../platforms.mjs';
import { once, run } from './run.mjs';

/** The `node_modules` that holds them. */
export function packageTools() {
  const folder = once('package-tools', (into) => {
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(join(root, 'tasks/build/package-tools', file), join(into, file));
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: into });
  });
  return join(folder, 'node_modules');
}
