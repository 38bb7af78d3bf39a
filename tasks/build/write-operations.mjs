// Run by `npm run build:debug`: writes what is derived from the addon's own table of operations, the type of their
// names and the page that says which gateway has which.
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

<!-- tasks/build/write-operations.mjs writes this page, as a part of \`npm run build:debug\`: edit it there. -->

Not every gateway has every method. Your program can ask: \`sdk.supports(name)\` tells whether the gateway has a method,
and \`sdk.capabilities()\` lists those that it has. A method that a gateway does not have rejects with
\`NOT_SUPPORTED\`, and nothing is sent.

${[
  row(['method', ...columns.map(({ title }) => title)]),
  row(Array(columns.length + 1).fill('---')),
  ...names.map((name) => row([`\`${name}\``, ...columns.map(({ has }) => has(name))])),
].join('\n')}

## exchangeRates(source, target)

Asks what one unit of \`source\` is worth in \`target\`, today. Both are ISO 4217 codes in capital letters, such as
\`'TZS'\`. A code that you leave out, or that is \`null\`, stands for all currencies. The list is empty where
ClickPesa has no such rate. Nothing is exchanged by asking.

\`\`\`ts
const rates = await clickpesa.exchangeRates('USD', 'TZS');
for (const { source, target, rate } of rates) console.log(\`1 \${source} is \${rate} \${target}\`);

const ofTheDollar = await clickpesa.exchangeRates('USD');
const intoShillings = await clickpesa.exchangeRates(null, 'TZS');
\`\`\`
`,
);
