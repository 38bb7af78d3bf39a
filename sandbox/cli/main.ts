import { UsageError } from './args.js';
import { printable } from './printable.js';
import { runSandbox, SANDBOX_HELP } from './serve.js';
import { errorStyle } from './style.js';
import { ALL } from './titles.js';
import { runTrigger, TRIGGER_HELP } from './trigger.js';

const HELP = `finconnect: ${ALL} on your own machine

Usage
  npx finconnect sandbox [options]          start the gateways and the page with the phone
  npx finconnect trigger <event> --to URL   send one callback to your app
  npx finconnect <command> --help           all options of a command

Exit codes
  0  done; the app answered 2xx
  1  the app refused the callback or could not be reached, or the port is taken
  2  the command line is wrong

NO_COLOR=1 prints without colours.
`;

const COMMANDS: Record<string, { help: string; run(args: string[]): Promise<number | undefined> }> = {
  sandbox: { help: SANDBOX_HELP, run: runSandbox },
  trigger: { help: TRIGGER_HELP, run: runTrigger },
};

/** The command line. Sets the exit code; a running sandbox keeps the process alive. */
export async function main(args: string[]): Promise<void> {
  // Whoever read the output has gone, as head does once it has enough.
  process.stdout.on('error', () => process.exit(1));
  const [name, ...rest] = args;
  const wantsHelp = args.includes('--help') || args.includes('-h');
  if (name === undefined || name === 'help' || (wantsHelp && name.startsWith('-'))) {
    process.stdout.write(HELP);
    process.exitCode = name === undefined ? 2 : 0;
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return fail(new UsageError(`There is no command ${name}.`));
  if (wantsHelp) return void process.stdout.write(command.help);
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
