// A child process that answers each line with a line: the gateway and every contestant.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** No answer takes longer: a load of a few seconds, and slow contestants drain for a while. */
const DEADLINE_MS = 300_000;

export function child(program, args, env = {}) {
  const process_ = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  const fail = (why) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${args.at(-1) ?? program}: ${why}`));
  };
  createInterface({ input: process_.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  process_.on('error', (error) => fail(error.message));
  process_.on('exit', (code) => fail(`ended with ${code}`));
  const answer = () =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail('no answer'), DEADLINE_MS);
      const settle = (how) => (value) => {
        clearTimeout(timer);
        how(value);
      };
      waiting.push({ resolve: settle(resolve), reject: settle(reject) });
    });
  return {
    /** The next line that no command asked for. */
    answer,
    ask(command) {
      process_.stdin.write(`${JSON.stringify(command)}\n`);
      return answer();
    },
    end: () => process_.stdin.end(),
  };
}
