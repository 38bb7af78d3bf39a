// The documents as a whole: every page has its place, every link leads somewhere, and headings are in order.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deadLinks, problems, wrongHeadings } from '../../tasks/docs/checks.mjs';
import { anchorOf, relink, repositoryAddress } from '../../tasks/docs/links.mjs';
import { misplaced, misplacedPages, readDocuments } from '../../tasks/docs/pages.mjs';
import { canSpell, misspelt } from '../../tasks/docs/spelling.mjs';
import { root } from '../support/child.mjs';
import { buildFolder } from './blocks.mjs';

test('every page is there, and has its place', () => assert.deepEqual(misplacedPages(), []));

test('every link leads somewhere, and headings are in order', () => {
  const documents = readDocuments();
  assert.ok(documents.size > 40, `${documents.size}`);
  assert.deepEqual(
    problems(documents, (path) => existsSync(join(root, path))),
    [],
  );
});

test('a page that is missing, and one that nobody names, are told', () => {
  assert.deepEqual(misplaced(['docs/a.md', 'docs/b.md'], ['docs/b.md', 'docs/c.md']), [
    'docs/a.md is missing: tasks/docs/pages.mjs names it',
    'docs/c.md is in no section of tasks/docs/pages.mjs',
  ]);
});

test('a link to no file, to no heading or to no heading of its own page is told, with its line', () => {
  const links = `# A

[there](guide/b.md), [its heading](guide/b.md#two-words), [a file](../lib/a.js), [a folder](../lib), [web](https://x.example/none)
[gone](guide/gone.md) and [no heading](guide/b.md#three)
[here](#a), [not here](#nowhere), <a href="gone.html">as HTML</a>, ![as image](images/gone.png)
[by name][name] \`[in code](gone.md)\` [\`code\`](gone.js)
\`\`\`md
[in a fence](gone.md)
\`\`\`

[name]: gone.txt
`;
  const documents = new Map([
    ['docs/a.md', links],
    ['docs/guide/b.md', '# B\n\n## Two words\n\n[back](../a.md#a) [root](/a.md)\n'],
  ]);
  assert.deepEqual(
    deadLinks(documents, (path) => ['lib', 'lib/a.js'].includes(path)),
    [
      'docs/a.md:4 guide/gone.md: docs/guide/gone.md is not there',
      'docs/a.md:4 guide/b.md#three: docs/guide/b.md has no heading #three',
      'docs/a.md:5 #nowhere: docs/a.md has no heading #nowhere',
      'docs/a.md:5 gone.html: docs/gone.html is not there',
      'docs/a.md:5 images/gone.png: docs/images/gone.png is not there',
      'docs/a.md:6 gone.js: docs/gone.js is not there',
      'docs/a.md:11 gone.txt: docs/gone.txt is not there',
    ],
  );
});

test('headings out of order are told', () => {
  const wrong = (text) => wrongHeadings('a.md', text);
  assert.deepEqual(wrong('# A\n\n## B\n\n```sh\n# a comment\n```\n\n### C\n\n## D\n'), []);
  assert.deepEqual(wrong('---\nlayout: home\nhero:\n  name: A\n---\n\n## B\n'), []);
  assert.deepEqual(wrong('Text\n'), ['a.md:1 does not begin with a heading of level 1']);
  assert.deepEqual(wrong('## A\n'), ['a.md:1 does not begin with a heading of level 1']);
  assert.deepEqual(wrong('# A\n\n# B\n'), ['a.md:3 “B” is a second heading of level 1']);
  assert.deepEqual(wrong('# A\n\n### B\n'), ['a.md:3 “B” is of level 3, below one of level 1']);
  assert.deepEqual(wrong('# A\n\n## B b\n\n## `B` b\n'), ['a.md:5 “`B` b” has the anchor #b-b of another heading']);
  const versions = '# Changelog\n\n## 2\n\n### Added\n\n## 1\n\n### Added\n';
  assert.equal(wrong(versions).length, 1);
  assert.deepEqual(wrongHeadings('CHANGELOG.md', versions), []);
  assert.equal(wrongHeadings('CHANGELOG.md', `${versions}\n## 1\n`).length, 1);
});

test('anchors are those of GitHub', () => {
  for (const [title, anchor] of Object.entries({
    'What holds when things break': 'what-holds-when-things-break',
    '`recover(payment, options)`': 'recoverpayment-options',
    'The day’s end': 'the-days-end',
    'A [link](x.md), and_more – here': 'a-link-and_more--here',
  }))
    assert.equal(anchorOf(title), anchor);
});

test('links are led elsewhere, but those in code and to the web; where there is nothing, the words stay', () => {
  const text = '[a `b`](x.md#y) `[c](x.md)` ![d](d.png)[e](https://e.example) [![f](d.png)](gone.md)\n';
  const become = ({ path, anchor, isImage }) =>
    path === 'docs/x.md' ? `there#${anchor}` : isImage ? 'pic' : undefined;
  assert.equal(
    relink(text, 'docs/a.md', become),
    '[a `b`](there#y) `[c](x.md)` ![d](pic)[e](https://e.example) ![f](pic)\n',
  );
  assert.equal(
    relink('![d](d.png)!', 'a.md', () => undefined),
    '!',
  );
});

test('the address of a file on the web comes from package.json', () => {
  const file = { path: 'docs/a.png', anchor: undefined, isImage: true };
  const base = 'https://git.example/o/r';
  for (const repository of [`git+${base}.git`, { type: 'git', url: `git+${base}.git` }, base])
    assert.equal(repositoryAddress({ repository }, file), `${base}/raw/HEAD/docs/a.png`);
  assert.equal(repositoryAddress({ repository: base }, { path: 'a.md', anchor: 'b' }), `${base}/blob/HEAD/a.md#b`);
  assert.equal(repositoryAddress({}, file), undefined);
});

const noSpelling = canSpell ? false : 'The spelling checker is not installed: npm run docs does it.';

test('a misspelt word is told with its place, and code, names and field words are not', { skip: noSpelling }, (t) => {
  const file = join(buildFolder(t), 'page.md');
  const right = 'The colour of an M-Pesa receipt. `recieved` [words](recieve.md)\n\n```js\nrecieve()\n```\n';
  writeFileSync(file, `# Recieve\n\n${right}\nIts behavior has a color.\n`);
  const told = misspelt([file]).map((line) => /:(\d+):\d+ - .*?\((\w+)\)/.exec(line)?.slice(1));
  assert.deepEqual(told, [
    ['1', 'Recieve'],
    ['9', 'behavior'],
    ['9', 'color'],
  ]);
});
