'use strict';

// Writes what a project needs to take payments: a webhook route, an env example, and the tables of the ledger.

const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const { createInterface } = require('node:readline/promises');
const { filesOf, stepsOf } = require('./init/files.js');
const { gatewaysOf } = require('./init/gateways.js');
const { projectOf, refuseUnsafe } = require('./init/project.js');
const { printable, readArgs } = require('./words.js');

const HELP = `Usage: npx finconnect init --gateway NAME [options]

Writes a webhook route, the module of the ledger, an env example and the ledger's tables into an Express or Next.js
project. It shows first what it would write, and asks. It overwrites nothing: a file that is there already is left as it
is, and .env.example gets only the lines that it does not have. It writes through no link. Without a terminal it only
shows, unless you say --yes.

Options
  --gateway NAME   a gateway (repeatable)
  --dir FOLDER     the project, if not this folder
  --yes, -y        write without asking

Exit codes
  0  done, or shown
  1  it could not be done; the message says why
  2  the command line is wrong
`;

module.exports = async function init(args) {
  const options = {
    gateway: { type: 'string', multiple: true },
    dir: { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
  };
  const { values } = readArgs('init', args, options, 0);
  if (values.help) return void process.stdout.write(HELP);
  const root = resolve(values.dir ?? '.');
  const gateways = gatewaysOf(values.gateway ?? []);
  const project = projectOf(root);
  const files = filesOf(project, gateways);
  const todo = files.filter(({ text }) => text !== '');
  for (const { path } of todo) refuseUnsafe(root, path);
  process.stdout.write(files.map(shown).join('\n'));
  if (todo.length > 0 && !(values.yes || (await agrees(todo.length)))) return;
  for (const file of todo) write(root, file);
  if (todo.length > 0) process.stdout.write(`\nWritten: ${todo.map(({ path }) => path).join(', ')}\n`);
  process.stdout.write(`\n${stepsOf(project, gateways)}`);
};

/** What would be written, as a diff. */
function shown({ path, text, isThere }) {
  if (text === '') return `    ${path} is there already, and is left as it is.\n`;
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const from = isThere ? `a/${path}` : '/dev/null';
  return `--- ${from}\n+++ b/${path}\n${lines.map((line) => `+${line}\n`).join('')}`;
}

async function agrees(count) {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stdout.write('\nNothing was written: say --yes to write this.\n');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Whoever ends the input has not said yes.
  const closed = new Promise((done) => terminal.once('close', () => done('')));
  const said = await Promise.race([terminal.question(`\nWrite ${count} files? [y/N] `), closed]);
  terminal.close();
  if (/^y(es)?$/i.test(said.trim())) return true;
  process.stdout.write('Nothing was written.\n');
  return false;
}

function write(root, { path, text, isThere }) {
  const file = join(root, path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (isThere) appendFileSync(file, text);
    // It may have come meanwhile.
    else writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new Error(`${path} could not be written: ${printable(error)}`);
  }
}
