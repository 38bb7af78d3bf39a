// The packages as npm will hold them, staged in a folder: what a user installs, nothing of the workshop.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { relink, repositoryAddress } from '../../docs/links.mjs';
import { FULL, isTold, llms } from '../../docs/llms.mjs';
import { pages, readDocuments } from '../../docs/pages.mjs';
import { binaryOf, folderOf, manifest, packageOf, platforms, root } from '../platforms.mjs';
import { bundleSandbox, compactPage, compactScripts } from './compact.mjs';
import { hostPlatform } from './host.mjs';
import { run, toolsFolder } from './run.mjs';
import { compilerOf, keepPublicTypes } from './sandbox.mjs';

const stageFolder = join(toolsFolder, 'stage');
const WORKSHOP = ['scripts', 'devDependencies', 'napi'];
const ALWAYS = ['README.md', 'LICENSE'];
/** The documents of the package, each with where it stands in the checkout. */
const DOCUMENTS = {
  'README.md': 'README.md',
  'CHANGELOG.md': 'CHANGELOG.md',
  'SECURITY.md': 'SECURITY.md',
  'SKILL.md': 'docs/SKILL.md',
};

/**
 * Packs the main package and one per platform into `into`; returns the tarballs' paths by package name.
 * `hollow` allows packages without their addon, for a test registry that must know every name.
 */
export function packAll(chosen, into, { hollow = false } = {}) {
  rmSync(stageFolder, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const staged = [
    [manifest.name, stageMain(join(stageFolder, manifest.name))],
    ...chosen.map((platform) => stagePlatform(platform, hollow)),
  ];
  return Object.fromEntries(staged.map(([name, folder]) => [name, pack(folder, into)]));
}

/** Packs the main package and this machine's, with the addon that the checkout itself runs by. */
export function packCheckout(into) {
  const platform = hostPlatform();
  const main = stageMain(join(into, manifest.name));
  const [name, folder] = stagePlatform(platform, true, into);
  copyFileSync(join(root, binaryOf(platform)), join(folder, binaryOf(platform)));
  return { [manifest.name]: pack(main, into), [name]: pack(folder, into) };
}

/** Puts the main package into a folder as an install holds it. */
export function stageMain(folder) {
  compileSandbox(join(folder, 'sandbox/dist'));
  for (const name of [...manifest.files, ...ALWAYS]) {
    const from = join(root, name);
    if (name !== 'sandbox/dist' && existsSync(from)) cpSync(from, join(folder, name), { recursive: true });
  }
  stageDocuments(folder);
  compactPage(join(folder, 'sandbox/page'));
  compactScripts(folder);
  // For those who resolve paths without the `exports` map, as the sandbox's own manifest does.
  const rooms = ['ledger', 'otel', 'replay', 'tokens', 'webhooks'];
  for (const name of rooms) {
    mkdirSync(join(folder, name));
    const [main, types] = ['js', 'd.ts'].map((kind) => `../lib/${name}/index.${kind}`);
    writeJson(join(folder, name, 'package.json'), { main, types });
  }
  const versions = Object.keys(platforms).map((platform) => [packageOf(platform), manifest.version]);
  // Only the published manifest names the platform packages: in the checkout, npm would ask the registry for them.
  writeJson(join(folder, 'package.json'), {
    ...published(manifest),
    files: [...manifest.files, ...rooms],
    optionalDependencies: Object.fromEntries(versions),
  });
  return folder;
}

/** All pages in one file, and documents whose links lead to what is packed, to that file or to the web. */
function stageDocuments(folder) {
  const documents = readDocuments();
  const made = llms({ documents, pages, about: manifest.description });
  for (const [name, text] of Object.entries(made)) writeFileSync(join(folder, name), text);
  const linkOf = ({ path, anchor, isImage }) => {
    if (existsSync(join(folder, path))) return anchor ? `${path}#${anchor}` : path;
    const isPage = pages.some((page) => page.path === path && isTold(page));
    return isPage ? FULL : repositoryAddress(manifest, { path, anchor, isImage });
  };
  for (const [name, from] of Object.entries(DOCUMENTS))
    writeFileSync(join(folder, name), relink(documents.get(from), from, linkOf));
}

function stagePlatform(platform, hollow, into = stageFolder) {
  const folder = join(into, packageOf(platform));
  if (!hollow && !existsSync(join(folderOf(platform), binaryOf(platform)))) {
    throw new Error(`npm/${platform}/${binaryOf(platform)} is not built: npm run build:all -- --platforms ${platform}`);
  }
  cpSync(folderOf(platform), folder, { recursive: true });
  writeJson(join(folder, 'package.json'), published(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))));
  for (const name of ['LICENSE', 'THIRD-PARTY-LICENSES.txt']) cpSync(join(root, name), join(folder, name));
  return [packageOf(platform), folder];
}

/** From the sources: the checkout's own `sandbox/dist` may hold files whose source is gone. */
function compileSandbox(into) {
  if (!existsSync(join(root, 'node_modules/typescript-latest')))
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  run(process.execPath, [...compilerOf(into), '--emitDeclarationOnly']);
  keepPublicTypes(into);
  bundleSandbox(into);
}

/** A manifest without what only the checkout needs. */
function published(own) {
  return Object.fromEntries(Object.entries(own).filter(([key]) => !WORKSHOP.includes(key)));
}

function pack(folder, into) {
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', into], { cwd: folder }),
  );
  return join(into, packed.filename);
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** The platforms whose addon stands in `npm/<platform>/`. */
export function builtPlatforms() {
  return Object.keys(platforms).filter((platform) => {
    return existsSync(folderOf(platform)) && readdirSync(folderOf(platform)).includes(binaryOf(platform));
  });
}
