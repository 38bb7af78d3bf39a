// The two files for programs that read the documents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTold, llms } from '../../tasks/docs/llms.mjs';
import { pages, readDocuments } from '../../tasks/docs/pages.mjs';

const PAGES = [
  { section: 'Start', path: 'docs/start.md', name: 'Begin', about: 'the first minutes' },
  { section: 'Start', path: 'docs/guide/operations.md', name: 'Operations', about: 'a table' },
  { section: 'Last', path: 'docs/guide/errors.md', name: 'Errors', about: 'what explain tells' },
  { section: 'Records', path: 'docs/records/bench.md', name: 'Bench' },
];
const DOCUMENTS = new Map([
  [
    'docs/start.md',
    '# Start\n\n<!-- from: examples/a.mjs -->\n```js\n[0](1)\n```\n\n![picture](images/a.png)[all](guide/operations.md#charge) [bench](records/bench.md)\n',
  ],
  ['docs/guide/operations.md', '<!-- made -->\n\n# Operations\n\n| a |\n|---|\n\n## charge\n\nlong\n'],
  ['docs/guide/errors.md', '# Errors\n'],
  ['docs/records/bench.md', '# Bench\n'],
]);

test('the pages are in one file, and the index tells the line on which each begins', () => {
  const made = llms({ documents: DOCUMENTS, pages: PAGES, about: 'Money.' });
  assert.equal(
    made['llms-full.txt'],
    `# finconnect: the pages that one codes by

> Money.

<!-- docs/start.md -->

# Start

\`\`\`js
[0](1)
\`\`\`

[all](docs/guide/operations.md#charge) bench

<!-- docs/guide/operations.md -->

# Operations

| a |
|---|
`,
  );
  assert.match(made['llms.txt'], /^# finconnect\n\n> Money\.\n\n/);
  assert.ok(
    made['llms.txt'].endsWith(`## Start

- [Begin](llms-full.txt#L7): the first minutes
- [Operations](llms-full.txt#L17): a table
`),
    made['llms.txt'],
  );
});

test('the checkout’s own have every page, each where the index says', () => {
  const made = llms({ documents: readDocuments(), pages, about: 'Money.' });
  const lines = made['llms-full.txt'].split('\n');
  const rows = [...made['llms.txt'].matchAll(/^- \[.+\]\(llms-full\.txt#L(\d+)\): .+$/gm)].map(([, line]) => line - 1);
  assert.deepEqual(
    rows.map((at) => lines[at - 2]),
    pages.filter(isTold).map(({ path }) => `<!-- ${path} -->`),
  );
  for (const at of rows) assert.match(lines[at], /^# ./);
});
