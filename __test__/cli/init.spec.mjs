// `npx finconnect init`: what it writes is compiled, started and paid through.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { mock, test } from 'node:test';
import { build } from 'esbuild';
import { buildFolder } from '../docs/blocks.mjs';
import { root, run, runNode, start } from '../support/child.mjs';
import { filesBeneath } from '../support/files.mjs';
import { startGateway } from '../support/gateway.mjs';
import { listen } from '../support/shop.mjs';

const BIN = join(root, 'lib/cli/bin.js');
const require = createRequire(import.meta.url);

/** A folder in the checkout, where its packages are found, finconnect too. */
function installed(t) {
  const folder = buildFolder(t);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/finconnect'), 'junction');
  return folder;
}

function project(t, manifest, files = {}) {
  const folder = installed(t);
  const all = { 'package.json': JSON.stringify({ name: 'shop', ...manifest }), ...files };
  for (const [path, text] of Object.entries(all)) put(folder, path, text);
  return folder;
}

function put(folder, path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
/** Waits until a program has said so, or has ended without. */
async function until({ child, out, ended }, words) {
  while (!out.stdout.includes(words)) {
    const last = await Promise.race([once(child.stdout, 'data'), ended]);
    if (!Array.isArray(last)) assert.fail(`it ended: ${last.stdout}${last.stderr}`);
  }
}

const read = (folder, path) => readFileSync(join(folder, path), 'utf8');
const init = (folder, ...args) => runNode([BIN, 'init', ...args], { cwd: folder });

async function written(folder, ...gateways) {
  const args = gateways.flatMap((name) => ['--gateway', name]);
  const { code, stdout, stderr } = await init(folder, ...args, '--yes');
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
}

const EXPRESS = { dependencies: { express: '5', 'better-sqlite3': '12' } };
const NEXT = { dependencies: { next: '15', 'better-sqlite3': '12' } };

test('a wrong command line, and a folder that is no project, are told', async (t) => {
  const folder = project(t, EXPRESS);
  for (const [args, code, words] of [
    [[], 2, /^finconnect: Missing: --gateway\. There are pesapal, clickpesa, azampay, selcom\.\n/],
    [['--gateway', 'mpesa'], 2, /There is no gateway mpesa; there are pesapal/],
    [['--force'], 2, /--force/],
    [['--gateway', 'azampay', '--dir', 'nowhere'], 1, /There is no package\.json here/],
  ]) {
    const told = await init(folder, ...args);
    assert.deepEqual([told.code, told.stdout], [code, '']);
    assert.match(told.stderr, words);
  }
  put(folder, 'package.json', '{"name":');
  assert.match((await init(folder, '--gateway', 'azampay')).stderr, /package\.json cannot be read: /);
  put(folder, 'package.json', '{"dependencies":{"koa":"2"}}');
  const { code, stderr } = await init(folder, '--gateway', 'azampay');
  assert.equal(code, 1);
  assert.match(stderr, /has neither express nor next\. .*llms-full\.txt/);
  assert.deepEqual(filesBeneath(folder), ['package.json']);
});

test('without a terminal and without --yes it shows a diff, and writes nothing', async (t) => {
  const folder = project(t, EXPRESS);
  const { code, stdout } = await init(folder, '--gateway', 'azampay');
  assert.equal(code, 0);
  for (const path of ['migrations/finconnect.sql', 'ledger.js', '.env.example'])
    assert.ok(stdout.includes(`--- /dev/null\n+++ b/${path}\n+`), path);
  assert.match(stdout, /\nNothing was written: say --yes to write this\.\n$/);
  assert.deepEqual(filesBeneath(folder), ['package.json']);
});

test('it overwrites nothing: a file that is there stays, and the env example gets what it lacks', async (t) => {
  const mine = '// mine\n';
  const env = 'PORT=3000\nexport AZAMPAY_BASE_URL=http://x\n# AZAMPAY_APP_NAME=';
  const folder = project(t, EXPRESS, { 'ledger.js': mine, '.env.example': env });
  const stdout = await written(folder, 'azampay', 'azampay');
  assert.match(stdout, / {4}ledger\.js is there already, and is left as it is\.\n/);
  assert.match(stdout, /--- a\/\.env\.example\n\+\+\+ b\/\.env\.example\n/);
  assert.match(stdout, /\nWritten: migrations\/finconnect\.sql, \.env\.example\n/);
  assert.equal(read(folder, 'ledger.js'), mine);
  assert.equal(read(folder, '.env.example'), `${env}\nAZAMPAY_CONSUMER_KEY=\nAZAMPAY_CONSUMER_SECRET=\n`);
  const before = filesBeneath(folder).map((path) => read(folder, path));
  assert.doesNotMatch(await written(folder, 'azampay'), /Written|\+\+\+/);
  assert.deepEqual(
    filesBeneath(folder).map((path) => read(folder, path)),
    before,
  );
});

test('what it cannot write is told before anything is written, and no link leads it out of the project', async (t) => {
  const outside = installed(t);
  put(outside, 'env', 'SECRET=1\n');
  const link = (folder, target, path) => symlinkSync(join(outside, target), join(folder, path), 'junction');
  const cases = [
    [EXPRESS, (folder) => link(folder, '.', 'migrations'), /migrations is a link/],
    [EXPRESS, (folder) => link(folder, 'env', '.env.example'), /\.env\.example is a link/],
    [EXPRESS, (folder) => link(folder, 'nowhere', 'ledger.js'), /ledger\.js is a link/],
    [NEXT, (folder) => put(folder, 'lib', ''), /lib\/ledger\.js cannot be written: lib is no folder/],
    [EXPRESS, (folder) => mkdirSync(join(folder, '.env.example')), /\.env\.example is no file/],
  ];
  for (const [manifest, spoil, words] of cases) {
    const folder = project(t, manifest);
    spoil(folder);
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await init(folder, '--gateway', 'azampay', '--yes');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, words);
    assert.deepEqual(readdirSync(folder), before);
  }
  assert.deepEqual([filesBeneath(outside), read(outside, 'env')], [['env'], 'SECRET=1\n']);
});

test('files of Windows, and a module that is there in another language', async (t) => {
  const lines = 'PORT=3000\r\n# AZAMPAY_BASE_URL=\r\n';
  const files = { '.env.example': lines, 'ledger/index.js': '// mine\n', 'tsconfig.json': '{}' };
  const folder = project(t, {}, files);
  put(folder, 'package.json', `\uFEFF${JSON.stringify(EXPRESS)}`);
  assert.match(await written(folder, 'azampay', 'selcom'), /ledger\/index\.js is there already/);
  const text = read(folder, '.env.example');
  assert.ok(text.startsWith(`${lines}AZAMPAY_APP_NAME=\r\n`));
  assert.doesNotMatch(text, /[^\r]\n/);
  assert.match(text, /^SELCOM_WEBHOOK_URL=\r$/m);
  assert.ok(!existsSync(join(folder, 'ledger.ts')));
});

test('on a terminal it asks, and writes after a yes alone', { skip: process.platform !== 'linux' }, async (t) => {
  for (const [typed, names] of [
    ['n\n', ['package.json']],
    ['\u0004', ['package.json']], // the end of the input
    ['y\n', ['.env.example', 'ledger.js', 'migrations/finconnect.sql', 'package.json']],
  ]) {
    const folder = project(t, EXPRESS);
    const command = `'${process.execPath}' '${BIN}' init --gateway azampay`;
    const asking = start('script', ['-qec', command, '/dev/null'], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    await until(asking, 'Write 3 files? [y/N]');
    asking.child.stdin.write(typed);
    assert.equal((await asking.ended).code, 0);
    assert.deepEqual(filesBeneath(folder), names);
  }
});

/** The settings of a gateway of the sandbox as the environment has them. */
const environmentOf = (sandbox, name) => {
  const { baseUrl, ...keys } = sandbox.config(name);
  return { ...keys, [`${name.toUpperCase()}_BASE_URL`]: baseUrl };
};
const CHARGE = { amount: '1000', currency: 'TZS', phone: '255712345678', description: 'Shoes' };

/** The server of a shop; the line before the last one says where it is. */
const SERVER = `
const express = require('express');
const { hooks, ledger } = require('./ledger.js');
const app = express();
app.use(express.json());
app.use('/hooks', hooks);
app.post('/pay', async (req, res) => res.json(await (await ledger()).charge(req.body)));
const server = app.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;
const ESM_SERVER = SERVER.replace(/const (.*) = require\('(.*)'\);/g, "import $1 from '$2';");

for (const [syntax, more, server] of [
  ['require', {}, SERVER],
  ['import', { type: 'module' }, ESM_SERVER],
])
  test(`Express with ${syntax}: a payment is asked for, told by its callback and fulfilled once`, async (t) => {
    const folder = project(t, { ...EXPRESS, ...more }, { 'server.js': server });
    await written(folder, 'azampay');
    const { sandbox } = await startGateway(t);
    const env = environmentOf(sandbox, 'azampay');
    const shop = start(process.execPath, ['server.js'], { cwd: folder, env });
    t.after(() => shop.child.kill());
    await until(shop, '\n');
    const url = shop.out.stdout.trim();
    sandbox.setWebhook('azampay', `${url}/hooks/azampay`);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ ...CHARGE, reference: 'ORDER-1' });
    const asked = await (await fetch(`${url}/pay`, { method: 'POST', headers, body })).json();
    assert.deepEqual([asked.status, asked.gateway], ['pending', 'azampay'], shop.out.stderr);
    await sandbox.approve(sandbox.payments()[0].id);
    const [callback] = sandbox.webhooks();
    assert.equal(callback.attempts.at(-1).status, 200);
    assert.equal((await sandbox.redeliver(callback.id)).attempts.at(-1).status, 200);
    assert.equal((await sandbox.redeliver(callback.id, { tamper: true })).attempts.at(-1).status, 400);
    const again = await (await fetch(`${url}/pay`, { method: 'POST', headers, body })).json();
    assert.equal(again.status, 'succeeded');
    assert.equal(sandbox.payments().length, 1);
    await until(shop, 'is paid');
    shop.child.kill();
    const { stdout, stderr } = await shop.ended;
    assert.deepEqual([stdout, stderr], [`${url}\nORDER-1 is paid\n`, '']);
  });

/** What a project of Next.js exports, bundled as Next.js does it, and with the ledger's own module. */
async function bundled(folder, route, ledger) {
  const contents = `export * from './${route}'; export { default } from './${route}'; export { ledger } from './${ledger}';`;
  const outfile = join(folder, 'bundle.cjs');
  const external = ['finconnect', 'better-sqlite3'];
  const stdin = { contents: contents.replace(/ export \{ default \} from '[^']*app[^']*';/, ''), resolveDir: folder };
  await build({ stdin, outfile, external, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  return require(outfile);
}

for (const [router, files, route, ledgerFile] of [
  ['the App Router', { 'tsconfig.json': '{}' }, 'app/hooks/[gateway]/route.ts', 'lib/ledger.ts'],
  ['the App Router in src', { 'src/app/page.js': '' }, 'src/app/hooks/[gateway]/route.js', 'src/lib/ledger.js'],
  ['pages', { 'pages/index.js': '' }, 'pages/api/hooks/[gateway].js', 'lib/ledger.js'],
])
  test(`Next.js with ${router}: the route takes a callback as a function, and it is fulfilled once`, async (t) => {
    const folder = project(t, NEXT, files);
    const stdout = await written(folder, 'azampay', 'pesapal');
    assert.match(stdout, /serverExternalPackages: \['finconnect'\]/);
    assert.ok(existsSync(join(folder, route)) && existsSync(join(folder, ledgerFile)));
    const { sandbox } = await startGateway(t);
    const env = { ...environmentOf(sandbox, 'azampay'), ...environmentOf(sandbox, 'pesapal') };
    Object.assign(process.env, env);
    const cwd = process.cwd();
    process.chdir(folder);
    const log = mock.method(console, 'log', () => {});
    t.after(() => {
      process.chdir(cwd);
      for (const name of Object.keys(env)) delete process.env[name];
      delete globalThis.finconnect;
      mock.restoreAll();
    });
    const { GET, POST, default: handler, ledger } = await bundled(folder, route, ledgerFile);
    assert.equal(GET, POST);
    const opened = await ledger();
    t.after(() => opened.close());

    // The pages get Node's request, the App Router a Request.
    const taken = [];
    const site = await listen(async (req, res) => {
      taken.push(req.url);
      if (handler) return handler(req, res);
      const chunks = [];
      for await (const chunk of req) chunks.push(chunk);
      const { method, headers } = req;
      const answer = await POST(new Request(`${site.url}${req.url}`, { method, headers, body: Buffer.concat(chunks) }));
      res.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    });
    t.after(site.close);
    const path = route.startsWith('pages') ? '/api/hooks/azampay' : '/hooks/azampay';
    assert.ok(stdout.includes(`https://YOUR-HOST${path} and `));
    sandbox.setWebhook('azampay', `${site.url}${path}`);
    const payment = await opened.charge({ ...CHARGE, reference: 'ORDER-1', via: 'azampay' });
    assert.equal(payment.status, 'pending');
    await sandbox.approve(sandbox.payments()[0].id);
    const [callback] = sandbox.webhooks();
    const copy = await sandbox.redeliver(callback.id);
    const statuses = [callback, copy].map(({ attempts }) => attempts.at(-1).status);
    assert.deepEqual(
      [statuses, taken],
      [
        [200, 200],
        [path, path],
      ],
    );
    assert.equal((await opened.get('ORDER-1')).status, 'succeeded');
    assert.deepEqual(
      log.mock.calls.map(({ arguments: [line] }) => line),
      ['ORDER-1 is paid'],
    );
  });

test('what it writes in TypeScript compiles under strict, whatever the database', async (t) => {
  const folder = installed(t);
  put(folder, 'untyped.d.ts', "declare module 'pg';\ndeclare module 'better-sqlite3';\n");
  const flags = { strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true, types: ['node'] };
  const target = { target: 'es2022', lib: ['es2022', 'dom'], module: 'esnext', moduleResolution: 'bundler' };
  put(folder, 'tsconfig.json', JSON.stringify({ compilerOptions: { ...flags, ...target }, include: ['**/*'] }));
  for (const store of ['pg', 'better-sqlite3', 'none']) {
    for (const [name, framework, file] of [
      ['express', 'express', 'index.ts'],
      ['app', 'next', 'app/page.tsx'],
      ['pages', 'next', 'pages/index.tsx'],
    ]) {
      const place = `${store}-${name}`;
      const dependencies = { [framework]: '1', typescript: '5', ...(store !== 'none' && { [store]: '1' }) };
      put(folder, `${place}/package.json`, JSON.stringify({ dependencies }));
      put(folder, `${place}/${file}`, 'export {};\n');
      await written(join(folder, place), 'pesapal', 'clickpesa', 'azampay', 'selcom');
    }
  }
  const express =
    "import express from 'express';\nimport { hooks } from './ledger';\nexpress().use('/hooks', hooks);\n";
  put(folder, 'none-express/index.ts', express);
  const { code, stdout } = await run(process.execPath, [
    join(root, 'node_modules/typescript-latest/bin/tsc'),
    '-p',
    folder,
  ]);
  assert.equal(code, 0, stdout);
  const example = read(join(folder, 'pg-app'), '.env.example');
  assert.match(example, /^DATABASE_URL=postgres:\/\/localhost\/shop$/m);
  assert.match(example, /^# ClickPesa\nCLICKPESA_BASE_URL=https:\/\/api\.clickpesa\.com$/m);
  assert.match(example, /^# Selcom; live: https:\/\/apigw\.selcommobile\.com\nSELCOM_BASE_URL=https:\/\/apigwtest\./m);
  assert.match(read(join(folder, 'pg-app'), 'lib/ledger.ts'), /paid = true WHERE reference = \$1/);
  assert.match(read(join(folder, 'pg-app'), 'migrations/finconnect.sql'), /GENERATED|timestamptz/);
});
