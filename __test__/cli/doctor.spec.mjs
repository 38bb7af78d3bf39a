// The doctor against the sandbox: what is well, each thing that may be wrong, and what it never does.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { startSandbox } from 'finconnect/sandbox';
import { webhooks } from 'finconnect/webhooks';
import { root, runNode } from '../support/child.mjs';

const Database = createRequire(import.meta.url)('better-sqlite3');
const BIN = join(root, 'lib/cli/bin.js');
const GATEWAYS = ['pesapal', 'clickpesa', 'azampay', 'selcom'];
const STATUS = '/third-parties/payments/';
const folder = mkdtempSync(join(tmpdir(), 'finconnect-doctor-'));
after(() => rmSync(folder, { recursive: true }));

async function sandboxOf(t, options) {
  const sandbox = await startSandbox({ checksum: true, ...options });
  t.after(() => sandbox.close());
  return sandbox;
}

/** The settings of gateways as an environment has them. */
function environmentOf(sandbox, names = GATEWAYS) {
  return Object.assign(
    {},
    ...names.map((name) => {
      const { baseUrl, ...keys } = sandbox.config(name);
      return { ...keys, [`${name.toUpperCase()}_BASE_URL`]: baseUrl };
    }),
  );
}

async function serverOf(t, listener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** An app that handles callbacks of these gateways, and knows no order. */
async function appOf(t, sandbox, names = GATEWAYS) {
  const sdks = names.map((name) => [name, new FintechSDK({ provider: name, config: sandbox.config(name) })]);
  const handled = [];
  const hooks = webhooks(Object.fromEntries(sdks), {
    expect: () => undefined,
    onPayment: (payment) => void handled.push(payment),
  });
  const url = await serverOf(t, (req, res) => hooks(req, res));
  const flags = names.flatMap((name) => ['--callback', `${name}=${url}/${name}`]);
  return { url, sdks: Object.fromEntries(sdks), handled, flags };
}

/** The lines by `gateway check`, the exit code, and all that was printed. */
async function doctor(args, env) {
  const { code, stdout, stderr } = await runNode([BIN, 'doctor', '--json', ...args], { cwd: folder, env });
  const { worst, lines } = stdout === '' ? { lines: [] } : JSON.parse(stdout);
  const found = Object.fromEntries(lines.map((line) => [[line.gateway, line.check].filter(Boolean).join(' '), line]));
  return { code, worst, lines, found, printed: stdout + stderr };
}

function moduleOf(name, text) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('where all is well every line is ok, no money moves, and no secret is printed', async (t) => {
  const sandbox = await sandboxOf(t);
  const { url, sdks, handled, flags } = await appOf(t, sandbox);
  await sdks.pesapal.ensureIpn(`${url}/pesapal`);
  const file = (path) => JSON.stringify(pathToFileURL(join(root, path)).href);
  const shop = moduleOf(
    'shop.mjs',
    `import { createRequire } from 'node:module';
import { openLedger, sqlite } from ${file('lib/ledger/index.js')};
import { FintechSDK } from ${file('index.js')};
const Database = createRequire(${file('package.json')})('better-sqlite3');
const config = ${JSON.stringify(sandbox.config('clickpesa'))};
const gateways = { clickpesa: new FintechSDK({ provider: 'clickpesa', config }) };
export const ledger = () => openLedger(sqlite(new Database(':memory:')), { gateways });
setInterval(() => {}, 1000);`,
  );
  const before = sandbox.requests().length;
  const env = { ...environmentOf(sandbox), PESAPAL_IPN_ID: 'another of the shop' };
  const { code, worst, lines, found, printed } = await doctor(['--local', ...flags, '--ledger', shop], env);
  assert.deepEqual(
    lines.filter(({ level }) => level !== 'ok'),
    [],
  );
  assert.deepEqual([code, worst], [0, 'ok']);
  const checks = [
    'node',
    'package',
    'proxy',
    'certificates',
    'ledger',
    'callbacks-silent',
    'oldest-unknown',
    'attention',
  ];
  for (const check of checks) assert.ok(found[check], check);
  for (const name of GATEWAYS)
    for (const check of ['settings', 'credentials', 'clock', 'payments', 'callback', 'forged'])
      assert.ok(found[`${name} ${check}`], `${name} ${check}`);
  assert.match(found['pesapal ipn'].says, /callback URL is registered and active/);
  assert.match(found['clickpesa genuine'].says, /accepted/);
  assert.deepEqual([sandbox.payments(), handled], [[], []]);
  const asked = sandbox.requests().slice(before);
  assert.ok(asked.length > 8);
  for (const { path } of asked) assert.doesNotMatch(path, /push|mno\/checkout|SubmitOrder|disburse|create-|process/i);
  for (const [name, value] of Object.entries(env))
    if (/KEY|SECRET|PIN$/.test(name)) assert.ok(!printed.includes(value), name);
});

test('the lines for people say what is so and what to do', async (t) => {
  const sandbox = await sandboxOf(t);
  const env = environmentOf(sandbox, ['pesapal']);
  const { code, stdout, stderr } = await runNode([BIN, 'doctor'], { cwd: folder, env });
  assert.deepEqual([code, stderr], [1, '']);
  assert.match(stdout, /^ok {4}pesapal credentials +The keys are accepted at 127\.0\.0\.1:\d+\.$/m);
  assert.match(stdout, /^bad {3}pesapal ipn +No IPN URL is registered\. Register it by ensureIpn/m);
  assert.match(
    stdout,
    /^warn {2}pesapal callback +The callback URL is not known here\. Run the doctor with --callback/m,
  );
});

test('settings that are missing, misspelt or refused are named', async (t) => {
  const sandbox = await sandboxOf(t);
  const env = environmentOf(sandbox, ['clickpesa']);
  const { CLICKPESA_API_KEY: key, ...without } = env;
  const missing = await doctor([], without);
  assert.equal(missing.code, 1);
  assert.match(missing.found['clickpesa settings'].says, /Missing: CLICKPESA_API_KEY/);
  const slip = await doctor([], { ...env, CLICKPESA_CHEKSUM_KEY: 'x' });
  assert.match(slip.found['clickpesa settings'].says, /Did you mean CLICKPESA_CHECKSUM_KEY/);
  const named = await doctor(['azampay'], env);
  assert.match(named.found['azampay settings'].says, /Missing: baseUrl, AZAMPAY_APP_NAME/);
  const wrong = await doctor(['--set', `CLICKPESA_API_KEY=SKofAnotherWorld`], env);
  const { level, says, todo } = wrong.found['clickpesa credentials'];
  assert.deepEqual([wrong.code, level], [1, 'bad']);
  assert.match(says, /refused|Invalid/);
  assert.match(todo, /same world as the host/);
  assert.ok(!wrong.printed.includes('SKofAnotherWorld') && !wrong.printed.includes(key));
  assert.equal(wrong.found['clickpesa payments'], undefined);
});

test('a gateway that fails is told from one that refuses', async (t) => {
  const sandbox = await sandboxOf(t);
  const env = environmentOf(sandbox, ['clickpesa']);
  for (let times = 0; times < 4; times += 1)
    sandbox.next({ name: '500-empty', route: '/third-parties/generate-token' });
  const { found } = await doctor([], env);
  assert.equal(found['clickpesa credentials'].level, 'bad');
  assert.match(found['clickpesa credentials'].todo, /reaches the host/);
  sandbox.clearFaults();
  for (let times = 0; times < 4; times += 1) sandbox.next({ name: '500-empty', route: STATUS });
  const again = await doctor([], env);
  assert.equal(again.found['clickpesa credentials'].level, 'ok');
  assert.equal(again.found['clickpesa payments'].level, 'bad');
  assert.equal(again.found['clickpesa payouts'].level, 'ok');
});

test('a clock that is wrong by more than half a minute is a warning, by more than five bad', async (t) => {
  let ahead = 0;
  const url = await serverOf(t, (_req, res) => {
    res.setHeader('date', new Date(Date.now() + ahead * 1_000).toUTCString());
    res.writeHead(404).end('{}');
  });
  const env = { CLICKPESA_BASE_URL: url, CLICKPESA_CLIENT_ID: 'IDnobody', CLICKPESA_API_KEY: 'SKnobody' };
  for (const [seconds, level] of [
    [25, 'ok'],
    [-40, 'warn'],
    [290, 'warn'],
    [320, 'bad'],
    [-320, 'bad'],
  ]) {
    ahead = seconds;
    const { found } = await doctor([], env);
    assert.equal(found['clickpesa clock'].level, level, JSON.stringify(found['clickpesa clock']));
    assert.match(found['clickpesa clock'].says, seconds > 0 ? /behind/ : /ahead of/);
  }
});

test('an IPN that is not active, or is another URL, is bad', async (t) => {
  const sandbox = await sandboxOf(t);
  const { url, sdks, flags } = await appOf(t, sandbox, ['pesapal']);
  await sdks.pesapal.ensureIpn(`${url}/elsewhere/pesapal`);
  const { found, code } = await doctor(['--local', ...flags], environmentOf(sandbox, ['pesapal']));
  assert.deepEqual([code, found['pesapal ipn'].level], [1, 'bad']);
  assert.match(found['pesapal ipn'].says, /callback URL is not registered/);
  assert.equal(found['pesapal forged'].level, 'ok');
});

test('each rail of payouts is asked by itself: one may not be switched on', async (t) => {
  const sandbox = await sandboxOf(t, { switches: { selcomProducts: 'order-status,walletcashin,balance' } });
  const { found } = await doctor(['selcom'], environmentOf(sandbox, ['selcom']));
  assert.equal(found['selcom payouts to wallets'].level, 'ok');
  assert.equal(found['selcom payouts to banks'].level, 'bad');
  assert.match(found['selcom payouts to banks'].says, /ask Selcom to enable this product/);
});

test('a callback URL that no gateway can reach is bad', async (t) => {
  const sandbox = await sandboxOf(t);
  const { url } = await appOf(t, sandbox, ['clickpesa']);
  const env = environmentOf(sandbox, ['clickpesa']);
  const cases = [
    [url, /127\.0\.0\.1, which no gateway can reach/],
    ['https://localhost:1/x', /which no gateway can reach/],
    ['https://[::1]:1/x', /::1, which no gateway/],
    ['https://[::ffff:127.0.0.1]:1/x', /which no gateway can reach/],
    ['https://shop.invalid/x', /shop\.invalid does not resolve/],
    ['shop', /no web address/],
  ];
  await Promise.all(
    cases.map(async ([callback, words]) => {
      const { found, code } = await doctor(['--callback', `clickpesa=${callback}`], env);
      assert.deepEqual([code, found['clickpesa callback'].level], [1, 'bad'], callback);
      assert.match(found['clickpesa callback'].says, words);
    }),
  );
});

function* endless() {
  for (;;) yield 'x'.repeat(10_000);
}

test('what the app answers to a forged callback and a genuine one', async (t) => {
  const sandbox = await sandboxOf(t);
  const env = environmentOf(sandbox, ['clickpesa']);
  const { CLICKPESA_CHECKSUM_KEY: _, ...keyless } = sandbox.config('clickpesa');
  const other = new FintechSDK({ provider: 'clickpesa', config: { ...keyless, CLICKPESA_CHECKSUM_KEY: 'CHKother' } });
  const strangers = webhooks(other, { onPayment() {} });
  const mine = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
  const ledger = await openLedger(sqlite(new Database(':memory:')), { gateways: { clickpesa: mine } });
  t.after(() => ledger.close());
  const books = ledger.webhooks();
  const url = await serverOf(t, (req, res) => {
    const [, name] = req.url.split('/');
    if (name === 'books') return books(req, res);
    if (name === 'strangers') return strangers(req, res);
    if (name === 'silent') return;
    if (name === 'gone') return req.socket.destroy();
    if (name === 'endless') return Readable.from(endless()).pipe(res);
    res.writeHead(Number(name), { location: '/elsewhere' }).end();
  });
  const cases = [
    ['200', ['bad', /accepted a forged callback/], ['ok', /accepted/]],
    ['302', ['bad', /redirects/], ['bad', /redirects/]],
    ['404', ['bad', /no handler is there/], ['bad', /no handler is there/]],
    ['500', ['warn', /answers 500/], ['bad', /answers 500/]],
    ['400', ['ok', /refused/], ['bad', /signed callback is refused/]],
    ['strangers', ['ok', /refused/], ['bad', /signed callback is refused/]],
    ['silent', ['bad', /no answer within 8 s/], ['bad', /no answer within 8 s/]],
    ['gone', ['bad', /no answer: \w+/], ['bad', /no answer: \w+/]],
    ['endless', ['bad', /accepted a forged callback/], ['ok', /accepted/]],
  ];
  const { code: good } = await doctor(['--local', '--callback', `clickpesa=${url}/books`], env);
  assert.equal(good, 0);
  assert.equal((await ledger.health()).rules.find(({ rule }) => rule === 'forged').isFiring, true);
  await Promise.all(
    cases.map(async ([path, ...expected]) => {
      const { found, code } = await doctor(['--local', '--callback', `clickpesa=${url}/${path}`], env);
      assert.equal(code, 1, path);
      for (const [at, kind] of ['forged', 'genuine'].entries()) {
        const { level, says } = found[`clickpesa ${kind}`];
        assert.equal(level, expected[at][0], `${path} ${kind} ${says}`);
        assert.match(says, expected[at][1], path);
      }
    }),
  );
});

test('an acknowledgement that says yes to a forged IPN is bad', async (t) => {
  const sandbox = await sandboxOf(t);
  const url = await serverOf(t, (req, res) => {
    const { searchParams } = new URL(req.url, 'http://app');
    res.end(JSON.stringify({ orderTrackingId: searchParams.get('OrderTrackingId'), status: 200 }));
  });
  const env = environmentOf(sandbox, ['pesapal']);
  const { found } = await doctor(['--local', '--callback', `pesapal=${url}/`], env);
  assert.match(found['pesapal forged'].says, /accepted a forged callback/);
});

test('proxy and certificates are told without what is secret in them', async () => {
  const good = await doctor([], { HTTPS_PROXY: 'http://user:hidden@proxy.example:3128', NO_PROXY: 'localhost' });
  assert.equal(good.code, 3);
  assert.match(good.found.proxy.says, /^HTTPS_PROXY leads to proxy\.example:3128; not for localhost\.$/);
  assert.ok(!good.printed.includes('hidden'));
  assert.equal(good.found.gateways.level, 'warn');
  const bad = await doctor([], { HTTPS_PROXY: 'http://', NODE_EXTRA_CA_CERTS: join(folder, 'none.pem') });
  assert.deepEqual([bad.code, bad.found.proxy.level, bad.found.certificates.level], [1, 'bad', 'bad']);
  assert.match(bad.found.certificates.says, /NODE_EXTRA_CA_CERTS cannot be read \(ENOENT\)/);
  const empty = await doctor([], { SSL_CERT_FILE: moduleOf('empty.pem', 'nothing') });
  assert.match(empty.found.certificates.says, /SSL_CERT_FILE has no certificate/);
});

test('the rules of a ledger that fire are bad, and attention is a warning', async () => {
  const rule = (name, isFiring) => ({ rule: name, isFiring, gateways: [], says: `${name} is so.` });
  const health = {
    rules: [rule('callbacks-silent', true), rule('oldest-unknown', false), rule('forged', true)],
    attention: [{ reason: 'late', count: 2 }],
  };
  const own = `{ sweep() {}, close: () => new Promise(() => {}), health: async () => (${JSON.stringify(health)}) }`;
  const { found, code } = await doctor(['--ledger', moduleOf('sick.mjs', `export const ledger = ${own};`)], {});
  assert.equal(code, 1);
  const levels = ['ledger', 'callbacks-silent', 'oldest-unknown', 'attention'].map((check) => found[check].level);
  assert.deepEqual([levels, found.forged], [['ok', 'bad', 'ok', 'warn'], undefined]);
  const none = await doctor(['--ledger', moduleOf('none.mjs', 'export const ledger = {};')], {});
  assert.match(none.found.ledger.says, /exports no ledger/);
});

test('a wrong command line is exit code 2', async () => {
  for (const [args, words] of [
    [['nobody'], /There is no gateway nobody; there are pesapal/],
    [['--set', 'x'], /--set takes NAME=VALUE/],
    [['--callback', 'nobody=https://x'], /there is no gateway nobody/],
    [['--ledger', 'nowhere.mjs'], /There is no file nowhere\.mjs/],
    [['--wach'], /Unknown option/],
  ]) {
    const { code, printed } = await doctor(args, {});
    assert.equal(code, 2, args.join(' '));
    assert.match(printed, words);
    assert.match(printed, /See npx finconnect doctor --help/);
  }
});
