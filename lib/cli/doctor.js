'use strict';

// Looks after everything that payments need, and says what is wrong. It sends no money.

const { callbackLines } = require('./doctor/callback.js');
const { gatewayLines } = require('./doctor/gateway.js');
const { ledgerLines } = require('./doctor/ledger.js');
const { machineLines } = require('./doctor/machine.js');
const { settingsOf } = require('./doctor/settings.js');
const { end, printable, readArgs } = require('./words.js');

const HELP = `Usage: npx finconnect doctor [gateway …] [options]

Checks what payments need: this machine, the credentials of each gateway, its clock, its status queries, its IPNs, your
callback URL and your ledger. Prints a line for each: ok, warn or bad, what is so, and what to do. It sends no money and
prints no secret. Without names it checks each gateway that has a setting in the environment.

The environment has the keys by their names in "config", and <GATEWAY>_BASE_URL for baseUrl; <GATEWAY>_AUTH_BASE_URL and
<GATEWAY>_DISBURSEMENT_BASE_URL, where a gateway has them.

Options
  --set NAME=VALUE        a setting in place of the environment's (repeatable); others see it in the list of processes
  --callback GATEWAY=URL  your callback URL, which gets test callbacks about payments that do not exist (repeatable);
                          without it, <GATEWAY>_WEBHOOK_URL of the environment
  --local                 the callback URL may be plain HTTP on this machine or in a private network
  --ledger MODULE         also the ledger that a module exports as "ledger"
  --json                  one JSON object: worst, and lines of check, gateway, level, says, todo

Exit codes
  0  all is ok
  1  something is bad
  2  the command line is wrong
  3  nothing is bad, and something is a warning
`;

const EXIT = { ok: 0, bad: 1, warn: 3 };
const LEVELS = ['ok', 'warn', 'bad'];

module.exports = async function doctor(args) {
  const options = {
    set: { type: 'string', multiple: true },
    callback: { type: 'string', multiple: true },
    ledger: { type: 'string' },
    local: { type: 'boolean' },
    json: { type: 'boolean' },
  };
  const { values, positionals } = readArgs('doctor', args, options, 20);
  if (values.help) return void process.stdout.write(HELP);
  const { gateways, hidden } = settingsOf(values, positionals, process.env);
  // Should everything end in silence, it was not found well.
  process.exitCode = 1;
  const lines = [];
  const tell = (found) => {
    const line = Object.fromEntries(
      Object.entries(found).map(([name, text]) => [name, text && printable(hidden(text))]),
    );
    lines.push({ gateway: null, todo: null, ...line });
    if (!values.json) process.stdout.write(lineOf(lines.at(-1)));
  };
  for (const line of machineLines(process.env)) tell(line);
  const isLoaded = lines.every(({ check, level }) => check !== 'package' || level !== 'bad');
  if (isLoaded && gateways.length === 0)
    tell({
      ...{ check: 'gateways', level: 'warn', says: 'No gateway is configured in the environment.' },
      todo: 'Set its keys and its base URL, or name the gateway to learn what is missing.',
    });
  for (const gateway of isLoaded ? gateways : []) {
    for await (const line of gatewayLines(gateway)) tell({ gateway: gateway.name, ...line });
    for await (const line of callbackLines(gateway, values.local === true)) tell({ gateway: gateway.name, ...line });
  }
  if (values.ledger !== undefined) for await (const line of ledgerLines(values.ledger)) tell(line);
  const worst = LEVELS[Math.max(...lines.map(({ level }) => LEVELS.indexOf(level)))];
  end(EXIT[worst], values.json ? `${JSON.stringify({ worst, lines })}\n` : '');
};

function lineOf({ level, check, gateway, says, todo }) {
  const what = gateway === null ? check : `${gateway} ${check}`;
  return `${level.padEnd(4)}  ${what.padEnd(22)}  ${says}${todo === null ? '' : ` ${todo}`}\n`;
}
