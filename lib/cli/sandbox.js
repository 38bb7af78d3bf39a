'use strict';

// The compiled sandbox, which the package holds beside `lib`.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** A module of it, by its file. */
exports.ofSandbox = function ofSandbox(file) {
  const path = join(__dirname, '../../sandbox/dist', file);
  if (existsSync(path)) return require(path);
  throw new Error(
    'the sandbox is not compiled in this copy of the source. In a checkout run "npm run build"; elsewhere, "npm install finconnect".',
  );
};
