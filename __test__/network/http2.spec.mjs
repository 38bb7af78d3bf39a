import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { authority } from '../support/certificates.mjs';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, PROVIDERS, rejection, startGateway } from '../support/gateway.mjs';
import { startH2Peer } from '../support/h2-peer.mjs';

const ours = authority();
const route = PAY_ROUTES.azampay;

/** A gateway over HTTP/2, and an SDK object that has logged in. */
async function overH2(t, settings) {
  const gateway = await startGateway(t);
  const peer = await startH2Peer({ origin: gateway.sandbox.url, identity: ours.issue(), settings });
  t.after(() => peer.close());
  const make = (provider = 'azampay', options = {}) => {
    const config = gateway.sandbox.config(provider);
    return gateway.sdk(
      provider,
      { baseUrl: config.baseUrl.replace(gateway.sandbox.url, peer.url) },
      { ca: ours.cert, ...options },
    );
  };
  const sdk = make();
  if (settings?.initialWindowSize !== 0) await sdk.getPaymentStatus('WARM').catch(() => {});
  const paid = () =>
    peer.requests.filter(({ path }) => path.endsWith(route)).map(({ body }) => JSON.parse(body).externalId);
  return { gateway, peer, sdk, make, paid };
}

test('every gateway is paid over HTTP/2 where it is offered, on one connection', async (t) => {
  const { peer, make } = await overH2(t);
  for (const provider of PROVIDERS) {
    const sdk = make(provider);
    const ipnId = provider === 'pesapal' ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
    const answer = await sdk.pay(PAYMENTS[provider], ipnId);
    assert.ok(answer.order_tracking_id ?? answer.id ?? answer.transactionId ?? answer.transid);
    const of = (path) => peer.requests.filter((request) => request.path.endsWith(path));
    assert.deepEqual(
      [of(LOGIN_ROUTES[provider]).length, of(PAY_ROUTES[provider]).length],
      [provider === 'azampay' ? 2 : LOGIN_ROUTES[provider] === null ? 0 : 1, 1],
    );
    assert.equal(of(PAY_ROUTES[provider])[0].headers['content-type'], 'application/json');
  }
  const sdk = make();
  await Promise.all(Array.from({ length: 20 }, (_, n) => sdk.pay({ ...PAYMENTS.azampay, externalId: `MANY-${n}` })));
  assert.ok(peer.sessions.size <= 5, `${peer.sessions.size} connections`);
});

// A limit of one is not told from one that has not come yet: then there is one connection.
for (const [limit, connections, calls] of [
  [1, 1, 6],
  [2, 16, 60],
]) {
  const room = limit * connections;

  test(`with room for ${limit} stream(s) and payments that hang, none told not_sent ever arrives`, async (t) => {
    const { peer, sdk, paid } = await overH2(t, { maxConcurrentStreams: limit });
    const hanging = [];
    peer.arm((stream) => hanging.push(stream), Infinity);
    const outcomes = new Map();
    const hang = async (externalId, timeoutMs) => {
      const error = await rejection(sdk.pay({ ...PAYMENTS.azampay, externalId }, { timeoutMs }));
      outcomes.set(externalId, error.outcome);
    };
    const first = Array.from({ length: room }, (_, n) => hang(`FIRST-${n}`, 20_000));
    while (hanging.length < room) await after(2);
    await Promise.all(Array.from({ length: calls }, (_, n) => hang(`NEXT-${n}`, 400)));
    assert.equal(paid().length, room);
    assert.ok([...outcomes.values()].includes('not_sent'), 'those that waited were held back');
    // Room again: whatever still waits in the connection would go out now.
    for (const stream of hanging) stream.close();
    await Promise.all(first);
    await after(300);
    for (const externalId of paid()) assert.equal(outcomes.get(externalId), 'unknown', `${externalId} arrived`);
    assert.equal(new Set(paid()).size, paid().length);
    // The connection is as good as before.
    peer.arm(undefined, 0);
    const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'AFTER' });
    assert.equal(answer.success, true);
  });

  test(`with room for ${limit} stream(s), payments that wait for room go out once`, async (t) => {
    const { sdk, paid } = await overH2(t, { maxConcurrentStreams: limit });
    const answers = await Promise.all(
      Array.from({ length: calls }, (_, n) => sdk.pay({ ...PAYMENTS.azampay, externalId: `W${n}` })),
    );
    assert.ok(answers.every(({ success }) => success));
    assert.equal(paid().length, calls);
    assert.equal(new Set(paid()).size, calls);
  });

  test(`with room for ${limit} stream(s), an aborted payment that waited never arrives`, async (t) => {
    const { peer, sdk, paid } = await overH2(t, { maxConcurrentStreams: limit });
    const hanging = [];
    peer.arm((stream) => hanging.push(stream), Infinity);
    const controllers = Array.from({ length: calls }, () => new AbortController());
    const calling = Array.from({ length: calls }, (_, n) => {
      const externalId = `A${n}`;
      return rejection(sdk.pay({ ...PAYMENTS.azampay, externalId }, { signal: controllers[n].signal })).then(
        (error) => [externalId, error],
      );
    });
    while (hanging.length < room) await after(2);
    await after(20);
    for (const controller of controllers) controller.abort();
    const errors = new Map(await Promise.all(calling));
    for (const stream of hanging) stream.close();
    await after(300);
    for (const externalId of paid()) assert.equal(errors.get(externalId).outcome, 'unknown', `${externalId} arrived`);
    assert.ok([...errors.values()].every(({ code }) => code === 'ABORTED'));
  });
}

test('with no room for a body, none told not_sent ever arrives', async (t) => {
  const { gateway, peer, paid } = await overH2(t, { initialWindowSize: 0 });
  const config = { baseUrl: peer.url, authBaseUrl: gateway.sandbox.url };
  const sdk = gateway.sdk('azampay', config, { ca: ours.cert });
  await sdk.getPaymentStatus('WARM').catch(() => {});
  const outcomes = new Map();
  await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const error = await rejection(sdk.pay({ ...PAYMENTS.azampay, externalId: `B${n}` }, { timeoutMs: 500 }));
      outcomes.set(`B${n}`, error.outcome);
    }),
  );
  assert.deepEqual(paid(), []);
  for (const session of peer.sessions) session.settings({ initialWindowSize: 65_535 });
  await after(300);
  for (const externalId of paid()) assert.equal(outcomes.get(externalId), 'unknown', `${externalId} arrived`);
});

test('a connection that the gateway left while it was idle costs no payment, and none is sent twice', async (t) => {
  const { peer, sdk, paid } = await overH2(t);
  const leave = [
    (session) => session.close(),
    (session) => session.goaway(0),
    (session) => session.destroy(),
    () => peer.sockets.forEach((socket) => socket.resetAndDestroy()),
  ];
  for (const [n, end] of leave.entries()) {
    for (const session of peer.sessions) end(session);
    await after(100);
    const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: `IDLE-${n}` });
    assert.equal(answer.success, true);
  }
  assert.deepEqual(
    paid(),
    leave.map((_, n) => `IDLE-${n}`),
  );
});

test('payments go on when the gateway has said goodbye on many connections at once', async (t) => {
  const { peer, sdk, paid } = await overH2(t, { maxConcurrentStreams: 2 });
  const hanging = [];
  peer.arm((stream) => hanging.push(stream), Infinity);
  const waiting = Array.from({ length: 20 }, (_, n) =>
    sdk.pay({ ...PAYMENTS.azampay, externalId: `OLD-${n}` }, { timeoutMs: 20_000 }),
  );
  while (hanging.length < waiting.length) await after(2);
  assert.equal(peer.sessions.size, 10);
  // Each connection lives on for its streams, and takes no new one.
  for (const session of peer.sessions) session.goaway(0);
  await after(100);
  peer.arm(undefined, 0);
  const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'NEW' });
  assert.equal(answer.success, true);
  for (const stream of hanging) {
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify(answer));
  }
  assert.ok((await Promise.all(waiting)).every(({ success }) => success));
  assert.equal(new Set(paid()).size, 21);
});

/** Each way HTTP/2 can take a stream back once the request is whole. */
const ENDS = {
  'RST_STREAM, internal error': (stream) => stream.close(2),
  'RST_STREAM, refused': (stream) => stream.close(7),
  'RST_STREAM, cancel': (stream) => stream.close(8),
  'RST_STREAM, enhance your calm': (stream) => stream.close(11),
  'RST_STREAM, HTTP/1.1 required': (stream) => stream.close(13),
  'GOAWAY that leaves the stream out': (stream) => stream.session.goaway(0, 0),
  'GOAWAY and the end': (stream) => stream.session.goaway(0, 0) || stream.session.destroy(),
  'GOAWAY with an error': (stream) => stream.session.goaway(2, 0) || stream.session.destroy(),
  'the end of the connection': (_, peer) => peer.sockets.forEach((socket) => socket.destroy()),
  'a reset of the connection': (_, peer) => peer.sockets.forEach((socket) => socket.resetAndDestroy()),
  'a reset in the middle of the answer': (stream) => {
    stream.respond({ ':status': 200 });
    stream.write('{"success":true,');
    setTimeout(() => stream.close(2), 20);
  },
};

for (const [what, end] of Object.entries(ENDS)) {
  test(`${what}: the payment is unknown, and not sent again`, async (t) => {
    const { peer, make, paid } = await overH2(t);
    const sdk = make('azampay', { maxRetries: 5 });
    await sdk.getPaymentStatus('WARM').catch(() => {});
    peer.arm((stream) => end(stream, peer));
    const error = await rejection(sdk.pay(PAYMENTS.azampay, { timeoutMs: 2000 }));
    assert.deepEqual([error.outcome, error.retryable], ['unknown', false], error.message);
    assert.deepEqual(paid(), [PAYMENTS.azampay.externalId]);
    const answer = await sdk.pay({ ...PAYMENTS.azampay, externalId: 'NEXT' });
    assert.equal(answer.success, true, 'the next payment takes a sound connection');
    assert.deepEqual(paid(), [PAYMENTS.azampay.externalId, 'NEXT']);
  });
}
