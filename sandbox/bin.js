#!/usr/bin/env node

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const cli = join(__dirname, 'dist/cli/main.js');
if (existsSync(cli)) {
  require(cli).main(process.argv.slice(2));
} else {
  console.error(
    'finconnect: the sandbox is not compiled in this copy of the source. In a checkout run "npm run build"; elsewhere, "npm install finconnect".',
  );
  process.exitCode = 1;
}
