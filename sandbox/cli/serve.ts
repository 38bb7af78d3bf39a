import { inspect } from 'node:util';
import type { Sandbox, SandboxOptions } from '../api.js';
import type { RecordedRequest, RecordedWebhook, SandboxEvent } from '../engine/history.js';
import { parseSwitch } from '../engine/switches.js';
import { GATEWAYS, PORTALS, SWITCHES, type Switches, specs } from '../gateways/index.js';
import { isWebUrl } from '../http/message.js';
import { startSandbox } from '../sandbox.js';
import type { Gateway } from '../types.js';
import { pair, readArgs, UsageError, usage, wholeNumber } from './args.js';
import { printable } from './printable.js';
import { whenRunnerEnds } from './runner.js';
import { style } from './style.js';
import { ALL } from './titles.js';

const DEFAULT_PORT = 4010;
const OPTIONS = GATEWAYS.flatMap((name) => Object.entries(specs[name].options));
const FLAGS = OPTIONS.flatMap(([name, { flag, rule }]) => (flag ? [[name, { ...flag, rule }] as const] : []));

export const SANDBOX_HELP = `Usage: npx finconnect sandbox [options]

Starts ${ALL} on this machine, with a page at / that holds the customer's phone.

Options
  --port N                   default ${DEFAULT_PORT}; 0 takes any free port
  --host NAME                default 127.0.0.1
  --allow-host NAME          serve this Host header too (repeatable)
  --allow-remote             call IPN, webhook and callback URLs on other machines too; without it only this one
  --webhook GATEWAY=URL      where ${PORTALS.map((name) => `${name}'s`).join(' or ')} callbacks go (repeatable)
${FLAGS.map(([name, { value, about }]) => `  ${`--${name} ${value ?? ''}`.padEnd(26)} ${about}\n`).join('')}  --settle-after MS          approve payments by themselves after MS
  --seed TEXT                repeatable ids, tokens and keys
  --switch NAME=VALUE        what the gateways leave undocumented (repeatable, see below)
  --json                     one JSON object a line, in place of the log

Switches (default)
${Object.entries(SWITCHES)
  .map(
    ([name, row]) =>
      `  ${`${name}=${String(row.default)}`.padEnd(38)} ${row.about}${'choices' in row ? ` [${row.choices.join(' | ')}]` : ''}`,
  )
  .join('\n')}
`;

export async function runSandbox(args: string[]): Promise<undefined> {
  const { values } = readArgs(
    args,
    {
      port: { type: 'string' },
      host: { type: 'string' },
      'allow-host': { type: 'string', multiple: true },
      'allow-remote': { type: 'boolean' },
      webhook: { type: 'string', multiple: true },
      'settle-after': { type: 'string' },
      seed: { type: 'string' },
      switch: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      ...flagTypes,
    },
    [],
  );
  const settleAfterMs = wholeNumber(values['settle-after'], '--settle-after');
  const port = wholeNumber(values.port, '--port', 65_535) ?? DEFAULT_PORT;
  const options: SandboxOptions = {
    port,
    ...(values.host !== undefined && { host: values.host }),
    ...(values['allow-host'] && { allowedHosts: values['allow-host'] }),
    webhooks: webhooksFrom(values.webhook ?? []),
    ...(values['allow-remote'] && { allowRemote: true }),
    ...(settleAfterMs !== undefined && { settleAfterMs }),
    ...flagsFrom(values),
    ...(values.seed !== undefined && { seed: values.seed }),
    switches: switchesFrom(values.switch ?? []),
  };
  const sandbox = await start(options, port);
  sandbox.ref();
  const end = () => void sandbox.close();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  whenRunnerEnds(end);
  const print = values.json ? printJson : printLine;
  if (values.json) print({ type: 'ready', url: sandbox.url, config: configs(sandbox) });
  else process.stdout.write(welcome(sandbox, options));
  sandbox.subscribe(print);
  return undefined;
}

async function start(options: SandboxOptions, port: number): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken; choose another with --port, or --port 0 for any.`);
  }
}

/** The options that one gateway reads, by their own flags. */
const flagTypes = Object.fromEntries(
  FLAGS.map(([name, { value }]) => [name, { type: value ? ('string' as const) : ('boolean' as const) }]),
);

function flagsFrom(values: Record<string, unknown>): Partial<SandboxOptions> {
  const given = FLAGS.filter(([name]) => values[name] !== undefined);
  for (const [
    name,
    {
      rule: [what, holds],
    },
  ] of given)
    if (!holds(values[name])) throw new UsageError(`--${name} takes ${what}; got ${values[name]}`);
  return Object.fromEntries(given.map(([name]) => [name, values[name]]));
}

function webhooksFrom(pairs: string[]): NonNullable<SandboxOptions['webhooks']> {
  const webhooks: SandboxOptions['webhooks'] = {};
  for (const text of pairs) {
    const [name, url] = pair(text, '--webhook');
    const gateway = PORTALS.find((portal) => portal === name);
    if (!gateway) {
      const calls = Object.hasOwn(specs, name) ? specs[name as Gateway].calls : undefined;
      if (calls) throw new UsageError(`${calls} --webhook takes ${PORTALS.join(' or ')}`);
      throw new UsageError(`--webhook takes ${PORTALS.map((portal) => `${portal}=URL`).join(' or ')}; got ${text}`);
    }
    if (!isWebUrl(url)) throw new UsageError(`--webhook needs an http or https URL; got ${url}`);
    webhooks[gateway] = url;
  }
  return webhooks;
}

const switchesFrom = (pairs: string[]): Partial<Switches> =>
  usage(() => Object.assign({}, ...pairs.map((text) => parseSwitch(SWITCHES, text))) as Partial<Switches>);

const configs = (sandbox: Sandbox) => Object.fromEntries(GATEWAYS.map((gateway) => [gateway, sandbox.config(gateway)]));

function welcome(sandbox: Sandbox, { webhooks }: SandboxOptions): string {
  const lines = [`${style.bold('FinConnect sandbox')}`, '', `  Page       ${style.cyan(`${sandbox.url}/`)}`];
  for (const gateway of GATEWAYS) lines.push(`  ${specs[gateway].title.padEnd(10)} ${sandbox.config(gateway).baseUrl}`);
  for (const gateway of PORTALS) {
    lines.push(
      `  ${style.dim(`${specs[gateway].title} calls back`)} ${(webhooks?.[gateway] && printable(webhooks[gateway])) ?? style.yellow(`nobody: add --webhook ${gateway}=http://localhost:3000/…`)}`,
    );
  }
  lines.push('', style.dim('Paste into your app:'), '');
  for (const gateway of GATEWAYS) {
    const text = inspect(sandbox.config(gateway), { breakLength: 100, maxStringLength: null }).replaceAll('\n', '\n  ');
    lines.push(`const ${gateway} = new FintechSDK({`, `  provider: '${gateway}',`, `  config: ${text},`, '})', '');
  }
  return `${lines.join('\n')}\n`;
}

type Printed = SandboxEvent | { type: 'ready'; url: string; config: unknown };

function printJson(event: Printed): void {
  process.stdout.write(`${printable(JSON.stringify(event))}\n`);
}

function printLine(event: Printed): void {
  const line =
    event.type === 'request'
      ? requestLine(event.request)
      : event.type === 'webhook'
        ? webhookLine(event.webhook)
        : undefined;
  if (line) process.stdout.write(`${line}\n`);
}

const clockTime = (iso: string) => style.dim(new Date(iso).toTimeString().slice(0, 8));

function requestLine({ at, gateway, method, path, status, ms, fault }: RecordedRequest): string | undefined {
  if (status === null && !fault) return undefined;
  const outcome = status === null ? style.red('no answer') : (status < 400 ? style.green : style.red)(String(status));
  return `${clockTime(at)}  ${gateway.padEnd(9)} ${method} ${printable(path)}  ${outcome}  ${style.dim(`${ms} ms`)}${fault ? `  ${style.magenta(`fault: ${fault}`)}` : ''}`;
}

function webhookLine({ gateway, event, method, url, state, attempts, tampered }: RecordedWebhook): string | undefined {
  const last = attempts.at(-1);
  if (state === 'sending' || !last) return undefined;
  const answer =
    last.status === null
      ? style.red(printable(last.error ?? 'no answer'))
      : (state === 'delivered' ? style.green : style.red)(`app answered ${last.status}`);
  const next =
    state === 'retrying'
      ? style.yellow('  will try again')
      : state === 'failed' && !tampered
        ? style.red('  given up')
        : '';
  const what = `${printable(event)}${tampered ? ' (tampered)' : ''}`;
  return `${clockTime(last.at)}  ${gateway.padEnd(9)} ${style.blue('→')} ${what} ${method} ${printable(url)}  ${answer}  ${style.dim(`${last.ms} ms`)}${last.note ? style.yellow(`  ${last.note}`) : ''}${next}`;
}
