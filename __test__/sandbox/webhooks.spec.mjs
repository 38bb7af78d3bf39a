import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import { listen, startShop } from '../support/shop.mjs';
import { openOrder, start, until } from './helpers.mjs';

const PAUSES = [1_000, 2_000, 4_000, 8_000, 16_000];

describe('an answer of any kind ends the call', () => {
  for (const [answer, told] of [
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', { status: 101 }],
    ['HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', { status: 200 }],
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', { status: null, error: 'aborted' }],
    ['nonsense\r\n\r\n', { status: null, error: 'Parse Error: Expected HTTP/, RTSP/ or ICE/' }],
    ['', { status: null, error: 'socket hang up' }],
  ]) {
    test(JSON.stringify(answer.split('\r\n')[0]), async (t) => {
      const app = net.createServer((socket) => socket.once('data', () => socket.end(answer)).on('error', () => {}));
      const { url, close } = await listen(app);
      t.after(close);
      const { azampay, sandbox } = await start(t, { clock: 'manual', webhooks: { azampay: url } });
      await azampay.push();
      await sandbox.approve('ORDER-1');
      const { status, error } = sandbox.webhooks()[0].attempts[0];
      assert.deepEqual({ status, ...(error && { error }) }, told);
    });
  }

  test('the letters of a scheme may be of either case', async (t) => {
    const { sandbox, azampay, app } = await start(t);
    sandbox.setWebhook('azampay', app.url.replace('http', 'HTTP'));
    await azampay.push();
    await sandbox.approve('ORDER-1');
    assert.equal(app.received.length, 1);
  });
});

describe('webhook retries', () => {
  test('come with growing pauses until the app answers 200, then stop', async (t) => {
    const { azampay, sandbox, app } = await start(t, { clock: 'manual' }, (_call, count) => ({
      status: count < 4 ? 500 : 200,
      body: count < 4 ? 'database is down' : 'OK',
    }));
    await azampay.push();
    await sandbox.approve('ORDER-1');
    assert.equal(app.received.length, 1);
    for (const [index, pause] of PAUSES.slice(0, 3).entries()) {
      await sandbox.clock.advance(pause - 1);
      assert.equal(app.received.length, index + 1, `not before ${pause} ms`);
      await sandbox.clock.advance(1);
      assert.equal(app.received.length, index + 2);
    }
    await sandbox.clock.advance(3_600_000);
    assert.equal(app.received.length, 4);
    assert.ok(
      app.received.every(({ text }) => text === app.received[0].text),
      'byte for byte',
    );
    const [webhook] = sandbox.webhooks();
    assert.equal(webhook.state, 'delivered');
    assert.deepEqual(
      webhook.attempts.map(({ status, answer }) => [status, answer]),
      [
        [500, 'database is down'],
        [500, 'database is down'],
        [500, 'database is down'],
        [200, 'OK'],
      ],
    );
  });

  test('end after six attempts', async (t) => {
    const { azampay, sandbox, app } = await start(t, { clock: 'manual' }, () => ({ status: 400 }));
    await azampay.push();
    await sandbox.approve('ORDER-1');
    await sandbox.clock.advance(86_400_000);
    assert.deepEqual([app.received.length, sandbox.webhooks()[0].state], [6, 'failed']);
  });

  test('one advance over all of them keeps their times', async (t) => {
    const { azampay, sandbox } = await start(t, { clock: 'manual', startAt: 0 }, () => ({ status: 500 }));
    await azampay.push();
    await sandbox.approve('ORDER-1');
    await sandbox.clock.advance(60_000);
    assert.deepEqual(
      sandbox.webhooks()[0].attempts.map(({ at }) => Date.parse(at)),
      [0, 1_000, 3_000, 7_000, 15_000, 31_000],
    );
  });

  test('go on by themselves on the real clock', async (t) => {
    const { azampay, sandbox, app } = await start(t, {}, (_call, count) => ({ status: count === 1 ? 503 : 200 }));
    await azampay.push();
    await sandbox.approve('ORDER-1');
    await sandbox.clock.advance(999);
    await until(() => app.received.length === 2);
  });

  test('ClickPesa takes any 2xx; AzamPay only 200', async (t) => {
    const { azampay, clickpesa, sandbox } = await start(t, {}, () => ({ status: 202 }));
    await azampay.push();
    await clickpesa.push();
    await sandbox.approve('ORDER-1');
    await sandbox.approve('ORD1');
    assert.deepEqual(
      sandbox.webhooks().map(({ gateway, state }) => [gateway, state]),
      [
        ['azampay', 'retrying'],
        ['clickpesa', 'delivered'],
      ],
    );
  });

  test('PesaPal reads the acknowledgement: status 500 is sent again, another body is noted', async (t) => {
    const answers = ['{"orderNotificationType":"IPNCHANGE","status":500}', '{"status":200}'];
    const rig = await start(t, { clock: 'manual' }, (_call, count) => ({
      status: 200,
      body: answers[count - 1] ?? 'OK',
    }));
    await openOrder(rig);
    await rig.sandbox.approve('ORDER-1');
    assert.equal(rig.sandbox.webhooks()[0].state, 'retrying');
    await rig.sandbox.clock.advance(1_000);
    assert.equal(rig.sandbox.webhooks()[0].state, 'delivered');
    await openOrder(rig, { id: 'ORDER-2' });
    await rig.sandbox.approve('ORDER-2');
    const [last] = rig.sandbox.webhooks().at(-1).attempts;
    assert.match(last.note, /not the JSON acknowledgement/);
  });
});

describe('webhooks and the app', () => {
  test('an app that is not there, redirects, or has no usable URL is recorded, not thrown', async (t) => {
    const { azampay, sandbox, app } = await start(t, {}, () => ({ status: 302, headers: { location: '/elsewhere' } }));
    const gone = await startShop();
    await gone.close();
    await azampay.push();
    await sandbox.approve('ORDER-1');
    assert.deepEqual([app.received.length, sandbox.webhooks()[0].attempts[0].status], [1, 302]);
    sandbox.setWebhook('azampay', gone.url);
    await azampay.push({ externalId: 'B' });
    await sandbox.approve('B');
    assert.match(sandbox.webhooks()[1].attempts[0].error, /ECONNREFUSED/);
    sandbox.setWebhook('azampay', undefined);
    await azampay.push({ externalId: 'C' });
    await sandbox.approve('C');
    assert.equal(sandbox.webhooks().length, 2);
    assert.throws(() => sandbox.setWebhook('azampay', 'localhost:3000'), TypeError);
    const rig = await start(t);
    const { ipn_id } = await rig.pesapal.registerIpn('not a url');
    await rig.pesapal.order({ notification_id: ipn_id });
    await rig.sandbox.approve('ORDER-1');
    assert.equal(rig.sandbox.webhooks()[0].attempts[0].error, 'not an http URL');
  });

  test('redeliver sends the same bytes; a tampered copy changes what is signed, and is not retried', async (t) => {
    const { azampay, sandbox, app } = await start(t, { clock: 'manual' }, ({ text }) => ({
      status: JSON.parse(text).transactionstatus === 'success' ? 200 : 400,
    }));
    await azampay.push();
    await sandbox.approve('ORDER-1');
    const again = await sandbox.redeliver(1);
    assert.deepEqual([again.state, app.received[1].text], ['delivered', app.received[0].text]);
    const forged = await sandbox.redeliver(1, { tamper: true });
    assert.deepEqual([forged.attempts[0].status, forged.tampered], [400, true]);
    const [original, copy] = [JSON.parse(app.received[0].text), JSON.parse(app.received[2].text)];
    assert.equal(copy.transactionstatus, 'failure');
    assert.deepEqual({ ...copy, transactionstatus: 'success' }, original);
    await sandbox.clock.advance(60_000);
    assert.equal(app.received.length, 3);
    await assert.rejects(sandbox.redeliver(99), /No webhook 99/);
  });

  test('tampering fits each gateway: ClickPesa tells more money, PesaPal names an unknown order', async (t) => {
    const rig = await start(t);
    await rig.clickpesa.push();
    await rig.sandbox.approve('ORD1');
    await rig.sandbox.redeliver(1, { tamper: true });
    assert.equal(JSON.parse(rig.app.received[1].text).data.collectedAmount, '10000');
    const order = await openOrder(rig);
    await rig.sandbox.approve('ORDER-1');
    await rig.sandbox.redeliver(3, { tamper: true });
    const forged = new URL(rig.app.received.at(-1).url, rig.app.url).searchParams;
    assert.notEqual(forged.get('OrderTrackingId'), order.order_tracking_id);
    assert.equal(forged.get('OrderMerchantReference'), 'ORDER-1');
    assert.ok(!('status_code' in (await rig.pesapal.status(forged.get('OrderTrackingId'))).json));
  });

  test('a hundred at once all arrive', async (t) => {
    const warnings = [];
    const note = (warning) => warnings.push(warning.message);
    process.on('warning', note);
    t.after(() => process.off('warning', note));
    const { azampay, sandbox, app } = await start(t);
    const headers = await azampay.bearer();
    const references = Array.from({ length: 100 }, (_, index) => `R${index}`);
    await Promise.all(references.map((externalId) => azampay.push({ externalId }, headers)));
    await Promise.all(references.map((reference) => sandbox.approve(reference)));
    assert.equal(new Set(app.received.map(({ text }) => JSON.parse(text).utilityref)).size, 100);
    assert.deepEqual(warnings, []);
  });
});
