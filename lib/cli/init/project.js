'use strict';

// What kind of project it is, by its package.json and folders.

const { existsSync, lstatSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { printable } = require('../words.js');

const STORES = ['pg', 'better-sqlite3'];

/**
 * `kind` is `'express'`, or `'app'` or `'pages'` as Next.js calls its routers; `base` the folder of the sources; `isTs`
 * and `isEsm` how they are written; `store` the database's package if there is one. `read` gives a file, `undefined`
 * where there is none; `has` whether there is one.
 */
exports.projectOf = function projectOf(root) {
  const has = (path) => existsSync(join(root, path));
  const read = (path) => (has(path) ? textOf(root, path) : undefined);
  const text = read('package.json');
  if (text === undefined) throw new Error('There is no package.json here: run it in your project, or give --dir.');
  const manifest = parsed(text);
  const packages = { ...manifest.dependencies, ...manifest.devDependencies };
  const isNext = packages.next !== undefined;
  if (!isNext && packages.express === undefined)
    throw new Error(
      'package.json has neither express nor next. Other frameworks take a few lines: “Webhooks” in llms-full.txt of the package.',
    );
  const base = ['src/app', 'src/pages', ...(isNext ? [] : ['src'])].some(has) ? 'src/' : '';
  const isPages = has(`${base}pages`) && !has(`${base}app`);
  return {
    kind: isNext ? (isPages ? 'pages' : 'app') : 'express',
    base,
    isTs: has('tsconfig.json') || packages.typescript !== undefined,
    isEsm: isNext || manifest.type === 'module',
    store: STORES.find((name) => packages[name] !== undefined),
    read,
    has,
  };
};

/** Refuses a path on which a link stands, which may lead out of the project, or a file in place of a folder. */
exports.refuseUnsafe = function refuseUnsafe(root, path) {
  const parts = path.split('/');
  parts.forEach((_, at) => {
    const part = parts.slice(0, at + 1).join('/');
    const found = lstatSync(join(root, part), { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) throw refused(path, `${part} is a link, which may lead out of the project`);
    if (found && part !== path && !found.isDirectory()) throw refused(path, `${part} is no folder`);
  });
};

const refused = (path, why) => new Error(`${path} cannot be written: ${why}. Nothing was written.`);

/** A pipe would never end, and a folder has no text. */
function textOf(root, path) {
  if (!statSync(join(root, path)).isFile()) throw new Error(`${path} is no file.`);
  return readFileSync(join(root, path), 'utf8');
}

function parsed(text) {
  try {
    return Object(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    throw new Error(`package.json cannot be read: ${printable(error)}`);
  }
}
