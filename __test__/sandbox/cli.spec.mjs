import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { root as ROOT, start as startProgram } from '../support/child.mjs';
import { startShop } from '../support/shop.mjs';
import { azampay, call, start, until } from './helpers.mjs';

const BIN = join(ROOT, 'lib/cli/bin.js');

function cli(args, env = {}) {
  const { child, out, ended } = startProgram(process.execPath, [BIN, ...args], { env });
  out.lines = [];
  createInterface({ input: child.stdout }).on('line', (line) => out.lines.push(line));
  return { child, out, ended };
}

const run = (args, env) => cli(args, env).ended;

/** A running `finconnect sandbox`, ended with the test. */
async function running(t, args, env) {
  const { child, out, ended } = cli(['sandbox', '--port', '0', ...args], env);
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const wanted = args.includes('--json') ? /"ready"/ : /Page +\S*http\S+/;
  await until(() => wanted.test(out.stdout) || (child.exitCode !== null && assert.fail(out.stderr)), 'the start');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out.stdout)[0];
  return { child, out, ended, url, config: (config) => ({ url, config: () => ({ baseUrl: url, ...config }) }) };
}

describe('finconnect', () => {
  test('--help tells the commands; each command tells its own', async () => {
    const top = await run(['--help']);
    assert.equal(top.code, 0);
    assert.match(top.stdout, /finconnect sandbox[\s\S]*finconnect trigger/);
    assert.match((await run(['sandbox', '--help'])).stdout, /--webhook GATEWAY=URL[\s\S]*pesapalBadTokenStatus=401/);
    assert.match((await run(['trigger', '--help'])).stdout, /azampay\.success[\s\S]*--tamper/);
  });

  for (const [args, text] of [
    [[], /^$/],
    [['nonsense'], /There is no command nonsense/],
    [['sandbox', '--prot', '1'], /Unknown option '--prot'/],
    [['sandbox', '--port', 'x'], /--port takes a whole number/],
    [['sandbox', '--webhook', 'azampay'], /--webhook takes name=value/],
    [['sandbox', '--webhook', 'pesapal=http://x'], /IPN URL that your app registers/],
    [['sandbox', '--webhook', 'azampay=localhost'], /http or https URL/],
    [['sandbox', '--switch', 'nonsense=1'], /Unknown sandbox switch/],
    [['sandbox', '--profile', 'moon'], /sandbox or live/],
    [['trigger', 'mpesa.success', '--to', 'http://x'], /There is no event mpesa\.success/],
    [['sandbox', '--switch', 'clickpesaMethods=MPESA'], /clickpesaMethods takes TIGO-PESA/],
    [['sandbox', '--allow-remot'], /Unknown option '--allow-remot'/],
    [['sandbox', '--webhook', 'azampai=http://127.0.0.1'], /azampay=URL or clickpesa=URL/],
    [
      ['trigger', 'azampay.success', '--to', 'http://127.0.0.1', '--set', 'utilityRef=A'],
      /callback of azampay has no member utilityRef/,
    ],
    [['trigger', 'azampay.success', '--to', 'http://127.0.0.1', '--set', 'outcome=failure'], /has no member outcome/],
    [['trigger', 'azampay.success'], /--to needs[\s\S]*See npx finconnect trigger --help/],
    [['trigger'], /Missing: the event/],
    [['sandbox', 'start'], /There is no place for start[\s\S]*See npx finconnect sandbox --help/],
    [
      ['trigger', 'azampay.success', '--to', 'http://127.0.0.1', '--key', 'none.pem'],
      /--key takes a file with an RSA private key in PEM; none\.pem: ENOENT/,
    ],
    [
      ['trigger', 'azampay.success', '--to', 'http://127.0.0.1', '--key', 'package.json'],
      /--key takes a file with an RSA private key in PEM; package\.json/,
    ],
    [['trigger', 'azampay.success', '--to', 'http://127.0.0.1', '--set', 'amount'], /--set takes name=value/],
  ]) {
    test(`exit code 2: ${args.join(' ') || 'nothing asked'}`, async () => {
      const { code, stderr } = await run(args);
      assert.equal(code, 2);
      assert.match(stderr, text);
    });
  }
});

describe('finconnect sandbox', () => {
  test('prints the base URLs and the lines to paste, then a live log with what the app answered', async (t) => {
    const app = await startShop(() => ({ status: 202, body: 'queued' }));
    t.after(() => app.close());
    const { out, url } = await running(t, ['--webhook', `azampay=${app.url}/azampay/callback`, '--settle-after', '1']);
    assert.ok(!out.stdout.includes('\u001b'), 'no colours into a pipe');
    assert.match(out.stdout, new RegExp(`PesaPal +${url}/pesapalv3`));
    const keys = Object.fromEntries(
      [...out.stdout.matchAll(/(AZAMPAY_\w+): '([^']+)'/g)].map(([, name, value]) => [name, value]),
    );
    const client = azampay({ url, config: () => ({ baseUrl: url, ...keys }) });
    assert.equal((await client.push()).status, 200);
    await until(() => /POST \/AppRegistration\/GenerateToken {2}200 {2}\d+ ms/.test(out.stdout));
    await until(() => /azampay +POST \/azampay\/mno\/checkout {2}200 {2}\d+ ms/.test(out.stdout));
    await until(() =>
      new RegExp(`→ success POST ${app.url}/azampay/callback {2}app answered 202 {2}\\d+ ms {2}will try again`).test(
        out.stdout,
      ),
    );
    assert.ok(!out.stdout.split('GenerateToken')[1].includes('255712345678'));
  });

  test('--json prints one object a line', async (t) => {
    const { out, url } = await running(t, [
      '--json',
      '--profile',
      'live',
      '--switch',
      'pesapalBadTokenStatus=500',
      '--checksum',
      '--seed',
      '7',
    ]);
    const ready = JSON.parse(out.lines[0]);
    assert.equal(ready.type, 'ready');
    assert.equal(ready.config.pesapal.baseUrl, `${url}/v3`);
    assert.ok(ready.config.clickpesa.CLICKPESA_CHECKSUM_KEY);
    assert.equal((await fetch(`${url}/v3/api/URLSetup/GetIpnList`)).status, 500);
    await until(() => out.lines.length >= 3);
    assert.deepEqual(
      out.lines
        .slice(1)
        .map((line) => JSON.parse(line))
        .map(({ type, request }) => [type, request.status])[1],
      ['request', 500],
    );
  });

  test('FORCE_COLOR colours, NO_COLOR wins', async (t) => {
    assert.ok((await running(t, [], { FORCE_COLOR: '1' })).out.stdout.includes('\u001b['));
    assert.ok(!(await running(t, [], { FORCE_COLOR: '1', NO_COLOR: '1' })).out.stdout.includes('\u001b['));
  });

  test('ends without a word when nobody reads its output any more', async (t) => {
    const { child, out, ended, url } = await running(t, []);
    child.stdout.destroy();
    const left = async () => (await call(`${url}/x`).catch(() => undefined), child.exitCode !== null);
    await until(left, 'the end');
    await ended;
    assert.deepEqual([child.exitCode, out.stderr], [1, '']);
  });

  test('ends at once on SIGINT, and says when its port is taken', async (t) => {
    const { child, ended, url } = await running(t, []);
    const taken = await run(['sandbox', '--port', new URL(url).port]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /Port \d+ is taken; choose another with --port/);
    child.kill('SIGINT');
    assert.deepEqual([(await ended).code, (await ended).signal], [0, null]);
  });
});

describe('finconnect sandbox in the background', { skip: process.platform === 'win32' }, () => {
  /** `npx finconnect sandbox &` in a project that has the package; npx starts a shell, and that the command. */
  async function background(t, command = ['npx', '--no', 'finconnect', 'sandbox', '--port', '0']) {
    const folder = await mkdtemp(join(tmpdir(), 'finconnect-'));
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({
        private: true,
        scripts: { up: 'finconnect sandbox --port 0', prepare: 'finconnect sandbox --port 0 & sleep 0.5' },
      }),
    );
    await symlink(ROOT, join(folder, 'node_modules/finconnect'));
    await symlink('../finconnect/lib/cli/bin.js', join(folder, 'node_modules/.bin/finconnect'));
    const env = { HOME: folder, npm_config_update_notifier: 'false' };
    const { child: npx, out } = startProgram(command[0], command.slice(1), { cwd: folder, env, detached: true });
    const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(out.stdout)?.[0], 'the start');
    t.after(async () => {
      try {
        process.kill(-npx.pid, 'SIGKILL');
      } catch {
        // All of them have ended.
      }
      await rm(folder, { recursive: true });
    });
    return {
      npx,
      url,
      isUp: () =>
        fetch(url, { headers: { connection: 'close' } }).then(
          () => true,
          () => false,
        ),
    };
  }

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGKILL']) {
    test(`${signal} to npx alone ends the sandbox and frees its port`, async (t) => {
      const { npx, isUp } = await background(t);
      assert.ok(await isUp());
      npx.kill(signal);
      await until(async () => !(await isUp()), 'the end');
    });
  }

  test('SIGTERM to npm run ends it too; what a script leaves in the background stays', async (t) => {
    const up = await background(t, ['npm', 'run', 'up']);
    up.npx.kill('SIGTERM');
    await until(async () => !(await up.isUp()), 'the end');
    const left = await background(t, ['npm', 'run', 'prepare']);
    await until(() => left.npx.exitCode !== null, 'the end of the script');
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.ok(await left.isUp());
  });

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    test(`${signal} to the command itself ends it well`, async (t) => {
      const { child, ended } = await running(t, []);
      child.kill(signal);
      assert.deepEqual([(await ended).code, (await ended).signal], [0, null]);
    });
  }
});

describe('finconnect trigger', () => {
  const read = (app) => JSON.parse(app.received.at(-1).text);
  const verifies = (key, body) =>
    verify(
      'sha256',
      Buffer.from(body.utilityref + body.externalreference + body.transactionstatus + body.operator),
      key,
      Buffer.from(body.signature, 'base64'),
    );

  test('exit code 0 for 2xx, 1 for anything else and for silence', async () => {
    const app = await startShop(({ url }) => ({
      status: Number(url.slice(1)),
      body: 'said the app about 255712345678',
    }));
    const taken = await run(['trigger', 'clickpesa.success', '--to', `${app.url}/204`]);
    assert.equal(taken.code, 0);
    const refused = await run(['trigger', 'clickpesa.success', '--to', `${app.url}/400`]);
    assert.deepEqual(
      [refused.code, /400 in \d+ ms\nsaid the app about 2557\*\*\*\*5678/.test(refused.stdout)],
      [1, true],
    );
    assert.equal((await run(['trigger', 'clickpesa.success', '--to', `${app.url}/302`])).code, 1);
    const switched = await run(['trigger', 'clickpesa.success', '--to', `${app.url}/101`]);
    assert.deepEqual([switched.code, /^101 in/m.test(switched.stdout)], [1, true]);
    const json = JSON.parse((await run(['trigger', 'clickpesa.failure', '--to', `${app.url}/200`, '--json'])).stdout);
    assert.deepEqual([json.event, json.status, json.accepted], ['clickpesa.failure', 200, true]);
    await app.close();
    const gone = await run(['trigger', 'clickpesa.success', '--to', app.url]);
    assert.deepEqual([gone.code, /ECONNREFUSED/.test(gone.stderr)], [1, true]);
  });

  test('Selcom: as its real webhooks come, without a digest, but for a key', async (t) => {
    const { app } = await start(t);
    const digest = () => app.received.at(-1).headers.digest;
    assert.equal((await run(['trigger', 'selcom.success', '--to', app.url])).code, 0);
    assert.deepEqual([read(app).payment_status, digest()], ['COMPLETED', undefined]);
    await run(['trigger', 'selcom.success', '--to', app.url, '--key', 'demo-api-secret']);
    assert.match(digest(), /^[A-Za-z0-9+/]{43}=$/);
  });

  test('AzamPay: signed by the running sandbox, with --set inside the signature', async (t) => {
    const { sandbox, app } = await start(t);
    const { code } = await run([
      'trigger',
      'azampay.success',
      '--to',
      app.url,
      '--sandbox',
      sandbox.url,
      '--set',
      'amount=9999',
      '--set',
      'utilityref=ORDER-7',
    ]);
    assert.equal(code, 0);
    const body = read(app);
    assert.deepEqual([body.amount, body.utilityref], ['9999', 'ORDER-7']);
    assert.ok(verifies(await sandbox.publicKey(), body));
    await run(['trigger', 'azampay.success', '--to', app.url, '--sandbox', sandbox.url, '--tamper']);
    assert.deepEqual([read(app).transactionstatus, verifies(await sandbox.publicKey(), read(app))], ['failure', false]);
    await run(['trigger', 'azampay.failure', '--to', app.url, '--unsigned']);
    assert.deepEqual([read(app).transactionstatus, 'signature' in read(app)], ['failure', false]);
  });

  test('AzamPay: signed with a key file; without any, it says so', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'finconnect-'));
    const app = await startShop();
    t.after(() => Promise.all([rm(folder, { recursive: true }), app.close()]));
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = join(folder, 'key.pem');
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await run(['trigger', 'azampay.success', '--to', app.url, '--key', file]);
    assert.ok(verifies(publicKey, read(app)));
    const gone = await run(['trigger', 'azampay.success', '--to', app.url, '--sandbox', 'http://127.0.0.1:1']);
    assert.deepEqual([gone.code, gone.stderr.includes('No sandbox answers')], [1, true]);
  });

  test('ClickPesa and PesaPal', async (t) => {
    const { sandbox, app } = await start(t, { checksum: true });
    const { clickpesaChecksum } = await import('../../sandbox/dist/gateways/clickpesa/checksum.js');
    await run(['trigger', 'clickpesa.settled', '--to', app.url, '--set', 'orderReference=ORD7']);
    assert.deepEqual([read(app).data.status, read(app).data.orderReference], ['SETTLED', 'ORD7']);
    assert.equal(read(app).checksum, clickpesaChecksum(read(app), sandbox.config('clickpesa').CLICKPESA_CHECKSUM_KEY));
    await run(['trigger', 'pesapal.ipn', '--to', `${app.url}/ipn?shop=1`, '--set', 'OrderMerchantReference=ORDER 7']);
    const query = new URL(app.received.at(-1).url, app.url).searchParams;
    assert.deepEqual(
      [
        app.received.at(-1).method,
        query.get('shop'),
        query.get('OrderMerchantReference'),
        query.get('OrderNotificationType'),
      ],
      ['GET', '1', 'ORDER 7', 'IPNCHANGE'],
    );
    await run(['trigger', 'pesapal.ipn-post', '--to', app.url]);
    assert.equal(read(app).OrderNotificationType, 'IPNCHANGE');
  });
});
