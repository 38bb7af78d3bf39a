import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cleanEnvironment } from './support/child.mjs';
import { circles, rustGraph, scriptGraph } from './support/module-graph.mjs';

const src = new URL('../src/', import.meta.url);
const graph = rustGraph(src);
const files = readdirSync(src, { recursive: true })
  .filter((name) => name.endsWith('.rs'))
  .map((name) => ({ name, text: readFileSync(new URL(name, src), 'utf8') }));

/** From the top: each imports itself and what is below. `laws` are no part of the addon. */
const STOREYS = ['laws', 'binding', 'sdk', 'callback', 'flow', 'provider', 'config', 'http', 'model'];

const storeyOf = (name) => {
  const [storey] = name.replace(/\.rs$/, '').split('/');
  assert.ok(STOREYS.includes(storey), `${name} stands in no storey`);
  return STOREYS.indexOf(storey);
};

const arrows = [...graph]
  .filter(([name]) => name !== 'lib.rs')
  .flatMap(([from, targets]) => [...targets].map((to) => ({ from, to })));

const arrowsWhere = (wrong) => arrows.filter(wrong).map(({ from, to }) => `${from} → ${to}`);

test('no file reaches itself through others', () => {
  assert.deepEqual(circles(graph), []);
});

test('every arrow runs downward', () => {
  assert.ok(arrows.length > 300, 'the imports are read');
  assert.deepEqual(
    arrowsWhere(({ from, to }) => storeyOf(to) < storeyOf(from)),
    [],
  );
});

test('a provider names nothing of the transport but its values', () => {
  const values = ['http/mod.rs', 'http/base_url.rs'];
  assert.deepEqual(
    arrowsWhere(({ from, to }) => from.startsWith('provider/') && to.startsWith('http/') && !values.includes(to)),
    [],
  );
});

test('only the registry names a gateway, and no gateway names another', () => {
  const gatewayOf = (name) => /^provider\/(\w+)\//.exec(name)?.[1];
  assert.deepEqual(
    arrowsWhere(
      ({ from, to }) =>
        gatewayOf(to) !== undefined &&
        gatewayOf(from) !== gatewayOf(to) &&
        from !== 'provider/registry.rs' &&
        !from.startsWith('laws/'),
    ),
    [],
  );
});

test('shared files name no gateway', () => {
  const gateways = readdirSync(new URL('provider/', src), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testimony')
    .map(({ name }) => name);
  assert.ok(gateways.length >= 3, `${gateways}`);
  const isOwn = (name) => /^laws\//.test(name) || gateways.some((gateway) => name.startsWith(`provider/${gateway}/`));
  const pattern = new RegExp(gateways.join('|'), 'i');
  // Rust wants each folder declared where the storey begins.
  const declaration = /^(pub(\(crate\))? )?mod \w+;$/;
  // A wallet that callers call by its gateway's name.
  const isWallet = (name, line) => name === 'model/operator.rs' && /^Azampesa = /.test(line.trim());
  // What each of them says of a failure, as data.
  const isData = (name) => name === 'lib/ledger/answers.js';
  // Node reads the names of exports from the text.
  const documentedClass = /^exports\.(\w+)Provider = providerClass\('\1'\);$/;
  const root = new URL('../', import.meta.url);
  const scripts = readdirSync(new URL('lib/', root), { recursive: true }).filter((name) => name.endsWith('.js'));
  const shell = ['index.js', ...scripts.map((name) => `lib/${name}`)].map((name) => ({
    name,
    text: readFileSync(new URL(name, root), 'utf8'),
  }));
  assert.ok(shell.length > 5, `${shell.length}`);
  const wrong = [...files, ...shell]
    .filter(({ name }) => !isOwn(name) && !isData(name) && name !== 'provider/registry.rs')
    .flatMap(({ name, text }) => text.split('\n').map((line, at) => ({ name, line, at: at + 1 })))
    .filter(({ name, line }) => pattern.test(line) && !isWallet(name, line))
    .filter(({ name, line }) => !(name === 'provider/mod.rs' && declaration.test(line)))
    .filter(({ name, line }) => !(name === 'index.js' && documentedClass.test(line)));
  assert.deepEqual(
    wrong.map(({ name, line, at }) => `${name}:${at} ${line.trim()}`),
    [],
  );
});

/** Libraries, each with the one storey that may name it. */
const LIBRARIES = [
  ['napi', /\bnapi(_derive)?\b/, 'binding/'],
  ['hyper', /\bhyper(_util)?\b/, 'http/'],
  ['reqwest', /\breqwest\b/, 'http/'],
  ['rustls', /\brustls\b/, 'http/'],
  ['unsafe code', /\bunsafe\s*(\{|impl|fn|extern)/, 'binding/'],
];

for (const [what, pattern, storey] of LIBRARIES) {
  test(`nothing but ${storey} names ${what}`, () => {
    const code = (text) => text.replace(/\/\/[^\n]*/g, '');
    const wrong = files.filter(({ name, text }) => !name.startsWith(storey) && pattern.test(code(text)));
    assert.deepEqual(
      wrong.map(({ name }) => name),
      [],
    );
  });
}

test('every module outside the binding forbids unsafe code', () => {
  const wrong = files.filter(
    ({ name, text }) =>
      // Of the laws the first file speaks for all.
      !/^(binding|laws)\/./.test(name) &&
      !/(^|\/)(lib|testing|\w*tests)\.rs$/.test(name) &&
      !text.includes('#![forbid(unsafe_code)]'),
  );
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
  );
});

const root = new URL('../', import.meta.url);

/** What stands in a checkout, beside what the builds make. */
const TOP_LEVEL = [
  ...['Cargo.lock', 'Cargo.toml', 'build.rs', 'src', 'clippy.toml', 'deny.toml', 'fuzz'],
  ...['package-lock.json', 'package.json', 'index.js', 'index.d.ts', 'binding.js', 'lib', 'sandbox', 'npm'],
  ...['ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md', 'docs', 'examples'],
  ...['THIRD-PARTY-LICENSES.txt', 'sbom.cdx.json', '__test__', 'biome.json', 'tasks'],
];
const MADE = /^(node_modules|target|dist)$|\.(node|tgz|log)$/;

test('the top level has room for nothing else', () => {
  const there = readdirSync(root).filter((name) => !name.startsWith('.') && !MADE.test(name));
  assert.deepEqual(there.sort(), TOP_LEVEL.sort());
});

const lib = scriptGraph(new URL('lib/', root));

test('no file of lib reaches itself through others, nor anything beside lib but what the package says of itself', () => {
  assert.ok(lib.size >= 8, 'the files are read');
  assert.deepEqual(circles(lib), []);
  const beside = [...lib].flatMap(([from, targets]) =>
    [...targets].filter((to) => !lib.has(to)).map((to) => `${from} → ${to}`),
  );
  assert.deepEqual(beside, [
    'load-failure.js → ../package.json',
    'ledger/health.d.ts → ../index.js',
    'ledger/index.d.ts → ../index.js',
    // The ledger stands above the package's own class.
    'ledger/parts.js → ../index.js',
    'ledger/payment.d.ts → ../index.js',
    'otel/index.d.ts → ../index.js',
    'otel/index.js → ../package.json',
    'replay/index.d.ts → ../index.js',
    'tokens/index.d.ts → ../index.js',
    'webhooks/index.d.ts → ../index.js',
    // They look at the package as an app does.
    'cli/doctor/gateway.js → ../index.js',
    'cli/doctor/machine.js → ../package.json',
    'cli/doctor/machine.js → ../index.js',
    'cli/init/gateways.js → ../index.js',
  ]);
});

test('a circle, and an arrow upward, are found wherever a path names a module', () => {
  const found = rustGraph(new URL('./fixtures/circle/', import.meta.url));
  assert.deepEqual(circles(found), [['a/leaf.rs', 'a/mod.rs', 'b.rs']]);
  assert.deepEqual([...found.get('a/mod.rs')], ['b.rs']);
  assert.deepEqual([...found.get('a/leaf.rs')], ['a/mod.rs']);
  assert.deepEqual([...found.get('b.rs')], ['a/leaf.rs', 'c.rs']);
  assert.deepEqual([...found.get('c.rs')], []);
});

const listing = execFileSync('git', ['ls-files', '-z'], { cwd: root, env: cleanEnvironment(), encoding: 'utf8' });
const tracked = listing.split('\0').filter(Boolean);

/** The tables of ARCHITECTURE.md by row: the places that it is about, and what it names there. */
const rooms = readFileSync(new URL('ARCHITECTURE.md', root), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => [...cell.matchAll(/`([\w./-]+)`/g)].map(([, name]) => name)))
  .map(([, places, names]) => ({ places, names: names.filter((name) => /\.\w+$|\/$/.test(name)) }));

/**
 * Whether a row tells of a file: it is about that file, or about its folder. A row about a folder tells of the files
 * and folders that it names, or of the whole if it names none.
 */
const tells = ({ places, names }, file) =>
  places.some((place) => file === place || (place.endsWith('/') && file.startsWith(place))) &&
  (places.includes(file) ||
    names.length === 0 ||
    names.some((name) => (name.endsWith('/') ? `/${file}`.includes(`/${name}`) : `/${file}`.endsWith(`/${name}`))));

test('ARCHITECTURE.md tells of every file of the code, and of every place at the top', () => {
  const isOwn = (file) => /(^|\/)(mod|\w*tests)\.rs$/.test(file);
  const code = tracked.filter((file) => /^(src|lib|sandbox|tasks)\//.test(file) && !isOwn(file));
  assert.deepEqual(
    code.filter((file) => !rooms.some((room) => tells(room, file))),
    [],
  );
  const places = rooms.flatMap(({ places }) => places.map((place) => place.split('/')[0]));
  assert.deepEqual(
    [...new Set(tracked.map((file) => file.split('/')[0]))].filter((place) => !places.includes(place)),
    [],
  );
});

test('whatever the tables of ARCHITECTURE.md name is there', () => {
  const isThere = (name) =>
    tracked.some((file) => (name.endsWith('/') ? `/${file}`.includes(`/${name}`) : `/${file}`.endsWith(`/${name}`)));
  assert.deepEqual(
    rooms.flatMap(({ places, names }) => [...places, ...names]).filter((name) => !isThere(name)),
    [],
  );
});

const WIDTH = 120;
const isComment = (line) => /^\s*(\/\*|\*|\/\/)|\s\/\/\s/.test(line);
/** The formatters break code, but no text: a line may be longer by its texts, or by what a template puts into them. */
const isText = (line) => line.includes('${') || line.replace(/(["'`/]).*\1/, '').length <= WIDTH;

test(`no line is longer than ${WIDTH} columns but for a text in it`, () => {
  const written = tracked.filter(
    (name) => /\.([cm]?[jt]s|rs|css)$/.test(name) && !/(^|\/)fixtures\//.test(name) && name !== 'binding.js',
  );
  assert.ok(written.length > 300, `${written.length}`);
  const wrong = written.flatMap((name) =>
    readFileSync(new URL(name, root), 'utf8')
      .split('\n')
      .map((line, at) => ({ line, where: `${name}:${at + 1}` }))
      .filter(({ line }) => [...line].length > WIDTH && (isComment(line) || !isText(line)))
      .map(({ where }) => where),
  );
  assert.deepEqual(wrong, []);
});
