'use strict';

// Asks about what is open, once or again and again.

const { setTimeout: sleep } = require('node:timers/promises');
const { ledgerOf } = require('./module.js');
const { onSignals } = require('./signals.js');
const { end, printable, readArgs, UsageError } = require('./words.js');

const HELP = `Usage: npx finconnect sweep <module> [options]

Asks the gateways about the payments of your ledger that are still open and due, writes down what they say, and calls
your handlers. The module exports "ledger": what openLedger() gives, a promise of it, or a function that opens it.
Prints one line: how many were asked about, and which payments changed.

Options
  --watch SECONDS   again and again, with so much time between; SIGINT or SIGTERM ends it
  --json            the line as one JSON object: asked, changed, handled, failed

Exit codes
  0  done
  1  the sweep failed, or a handler did; what failed comes again with the next sweep
  2  the command line is wrong
`;

const SHOWN = 20;
const LONGEST_S = 86_400;
/** So long may what is under way take once it is to end; a second signal ends it at once. */
const CLOSES_WITHIN_MS = 30_000;

module.exports = async function sweep(args) {
  const options = { watch: { type: 'string' }, json: { type: 'boolean' } };
  const { values, positionals } = readArgs('sweep', args, options, 1);
  if (values.help) return void process.stdout.write(HELP);
  const seconds = secondsOf(values.watch);
  const ledger = await ledgerOf('sweep', positionals[0]);
  // Should everything end in silence, it was not done.
  process.exitCode = 1;
  const stop = new AbortController();
  const isStopped = () => stop.signal.aborted;
  onSignals(() => {
    if (isStopped()) process.exit(1);
    stop.abort();
    setTimeout(() => process.exit(1), CLOSES_WITHIN_MS).unref();
  });

  let code = 0;
  do {
    try {
      const result = await ledger.sweep({ signal: stop.signal });
      if (result.failed > 0) code = 1;
      process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${lineOf(result)}\n`);
    } catch (error) {
      if (!isStopped()) process.stderr.write(`finconnect: ${printable(error)}\n`);
      code = 1;
    }
    if (seconds !== undefined && !isStopped())
      await sleep(seconds * 1_000, undefined, { signal: stop.signal }).catch(() => {});
  } while (seconds !== undefined && !isStopped());
  // A watch ends when it is told to, whatever it met on the way.
  if (seconds !== undefined) code = 0;
  setTimeout(() => process.exit(code), CLOSES_WITHIN_MS).unref();
  await ledger.close();
  end(code);
};

function lineOf({ asked, changed, handled, failed }) {
  const names = changed.slice(0, SHOWN).map(({ reference, status }) => `${printable(reference)} ${status}`);
  if (changed.length > SHOWN) names.push(`${changed.length - SHOWN} more`);
  const which = names.length === 0 ? '' : ` (${names.join(', ')})`;
  return `asked ${asked}, changed ${changed.length}${which}, handled ${handled}, failed ${failed}`;
}

function secondsOf(text) {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= LONGEST_S) return seconds;
  throw new UsageError(`--watch takes a whole number of seconds from 1 to ${LONGEST_S}; got ${text}`, 'sweep ');
}
