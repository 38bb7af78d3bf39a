import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Node is to run, in the checkout, to compile the sandbox into `dist`. */
export const compilerOf = (dist) => ['node_modules/typescript-latest/bin/tsc', '-p', 'sandbox', '--outDir', dist];

/**
 * Removes the compiled sandbox's declarations that its public ones, in `index.d.ts`, do not lead to, and what a switch
 * is about: its words stand in the code, and no type needs them.
 */
export function keepPublicTypes(dist) {
  const kept = new Set();
  const follow = (file) => {
    if (kept.has(file)) return;
    kept.add(file);
    const text = readFileSync(file, 'utf8').replace(/about: (['"]).*\1;$/gm, 'about: string;');
    writeFileSync(file, text);
    for (const [, path] of text.matchAll(/(?:from |import\()["'](\.[^"']+)\.js["']/g))
      follow(join(file, '..', `${path}.d.ts`));
  };
  follow(join(dist, 'index.d.ts'));
  for (const name of readdirSync(dist, { recursive: true })) {
    if (name.endsWith('.d.ts') && !kept.has(join(dist, name))) rmSync(join(dist, name));
  }
}
