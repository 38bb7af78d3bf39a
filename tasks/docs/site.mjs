// npm run docs       checks the documents, and builds their site into docs/.vitepress/dist
// npm run docs:dev   serves it while you write
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { command, run } from '../build/lib/run.mjs';
import { compilerOf } from '../build/lib/sandbox.mjs';
import { root } from '../build/platforms.mjs';
import { problems } from './checks.mjs';
import { readDocuments } from './pages.mjs';
import { writeReference } from './reference.mjs';
import { misspelt } from './spelling.mjs';

const VITEPRESS = 'docs/node_modules/vitepress/bin/vitepress.js';

await command(async ([mode]) => {
  const documents = readDocuments();
  if (mode === 'build') fail(problems(documents, (path) => existsSync(join(root, path))));
  for (const folder of ['.', 'docs']) installPackages(folder);
  if (!existsSync(join(root, 'sandbox/dist/index.d.ts'))) run(process.execPath, compilerOf('sandbox/dist'));
  if (mode === 'dev') {
    if (!existsSync(join(root, 'docs/reference'))) await writeReference();
    return run(process.execPath, [VITEPRESS, 'dev', 'docs'], { show: true, timeout: 0 });
  }
  console.log('› Spelling');
  fail(misspelt([...documents.keys()]));
  console.log('› Reference');
  await writeReference();
  console.log('› Site');
  run(process.execPath, [VITEPRESS, 'build', 'docs'], { show: true });
  console.log('\ndocs/.vitepress/dist holds the site.');
});

function fail(wrong) {
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

/** As the lock file has them, unless they are there. */
function installPackages(folder) {
  const [stamp, lock] = ['node_modules/.package-lock.json', 'package-lock.json'].map((name) =>
    join(root, folder, name),
  );
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log(`› Packages of ${folder === '.' ? 'the checkout' : folder}`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: join(root, folder) });
}
