// Installing the packages from their tarballs, and running the smoke there to its end.
import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, packageOf, root } from '../platforms.mjs';
import { run } from './run.mjs';

const DEADLINE_MS = 240_000;

/** What `npm install finconnect` leaves on that platform. `tarballs`: paths by package name. */
export function unpack(folder, platform, tarballs) {
  rmSync(folder, { recursive: true, force: true });
  for (const name of [manifest.name, packageOf(platform)]) {
    const into = join(folder, 'node_modules', name);
    mkdirSync(into, { recursive: true });
    run('tar', ['-xzf', tarballs[name], '--strip-components=1', '-C', into]);
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  return folder;
}

/** Puts the smoke beside them. */
export function addSmoke(folder, { plan, authority }) {
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(folder, 'ca.pem'), authority);
  copyFileSync(join(root, 'tasks/build/smoke/smoke.cjs'), join(folder, 'smoke.cjs'));
}

/**
 * Runs the smoke to its end, or to the deadline; the output goes to a file, because wine cannot write to a pipe.
 * `failure` is undefined when all is well.
 */
export async function runSmoke(folder, { command: [program, ...args], env }, bench) {
  const file = join(folder, 'smoke.log');
  const log = openSync(file, 'w');
  const begun = Date.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
    detached: process.platform !== 'win32',
  });
  closeSync(log);
  const ending = await new Promise((resolve) => {
    const deadline = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), DEADLINE_MS);
    const end = (how) => {
      clearTimeout(deadline);
      resolve(how);
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(signal ?? code));
  });
  const output = readFileSync(file, 'utf8').trim();
  const passed = output.match(/^ok /gm)?.length ?? 0;
  return {
    output,
    passed,
    seconds: ((Date.now() - begun) / 1000).toFixed(1),
    failure: failureOf(output, ending, bench),
  };
}

function failureOf(output, ending, bench) {
  const failed = output.split('\n').find((line) => line.startsWith('FAILED'));
  if (failed) return failed.slice('FAILED '.length);
  if (ending !== 0) return `ended with ${ending}`;
  if (!/^end\s*$/m.test(output)) return 'did not reach the end';
  if (bench.untrustedRequests() > 0) return 'sent a request past an untrusted certificate';
  return undefined;
}
