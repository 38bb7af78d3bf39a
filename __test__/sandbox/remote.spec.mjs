import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { isLoopback } from '../../sandbox/dist/http/loopback.js';
import { listen } from '../support/shop.mjs';
import { start } from './helpers.mjs';

/** An address of this machine that other machines reach it by, if it has one. */
const OUTWARD = Object.values(networkInterfaces())
  .flat()
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

/** Pays an order whose IPN URL is the given one; the webhook's first attempt. */
async function notify(rig, url, id = 'ORDER-1') {
  const { ipn_id } = await rig.pesapal.registerIpn(url);
  await rig.pesapal.order({ notification_id: ipn_id, id });
  await rig.sandbox.approve(id);
  const webhook = rig.sandbox.webhooks().at(-1);
  return { ...webhook, ...webhook.attempts[0], tries: webhook.attempts.length };
}

describe('URLs on other machines', () => {
  test('are not called: the webhook is given up at once, and names the option and the flag', async (t) => {
    const rig = await start(t, { clock: 'manual' });
    for (const [index, url] of [
      'http://192.0.2.1/ipn',
      'http://169.254.169.254/latest/meta-data',
      'http://0.0.0.0:3000/',
      'http://[::]:3000/',
      'http://[::ffff:192.0.2.1]/',
      'http://[::ffff:c000:201]/',
      'http://[64:ff9b::7f00:1]/',
      'http://3221225985/',
      'http://0xc0.0x00.0x02.0x01/',
      'http://127.0.0.1@192.0.2.1/',
      'http://localhost:80@192.0.2.1/',
      'http://192.0.2.1#@127.0.0.1/',
      'https://192.0.2.1/',
      'http:\\\\192.0.2.1/',
    ].entries()) {
      const { state, status, error, refused, tries } = await notify(rig, url, `ORDER-${index}`);
      assert.deepEqual([state, status, refused], ['failed', null, true], url);
      assert.match(error, /not this machine.*--allow-remote.*allowRemote: true/, url);
      await rig.sandbox.clock.advance(60_000);
      assert.equal(tries, 1);
    }
    const names = await notify(rig, 'http://127.0.0.1.example.invalid/', 'NAME-1');
    assert.equal(names.status, null);
  });

  test('a name counts by every address it has, at the moment of the call', async (t) => {
    const dns = await import('node:dns');
    const { lookupLoopback } = await import('../../sandbox/dist/http/loopback.js');
    const answers = {
      'localhost.evil.example': [{ address: '192.0.2.1', family: 4 }],
      'both.example': [
        { address: '127.0.0.1', family: 4 },
        { address: '192.0.2.1', family: 4 },
      ],
      'six.example': [
        { address: '::1', family: 6 },
        { address: '2001:db8::1', family: 6 },
      ],
      'own.example': [
        { address: '127.0.0.2', family: 4 },
        { address: '::1', family: 6 },
      ],
    };
    const look = (name, options = {}) =>
      new Promise((resolve) => lookupLoopback(name, options, (error, address) => resolve(error?.message ?? address)));
    t.mock.method(dns.default, 'lookup', (name, _options, callback) => callback(null, answers[name]));
    for (const name of ['localhost.evil.example', 'both.example', 'six.example']) {
      assert.match(await look(name), /is not this machine/);
      assert.match(await look(name, { all: true }), /is not this machine/);
    }
    assert.equal(await look('own.example'), '127.0.0.2');
    assert.deepEqual(await look('own.example', { all: true }), answers['own.example']);
  });

  test('loopback is 127.0.0.0/8 and ::1, in whatever spelling', async (t) => {
    for (const address of ['127.0.0.1', '127.255.0.3', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
      assert.ok(isLoopback(address), address);
    for (const address of ['0.0.0.0', '::', '128.0.0.1', '10.0.0.1', '::2', 'fe80::1', '::ffff:10.0.0.1'])
      assert.ok(!isLoopback(address), address);
    const rig = await start(t);
    const { port } = new URL(rig.app.url);
    for (const [index, host] of [
      '127.0.0.1',
      'localhost',
      '[::ffff:127.0.0.1]',
      '0x7f.1',
      '2130706433',
      'user:pass@127.0.0.1',
      'LOCALHOST',
    ].entries())
      assert.equal((await notify(rig, `http://${host}:${port}/ipn`, `ORDER-${index}`)).status, 200, host);
  });

  test('a redirect is not followed, wherever it leads', async (t) => {
    const rig = await start(t, {}, () => ({ status: 307, headers: { location: 'http://192.0.2.1/' } }));
    assert.equal((await notify(rig, `${rig.app.url}/ipn`)).status, 307);
  });

  test('the same holds for webhooks that were configured, set later or brought by a checkout link', async (t) => {
    const rig = await start(t, { webhooks: { azampay: 'http://192.0.2.1/' } });
    await rig.azampay.push();
    await rig.sandbox.approve('ORDER-1');
    rig.sandbox.setWebhook('clickpesa', 'http://192.0.2.1/');
    await rig.clickpesa.push();
    await rig.sandbox.approve('ORD1');
    await rig.clickpesa.post('checkout-link/generate-checkout-url', {
      totalPrice: '1000',
      orderCurrency: 'TZS',
      orderReference: 'LINK1',
      callbackUrl: 'http://192.0.2.1/',
    });
    await rig.sandbox.approve('LINK1');
    assert.deepEqual(
      rig.sandbox.webhooks().map(({ attempts }) => attempts[0].refused),
      [true, true, true],
    );
  });

  test('allowRemote: true calls them', { skip: OUTWARD ? false : 'this machine has no outward address' }, async (t) => {
    const { url: origin, close } = await listen((_request, response) => response.end('OK'), OUTWARD);
    t.after(close);
    const url = `${origin}/ipn`;
    assert.equal((await notify(await start(t, { allowRemote: true }), url)).status, 200);
    assert.equal((await notify(await start(t), url)).refused, true);
  });
});
