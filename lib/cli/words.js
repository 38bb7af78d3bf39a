'use strict';

// Reading the command line, and printing on a terminal.

const { parseArgs } = require('node:util');

/** The command line is wrong. */
class UsageError extends Error {
  constructor(words, command) {
    super(words);
    this.command = command;
  }
}

/** The options of a command, and its arguments, of which there are at most `most`. */
function readArgs(command, args, options, most) {
  try {
    const read = parseArgs({
      args,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (read.positionals.length > most) throw new Error(`There is no place for ${read.positionals[most]}`);
    return read;
  } catch (error) {
    throw new UsageError(error.message, `${command} `);
  }
}

/** Text from outside, in one line that no terminal obeys. */
function printable(given) {
  const text = given instanceof Error ? given.message : String(given);
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 2_000);
}

/** Prints, and then ends the process: a pool that stays open would keep it. */
function end(code, text = '') {
  process.exitCode = code;
  process.stdout.write(text, () => process.exit(code));
}

/** What a promise gives, or an error of these words when it has given nothing for so long. */
async function within(ms, promise, words) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(words)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

module.exports = { UsageError, readArgs, printable, end, within };
