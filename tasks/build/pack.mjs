// npm run pack:all -- --platforms linux-x64-gnu
// Writes the tarballs that are published: the main package and one per platform, into dist/.
import { rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { command, table } from './lib/run.mjs';
import { packAll } from './lib/stage.mjs';
import { chosenPlatforms, root } from './platforms.mjs';

await command((args) => {
  const into = join(root, 'dist');
  rmSync(into, { recursive: true, force: true });
  const tarballs = packAll(chosenPlatforms(args), into);
  console.log(
    table(
      ['package', 'tarball', 'bytes'],
      Object.entries(tarballs).map(([name, file]) => [name, basename(file), statSync(file).size]),
    ),
  );
});
