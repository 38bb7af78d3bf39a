// Run by `npm run build:debug`: writes docs/guide/migrating.md from the tables that `__test__/parity` proves.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TABLES } from '../../__test__/parity/tables.mjs';

const file = fileURLToPath(new URL('../../docs/guide/migrating.md', import.meta.url));

const INTRODUCTION = `# Moving from the TypeScript package

<!-- tasks/docs/migrating.mjs writes this page from the tables of __test__/parity: edit it there. -->

Your code stays as it is. Install the new version, run your tests, deploy:

\`\`\`sh
npm install finconnect
\`\`\`

The package has the same name, the same classes, methods, arguments and error messages. It works with \`import\` and with
\`require\`, in TypeScript and in JavaScript. It needs Node 18.3 or newer and nothing else: if only finconnect used
\`axios\` in your project, remove it.

Each row of this page is a row of a test. The test calls the method, compares each request byte for byte with what the
TypeScript package is documented to send, and compares what comes back. A row is one of three:

- **the same**: there is nothing to do;
- **fixed**: it behaves differently, since the old behaviour lost money or told nothing. Read these rows once;
- **added**: you may use it in place of code of your own.

## Check three things

1. **A refusal rejects.** Where your code looks at \`success\` or \`error\` of an answer, keep that, and handle the rejection too.
2. **AzamPay's \`pay\` gives the whole answer**, as was documented. Where your code keeps what it gives as the id, take \`.transactionId\`.
3. **A valid AzamPay callback proves no amount.** Give \`handleCallback\` the \`expect\` of your order, or compare the amount yourself.
`;

const MORE = `
## What to use instead of code of your own

| your own code | in this package |
|---|---|
| a route that checks callbacks, and a table of those that came | [\`webhooks\`](webhooks.md) |
| a payments table with PENDING, SUCCESS and FAILED | [\`finconnect/ledger\`](ledger.md) |
| a cache of access tokens in Redis | [\`tokens\`](tokens.md) |
| turning 0712… into 255712… | [\`normalizePhone\`](phones.md), or \`charge\`, which does it |
| a job that asks about old payments | [\`reconcile\`](recovery.md), or \`ledger.sweep()\` |
| a test double of a gateway | [the sandbox](sandbox.md) |

What a failed call means, code by code: [when it goes wrong](errors.md).
`;

const cell = (text) => text.replaceAll('|', '\\|');
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

/** The part of one mark: a list or a table, nothing where there is no row. */
const PARTS = {
  same: (rows) => `**The same**\n\n${rows.map(({ does }) => `- ${does}`).join('\n')}\n`,
  fixed: (rows) =>
    `**Fixed**\n\n${table(
      ['now', 'before'],
      rows.map(({ does, was }) => [does, was]),
    )}\n`,
  added: (rows) =>
    `**Added**\n\n${table(
      ['now', 'in place of'],
      rows.map(({ does, instead }) => [does, instead]),
    )}\n`,
};

/** The page as it has to be. */
export function page() {
  const sections = TABLES.map(({ title, rows }) => {
    const parts = Object.entries(PARTS).flatMap(([mark, part]) => {
      const own = rows.filter((row) => row.mark === mark);
      return own.length === 0 ? [] : [part(own)];
    });
    return `## ${title}\n\n${parts.join('\n')}`;
  });
  return `${INTRODUCTION}\n${sections.join('\n')}${MORE}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, page());
