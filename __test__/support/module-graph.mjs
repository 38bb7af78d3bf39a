// Which file imports which: a map from a file's name to the names that it imports.
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/**
 * The modules of a Rust crate whose sources are in `root`, without tests, by the paths in `use` declarations and in
 * code.
 */
export function rustGraph(root) {
  const names = readdirSync(root, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.rs') && !/(^|\/)(testing|\w*tests|drawn)\.rs$/.test(name));
  const files = new Map(names.map((name) => [modulePath(name), name]));
  const graph = new Map();
  for (const [path, name] of files) {
    const code = withoutTests(plain(readFileSync(new URL(name, root), 'utf8')));
    const imported = pathsIn(code, path, files).map((target) => files.get(fileOf(target, files)));
    graph.set(name, new Set(imported.filter((target) => target !== undefined && target !== name)));
  }
  return graph;
}

/** The JavaScript and TypeScript files of a folder, by the relative paths in their imports, type imports too. */
export function scriptGraph(root, without = []) {
  const names = readdirSync(root, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.[cm]?[jt]s$/.test(name) && !without.includes(name.split('/')[0]));
  return new Map(
    names.map((name) => {
      const text = readFileSync(new URL(name, root), 'utf8');
      const paths = [...text.matchAll(/(?:\bfrom|\bimport|\brequire)\b\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(
        ([, path]) => path,
      );
      const imported = paths.map((path) => relativeTo(name, path));
      return [name, new Set(imported.map((path) => sourceOf(path, names)).filter((path) => path !== name))];
    }),
  );
}

const relativeTo = (name, path) => posix.normalize(posix.join(posix.dirname(name), path));

/** TypeScript names the file it will become. */
const sourceOf = (path, names) =>
  [path, path.replace(/js$/, 'ts'), path.replace(/js$/, 'd.ts'), `${path}.js`].find((one) => names.includes(one)) ??
  path;

/** Each circle of files that reach each other, as a sorted list. */
export function circles(graph) {
  // Tarjan: a circle is a strongly connected component of more than one file.
  const found = [];
  const order = new Map();
  const lowest = new Map();
  const open = [];
  const visit = (name) => {
    order.set(name, order.size);
    lowest.set(name, order.get(name));
    open.push(name);
    for (const next of graph.get(name) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(name, Math.min(lowest.get(name), lowest.get(next)));
    }
    if (lowest.get(name) !== order.get(name)) return;
    const circle = open.splice(open.indexOf(name));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const name of graph.keys()) if (!order.has(name)) visit(name);
  return found;
}

/** `flow/mod.rs` is `flow`, `flow/wait.rs` is `flow::wait`, `lib.rs` the crate itself. */
function modulePath(name) {
  const parts = name.replace(/\.rs$/, '').split('/');
  if (parts.at(-1) === 'mod' || name === 'lib.rs') parts.pop();
  return parts.join('::');
}

/** The deepest module that a path names. */
function fileOf(path, files) {
  const parts = path.split('::');
  while (parts.length > 0 && !files.has(parts.join('::'))) parts.pop();
  return parts.join('::');
}

/** Code without comments, and texts without what is in them. */
function plain(text) {
  return text.replace(/\/\/[^\n]*|r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[^\n]+?|[^'\\\n])'/g, (match) =>
    match.startsWith('//') ? '' : '""',
  );
}

/** Without what stands behind `#[cfg(test)]`: an item that ends at its semicolon or its closing brace. */
function withoutTests(code) {
  let kept = '';
  let rest = code;
  for (;;) {
    const at = rest.search(/#\[cfg\(test\)\]/);
    if (at < 0) return kept + rest;
    kept += rest.slice(0, at);
    let depth = 0;
    let end = at + '#[cfg(test)]'.length;
    for (; end < rest.length; end++) {
      if ('{(['.includes(rest[end])) depth++;
      if ('})]'.includes(rest[end])) depth--;
      if (depth === 0 && (rest[end] === ';' || rest[end] === '}')) break;
    }
    rest = rest.slice(end + 1);
  }
}

/** Every path that begins in this crate, from its root. */
function pathsIn(code, module, files) {
  const uses = [...code.matchAll(/\buse\s+([^;]+);/g)].flatMap(([, tree]) => spelt(tree));
  const inCode = [...code.replace(/\buse\s+[^;]+;/g, '').matchAll(/(?<![\w:])[a-z_]\w*(?:::\w+)+/g)].map(
    ([path]) => path,
  );
  return [...uses, ...inCode].map((path) => fromRoot(path, module, files)).filter((path) => path !== undefined);
}

/** `a::{b, c::{d, self}}` as `a::b`, `a::c::d` and `a::c`. */
function spelt(tree) {
  const text = tree.replace(/\s+as\s+\w+/g, '').replace(/\s+/g, '');
  const group = /^((?:\w+::)*)\{(.*)\}$/.exec(text);
  if (!group) return [text.replace(/::(self|\*)$/, '')];
  const [, before, within] = group;
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= within.length; i++) {
    if (within[i] === '{') depth++;
    if (within[i] === '}') depth--;
    if (i === within.length || (within[i] === ',' && depth === 0)) {
      if (i > start) parts.push(within.slice(start, i));
      start = i + 1;
    }
  }
  return parts.flatMap((part) => spelt(before + part));
}

function fromRoot(path, module, files) {
  const parts = path.split('::');
  const above = module === '' ? [] : module.split('::');
  if (parts[0] === 'crate') return parts.slice(1).join('::');
  if (parts[0] === 'self') return [...above, ...parts.slice(1)].join('::');
  if (parts[0] === 'super') {
    while (parts[0] === 'super') {
      parts.shift();
      above.pop();
    }
    return [...above, ...parts].join('::');
  }
  // A module that this one declares.
  const child = [...above, parts[0]].join('::');
  return files.has(child) ? [...above, ...parts].join('::') : undefined;
}
