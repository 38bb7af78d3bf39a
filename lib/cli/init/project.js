'use strict';

// What kind of project it is, by its package.json and folders.

const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { printable } = require('../words.js');

const STORES = ['pg', 'better-sqlite3'];

/**
 * `kind` is `'express'`, or `'app'` or `'pages'` as Next.js calls its routers; `base` the folder of the sources; `isTs`
 * and `isEsm` how they are written; `store` the database's package if there is one. `read` gives a file, `undefined`
 * where there is none.
 */
exports.projectOf = function projectOf(root) {
  const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
  const has = (path) => existsSync(join(root, path));
  const text = read('package.json');
  if (text === undefined) throw new Error('There is no package.json here: run it in your project, or give --dir.');
  const manifest = parsed(text);
  const packages = { ...manifest.dependencies, ...manifest.devDependencies };
  const isNext = packages.next !== undefined;
  if (!isNext && packages.express === undefined)
    throw new Error(
      'package.json has neither express nor next. Other frameworks take a few lines: docs/guide/webhooks.md.',
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
  };
};

function parsed(text) {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    throw new Error(`package.json cannot be read: ${printable(error)}`);
  }
}
