// The same handler in every kind of server: whatever has become of the body, before it or after it.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import express from 'express';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { azampay } from '../support/azampay.mjs';
import { GATEWAYS } from '../support/gateways.cjs';
import { MOUNTS, serve } from './mounts.mjs';
import { gate, orderPaid, shopOf } from './shop.mjs';

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

/** A callback in each shape that a gateway may send it in. */
const SHAPES = {
  JSON: (body) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  'JSON that calls itself text': (body) => ({ headers: { 'content-type': 'text/plain' }, body: JSON.stringify(body) }),
  'JSON that calls itself nothing': (body) => ({ headers: {}, body: Buffer.from(JSON.stringify(body)) }),
  'a form': (body) => ({ headers: {}, body: new URLSearchParams(body) }),
};

for (const [name, mount] of Object.entries(MOUNTS)) {
  test(`${name}: every shape of a callback, each once`, async (t) => {
    const { hooks, handled, events } = shopOf();
    const url = await serve(t, mount(hooks));
    for (const [shape, of] of Object.entries(SHAPES)) {
      const body = orderPaid();
      const before = handled.length;
      for (let copy = 0; copy < 2; copy++) {
        const response = await fetch(url, { method: 'POST', ...of(body) });
        assert.deepEqual([response.status, await response.text()], [200, 'OK'], shape);
      }
      assert.equal(handled.length, before + 1, shape);
      assert.equal(handled.at(-1).payment.reference, body.utilityref);
    }
    const query = new URLSearchParams(orderPaid());
    for (const method of ['GET', 'POST'])
      assert.equal((await fetch(`${url}?${query}`, { method })).status, 200, method);
    assert.equal(handled.length, 5, 'the query');

    const forged = await fetch(url, { method: 'POST', ...SHAPES.JSON({ ...orderPaid(), signature: 'AAAA' }) });
    assert.deepEqual([forged.status, await forged.text()], [400, 'Bad Request']);
    assert.equal((await fetch(url, { method: 'PUT', body: 'x' })).status, 405);
    assert.equal(handled.length, 5);
    assert.equal(events.length, 12);
  });
}

test('a body of 300 KiB is 413, and the connection still serves', async (t) => {
  for (const mount of ['node:http', 'Express 4, parser: none', 'Express 5, parser: after']) {
    const { hooks, handled } = shopOf();
    const url = await serve(t, MOUNTS[mount](hooks));
    const body = 'x'.repeat(300 * 1024);
    for (const sent of [body, new Blob([body]).stream()])
      assert.equal((await fetch(url, { method: 'POST', body: sent, duplex: 'half' })).status, 413, mount);
    assert.equal((await fetch(url, { method: 'POST', ...SHAPES.JSON(orderPaid()) })).status, 200);
    assert.equal(handled.length, 1);
  }
});

/** A client that says a part of a request; gives what it hears until the end. */
async function half(url, text) {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (chunk) => (heard += chunk));
  socket.write(text);
  return { socket, ended: once(socket, 'close').then(() => heard) };
}

const HALF = 'POST /hooks/azampay HTTP/1.1\r\nHost: shop\r\nContent-Length: 500\r\n\r\n{"a":';

test('half a body and then silence is answered when the time is over, and the connection ends', async (t) => {
  for (const mount of ['node:http', 'connect', 'Express 4, parser: none', 'Express 5, parser: after']) {
    const { hooks, events } = shopOf({ timeoutMs: 150 });
    const { ended } = await half(await serve(t, MOUNTS[mount](hooks)), HALF);
    const heard = await ended;
    assert.match(heard, /^HTTP\/1\.1 500 Internal Server Error\r\n/, mount);
    assert.match(heard, /\r\nconnection: close\r\n/i);
    assert.deepEqual([events.length, events[0].outcome], [1, 'failed']);
  }
});

test('a client that hangs up in the middle of its body is no rejection, and costs nobody else', async (t) => {
  const { hooks, events } = shopOf();
  const url = await serve(t, MOUNTS['node:http'](hooks));
  const { socket, ended } = await half(url, HALF);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await ended;
  while (events.length === 0) await new Promise(setImmediate);
  assert.match(events[0].error.message, /hung up/);
  assert.equal((await fetch(url, { method: 'POST', ...SHAPES.JSON(orderPaid()) })).status, 200);
});

test('a client that hangs up while its callback is handled aborts nothing', async (t) => {
  const { open, opened } = gate();
  const begun = gate();
  const signals = [];
  const { hooks, events } = shopOf({
    async onPayment(_payment, { signal }) {
      signals.push(signal);
      begun.open();
      await opened;
    },
  });
  const url = await serve(t, MOUNTS['Express 5, parser: none'](hooks));
  const body = orderPaid();
  const controller = new AbortController();
  const request = fetch(url, { method: 'POST', ...SHAPES.JSON(body), signal: controller.signal });
  await begun.opened;
  controller.abort();
  await assert.rejects(request);
  await new Promise((resolve) => setTimeout(resolve, 20));
  open();
  while (events.length === 0) await new Promise(setImmediate);
  assert.deepEqual([events[0].outcome, signals[0].aborted], ['handled', false]);
  assert.equal((await fetch(url, { method: 'POST', ...SHAPES.JSON(body) })).status, 200);
  assert.equal(signals.length, 1);
});

test('several gateways by the last part of the path; any other path is next’s', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const config = (name) => sandbox.config(name);
  const clickpesa = new FintechSDK({ provider: 'clickpesa', config: config('clickpesa') });
  const { hooks, handled } = shopOf({ sdk: { azampay: azampay({ replay: 'memory' }), clickpesa } });
  const app = express()
    .use('/hooks', hooks)
    .use((_req, res) => res.status(418).end());
  const url = new URL(await serve(t, app)).origin;
  const { id } = await clickpesa.pay(GATEWAYS.clickpesa.order('ORDER2'));
  await sandbox.approve(id);
  const told = { event: 'PAYMENT RECEIVED', data: { orderReference: 'ORDER2', status: 'SUCCESS', id } };
  for (const [path, body, status] of [
    ['/hooks/azampay', orderPaid(), 200],
    ['/hooks/azampay/?a=1', orderPaid(), 200],
    ['/hooks/clickpesa', told, 200],
    ['/hooks/clickpesa', orderPaid(), 503],
    ['/hooks/pesapal', orderPaid(), 418],
    ['/hooks/constructor', orderPaid(), 418],
    ['/hooks', orderPaid(), 418],
  ])
    assert.equal((await fetch(url + path, { method: 'POST', ...SHAPES.JSON(body) })).status, status, path);
  assert.deepEqual(
    handled.map(({ context }) => context.source),
    ['azampay', 'azampay', 'clickpesa'],
  );
  const bare = await serve(t, (req, res) => hooks(req, res));
  assert.equal((await fetch(new URL('/nowhere', bare))).status, 404, 'without next');
  const request = (path) => new Request(`http://shop.example${path}`, { method: 'POST', ...SHAPES.JSON(orderPaid()) });
  assert.equal((await hooks.handle(request('/x'))).status, 404);
  assert.equal((await hooks.handle(request('/x'), { gateway: 'azampay' })).status, 200);
  assert.equal((await hooks.handle(request('/x/azampay'))).status, 200);
});

test('fifty copies at one time over HTTP are handled once', async (t) => {
  const { open, opened } = gate();
  const { hooks, handled, events } = shopOf({ onPayment: async (payment) => (await opened, handled.push(payment)) });
  const url = await serve(t, MOUNTS['Express 5, parser: before'](hooks));
  const body = SHAPES.JSON(orderPaid());
  const copies = Array.from({ length: 50 }, () => fetch(url, { method: 'POST', ...body }));
  while (events.length < 49) await new Promise(setImmediate);
  open();
  const answers = await Promise.all(copies);
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual([statuses[0], statuses[1], statuses[49], handled.length], [200, 409, 409, 1]);
  assert.ok(answers.every(({ status, headers }) => status === 200 || headers.get('retry-after') === '10'));
});

test('who answers before the time costs no error, and a request is in its own AsyncLocalStorage', async (t) => {
  const requests = new AsyncLocalStorage();
  const seen = [];
  const { hooks, events } = shopOf({
    onPayment: async () => void seen.push(requests.getStore()),
    expect: (_callback, { reference }) => (seen.push(requests.getStore()), { reference }),
  });
  let n = 0;
  const app = express()
    .use((_req, _res, next) => requests.run(++n, next))
    .use('/hooks/azampay', (req, res, next) => {
      if (n === 2) res.status(202).end();
      return hooks(req, res, next);
    });
  const url = await serve(t, app);
  for (const status of [200, 202])
    assert.equal((await fetch(url, { method: 'POST', ...SHAPES.JSON(orderPaid()) })).status, status);
  while (events.length < 2) await new Promise(setImmediate);
  assert.deepEqual(seen, [1, 1, 2, 2]);
});

test('no rejection was left alone', async () => {
  await new Promise(setImmediate);
  assert.deepEqual(unhandled, []);
});
