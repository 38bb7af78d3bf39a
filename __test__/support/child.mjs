// The child processes of specs. What the shell of whoever runs the tests has set (colours, proxies, certificates,
// NODE_OPTIONS, a locale) reaches none of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const DEADLINE_MS = 60_000;
const NEEDED = [
  ...['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH'],
  // Windows starts no program without some of these.
  ...['PATHEXT', 'SYSTEMROOT', 'WINDIR', 'COMSPEC', 'TEMP', 'TMP', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
];

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a program needs of this machine to run at all, and `more`. */
export function cleanEnvironment(more = {}) {
  const needed = Object.entries(process.env).filter(([name]) => NEEDED.includes(name.toUpperCase()));
  return { ...Object.fromEntries(needed), ...more };
}

/**
 * Starts a program in the checkout; `env` is all it has beside `cleanEnvironment()`. `out` holds what it has written so
 * far, and `ended` resolves with `{ code, signal, stdout, stderr }`. It is killed after a minute unless `timeout` says
 * otherwise.
 */
export function start(program, args, { env, ...options } = {}) {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    ...options,
    env: cleanEnvironment(env),
  });
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name]?.setEncoding('utf8').on('data', (text) => (out[name] += text));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...out }));
  return { child, out, ended };
}

/** The same, to its end. */
export const run = (program, args, options) => start(program, args, options).ended;

/** Node, to its end. */
export const runNode = (args, options) => run(process.execPath, args, options);
