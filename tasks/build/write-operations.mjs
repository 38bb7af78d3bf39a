// Run by `npm run build:debug`: writes what is derived from the addon's own table of operations, the type of their
// names and the page that says which gateway has which.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { untold } from './lib/untold.mjs';

const addon = createRequire(import.meta.url)('../../binding.js');
const names = JSON.parse(addon.operations()).map(([name]) => name);
const at = (file) => new URL(`../../${file}`, import.meta.url);
const write = (file, text) => writeFileSync(at(file), text);

write(
  'src/binding/types/operation.d.ts',
  `/** The methods that a gateway may have. */\nexport type Operation =\n${names.map((name) => `  | '${name}'`).join('\n')};\n`,
);

const sandbox = await startSandbox({ clock: 'manual' });
const { gateways } = await (await fetch(`${sandbox.url}/_sandbox/api/state`)).json();
const sdks = gateways.map(({ name }) => new FintechSDK({ provider: name, config: sandbox.config(name) }));
const columns = gateways.map(({ title }, at) => {
  const sdk = sdks[at];
  const { limits, sources } = sdk.capabilities();
  return { title, limits, sources, has: (operation) => (sdk.supports(operation) ? 'yes' : '–') };
});
const silences = await untold(sdks, sandbox);
await sandbox.close();

/** What `docs/methods` says of a method, in the order of the table; most need no more than their row. */
const sections = names
  .map((name) => at(`docs/methods/${name}.md`))
  .filter((file) => existsSync(file))
  .map((file) => readFileSync(file, 'utf8'));

/** Every bound of every gateway, with where it is told. */
const bounds = columns.flatMap(({ title, limits, sources }) =>
  Object.entries(limits).map(([name, value]) => [title, `\`${name}\``, shown(name, value), sources[name]]),
);

function shown(name, value) {
  return ['currencies', 'wholeAmounts', 'refundRules'].includes(name) ? 'on' : value.toLocaleString('en');
}

function membersOf(names) {
  if (names === undefined) return '–';
  return names.length === 0 ? 'tells all' : names.map((name) => `\`${name}\``).join(', ');
}

const row = (cells) => `| ${cells.join(' | ')} |`;
write(
  'docs/guide/operations.md',
  `# Which gateway has which method

<!-- tasks/build/write-operations.mjs writes this page, with the sections of docs/methods: edit it there. -->

Not every gateway has every method. Your program can ask: \`sdk.supports(name)\` tells whether the gateway has a method,
and \`sdk.capabilities()\` lists what the gateway itself is asked, with the bounds within which it is asked. A method that a gateway
does not have rejects with \`NOT_SUPPORTED\`, and nothing is sent. [\`recover\` and \`reconcile\`](recovery.md) ask by these methods: every
gateway has them, and \`capabilities()\` does not list them.

${[
  row(['method', ...columns.map(({ title }) => title)]),
  row(Array(columns.length + 1).fill('---')),
  ...names.map((name) => row([`\`${name}\``, ...columns.map(({ has }) => has(name))])),
].join('\n')}

${sections.join('\n')}
## What a gateway does not tell

A member that a gateway does not tell is \`null\`. So the answers come from \`finconnect/sandbox\`, which tells what the gateways do:

${[
  row(['method', ...columns.map(({ title }) => title)]),
  row(Array(columns.length + 1).fill('---')),
  ...silences.map(([name, cells]) => row([name, ...cells.map(membersOf)])),
].join('\n')}

## Bounds

A request that a gateway would refuse is refused before it is sent. Each bound is a setting of the constructor:
\`limits: { chargeMaximum: 10_000_000 }\`, or \`false\` for none; \`limits: false\` switches all of them off.
\`sdk.capabilities().limits\` tells those in force.

${[row(['gateway', 'setting', 'value', 'source']), row(Array(4).fill('---')), ...bounds.map(row)].join('\n')}
`,
);
