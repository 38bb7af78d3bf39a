// The reference in docs/reference: what the types say, a folder for each thing that the package exports.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { manifest, root } from '../build/platforms.mjs';

const FOLDER = join(root, 'docs/reference');

/** The types of each import by its name: `finconnect`, `finconnect/ledger` and so on. */
const entries = Object.entries(manifest.exports)
  .filter(([, { types }]) => types)
  .map(([door, { types }]) => ({ name: posix.join(manifest.name, door), file: join(root, types) }));

/** Reads the types, and writes the pages anew. */
export async function writeReference() {
  const { resolve } = createRequire(join(root, 'docs/package.json'));
  const { Application } = await import(pathToFileURL(resolve('typedoc')));
  const app = await Application.bootstrapWithPlugins({
    name: manifest.name,
    plugin: [pathToFileURL(resolve('typedoc-plugin-markdown')).href],
    entryPoints: entries.map(({ file }) => file),
    tsconfig: join(root, 'docs/tsconfig.json'),
    out: FOLDER,
    readme: 'none',
    disableSources: true,
    excludePrivate: true,
    excludeExternals: true,
    validation: { notExported: false },
    logLevel: 'Warn',
    treatWarningsAsErrors: true,
    fileExtension: '.md',
    entryFileName: 'index',
    hidePageHeader: true,
    useCodeBlocks: true,
    parametersFormat: 'table',
    navigationJson: join(FOLDER, 'navigation.json'),
  });
  const points = app.getEntryPoints();
  for (const point of points) {
    const { name } = entries.find(({ file }) => file === point.sourceFile.fileName);
    point.displayName = name;
  }
  const project = app.converter.convert(points);
  rmSync(FOLDER, { recursive: true, force: true });
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('TypeDoc found something wrong in the types.');
}
