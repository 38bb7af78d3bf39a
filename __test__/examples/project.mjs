// An example as its user has it: a folder of its own with its packages in node_modules.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '../sandbox/helpers.mjs';
import { root, start } from '../support/child.mjs';

const RUNS_AT_MOST_MS = 120_000;
const ENDS_WITHIN_MS = 15_000;

/** The examples, each a folder of `examples/` with a manifest. */
export const folderOf = (name) => join(root, 'examples', name);
export const manifestOf = (name) => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'));

/** Copies an example into `folder`, without what its user has made there. */
export function copy(name, folder) {
  const made = ['node_modules', '.next', 'dist', '.env'];
  const filter = (path) => !made.some((part) => path.endsWith(`/${part}`)) && !/\.db(-\w+)?$/.test(path);
  cpSync(folderOf(name), folder, { recursive: true, filter });
  return folder;
}

/** An example whose packages are those of the checkout; gone with the test. */
export function linked(t, name) {
  const folder = copy(name, mkdtempSync(join(tmpdir(), `finconnect-${name}-`)));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const dependency of Object.keys(manifestOf(name).dependencies)) {
    const link = join(folder, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    const target = dependency === 'finconnect' ? root : join(root, 'node_modules', dependency);
    symlinkSync(target, link, 'junction');
  }
  return folder;
}

/**
 * Starts a program that goes on, and resolves once it has printed `ready`: with what was found, and `stop`, which ends
 * it and gives what it printed.
 */
export async function serve(folder, [program, ...args], { env, ready }) {
  const running = start(program, args, { cwd: folder, env, timeout: RUNS_AT_MOST_MS });
  let ended;
  running.ended.then((how) => (ended = how));
  const stop = async () => {
    running.child.kill('SIGTERM');
    const timer = setTimeout(() => running.child.kill('SIGKILL'), ENDS_WITHIN_MS);
    return running.ended.finally(() => clearTimeout(timer));
  };
  const told = () => `${args.join(' ')} printed:\n${running.out.stdout}${running.out.stderr}`;
  try {
    const found = await until(() => {
      if (ended) throw new Error(`It ended with ${ended.code ?? ended.signal}. ${told()}`);
      return ready.exec(running.out.stdout);
    }, 'the start');
    return { found: found[0], out: running.out, told, stop };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${told()}`);
  }
}

/** A gateway's config as the examples read it from the environment. */
export function settingsOf(sandbox, gateway) {
  const { baseUrl, ...keys } = sandbox.config(gateway);
  return { ...keys, [`${gateway.toUpperCase()}_BASE_URL`]: baseUrl };
}
