// Makes what is packed small: the code of the package as an install holds it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { platforms, root } from '../platforms.mjs';
import { run } from './run.mjs';

// Once they are used: a fresh clone has them only when the packages are installed.
const require = createRequire(import.meta.url);
const esbuild = () => require('esbuild');

/** The oldest engine that may run the package. */
const ENGINE = 'node18.3';

/** What the package takes of the sandbox: the files, and how each writes a name that it exports. */
const DOORS = { index: /^export \{ (\w+) \} from/gm, probe: /^export (?:const|function) (\w+)/gm };

/** Compiles the sandbox into one file, `cli/main.js`, which the doors open into. */
export function bundleSandbox(dist) {
  const contents = Object.keys(DOORS).map((name) => `export * from './${name}.js';`);
  esbuild().buildSync({
    stdin: { contents: `${contents.join('')}export { main } from './cli/main.js';`, resolveDir: join(root, 'sandbox') },
    // As deep as its sources: it finds the page by its own place.
    outfile: join(dist, 'cli/main.js'),
    bundle: true,
    platform: 'node',
    target: ENGINE,
    minify: true,
    logLevel: 'error',
  });
  for (const [door, pattern] of Object.entries(DOORS)) {
    const names = readFileSync(join(root, `sandbox/${door}.ts`), 'utf8').matchAll(pattern);
    // Written out, so that Node finds the names for `import`.
    const lines = [...names].map(([, name]) => `exports.${name} = all.${name};\n`);
    writeFileSync(join(dist, `${door}.js`), `const all = require('./cli/main.js');\n${lines.join('')}`);
  }
}

/** Makes small what browsers load, in a folder that has nothing else. */
export function compactPage(folder) {
  for (const name of readdirSync(folder)) {
    const [, kind] = /\.(js|css|html)$/.exec(name) ?? [];
    if (kind !== undefined) rewrite(join(folder, name), (text) => loadable(text, kind));
  }
}

function loadable(text, kind) {
  if (kind === 'html') return text.replace(/\n\s+/g, '\n');
  return esbuild().transformSync(text, { loader: kind, minify: true }).code;
}

/** Makes the scripts small, the styles and data beside them too, and indents the types by tabs. */
export function compactScripts(folder) {
  const biome = ['format', '--write', '--config-path=tasks/build/compact.biome.json', '--log-level=error'];
  const files = ['index.d.ts', 'lib', 'sandbox/dist'].map((name) => join(folder, name));
  run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', ...biome, ...files]);
  rewrite(join(folder, 'binding.js'), publishedLoader);
  rewrite(join(folder, 'index.js'), named);
  for (const name of readdirSync(join(folder, 'lib'), { recursive: true })) {
    const file = join(folder, 'lib', name);
    if (name.endsWith('.css')) rewrite(file, (text) => loadable(text, 'css'));
    if (name.endsWith('.js')) rewrite(file, /^(cli|dashboard)\b/.test(name) ? nameless : named);
  }
  for (const name of readdirSync(join(folder, 'examples')))
    if (name.endsWith('.json')) rewrite(join(folder, 'examples', name), (text) => JSON.stringify(JSON.parse(text)));
}

const SMALL = { target: ENGINE, platform: 'node', minify: true };

/** As a script, whose outermost names may be anybody's: so they stay, and a stack trace of a payment tells them. */
const named = (text) => esbuild().transformSync(text, SMALL).code;
/** As a module, whose names are its own affair. */
const nameless = (text) => esbuild().transformSync(text, { ...SMALL, format: 'cjs' }).code;

/** The loader that napi writes, without the platforms that have no package. */
function publishedLoader(text) {
  let platform;
  const known = text.replace(/process\.(platform|arch) === '(\w+)'/g, (condition, what, value) => {
    if (what === 'platform') platform = value;
    const start = what === 'platform' ? `${value}-` : `${platform}-${value}-`;
    return Object.keys(platforms).some((name) => `${name}-`.startsWith(start)) ? condition : 'false';
  });
  return nameless(known);
}

function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
