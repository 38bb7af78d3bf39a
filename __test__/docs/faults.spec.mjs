// Blocks that are wrong are told by page and line, each with what is wrong.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fencesOf } from '../../tasks/docs/fences.mjs';
import { buildFolder } from './blocks.mjs';
import { prove } from './ways.mjs';

const folder = buildFolder({ after });
let made = 0;

async function told(language, code, marker = '') {
  const text = `# Page\n${marker}\n\`\`\`${language}\n${code}\n\`\`\`\n`;
  const [block] = fencesOf(text);
  const own = join(folder, String(++made));
  mkdirSync(own);
  const error = await prove(own, { file: 'page.md', ...block }).then(
    () => null,
    (reason) => reason,
  );
  if (error) assert.ok(error.message.startsWith(`page.md:4 (${language || 'no language'}): `), error.message);
  return error?.message.split('): ').slice(1).join('): ') ?? null;
}

const HANDLER = 'async (req, res) => { await azampay.handleCallback({}); res.sendStatus(200); }';
// In pieces: its name in a spec would say that it is run.
const GONE = ['examples', 'gone', 'server.mjs'].join('/');
const FAULTS = [
  // What code does.
  ['js', 'undefined.pay();', /TypeError/],
  ['ts', 'await sdk.pay({ amount: 1 } as any);', /accountNumber|REFUSED|refused|Payment request failed/i],
  ['js', "import { nothing } from 'finconnect/webhooks';\nnothing();", /nothing/],
  ['js', "import 'a-package-that-nobody-has';", /a-package-that-nobody-has/],
  ['js', 'const = 1;', /Expected identifier/],
  ['js', 'console.error(new Error("printed"));', /it printed an error/],
  [
    'js',
    "const { parseAmount } = require('finconnect');\nparseAmount('25000', 'TZS'); // '25001'",
    /line 5 gives "25000"/,
  ],
  // What a block has set up.
  [
    'js',
    "app.post('/azampay/callback', express.json(), (req, res) => res.sendStatus(400));",
    /callback of azampay is answered 400/,
  ],
  ['js', `app.post('/azampay/callback', express.json(), ${HANDLER});`, /forged callback of azampay is answered 200/],
  ['js', "app.get('/thanks', () => { throw new Error('away'); });", /get \/thanks is answered 500/],
  [
    'js',
    "app.post('/orders', express.json(), (req, res) => res.json(req.body.phone.gone.at));",
    /post \/orders is answered 500/,
  ],
  ['js', "process.on('SIGTERM', () => ledger.clos());", /clos is not a function/],
  ['js', 'setInterval(() => ledger.swep(), 60_000);', /swep is not a function/],
  ['js', 'export const POST = () => new Response(null, { status: 500 });', /callback of azampay is answered 500/],
  // Commands.
  ['sh', 'npx finconnect docter', /ends with 2: .*no command docter/],
  ['sh', 'npx finconnect ledger migrate --prind', /ends with 2/],
  ['sh', 'npm run bild', /has no script bild/],
  ['sh', 'npm install finconect', /nothing here uses the package finconect/],
  ['sh', 'node gone.mjs', /there is no file gone\.mjs/],
  ['sh', 'systemctl restart shop', /nobody knows how to check the command systemctl/],
  ['sh', '# only a remark', /it has no command/],
  ['console', '$ npx finconnect ledger migrate --print\n-- Migration one', /it prints no such line: -- Migration one/],
  // Everything else.
  ['sql', 'SELECT nothing FROM nowhere', /SQLite says: .*PostgreSQL says: /],
  ['json', '{ "amount": 1, }', /SyntaxError/],
  ['env', 'AZAMPAY_APP_NAME: shop', /line 4 is no NAME=value/],
  ['yaml', 'jobs:\n  test:\n    steps:\n      - run: npm run bild', /has no script bild/],
  ['text', 'Then:\nawait sdk.pay(payment);', /line 5 is code/],
  ['', 'words', /names no language/],
  ['python', 'pay()', /nobody runs python/],
  ['python', 'pay()', /there is no case "a snake"/, '<!-- run: a snake -->'],
  ['js', '1;', /there is no spec __test__\/docs\/gone\.spec\.mjs/, '<!-- run: __test__/docs/gone.spec.mjs -->'],
  ['js', '1;', /mocking\.spec\.mjs does not read page\.md/, '<!-- run: __test__/docs/mocking.spec.mjs -->'],
  ['js', '1;', /no spec runs examples\/gone\/server\.mjs/, `<!-- from: ${GONE}#webhook -->`],
];

for (const [language, code, words, marker] of FAULTS) {
  test(`${language || 'no language'}: ${code.split('\n').at(-1)}${marker ? ` ${marker}` : ''}`, async () => {
    assert.match((await told(language, code, marker)) ?? 'nothing is told', words);
  });
}

test('what is right is not told', async () => {
  for (const [language, code] of [
    ['text', 'POST /book   your web server'],
    ['json', '{ "amount": 1 }'],
    ['env', '# keys\nAZAMPAY_APP_NAME=shop'],
    ['yaml', 'steps:\n  - run: npm test'],
    ['sql', 'SELECT paid FROM booking'],
    ['sh', 'npm install finconnect\nnpx finconnect doctor --help # all options'],
    ['js', "app.use('/hooks', ledger.webhooks());\napp.listen(3000);"],
  ])
    assert.equal(await told(language, code), null);
});

test('an open fence is told', async () => {
  const [block] = fencesOf('```js\n1;\n');
  await assert.rejects(prove(folder, { file: 'page.md', ...block }), {
    message: /^page\.md:2 \(js\): the fence has no end$/,
  });
});
