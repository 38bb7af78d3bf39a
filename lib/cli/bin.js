#!/usr/bin/env node
'use strict';

// The command `finconnect`. Each command is loaded when it is asked for; two of them are the sandbox's.

const { ofSandbox } = require('./sandbox.js');
const { printable, UsageError } = require('./words.js');

const HELP = `finconnect: mobile money in East Africa

Usage
  npx finconnect sandbox [options]          start the gateways and the page with the phone, on this machine
  npx finconnect trigger <event> --to URL   send one callback to your app
  npx finconnect init --gateway NAME        write a webhook route, a ledger and an env example into your project
  npx finconnect doctor [gateway …]         check what payments need: keys, clock, callback URL, ledger
  npx finconnect sweep <module>             ask the gateways about payments of the ledger that are still open
  npx finconnect dashboard --ledger WHERE   show the money of the ledger in the browser
  npx finconnect ledger migrate <module>    make or change the tables of the ledger, or print how
  npx finconnect explain [code]             what an error code or a callback's reason means, and what to do
  npx finconnect <command> --help           all options of a command

Exit codes
  0  done
  1  it could not be done, or not all of it; the message says why
  2  the command line is wrong

NO_COLOR=1 prints without colours.
`;

const COMMANDS = {
  sandbox: (args) => ofSandbox('cli/main.js').main(args),
  trigger: (args) => ofSandbox('cli/main.js').main(args),
  init: (args) => require('./init.js')(args.slice(1)),
  doctor: (args) => require('./doctor.js')(args.slice(1)),
  sweep: (args) => require('./sweep.js')(args.slice(1)),
  dashboard: (args) => require('./dashboard.js')(args.slice(1)),
  ledger: (args) => require('./migrate.js')(args.slice(1)),
  explain: (args) => require('./explain.js')(args.slice(1)),
};

main(process.argv.slice(2));

async function main(args) {
  // Whoever read the output has gone, as head does once it has enough.
  process.stdout.on('error', () => process.exit(1));
  const [name] = args;
  const asksHelp = args.includes('--help') || args.includes('-h');
  if (name === undefined || name === 'help' || (asksHelp && name.startsWith('-'))) {
    process.stdout.write(HELP);
    process.exitCode = name === undefined ? 2 : 0;
    return;
  }
  try {
    if (!Object.hasOwn(COMMANDS, name)) throw new UsageError(`There is no command ${name}.`, '');
    await COMMANDS[name](args);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(`finconnect: ${printable(error)}\n`);
    if (isUsage) process.stderr.write(`See npx finconnect ${error.command}--help\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}
