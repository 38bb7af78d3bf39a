import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ANSWER_WITHIN_MS, deliver } from '../engine/deliver.js';
import type { TestCallback } from '../engine/gateway.js';
import { MAX_BODY_KEPT } from '../engine/history.js';
import { GATEWAYS, specs } from '../gateways/index.js';
import { type Fields, isWebUrl } from '../http/message.js';
import { redactText } from '../http/redact.js';
import { generateTestCallback, isMember } from '../test-callback.js';
import type { Gateway } from '../types.js';
import { pair, readArgs, UsageError } from './args.js';
import { printable } from './printable.js';
import { errorStyle, style } from './style.js';

/** The events of all gateways, by names such as `gateway.success`. */
const EVENTS = Object.fromEntries(
  [...GATEWAYS]
    .sort()
    .flatMap((gateway) =>
      Object.entries(specs[gateway].events).map(([name, event]) => [`${gateway}.${name}`, { gateway, ...event }]),
    ),
);
const SIGNERS = [...GATEWAYS].sort().flatMap((name) => {
  const { title, signing } = specs[name];
  return signing ? [{ title, signing }] : [];
});
const PAIRED = SIGNERS.filter(({ signing }) => 'pair' in signing).map(({ title }) => title);

const DEFAULT_SANDBOX = 'http://127.0.0.1:4010';

export const TRIGGER_HELP = `Usage: npx finconnect trigger <event> --to URL [options]

Sends one callback to any URL and prints what the app answered. Exit code 1 when that is no 2xx.

Events
${Object.entries(EVENTS)
  .map(([name, { about }]) => `  ${name.padEnd(20)} ${about}`)
  .join('\n')}

Options
  --to URL               your app's endpoint
  --set NAME=VALUE       replace a member before signing, e.g. --set amount=9999 (repeatable)
  --unsigned             send no signature
  --tamper               change the callback after signing
  --key TEXT|FILE        ${SIGNERS.map(({ title, signing }) => `${title}: ${signing.key}`).join('. ')}
  --sandbox URL          ${PAIRED.join(', ')}: the running sandbox whose key signs; default ${DEFAULT_SANDBOX}
  --json                 print one JSON object
`;

export async function runTrigger(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(
    args,
    {
      to: { type: 'string' },
      set: { type: 'string', multiple: true },
      unsigned: { type: 'boolean' },
      tamper: { type: 'boolean' },
      key: { type: 'string' },
      sandbox: { type: 'string' },
      json: { type: 'boolean' },
    },
    ['the event'],
  );
  const name = positionals[0] ?? '';
  const event = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
  if (!event) throw new UsageError(`There is no event ${name}; choose one of ${Object.keys(EVENTS).join(', ')}`);
  const { to } = values;
  if (to === undefined || !isWebUrl(to)) throw new UsageError('--to needs an http or https URL');
  const overrides = { ...event.overrides, ...membersFrom(event.gateway, values.set ?? []) };
  const made = values.unsigned
    ? generateTestCallback(event.gateway, overrides)
    : await sign(event.gateway, overrides, values);
  const answer = await send(event.gateway, made, to, values.tamper ?? false);
  const accepted = answer.status >= 200 && answer.status < 300;
  if (values.json) process.stdout.write(`${printable(JSON.stringify({ event: name, to, ...answer, accepted }))}\n`);
  else
    process.stdout.write(
      `${name} → ${printable(to)}\n${(accepted ? style.green : style.red)(String(answer.status))} in ${answer.ms} ms\n${answer.body ? `${printable(answer.body)}\n` : ''}`,
    );
  return accepted ? 0 : 1;
}

function membersFrom(gateway: Gateway, pairs: string[]): Fields {
  const members = Object.fromEntries(pairs.map((text) => pair(text, '--set')));
  const stranger = Object.keys(members).find((name) => !isMember(gateway, name));
  if (stranger !== undefined) throw new UsageError(`--set: a callback of ${gateway} has no member ${stranger}`);
  return members;
}

/** Signs as the gateway would: with the given key, or the sandbox's secret, or the key of a running sandbox. */
async function sign(
  gateway: Gateway,
  overrides: Fields,
  given: { key?: string; sandbox?: string },
): Promise<TestCallback> {
  const { signing } = specs[gateway];
  if (!signing) return generateTestCallback(gateway, overrides);
  // Those that come are not signed, whatever the documents say.
  if ('secret' in signing && signing.isRare && given.key === undefined) return generateTestCallback(gateway, overrides);
  if ('secret' in signing) return generateTestCallback(gateway, { ...overrides, key: given.key ?? signing.secret });
  if (given.key !== undefined) return generateTestCallback(gateway, { ...overrides, key: readKey(given.key) });
  const made = await signBySandbox(gateway, overrides, given.sandbox ?? DEFAULT_SANDBOX);
  if (made) return made;
  if (given.sandbox !== undefined) throw new Error(`No sandbox answers at ${given.sandbox}`);
  process.stderr.write(
    `${errorStyle.yellow('No sandbox runs at')} ${DEFAULT_SANDBOX}${errorStyle.yellow(': signed with a key of the moment, which your app cannot know.')}\n` +
      'Start npx finconnect sandbox, name it with --sandbox URL, or pass --key private.pem.\n',
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateTestCallback(gateway, { ...overrides, key: privateKey });
}

function readKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    throw new UsageError(`--key takes a file with an RSA private key in PEM; ${file}: ${(error as Error).message}`);
  }
}

async function signBySandbox(gateway: Gateway, overrides: Fields, sandbox: string): Promise<TestCallback | undefined> {
  try {
    const response = await fetch(new URL('/_sandbox/api/callbacks', sandbox), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ gateway, ...overrides }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return response.ok ? ((await response.json()) as TestCallback) : undefined;
  } catch {
    return undefined;
  }
}

async function send(gateway: Gateway, made: TestCallback, to: string, tampered: boolean) {
  const url = new URL(to);
  for (const [name, value] of Object.entries(made.query)) url.searchParams.set(name, value);
  const draft = { event: '', method: made.method, url: url.href, headers: made.headers, body: made.rawBody };
  const { status, answer, ms, error } = await deliver(tampered ? specs[gateway].tamper(draft) : draft, {
    allowRemote: true,
  });
  if (status === null) throw new Error(`${to} gave no answer: ${error}`);
  return { status, ms, body: redactText(answer.slice(0, MAX_BODY_KEPT)) };
}
