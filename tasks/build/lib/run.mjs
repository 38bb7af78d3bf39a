// Running programs, and saying what went wrong in one sentence.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../platforms.mjs';

/** Where downloaded tools and builds of other platforms live; git ignores it. */
export const toolsFolder = join(root, '.tools');
export const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');

const HOUR = 3_600_000;

/** Runs a program to its end and returns its output; a failure throws with what it printed. */
export function run(program, args, { cwd = root, env = {}, show = false, timeout = HOUR } = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    timeout,
  });
  if (error) throw new Error(`${program} could not be run: ${error.message}`);
  if (status !== 0) {
    const said = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-30).join('\n');
    throw new Error(`${program} ${args.join(' ')} failed (${signal ?? status})${said && `:\n${said}`}`);
  }
  return stdout ?? '';
}

/**
 * Makes a folder by `fill(folder)` unless an earlier run has; half a folder is never taken for a whole one. Of several
 * processes at one time, the first to be done brings it.
 */
export function once(name, fill) {
  const folder = join(toolsFolder, name);
  if (existsSync(folder)) return folder;
  console.log(`  getting ${name}`);
  const partial = `${folder}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  fill(partial);
  try {
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Runs `main`, and ends with one sentence instead of a stack when it fails. */
export async function command(main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

/** A table for people, as Markdown. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(all[0]), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...all.slice(1).map(line)].join(
    '\n',
  );
}
