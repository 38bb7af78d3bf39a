// What npm packs, and who may pack it.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { root, run } from '../support/child.mjs';

/** Of the 5 MB that an install may take, what is not the addon. */
const MAX_UNPACKED_BYTES = 800_000;
const PATHS = [
  /^(package\.json|(README|CHANGELOG|SECURITY)\.md|LICENSE|[\w-]+\.js|index\.d\.ts|lib\/[\w-]+\.js|lib\/(replay|tokens|webhooks|ledger(\/\w+)?)\/[\w-]+\.(js|d\.ts))$/,
  /^sandbox\/(package\.json|bin\.js|page\/.+|dist\/.+\.(js|d\.ts))$/,
  /^(docs\/guide\/.+\.md|examples\/[\w.-]+)$/,
];
const read = (file) => readFileSync(join(root, file), 'utf8');

/** What `npm pack` would pack; asked for once. */
let packing;
const packed = () => (packing ??= dryRun());

async function dryRun() {
  const { stdout, stderr } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
  const [{ files, unpackedSize }] = JSON.parse(stdout || assert.fail(stderr));
  return { paths: files.map(({ path }) => path), unpackedSize };
}

test('npm packs what the package requires, and nothing of the workshop', async () => {
  const { paths, unpackedSize } = await packed();
  for (const path of requiredFrom('index.js')) assert.ok(paths.includes(path), `${path} is required, but not packed`);
  assert.deepEqual(
    paths.filter((path) => !PATHS.some((pattern) => pattern.test(path))),
    [],
  );
  assert.ok(unpackedSize < MAX_UNPACKED_BYTES, `${unpackedSize} bytes`);
});

test('every link of a packed document leads to a packed file', async () => {
  const { paths } = await packed();
  const documents = paths.filter((path) => path.endsWith('.md'));
  for (const needed of [
    'README.md',
    'CHANGELOG.md',
    'docs/guide/sandbox.md',
    'docs/guide/mocking.md',
    'docs/guide/replay.md',
    'docs/guide/tokens.md',
  ])
    assert.ok(documents.includes(needed), needed);
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .filter((target) => !paths.some((path) => path === target || path.startsWith(`${target}/`)))
      .map((target) => `${document}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

/** The files that a document links to, as paths from the root. */
function linksOf(document) {
  const text = read(document).replace(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:href|src)="([^"]+)"/g)].map(
    ([, markdown, html]) => (markdown ?? html).split('#')[0],
  );
  return links
    .filter((link) => link && !/^[a-z]+:/.test(link))
    .map((link) => posix.join(posix.dirname(document), link));
}

/** The files that `index.js` requires by path, and they in turn. The loader's own candidates are addons. */
function requiredFrom(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const text = file === 'binding.js' ? '' : read(file);
  for (const [, path] of text.matchAll(/require\('(\.[\w./-]+)'\)/g))
    requiredFrom(posix.join(posix.dirname(file), path), found);
  return found;
}

test('packing or publishing a folder of the checkout is refused, with the command that does it', async (t) => {
  const into = mkdtempSync(join(tmpdir(), 'finconnect-pack-'));
  t.after(() => rmSync(into, { recursive: true }));
  const platforms = readdirSync(join(root, 'npm')).map((name) => `npm/${name}`);
  for (const folder of ['.', ...platforms]) {
    const { prepack } = JSON.parse(read(`${folder}/package.json`)).scripts;
    assert.equal(posix.join(folder, prepack.replace('node ', '')), 'tasks/build/refuse-pack.mjs');
  }
  for (const [folder, command] of [
    ['.', ['pack', '--pack-destination', into]],
    ['.', ['publish', '--dry-run']],
    [platforms[0], ['pack', '--pack-destination', into]],
  ]) {
    const { code, stderr } = await run('npm', command, { cwd: join(root, folder) });
    assert.notEqual(code, 0);
    assert.match(stderr, /npm run pack:all/);
  }
  assert.deepEqual(readdirSync(into), []);
});
