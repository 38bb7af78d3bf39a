import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { printable } from '../../sandbox/dist/cli/printable.js';
import { formatAmount } from '../../sandbox/dist/engine/money.js';
import { redactBody, redactText } from '../../sandbox/dist/http/redact.js';
import { root, start } from '../support/child.mjs';
import { startShop } from '../support/shop.mjs';
import { call, start as startRig, until } from './helpers.mjs';

const BIN = join(root, 'lib/cli/bin.js');

/** Every sign that a terminal obeys in place of showing, among letters. */
const NASTY =
  'a\u001b]0;title\u0007\u001b[31mred\r\nline\u0000\u007f\u009b2J\u202egnp\u2066x\u2028y\u200b\ufeff\u061cz\ud800';
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** The same, but for the newlines that end the CLI's own lines. */
const OBEYED_IN_OUTPUT = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const cli = (args) => start(process.execPath, [BIN, ...args]);

describe('text from outside costs time in proportion to its length', () => {
  const UNITS = [
    'eyJ',
    'eyJ.',
    'eyJa.b',
    'eyJ-_',
    '.',
    'Bearer ',
    'Bearer\t',
    'Bearer',
    '255',
    '0712',
    '+',
    '"a":"',
    '"',
    'a=',
    '&',
    '\\',
    ' ',
    '-',
    '0000',
  ];
  for (const unit of UNITS) {
    test(`${JSON.stringify(unit)} a million times`, () => {
      const text = unit.repeat(1_000_000 / unit.length);
      const started = performance.now();
      redactText(text);
      redactBody(text, 4_096);
      formatAmount(text, 'TZS');
      printable(text);
      const ms = performance.now() - started;
      assert.ok(ms < 2_000, `${Math.round(ms)} ms`);
    });
  }

  test('a token is hidden wherever it stands, and nothing else', () => {
    for (const [text, shown] of [
      ['/ipn?t=eyJhbGci.eyJzdWIi.c2ln&x=1', '/ipn?t=[redacted]&x=1'],
      ['/%20eyJhbGci.eyJzdWIi.c2ln', '/%[redacted]'],
      ['www.example.com/eyJ.x eyJa.b eyJa.b.', 'www.example.com/eyJ.x eyJa.b [redacted]'],
      ['a.b.eyJc.d.e.f', 'a.b.[redacted].f'],
    ])
      assert.equal(redactText(text).replace('20[redacted]', '[redacted]'), shown, text);
  });

  test('an IPN URL of a megabyte is refused, one of 2,048 characters is taken and delivered at once', async (t) => {
    const rig = await startRig(t);
    const { json } = await rig.pesapal.post('URLSetup/RegisterIPN', {
      url: `http://127.0.0.1:1/${'eyJ'.repeat(300_000)}`,
      ipn_notification_type: 'GET',
    });
    assert.equal(json.error.code, 'invalid_api_request_parameters');
    const url = `${rig.app.url}/`.padEnd(2_048, 'eyJ');
    const { ipn_id } = await rig.pesapal.registerIpn(url);
    await rig.pesapal.order({ notification_id: ipn_id });
    const started = performance.now();
    await rig.sandbox.approve('ORDER-1');
    assert.ok(performance.now() - started < 2_000);
    assert.equal(rig.app.received.length, 1);
  });

  test('amounts, references and texts without an end are refused by every gateway', async (t) => {
    const rig = await startRig(t, { switches: { pesapalStrictOrders: false, azampayStrictPayments: false } });
    const long = '9'.repeat(500_000);
    const zeros = `${'0'.repeat(500_000)}5`;
    const { ipn_id } = await rig.pesapal.registerIpn(rig.app.url);
    const link = (more) =>
      rig.clickpesa.post('checkout-link/generate-checkout-url', {
        totalPrice: '1000',
        orderCurrency: 'TZS',
        orderReference: 'A',
        ...more,
      });
    for (const [name, refused] of Object.entries({
      azampay: (await rig.azampay.push({ amount: zeros })).status === 400,
      account: (await rig.azampay.push({ accountNumber: long })).status === 400,
      clickpesa: (await rig.clickpesa.push({ amount: zeros })).status === 400,
      price: (await link({ totalPrice: zeros })).status === 400,
      description: (await link({ description: long })).status === 400,
      reference: (await link({ orderReference: long })).status === 400,
      pesapal: 'error_type' in (await rig.pesapal.order({ notification_id: ipn_id, amount: zeros })).json.error,
      callback:
        'error_type' in
        (await rig.pesapal.order({ notification_id: ipn_id, callback_url: `http://x/${long}` })).json.error,
    }))
      assert.ok(refused, name);
    assert.deepEqual(rig.sandbox.payments(), []);
  });

  test('a URL that no request can be made of fails that webhook alone', async (t) => {
    const rig = await startRig(t, { settleAfterMs: 1 });
    for (const [index, url] of [
      'http://%ff@127.0.0.1:1/',
      'http://127.0.0.1:1/\ud800',
      'http://[::1',
      'javascript:alert(1)',
      ' ',
    ].entries()) {
      const { ipn_id } = await rig.pesapal.registerIpn(url);
      await rig.pesapal.order({
        notification_id: ipn_id,
        id: `ORDER-${index}`,
        callback_url: 'http://127.0.0.1/\u0100\n',
      });
    }
    await until(() => rig.sandbox.webhooks().filter(({ state }) => state !== 'sending').length === 5);
    assert.ok(rig.sandbox.webhooks().every(({ attempts }) => attempts[0].status === null && attempts[0].error));
    assert.equal((await rig.azampay.push()).status, 200);
  });
});

describe('what the command line prints', () => {
  test('printable spells out what a terminal obeys, and leaves every script as it is', () => {
    assert.equal(printable('Malipo yamekamilika: 45,000/= «é» 中文 🙂'), 'Malipo yamekamilika: 45,000/= «é» 中文 🙂');
    assert.ok(!OBEYED.test(printable(NASTY)));
    assert.equal(printable('\u001b[2J\u009b\n\u202e\ud800'), '\\u001b[2J\\u009b\\n\\u202e\\ud800');
    assert.deepEqual(JSON.parse(printable(JSON.stringify([NASTY]))), [NASTY]);
  });

  test('trigger shows an answer, a reason and a URL without obeying them', async (t) => {
    const app = await startShop(() => ({ status: 400, body: NASTY }));
    t.after(() => app.close());
    const to = `${app.url}/?q=\u001b[2J\u202e`;
    for (const more of [[], ['--json'], ['--tamper']]) {
      await t.test(['answered', ...more].join(' '), async () => {
        const { stdout, stderr } = await cli(['trigger', 'clickpesa.success', '--to', to, ...more]).ended;
        assert.ok(stdout.includes('title') && !OBEYED_IN_OUTPUT.test(stdout + stderr), JSON.stringify(stdout));
      });
    }
    const gone = await cli(['trigger', 'clickpesa.success', '--to', 'http://127.0.0.1:1/\u009b\u202e']).ended;
    assert.ok(gone.stderr.includes('gave no answer') && !OBEYED_IN_OUTPUT.test(gone.stderr), gone.stderr);
    for (const args of [
      [NASTY.replace('\u0000', '')],
      ['trigger', '\u001b[2J'],
      ['sandbox', '--\u001b[2J'],
      ['sandbox', '--switch', '\u202e=1'],
      ['sandbox', '--webhook', 'azampay=\u001b[2J'],
    ]) {
      await t.test(printable(args.join(' ')), async () => {
        const wrong = await cli(args).ended;
        assert.ok(wrong.code === 2 && !OBEYED_IN_OUTPUT.test(wrong.stderr), JSON.stringify(wrong.stderr));
      });
    }
  });

  test('the live log of the sandbox neither, in lines and in JSON', async (t) => {
    const app = await startShop(() => ({ status: 500, body: NASTY, headers: { 'x-note': '\u009b2J' } }));
    t.after(() => app.close());
    for (const more of [[], ['--json']]) {
      const { child, out, ended } = cli([
        'sandbox',
        '--port',
        '0',
        '--settle-after',
        '1',
        '--webhook',
        `azampay=${app.url}/\u202e`,
        '--switch',
        `azampayFailureText=\u001b[2J`,
        ...more,
      ]);
      t.after(async () => (child.kill(), await ended));
      const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(out.stdout)?.[0]);
      const config = Object.fromEntries(
        [...out.stdout.matchAll(/"?(AZAMPAY_\w+)"?: ?['"]([^'"]+)/g)].map(([, name, value]) => [name, value]),
      );
      const login = await call(`${url}/AppRegistration/GenerateToken`, {
        body: {
          appName: config.AZAMPAY_APP_NAME,
          clientId: config.AZAMPAY_CONSUMER_KEY,
          clientSecret: config.AZAMPAY_CONSUMER_SECRET,
        },
      });
      await call(`${url}/azampay/mno/checkout`, {
        headers: { authorization: `Bearer ${login.json.data.accessToken}`, 'x-note': '\u009b2J' },
        body: { accountNumber: '255712000024', amount: '2000', currency: 'TZS', externalId: NASTY, provider: 'Tigo' },
      });
      await until(() => /app answered 500|"status":500/.test(out.stdout), 'the webhook in the log');
      assert.ok(!OBEYED_IN_OUTPUT.test(out.stdout), JSON.stringify(out.stdout));
      if (more.length) for (const line of out.stdout.trim().split('\n')) JSON.parse(line);
    }
  });
});
