'use strict';

// The signals that end a command.

exports.onSignals = onSignals;

const LOOKS_MS = 250;

/** npx does not pass on a signal that it gets: the shell that it started ends, and this process is left without one. */
function onSignals(stop) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  if (process.env.npm_command !== 'exec' || process.platform === 'win32') return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    stop();
  }, LOOKS_MS).unref();
}
