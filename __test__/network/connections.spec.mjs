import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { authority } from '../support/certificates.mjs';
import { PAY_ROUTES, PAYMENTS, rejection, startGateway } from '../support/gateway.mjs';
import { startPeer } from '../support/peer.mjs';

const ours = authority();
const route = PAY_ROUTES.azampay;

/** A gateway that keeps its connections open, and an SDK object that has logged in and has one idle. */
async function idle(t, { secure = false } = {}) {
  const gateway = await startGateway(t);
  const peer = await startPeer({
    origin: gateway.sandbox.url,
    keepAlive: true,
    identity: secure ? ours.issue() : undefined,
  });
  t.after(() => peer.close());
  const sdk = gateway.sdk('azampay', { baseUrl: peer.url }, { ca: ours.cert, maxRetries: 5 });
  await sdk.getPaymentStatus('WARM').catch(() => {});
  assert.equal(peer.connections, 1, 'one connection serves one request after the other');
  const paid = () => peer.requests.filter(({ path }) => path === route).map(({ body }) => JSON.parse(body).externalId);
  return { gateway, peer, sdk, paid };
}

for (const secure of [false, true]) {
  const over = secure ? 'TLS' : 'TCP';

  /** Each way a gateway ends a connection while nobody uses it. */
  const ends = {
    closed: (socket) => socket.end(),
    destroyed: (socket) => socket.destroy(),
    ...(!secure && { reset: (socket) => socket.resetAndDestroy() }),
  };
  for (const [what, end] of Object.entries(ends)) {
    test(`${over}: an idle connection that was ${what} costs no payment, and none is sent twice`, async (t) => {
      const { gateway, peer, sdk, paid } = await idle(t, { secure });
      for (let n = 1; n <= 5; n++) {
        for (const socket of peer.sockets) end(socket);
        while (peer.sockets.size > 0) await after(1);
        await after(50);
        const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: `IDLE-${n}` });
        assert.equal(answer.success, true);
        assert.equal(peer.connections, 1 + n, 'a fresh connection');
      }
      const all = [1, 2, 3, 4, 5].map((n) => `IDLE-${n}`);
      assert.deepEqual(paid(), all);
      assert.equal(gateway.sandbox.payments().length, 5);
    });
  }

  test(`${over}: a connection that ends as a payment leaves carries no payment twice`, async (t) => {
    const { gateway, peer, sdk, paid } = await idle(t, { secure });
    const told = { accepted: 0, not_sent: 0, unknown: 0 };
    for (let n = 0; n < 30; n++) {
      const externalId = `RACE-${n}`;
      const paying = sdk.pay({ ...PAYMENTS.azampay, externalId }).then(
        () => 'accepted',
        ({ outcome }) => outcome,
      );
      if (n % 3) await after(n % 3);
      for (const socket of peer.sockets) socket.destroy();
      const outcome = await paying;
      told[outcome]++;
      const came = paid().filter((id) => id === externalId).length;
      const made = gateway.sandbox.payments().filter(({ reference }) => reference === externalId).length;
      assert.ok(came <= 1 && made <= 1, `${externalId}: ${came} requests, ${made} payments`);
      if (outcome === 'accepted') assert.equal(made, 1);
      if (outcome === 'not_sent') assert.equal(came, 0);
    }
    assert.equal(told.accepted + told.not_sent + told.unknown, 30, JSON.stringify(told));
  });
}

const reset = (socket) => socket.resetAndDestroy();

for (const bytes of [1, 16, 200, 400, 'all']) {
  test(`a reset after ${bytes} byte(s) of the request is unknown, and it comes at most once`, async (t) => {
    const { peer, sdk, paid } = await idle(t);
    peer.arm(bytes === 'all' ? { request: reset } : { afterBytes: bytes, strike: reset });
    const error = await rejection(sdk.pay(PAYMENTS.azampay));
    assert.deepEqual([error.code, error.outcome, error.retryable], ['CONNECTION_FAILED', 'unknown', false]);
    await after(50);
    assert.ok(paid().length <= 1);
    const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'NEXT' });
    assert.equal(answer.success, true);
    assert.deepEqual(
      paid().filter((id) => id === 'NEXT'),
      ['NEXT'],
    );
  });
}

test('a reset on accept is unknown, or nothing was sent and another connection is taken', async (t) => {
  const { peer, sdk, paid } = await idle(t);
  for (let n = 0; n < 10; n++) {
    for (const socket of peer.sockets) socket.end();
    while (peer.sockets.size > 0) await after(1);
    await after(20);
    peer.arm({ connection: reset });
    const externalId = `ACCEPT-${n}`;
    const told = await sdk.pay({ ...PAYMENTS.azampay, externalId }).then(
      () => 'accepted',
      ({ outcome }) => outcome,
    );
    assert.ok(['accepted', 'unknown'].includes(told), told);
    assert.equal(paid().filter((id) => id === externalId).length, told === 'accepted' ? 1 : 0);
  }
});

for (const [what, part, end, code] of [
  ['reset after a byte', 1, reset, 'CONNECTION_FAILED'],
  ['reset in the head', 30, reset, 'CONNECTION_FAILED'],
  ['reset in the body', -5, reset, 'INVALID_RESPONSE'],
  ['ended in the body', -5, (socket) => socket.end(), 'INVALID_RESPONSE'],
]) {
  test(`an answer that is ${what} leaves the payment unknown`, async (t) => {
    const { gateway, peer, sdk, paid } = await idle(t);
    peer.arm({
      request: async (socket, answer) => {
        const bytes = await answer();
        // What arrived before a reset is lost if it was not read, so give it time.
        socket.write(bytes.subarray(0, part), () => setTimeout(end, 50, socket));
      },
    });
    const error = await rejection(sdk.pay(PAYMENTS.azampay));
    assert.deepEqual([error.code, error.outcome, error.retryable], [code, 'unknown', false]);
    assert.deepEqual(paid(), [PAYMENTS.azampay.externalId]);
    assert.equal(gateway.sandbox.payments().length, 1, 'it was made');
  });
}

/** Each way of saying nothing. */
const SILENCE = {
  'never accepts what was sent': { connection: (socket) => socket.pause() },
  'reads and never answers': { request: () => {} },
  'answers a byte every 20 ms': {
    request: async (socket, answer) => {
      for (const byte of await answer()) {
        if (socket.destroyed) return;
        socket.write(Buffer.from([byte]));
        await after(20);
      }
    },
  },
  'answers 100 Continue for ever': {
    request: async (socket) => {
      while (!socket.destroyed) {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        await after(20);
      }
    },
  },
};

for (const [what, fault] of Object.entries(SILENCE)) {
  test(`a gateway that ${what} is left at the deadline, and the connection with it`, async (t) => {
    const { peer, sdk, paid } = await idle(t);
    if (fault.connection) {
      for (const socket of peer.sockets) socket.end();
      await after(50);
    }
    peer.arm(fault);
    const started = performance.now();
    const error = await rejection(sdk.pay(PAYMENTS.azampay, { timeoutMs: 400 }));
    const took = performance.now() - started;
    assert.deepEqual([error.code, error.outcome, error.retryable], ['TIMEOUT', 'unknown', false]);
    assert.ok(took >= 390 && took < 1500, `${took} ms`);
    assert.ok(paid().length <= 1);
    const before = peer.connections;
    const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'NEXT' });
    assert.equal(answer.success, true);
    assert.equal(peer.connections, before + 1, 'an answer that comes late is not taken for the next one');
  });
}

test('an answer that comes after its deadline is not the next payment’s', async (t) => {
  const { peer, sdk, paid } = await idle(t);
  let late;
  peer.arm({
    request: async (socket, answer) => (late = answer().then((bytes) => after(500).then(() => socket.write(bytes)))),
  });
  const first = await rejection(sdk.pay({ ...PAYMENTS.azampay, externalId: 'FIRST' }, { timeoutMs: 200 }));
  assert.equal(first.outcome, 'unknown');
  const second = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'SECOND' });
  await late;
  const status = await sdk.getPaymentStatus(second.transactionId, { operator: 'Mpesa' });
  assert.equal(status.transactionId, second.transactionId);
  assert.deepEqual(paid(), ['FIRST', 'SECOND']);
});
