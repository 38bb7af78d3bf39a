// Makes what is packed small: the code of the package as an install holds it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { platforms, root } from '../platforms.mjs';
import { run } from './run.mjs';

// Once they are used: a fresh clone has them only when the packages are installed.
const require = createRequire(import.meta.url);
const esbuild = () => require('esbuild');
const ts = () => require('typescript');

/** The oldest engine that may run the package. */
const ENGINE = 'node18.3';

/**
 * Compiles the sandbox into one file, `cli/main.js`, from which `index.js` takes what the package exports. A stack
 * trace still names its functions.
 */
export function bundleSandbox(dist) {
  const names = readFileSync(join(root, 'sandbox/index.ts'), 'utf8').matchAll(/^export \{ (\w+) \} from/gm);
  const exported = [...names].map(([, name]) => name);
  const contents = `export * from './index.js'; export { main } from './cli/main.js';`;
  esbuild().buildSync({
    stdin: { contents, resolveDir: join(root, 'sandbox') },
    // As deep as its sources: it finds the page by its own place.
    outfile: join(dist, 'cli/main.js'),
    bundle: true,
    platform: 'node',
    target: ENGINE,
    minify: true,
    keepNames: true,
    logLevel: 'error',
  });
  // Written out, so that Node finds the names for `import`.
  const lines = exported.map((name) => `exports.${name} = all.${name};\n`);
  writeFileSync(join(dist, 'index.js'), `const all = require('./cli/main.js');\n${lines.join('')}`);
}

/** Makes the scripts and styles of the sandbox's page small. */
export function compactPage(folder) {
  for (const name of readdirSync(folder)) {
    const loader = /\.(js|css)$/.exec(name)?.[1];
    if (loader) rewrite(join(folder, name), (text) => esbuild().transformSync(text, { loader, minify: true }).code);
  }
}

/**
 * Takes the comments out of `index.js`, and indents it and the types by tabs; the scripts behind it become small. A
 * stack trace still names their functions.
 */
export function compactScripts(folder) {
  rewrite(join(folder, 'binding.js'), publishedLoader);
  rewrite(join(folder, 'index.js'), withoutComments);
  const files = ['index.js', 'index.d.ts', 'lib', 'sandbox/dist'].map((name) => join(folder, name));
  const biome = ['format', '--write', '--config-path=tasks/build/compact.biome.json', '--log-level=error'];
  run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', ...biome, ...files]);
  for (const name of readdirSync(join(folder, 'lib'), { recursive: true }))
    if (name.endsWith('.js')) rewrite(join(folder, 'lib', name), small);
}

function small(text) {
  return esbuild().transformSync(text, { target: ENGINE, platform: 'node', minify: true, keepNames: true }).code;
}

function withoutComments(text) {
  const { ModuleKind, ScriptTarget, transpileModule } = ts();
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ESNext, removeComments: true };
  return transpileModule(text, { compilerOptions }).outputText;
}

/** The loader that napi writes, without the platforms that have no package. */
function publishedLoader(text) {
  let platform;
  const known = text.replace(/process\.(platform|arch) === '(\w+)'/g, (condition, what, value) => {
    if (what === 'platform') platform = value;
    const start = what === 'platform' ? `${value}-` : `${platform}-${value}-`;
    return Object.keys(platforms).some((name) => `${name}-`.startsWith(start)) ? condition : 'false';
  });
  return esbuild().transformSync(known, { target: ENGINE, minifySyntax: true, minifyWhitespace: true }).code;
}

function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
