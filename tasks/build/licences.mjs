// npm run licences [-- --check]
// Writes THIRD-PARTY-LICENSES.txt and sbom.cdx.json for the crates that are linked into the addon on any platform.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command, run } from './lib/run.mjs';
import { manifest, platforms, root } from './platforms.mjs';

const LICENCES = 'THIRD-PARTY-LICENSES.txt';
const SBOM = 'sbom.cdx.json';

// Where the user of a crate may choose, this order does.
const PREFERRED = ['MIT', 'ISC', 'Apache-2.0'];
const MIT_TEXT = /Permission is hereby granted, free[\s\S]*?DEALINGS\s+IN\s+THE\s+SOFTWARE\.?/i;
const APACHE_TERMS = /TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION[\s\S]*?END OF TERMS AND CONDITIONS/g;
/** What stands beside MIT's text in a licence of nothing else, in characters. */
const MAX_HOLDERS = 1000;
const RULE = `\n${'='.repeat(80)}\n\n`;
const LICENCE_FILE = /^(licen[sc]e|copying|notice|unlicense)/i;
const STANDARD_LIBRARY = {
  name: 'Rust standard library',
  version: '',
  license: 'MIT OR Apache-2.0',
  holders: 'The Rust Project Contributors',
};

await command((args) => {
  const crates = linkedCrates();
  const files = { [LICENCES]: licenceTexts(crates), [SBOM]: sbom(crates) };
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    if (!args.includes('--check')) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text)
      throw new Error(`${name} is not what Cargo.lock asks for: npm run licences`);
  }
  console.log(`${crates.length} crates are linked; ${LICENCES} has ${files[LICENCES].length} characters.`);
});

function linkedCrates() {
  const found = new Map();
  for (const { triple } of Object.values(platforms)) {
    const args = ['metadata', '--locked', '--format-version', '1', '--filter-platform', triple];
    for (const crate of linkedOn(JSON.parse(run('cargo', args)))) found.set(`${crate.name} ${crate.version}`, crate);
  }
  return [...found.keys()].sort().map((key) => found.get(key));
}

/** What the root reaches by normal dependencies; a procedural macro runs in the compiler only. */
function linkedOn({ packages, resolve }) {
  const crates = new Map(packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const linked = new Set();
  const visit = (id) => {
    const isMacro = crates.get(id).targets.some(({ kind }) => kind.includes('proc-macro'));
    if (linked.has(id) || isMacro) return;
    linked.add(id);
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) if (kinds.some(({ kind }) => kind === null)) visit(pkg);
  };
  visit(resolve.root);
  linked.delete(resolve.root);
  return [...linked].map((id) => crates.get(id));
}

/** Each licence's text once. Most are MIT's: those differ by who holds the copyright, which is told of each. */
function licenceTexts(crates) {
  const texts = new Map();
  const holders = new Map();
  const entries = [
    ...crates.map((crate) => [crate, textOf(crate, crates)]),
    [STANDARD_LIBRARY, mit(STANDARD_LIBRARY.holders)],
  ];
  for (const [crate, text] of entries) {
    const name = `${crate.name} ${crate.version} (${crate.license})`.replace('  ', ' ');
    const rest = text
      .replace(MIT_TEXT, '')
      .replace(/^\s*(The )?MIT License( \(MIT\))?\s*$/gim, '')
      .trim();
    if (MIT_TEXT.test(text) && rest.length < MAX_HOLDERS) collect(holders, rest, name);
    else collect(texts, text.trim(), name);
  }
  const head = `finconnect's addon holds code of these works, each under the licence that follows its name.\n`;
  const held = [...holders.values()].map(({ names, text }) => [...names, text].filter(Boolean).join('\n'));
  const [permission] = MIT_TEXT.exec(mit(''));
  const parts = [...texts.values()].map(({ names, text }) => `${names.join('\n')}\n\n${text}\n`);
  return withTermsOnce([head, `${[...held, permission].join('\n\n')}\n`, ...parts].join(RULE));
}

/** Leaves Apache's terms out where they stand again. */
function withTermsOnce(texts) {
  const seen = new Set();
  return texts.replace(APACHE_TERMS, (terms) => {
    const words = terms.replace(/\s+/g, ' ');
    if (seen.has(words)) return '[The terms and conditions, word for word as above.]';
    seen.add(words);
    return terms;
  });
}

function collect(groups, text, name) {
  const key = text.replace(/\s+/g, ' ');
  const group = groups.get(key) ?? { text, names: [] };
  group.names.push(name);
  groups.set(key, group);
}

function textOf(crate, crates) {
  const folder = dirname(crate.manifest_path);
  const files = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort();
  const offered = crate.license.split(/\s+OR\s+|\//);
  const preferred = offered.length > 1 && PREFERRED.find((licence) => offered.includes(licence));
  const suffix = preferred && new RegExp(preferred.slice(0, 3), 'i');
  const chosen = preferred ? files.filter((file) => suffix.test(file.replace(LICENCE_FILE, ''))) : files;
  if (chosen.length > 0) return chosen.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  // Crates of one repository have one licence, which not all of them carry along.
  const sibling = crates.find(
    (other) => other !== crate && other.repository === crate.repository && other.license === crate.license,
  );
  if (sibling) return textOf(sibling, []);
  if (offered.includes('MIT'))
    return mit(crate.authors.join(', ').replace(/ <[^>]*>/g, '') || `The ${crate.name} authors`);
  throw new Error(
    `${crate.name} ${crate.version} (${crate.license}) has no licence file; look at ${crate.repository}.`,
  );
}

function mit(holders) {
  const [, text] = readFileSync(join(root, 'LICENSE'), 'utf8').split(/^Copyright.*\n\n/m);
  return `MIT License\n\nCopyright (c) ${holders}\n\n${text}`;
}

function sbom(crates) {
  const checksums = cargoChecksums();
  const components = crates.map(({ name, version, license }) => ({
    type: 'library',
    'bom-ref': `pkg:cargo/${name}@${version}`,
    name,
    version,
    scope: 'required',
    hashes: [{ alg: 'SHA-256', content: checksums.get(`${name} ${version}`) }],
    licenses: [{ expression: license.replaceAll('/', ' OR ') }],
    purl: `pkg:cargo/${name}@${version}`,
  }));
  const component = {
    type: 'library',
    name: manifest.name,
    version: manifest.version,
    purl: `pkg:npm/${manifest.name}@${manifest.version}`,
  };
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    // The same crates give the same number.
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([component, components]))}`,
    version: 1,
    metadata: { component: { 'bom-ref': component.purl, ...component, licenses: [{ license: { id: 'MIT' } }] } },
    components,
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function cargoChecksums() {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const entries = lock.matchAll(/name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"/g);
  return new Map([...entries].map(([, name, version, checksum]) => [`${name} ${version}`, checksum]));
}

function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
