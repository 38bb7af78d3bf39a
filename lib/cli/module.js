'use strict';

// The shop's module that a command is given.

const { existsSync } = require('node:fs');
const { resolve } = require('node:path');
const { pathToFileURL } = require('node:url');
const { UsageError, within } = require('./words.js');

const OPENS_WITHIN_MS = 60_000;

/** The ledger that a module exports as `ledger`: itself, a promise of it, or a function that gives either. */
exports.ledgerOf = async function ledgerOf(command, path) {
  if (path === undefined) throw new UsageError('Missing: the module that exports the ledger.', `${command} `);
  const file = resolve(path);
  if (!existsSync(file)) throw new UsageError(`There is no file ${path}.`, `${command} `);
  const late = `${path} gave no ledger within ${OPENS_WITHIN_MS / 1_000} s. Nothing was done; is the database there?`;
  const ledger = await within(OPENS_WITHIN_MS, opened(pathToFileURL(file)), late);
  if (typeof ledger?.sweep === 'function' && typeof ledger.close === 'function') return ledger;
  throw new Error(
    `${path} exports no ledger: export what openLedger() gives, or a function that opens it, as "ledger".`,
  );
};

async function opened(url) {
  const module = await import(url);
  const exported = module.ledger ?? module.default?.ledger;
  return typeof exported === 'function' ? exported() : exported;
}
