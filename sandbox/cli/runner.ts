import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 250;
/** A lone & in a script of npm run, which leaves a command behind on purpose. */
const IN_BACKGROUND = /[^&>]&(?![&>])/;
const SHELL = /^(?:.*\/)?(?:sh|ash|bash|dash|zsh|busybox)$/;

/**
 * Calls back when npx, or whatever of npm runs this process, has ended. npm mostly starts a shell, and the shell starts
 * us: a signal to npm ends those two and does not reach us, and the port would stay taken.
 */
export function whenRunnerEnds(ended: () => void): void {
  const { npm_command: command, npm_lifecycle_script: script = '' } = process.env;
  if (!command || process.platform === 'win32') return;
  if (command !== 'exec' && IN_BACKGROUND.test(script)) return;
  const parent = process.ppid;
  // Started in the background of a script that is over: nobody is left to follow.
  if (parent <= 1) return;
  const { name, parent: grandparent } = describe(parent);
  const npm = SHELL.test(name) && grandparent > 1 ? grandparent : undefined;
  const look = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isAlive(npm))) return;
    clearInterval(look);
    ended();
  }, LOOK_EVERY_MS).unref();
}

/** The name and the parent of another process: Linux has them in a file, ps tells them elsewhere. */
function describe(pid: number): { name: string; parent: number } {
  try {
    // The name may hold blanks and brackets of its own.
    const [, name = '', parent] = /^\d+ \((.*)\) \S+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    // No such file: the next way.
  }
  try {
    const text = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, name = ''] = /^\s*(\d+)\s+(.*?)\s*$/.exec(text) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return { name: '', parent: 0 };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
