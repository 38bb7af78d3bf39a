// What npm packs, and who may pack it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { after, test } from 'node:test';
import { hostPlatform } from '../../tasks/build/lib/host.mjs';
import { stageMain } from '../../tasks/build/lib/stage.mjs';
import { binaryOf, manifest } from '../../tasks/build/platforms.mjs';
import { linksOf, resolved } from '../../tasks/docs/links.mjs';
import { root, run, runNode } from '../support/child.mjs';

/** Of the 5 MB that an install may take, what is not the addon. */
const MAX_UNPACKED_BYTES = 800_000;
const PATHS = [
  /^(ledger|otel|replay|tokens|webhooks)\/package\.json$/,
  /^(package\.json|(README|CHANGELOG|SECURITY|SKILL)\.md|llms(-full)?\.txt|LICENSE|[\w-]+\.js|index\.d\.ts|lib\/[\w-]+\.js|lib\/(cli|dashboard|ledger|otel|replay|tokens|webhooks)\/([\w-]+\/)*[\w-]+\.(js|d\.ts))$/,
  /^lib\/dashboard\/[\w-]+\.(css|svg)$/,
  /^sandbox\/(package\.json|page\/.+|dist\/.+\.(js|d\.ts))$/,
  /^examples\/(grafana-dashboard\.json|prometheus-rules\.yml)$/,
];
const addon = join(root, binaryOf(hostPlatform()));
const require = createRequire(import.meta.url);
const read = (file) => readFileSync(join(root, file), 'utf8');

const stage = mkdtempSync(join(tmpdir(), 'finconnect-stage-'));
after(() => rmSync(stage, { recursive: true }));
stageMain(stage);

/** What `npm pack` would pack; asked for once. */
let packing;
const packed = () => (packing ??= dryRun());

async function dryRun() {
  const { stdout, stderr } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: stage });
  const [{ files, unpackedSize }] = JSON.parse(stdout || assert.fail(stderr));
  return { paths: files.map(({ path }) => path), unpackedSize };
}

test('npm packs what the package requires, and nothing of the workshop', async () => {
  const { paths, unpackedSize } = await packed();
  const missing = paths
    .filter((path) => /^(index\.js|lib\/.+\.js|sandbox\/dist\/.+\.js)$/.test(path))
    .flatMap((path) => requiredBy(path).filter((needed) => !paths.includes(needed)));
  assert.deepEqual(missing, []);
  assert.deepEqual(
    paths.filter((path) => !PATHS.some((pattern) => pattern.test(path))),
    [],
  );
  assert.ok(unpackedSize < MAX_UNPACKED_BYTES, `${unpackedSize} bytes`);
});

test('what is packed does what the checkout does', async () => {
  const entries = Object.values(manifest.exports).flatMap((entry) => entry.default ?? []);
  const exported = (folder) => {
    const script = `const { join } = require('node:path');
      for (const path of ${JSON.stringify(entries)})
        console.log(path, Object.keys(require(join(${JSON.stringify(folder)}, path))).sort().join());`;
    return runNode(['--eval', script], { env: { NAPI_RS_NATIVE_LIBRARY_PATH: addon } });
  };
  const of = await Promise.all([exported(stage), exported(root)]);
  assert.equal(of[0].code, 0, of[0].stderr);
  assert.equal(of[0].stdout, of[1].stdout);
  const helps = await Promise.all(
    [stage, root].map((folder) => runNode([join(folder, manifest.bin.finconnect), 'sandbox', '--help'])),
  );
  assert.match(helps[0].stdout, /npx finconnect sandbox/);
  assert.equal(helps[0].stdout, helps[1].stdout);
});

test('the packed doctor asks each gateway, and sends it the callbacks of nobody', async (t) => {
  const { startSandbox } = createRequire(join(stage, 'index.js'))('./sandbox');
  const sandbox = await startSandbox({ checksum: true });
  const came = [];
  const app = createServer((req, res) => void req.resume().on('end', () => came.push(req.url) && res.end('ok')));
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  t.after(() => Promise.all([sandbox.close(), app.close()]));
  const names = ['azampay', 'clickpesa', 'pesapal', 'selcom'];
  const settings = names.flatMap((name) => {
    const { baseUrl, ...keys } = sandbox.config(name);
    return Object.entries({ ...keys, [`${name.toUpperCase()}_BASE_URL`]: baseUrl });
  });
  const callbacks = names.flatMap((name) => ['--callback', `${name}=http://127.0.0.1:${app.address().port}/${name}`]);
  const env = { ...Object.fromEntries(settings), NAPI_RS_NATIVE_LIBRARY_PATH: addon };
  const args = [join(stage, manifest.bin.finconnect), 'doctor', '--json', '--local', ...callbacks];
  const { stdout, stderr } = await runNode(args, { env });
  const { lines } = JSON.parse(stdout || assert.fail(stderr));
  for (const name of names)
    for (const check of ['credentials', 'payments', 'forged'])
      assert.ok(
        lines.some((line) => line.gateway === name && line.check === check),
        `${name} ${check}`,
      );
  assert.deepEqual([...new Set(came.map((url) => url.split(/[/?]/)[1]))].sort(), names);
});

test('the packed dashboard shows a ledger, with its style', async () => {
  const script = `const Database = require(${JSON.stringify(require.resolve('better-sqlite3'))});
    const { openLedger, sqlite } = require('./ledger');
    const { FintechSDK } = require('.');
    const config = { baseUrl: 'http://127.0.0.1:9', CLICKPESA_CLIENT_ID: 'id', CLICKPESA_API_KEY: 'key' };
    const clickpesa = new FintechSDK({ provider: 'clickpesa', config });
    openLedger(sqlite(new Database(':memory:')), { gateways: { clickpesa } }).then(async (ledger) => {
      const shown = ledger.dashboard({ path: '/money' });
      const page = await shown.handle(new Request('http://shop.example/money/'));
      const text = await page.text();
      console.log(page.status);
      for (const [, file] of text.matchAll(/(?:href|src)="([^"]+\\.(?:css|svg)[^"]*)"/g))
        console.log((await shown.handle(new Request(new URL(file, 'http://shop.example/money/')))).status);
      await ledger.close();
    });`;
  const { stdout, stderr } = await runNode(['--eval', script], {
    cwd: stage,
    env: { NAPI_RS_NATIVE_LIBRARY_PATH: addon },
  });
  assert.equal(stderr, '');
  assert.match(stdout, /^(200\n){4,}$/);
});

test('the packed sandbox takes a payment, and serves its page', async () => {
  const { startSandbox } = createRequire(join(stage, 'index.js'))('./sandbox');
  const { FintechSDK } = require('finconnect');
  const sandbox = await startSandbox();
  try {
    const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
    const charge = { reference: 'PACKED1', amount: '1000', currency: 'TZS', phone: '255712345678' };
    const { transactionId } = await sdk.charge(charge);
    await sandbox.approve(transactionId);
    assert.equal((await sdk.getPaymentStatus('PACKED1')).status, 'succeeded');
    for (const file of ['', '_sandbox/page.js', '_sandbox/page.css', '_sandbox/logo.svg']) {
      const page = await fetch(`${sandbox.url}/${file}`);
      assert.equal(page.status, 200, file);
    }
  } finally {
    await sandbox.close();
  }
});

test('every link of a packed document leads to a packed file', async () => {
  const { paths } = await packed();
  const documents = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'SKILL.md', 'llms.txt'];
  const broken = documents.flatMap((document) =>
    linksOf(readFileSync(join(stage, document), 'utf8'))
      .map(({ target }) => resolved(target, document).path)
      .filter((target) => !paths.some((path) => path === target || path.startsWith(`${target}/`)))
      .map((target) => `${document}: ${target}`),
  );
  assert.deepEqual(broken, []);
  assert.match(readFileSync(join(stage, 'README.md'), 'utf8'), /\]\(llms-full\.txt\)/, 'where pages are in a package');
});

test('no packed script or type sends its reader to a page that is not packed', async () => {
  const { paths } = await packed();
  const programs = paths.filter((path) => /\.(js|ts)$/.test(path));
  const sent = programs.flatMap((path) => {
    const named = readFileSync(join(stage, path), 'utf8').match(/\bdocs\/[\w/-]+\.md/g) ?? [];
    return named.map((page) => `${path}: ${page}`);
  });
  assert.deepEqual(sent, []);
});

/** The files that a packed script requires by path. */
function requiredBy(file) {
  const text = readFileSync(join(stage, file), 'utf8');
  return [...text.matchAll(/require\(["'](\.[\w./-]+)["']\)/g)].map(([, path]) =>
    posix.join(posix.dirname(file), path),
  );
}

test('packing or publishing a folder of the checkout is refused, with the command that does it', async (t) => {
  const into = mkdtempSync(join(tmpdir(), 'finconnect-pack-'));
  t.after(() => rmSync(into, { recursive: true }));
  const platforms = readdirSync(join(root, 'npm')).map((name) => `npm/${name}`);
  for (const folder of ['.', ...platforms]) {
    const { prepack } = JSON.parse(read(`${folder}/package.json`)).scripts;
    assert.equal(posix.join(folder, prepack.replace('node ', '')), 'tasks/build/refuse-pack.mjs');
  }
  for (const [folder, command] of [
    ['.', ['pack', '--pack-destination', into]],
    ['.', ['publish', '--dry-run']],
    [platforms[0], ['pack', '--pack-destination', into]],
  ]) {
    const { code, stderr } = await run('npm', command, { cwd: join(root, folder) });
    assert.notEqual(code, 0);
    assert.match(stderr, /npm run pack:all/);
  }
  assert.deepEqual(readdirSync(into), []);
});
