// Run by `npm run build:debug`: writes what is derived from the addon's own table of operations, the type of their names
// and the page that says which gateway has which.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';

const addon = createRequire(import.meta.url)('../../binding.js');
const names = JSON.parse(addon.operations()).map(([name]) => name);
const write = (file, text) => writeFileSync(new URL(`../../${file}`, import.meta.url), text);

write(
  'src/binding/types/operation.d.ts',
  `/** The methods that a gateway may have. */\nexport type Operation =\n${names.map((name) => `  | '${name}'`).join('\n')};\n`,
);

const sandbox = await startSandbox();
const { gateways } = await (await fetch(`${sandbox.url}/_sandbox/api/state`)).json();
const columns = gateways.map(({ name, title }) => {
  const sdk = new FintechSDK({ provider: name, config: sandbox.config(name) });
  return { title, has: (operation) => (sdk.supports(operation) ? 'yes' : '–') };
});
await sandbox.close();

const row = (cells) => `| ${cells.join(' | ')} |`;
write(
  'docs/guide/operations.md',
  `# Which gateway has which method

\`npm run build:debug\` writes this page from the table of operations in the addon. \`sdk.supports(name)\` and
\`sdk.capabilities()\` answer from the same table. A method that a gateway does not have rejects with \`NOT_SUPPORTED\`, and
nothing is sent.

${[
  row(['method', ...columns.map(({ title }) => title)]),
  row(Array(columns.length + 1).fill('---')),
  ...names.map((name) => row([`\`${name}\``, ...columns.map(({ has }) => has(name))])),
].join('\n')}
`,
);
