// What pages show of files is what the files say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fencesOf, pages, strayMarkers, textOf } from '../../tasks/docs/fences.mjs';
import { written } from '../../tasks/docs/snippets.mjs';

const SHOP = `import express from 'express';
// #region all
const app = express();
function mount() {
  // #region webhook
  app.use('/hooks', hooks);

  app.listen(3000);
  // #endregion webhook
}
// #endregion all
`;
const FILES = {
  'shop.mjs': SHOP,
  'deploy.sh': '# #region run\nnpm start\n# #endregion\n',
  'tables.sql': '-- #region booking\nCREATE TABLE booking (paid integer);\n-- #endregion booking\n',
  'open.mjs': '// #region open\nopen();\n',
  'twice.mjs': '// #region one\n1;\n// #endregion\n// #region one\n2;\n// #endregion\n',
  'empty.mjs': '// #region none\n// #endregion none\n',
  'fence.md': 'A block:\n```js\n1;\n```\n',
};
const page = (marker, code = 'old\n', fence = '```') => `# Page\n\n${marker}\n${fence}js\n${code}${fence}\n\nEnd.\n`;
const shown = (from) => fencesOf(written('page.md', page(`<!-- from: ${from} -->`), (file) => FILES[file]))[0].code;

describe('what a page shows of a file', () => {
  test('a region, without its indent, and without the marks of others', () => {
    assert.equal(shown('shop.mjs#webhook'), "app.use('/hooks', hooks);\n\napp.listen(3000);\n");
    assert.equal(
      shown('shop.mjs#all'),
      "const app = express();\nfunction mount() {\n  app.use('/hooks', hooks);\n\n  app.listen(3000);\n}\n",
    );
    assert.equal(shown('deploy.sh#run'), 'npm start\n');
    assert.equal(shown('tables.sql#booking'), 'CREATE TABLE booking (paid integer);\n');
  });

  test('the whole file, without its marks', () => {
    assert.equal(shown('shop.mjs'), SHOP.replace(/^.*#(end)?region.*\n/gm, ''));
  });

  test('all else of the page stays, and a second writing changes nothing', () => {
    const first = written('page.md', page('<!-- from: deploy.sh#run -->'), (file) => FILES[file]);
    assert.equal(first, page('<!-- from: deploy.sh#run -->', 'npm start\n'));
    assert.equal(
      written('page.md', first, (file) => FILES[file]),
      first,
    );
    const without = page('Nothing is shown from here.');
    assert.equal(
      written('page.md', without, () => assert.fail()),
      without,
    );
  });

  test('a fence in a list keeps its indent', () => {
    const list = '1. Run:\n\n   <!-- from: shop.mjs#webhook -->\n   ```js\n   old\n   ```\n2. Look.\n';
    assert.equal(
      written('page.md', list, (file) => FILES[file]),
      "1. Run:\n\n   <!-- from: shop.mjs#webhook -->\n   ```js\n   app.use('/hooks', hooks);\n\n   app.listen(3000);\n   ```\n2. Look.\n",
    );
  });

  for (const [from, words] of [
    ['gone.mjs', 'page.md:3: there is no file gone.mjs.'],
    ['shop.mjs#gone', 'page.md:3: shop.mjs has no "#region gone".'],
    ['open.mjs#open', 'page.md:3: "#region open" of open.mjs has no end.'],
    ['twice.mjs#one', 'page.md:3: twice.mjs has "#region one" 2 times.'],
    ['empty.mjs#none', 'page.md:3: empty.mjs#none is empty.'],
    ['fence.md', 'page.md:3: fence.md has a fence of its own; begin this one with more than ```.'],
  ]) {
    test(`what is missing is told by page and line: ${from}`, () => {
      assert.throws(() => shown(from), { message: words });
    });
  }

  test('a longer fence shows what has fences', () => {
    const longer = page('<!-- from: fence.md -->', 'old\n', '````');
    assert.equal(fencesOf(written('page.md', longer, (file) => FILES[file]))[0].code, FILES['fence.md']);
  });
});

test('fences are found in every form, with the line that their code begins on', () => {
  const text =
    '```ts\na\n```\n\n~~~sh title="x"\n```\n~~~\n- one\n  ````md {1}\n  ```js\n  b\n  ```\n  ````\n```\nopen\n';
  assert.deepEqual(
    fencesOf(text).map(({ language, code, line, isClosed }) => [language, code, line, isClosed]),
    [
      ['ts', 'a\n', 2, true],
      ['sh', '```\n', 6, true],
      ['md', '```js\nb\n```\n', 10, true],
      ['', 'open\n\n', 15, false],
    ],
  );
});

test('a marker that no fence follows is found', () => {
  const marker = '<!-- run: x -->';
  assert.deepEqual(strayMarkers(`${marker}\n\`\`\`js\n${marker}\n\`\`\`\n`), []);
  assert.deepEqual(strayMarkers(`${marker}\n\n\`\`\`js\n1\n\`\`\`\n<!-- from : y -->\n\`\`\`js\n\`\`\`\n`), [1, 6]);
});

for (const file of pages()) {
  test(`${file} shows what its files say`, () => {
    assert.equal(written(file, textOf(file)), textOf(file), `run npm run docs:snippets`);
  });
}
