import { UsageError } from './args.js';
import { printable } from './printable.js';
import { runSandbox, SANDBOX_HELP } from './serve.js';
import { errorStyle } from './style.js';
import { runTrigger, TRIGGER_HELP } from './trigger.js';

const COMMANDS: Record<string, { help: string; run(args: string[]): Promise<number | undefined> }> = {
  sandbox: { help: SANDBOX_HELP, run: runSandbox },
  trigger: { help: TRIGGER_HELP, run: runTrigger },
};

/** One of these commands. Sets the exit code; a running sandbox keeps the process alive. */
export async function main([name = '', ...rest]: string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return fail(new UsageError(`There is no command ${name}.`));
  if (rest.includes('--help') || rest.includes('-h')) return void process.stdout.write(command.help);
  try {
    process.exitCode = (await command.run(rest)) ?? 0;
  } catch (error) {
    fail(error, `${name} `);
  }
}

function fail(error: unknown, command = ''): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${errorStyle.red('finconnect:')} ${printable(message)}\n`);
  if (error instanceof UsageError) process.stderr.write(`See npx finconnect ${command}--help\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
