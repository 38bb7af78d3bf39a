// Words that no dictionary has: cspell's of British English and of programming, and docs/words.txt.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build/platforms.mjs';

const CSPELL = join(root, 'docs/node_modules/cspell/bin.mjs');
const DEADLINE_MS = 120_000;

/** Whether the checker is installed: `npm run docs` does it. */
export const canSpell = existsSync(CSPELL);

/** The misspelt words in files, a line for each with its place. */
export function misspelt(files) {
  const args = [CSPELL, '--config', 'docs/cspell.json', '--no-progress', '--no-summary', '--no-color', ...files];
  const { status, error, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: DEADLINE_MS,
  });
  if (error) throw error;
  if (status > 1 || (status === 1 && stdout === '')) throw new Error(`cspell failed:\n${stderr || stdout}`);
  return stdout.split('\n').filter(Boolean);
}
