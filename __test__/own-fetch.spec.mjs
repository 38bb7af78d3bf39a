// What a fetch of the caller's throws or answers, and what that says of the money.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { Agent, RetryAgent, fetch as undiciFetch } from 'undici';
import { PAY_ROUTES, PAYMENTS, rejection, startGateway } from './support/gateway.mjs';
import { listen } from './support/shop.mjs';

const LOGIN = { data: { accessToken: 'token', expire: '2099-01-01T00:00:00Z' }, success: true };
const PAID = { success: true, transactionId: 'tx-1' };
/** A port where nobody listens. */
const NOWHERE = await listen(() => {}).then(async ({ url, close }) => (await close(), url));

const isPayment = (url) => url.includes(PAY_ROUTES.azampay);
const failed = (fields, more = {}) =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('it failed'), fields), ...more });
const refusedAt = (address) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED', syscall: 'connect' });

/** What came of a payment through `own`, which logs in as the gateway does, and how often `own` was asked to pay. */
async function paying(t, own, { maxRetries = 0, ...options } = {}) {
  const gateway = await startGateway(t);
  let times = 0;
  const sdk = gateway.sdk(
    'azampay',
    {},
    { maxRetries, fetch: (url, init) => (isPayment(url) ? (times++, own(url, init)) : fetch(url, init)) },
  );
  const answer = await sdk.pay(PAYMENTS.azampay, undefined, options).then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  return { ...answer, times: () => times, paid: gateway.to(PAY_ROUTES.azampay).length };
}

test('a failure that came before anything left is not_sent, and tried again', async (t) => {
  const before = {
    'a refused connection': failed({ code: 'ECONNREFUSED', syscall: 'connect' }),
    'no route': failed({ code: 'EHOSTUNREACH', syscall: 'connect' }),
    'a name that is not there': failed({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
    'both families refused': failed({ code: 'ECONNREFUSED', errors: [refusedAt('::1:9'), refusedAt('127.0.0.1:9')] }),
    'a connection that took too long': failed({ code: 'UND_ERR_CONNECT_TIMEOUT' }),
    'a certificate': failed({ code: 'CERT_HAS_EXPIRED' }),
    'as axios says it': Object.assign(new Error('connect'), { code: 'ECONNREFUSED', cause: refusedAt('127.0.0.1:9') }),
    'as node-fetch says it': Object.assign(new Error('connect'), { code: 'ECONNREFUSED', erroredSysCall: 'connect' }),
  };
  for (const [name, error] of Object.entries(before))
    await t.test(name, async () => {
      const made = await paying(t, () => Promise.reject(error), { maxRetries: 1 });
      assert.deepEqual(
        [made.error.code, made.error.outcome, made.error.retryable],
        ['CONNECTION_FAILED', 'not_sent', true],
        name,
      );
      assert.equal(made.times(), 2, name);
    });
});

test('any other failure is unknown, and not tried again', async (t) => {
  const cyclic = failed({ code: 'X' });
  cyclic.cause.cause = cyclic;
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('mine');
      },
    },
  );
  const after = {
    'a read that met no route': failed({ code: 'EHOSTUNREACH', syscall: 'read' }),
    'a write that met no network': failed({ code: 'ENETUNREACH', syscall: 'write' }),
    'a code without a system call': failed({ code: 'ECONNREFUSED' }),
    'a name without a system call': failed({ code: 'ENOTFOUND' }),
    'words that only begin alike': failed({ code: 'ECONNREFUSED', syscall: 'connect (2nd try)' }),
    'a certificate at some system call': failed({ code: 'CERT_HAS_EXPIRED', syscall: '-' }),
    'a wrapper that says more happened': Object.assign(failed({ code: 'ECONNREFUSED', syscall: 'connect' }), {
      code: 'RETRIES_EXHAUSTED',
    }),
    'a retry whose first try was cut off': failed({
      errors: [Object.assign(new Error('x'), { code: 'ECONNRESET', syscall: 'read' }), refusedAt('::1:9')],
    }),
    'a refused retry, caused by a first try that was cut off': Object.assign(refusedAt('::1:9'), {
      cause: Object.assign(new Error('x'), { code: 'ECONNRESET', syscall: 'read' }),
    }),
    'refused retries of a read': failed({ code: 'ECONNRESET', syscall: 'read', errors: [refusedAt('::1:9')] }),
    'a refused retry after an answer': Object.assign(refusedAt('::1:9'), { response: { status: 502 } }),
    'no errors at all': failed({ code: 'ECONNREFUSED', errors: [] }),
    'a broken connection': failed({ code: 'UND_ERR_SOCKET' }),
    'a bad URL': failed({ code: 'ERR_INVALID_URL' }),
    'a cause in a circle': cyclic,
    'a proxy that throws': hostile,
    'a proxy for a cause': Object.assign(new Error('x'), { cause: hostile }),
    'no error': undefined,
    'a text': 'ECONNREFUSED connect',
    'a symbol': Symbol('ECONNREFUSED'),
    'without a prototype': Object.create(null),
  };
  for (const [name, error] of Object.entries(after))
    await t.test(name, async () => {
      for (const own of [
        () => Promise.reject(error),
        () => {
          throw error;
        },
      ]) {
        const made = await paying(t, own, { maxRetries: 2 });
        assert.deepEqual(
          [made.error.code, made.error.outcome, made.error.retryable],
          ['CONNECTION_FAILED', 'unknown', false],
          name,
        );
        assert.equal(made.times(), 1, name);
      }
    });
});

test("a function that sent by Node's fetch is not believed, whatever it says afterwards", async (t) => {
  const claims = [
    failed({ code: 'ECONNREFUSED', syscall: 'connect' }),
    failed({ code: 'CERT_HAS_EXPIRED' }),
    failed({ code: 'UND_ERR_CONNECT_TIMEOUT' }),
  ];
  for (const claim of claims) {
    const exchanged = await paying(
      t,
      async (url, init) => {
        await (await fetch(url, init)).text();
        throw claim;
      },
      { maxRetries: 2 },
    );
    assert.deepEqual([exchanged.error.outcome, exchanged.times(), exchanged.paid], ['unknown', 1, 1]);
    const rewritten = await paying(t, async (url, { method, headers, body }) => {
      await undiciFetch(`${url}?again`, { method, headers, body });
      throw claim;
    });
    assert.deepEqual([rewritten.error.outcome, rewritten.times()], ['unknown', 1]);
  }
  const retrying = await paying(
    t,
    async (url, init) => {
      await fetch(url, init);
      return fetch(NOWHERE, init);
    },
    { maxRetries: 2 },
  );
  assert.deepEqual([retrying.error.outcome, retrying.times(), retrying.paid], ['unknown', 1, 1]);
  assert.match(retrying.error.message, /ECONNREFUSED/);
});

/** As an application would that builds its own on node:http. */
const byNodeHttp = (url, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers }, (incoming) =>
      resolve(new Response(Readable.toWeb(incoming), { status: incoming.statusCode })),
    );
    outgoing.on('error', reject).end(body);
  });

test('a function that sent by node:http is not believed either, and one that could not connect is', async (t) => {
  const server = await listen((request) => request.socket.destroy());
  t.after(server.close);
  const cut = server.url;
  const good = await paying(t, byNodeHttp);
  assert.equal(good.value.success, true);
  const retrying = await paying(t, (_, init) => byNodeHttp(cut, init).catch(() => byNodeHttp(NOWHERE, init)), {
    maxRetries: 2,
  });
  assert.deepEqual([retrying.error.outcome, retrying.times()], ['unknown', 1]);
  const never = await paying(t, (_, init) => byNodeHttp(NOWHERE, init).catch(() => byNodeHttp(NOWHERE, init)), {
    maxRetries: 1,
  });
  assert.deepEqual([never.error.outcome, never.times()], ['not_sent', 2]);
});

test("undici's retrying agent, cut off at the first try and refused at the second, leaves it unknown", async (t) => {
  let connections = 0;
  const server = await listen((request) => {
    connections++;
    void server.close();
    request.socket.destroy();
  });
  const url = `${server.url}/pay`;
  const dispatcher = new RetryAgent(new Agent(), { methods: ['POST'], maxRetries: 1, minTimeout: 1 });
  t.after(() => dispatcher.close());
  const { error, times } = await paying(t, (_, init) => undiciFetch(url, { ...init, dispatcher }), { maxRetries: 2 });
  assert.deepEqual([error.outcome, times(), connections], ['unknown', 1, 1]);
});

/** Hands jobs to `send` from a loop of its own, in no caller's context. */
function queueOf(send) {
  const jobs = [];
  const timer = setInterval(
    () => jobs.splice(0).forEach(({ args, resolve, reject }) => send(...args).then(resolve, reject)),
    5,
  );
  timer.unref();
  return (...args) => new Promise((resolve, reject) => jobs.push({ args, resolve, reject }));
}

test('a function that sends by a queue of its own is not believed, whatever it says afterwards', async (t) => {
  for (const send of [
    queueOf(async (url, init) => new Response(await (await fetch(url, init)).text())),
    queueOf(byNodeHttp),
  ]) {
    const sent = await paying(
      t,
      async (url, init) => {
        await send(url, init);
        throw refusedAt('127.0.0.1:9');
      },
      { maxRetries: 2 },
    );
    assert.deepEqual([sent.error.outcome, sent.times(), sent.paid], ['unknown', 1, 1]);
  }
  // One after the other, each in the context of the one before it.
  const gateway = await startGateway(t);
  let last = Promise.resolve();
  const own = (url, init) => {
    if (!isPayment(url)) return fetch(url, init);
    const sent = last.then(() =>
      fetch(url, init).then(async (response) => {
        await response.text();
        throw refusedAt('127.0.0.1:9');
      }),
    );
    last = sent.catch(() => {});
    return sent;
  };
  const sdk = gateway.sdk('azampay', {}, { fetch: own, maxRetries: 2 });
  const outcomes = ['a', 'b', 'c'].map((externalId) =>
    sdk.pay({ ...PAYMENTS.azampay, externalId }).then(
      () => 'paid',
      ({ outcome }) => outcome,
    ),
  );
  assert.deepEqual(await Promise.all(outcomes), ['unknown', 'unknown', 'unknown']);
  assert.equal(gateway.to(PAY_ROUTES.azampay).length, 3);
});

test('what leaves beside it, or for another payment, takes no proof away', async (t) => {
  const gateway = await startGateway(t);
  const own = async (url, init) => {
    if (!isPayment(url)) return fetch(url, init);
    const { externalId } = JSON.parse(init.body);
    // Each has read its settings somewhere before.
    await (await fetch(`${gateway.sandbox.url}/nothing`)).text();
    return externalId === 'lost' ? fetch(NOWHERE, init) : fetch(url, init);
  };
  const sdk = gateway.sdk('azampay', {}, { fetch: own });
  const payments = ['a', 'lost', 'b', 'lost', 'c'].map((externalId) =>
    sdk.pay({ ...PAYMENTS.azampay, externalId }).then(
      () => 'paid',
      ({ outcome }) => outcome,
    ),
  );
  assert.deepEqual(await Promise.all(payments), ['paid', 'not_sent', 'paid', 'not_sent', 'paid']);
});

const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
async function* parts(...all) {
  yield* all;
}

test('an answer is read in every shape that says the same', async (t) => {
  const text = JSON.stringify(PAID);
  const shapes = {
    'a Response': () => Response.json(PAID),
    'a text body': () => ({ status: 200, body: text }),
    'a Buffer': () => ({ status: 200, body: Buffer.from(text) }),
    'an ArrayBuffer': () => ({ status: 200, body: bytes(PAID).buffer }),
    'text chunks': () => ({ status: 200, body: parts(text.slice(0, 5), text.slice(5)) }),
    'byte chunks with an empty one': () => ({
      status: 200,
      body: parts(bytes(PAID).subarray(0, 9), new Uint8Array(), bytes(PAID).subarray(9)),
    }),
    'a wide view': () => ({
      status: 200,
      body: parts(new Uint16Array(Buffer.from(text.padEnd(text.length + (text.length % 2))).buffer.slice(0, 0)), text),
    }),
    'text() alone': () => ({ status: 200, text: async () => text }),
    'json() alone': () => ({ status: 200, json: async () => PAID }),
    'a body that is no stream, and text()': () => ({ status: 200, body: { getReader() {} }, text: async () => text }),
    'headers as a plain object': () => ({ status: 200, headers: { 'Content-Type': 'x' }, body: text }),
    'headers that throw': () => ({
      status: 200,
      headers: {
        get() {
          throw new Error('mine');
        },
      },
      body: text,
    }),
  };
  for (const [name, answer] of Object.entries(shapes))
    await t.test(name, async () => {
      const { value, error } = await paying(t, async () => answer());
      assert.deepEqual(value, PAID, `${name}: ${error?.message}`);
    });
});

test('an answer that cannot be read leaves the payment unknown', async (t) => {
  const used = () => {
    const response = Response.json(PAID);
    response.text();
    return response;
  };
  const locked = () => {
    const response = Response.json(PAID);
    response.body.getReader();
    return response;
  };
  const huge = new Uint8Array((1 << 20) + 1);
  // Almost as long as an answer may be, and then nothing for ever.
  const endless = (async function* () {
    yield ' '.repeat((1 << 20) - 1000);
    for (;;) yield '';
  })();
  const answers = {
    'a body that was read': used,
    'a body that is locked': locked,
    'a text() that throws': () => ({
      status: 200,
      text() {
        throw new Error('gone');
      },
    }),
    'a json() that rejects': () => ({ status: 200, json: () => Promise.reject(new Error('gone')) }),
    'a chunk that is too large': () => ({ status: 200, body: parts(huge) }),
    'a text that is too long': () => ({ status: 200, text: async () => ' '.repeat((1 << 20) + 1) }),
    'empty chunks without end': () => ({ status: 200, body: endless }),
    'a stream that breaks': () => ({
      status: 200,
      body: (async function* () {
        yield '{"success":';
        throw new Error('reset');
      })(),
    }),
    nothing: () => ({ status: 200 }),
  };
  for (const [name, answer] of Object.entries(answers))
    await t.test(name, async () => {
      const { error } = await paying(t, async () => answer());
      assert.deepEqual([error?.code, error?.outcome], ['INVALID_RESPONSE', 'unknown'], name);
    });
  const { error } = await paying(
    t,
    async () => ({
      status: 200,
      body: {
        async *[Symbol.asyncIterator]() {
          await new Promise(() => {});
        },
      },
    }),
    { timeoutMs: 300 },
  );
  assert.deepEqual([error.code, error.outcome], ['TIMEOUT', 'unknown']);
});

test("an answer that is no response is the caller's error at once, and unknown", async (t) => {
  const hostile = new Proxy(
    {},
    {
      get(_, name) {
        if (name === 'then') return undefined;
        throw new Error('mine');
      },
    },
  );
  const answers = [
    undefined,
    null,
    200,
    'ok',
    1n,
    Symbol('x'),
    {},
    [],
    hostile,
    { status: '200' },
    { status: 99 },
    { status: 1000 },
    { status: NaN },
    { status: 200n },
    { status: 200.5 },
    { status: { valueOf: () => 200 } },
    { status: 200, body: {} },
    { status: 200, body: parts({}) },
    { status: 200, body: parts(5) },
    { status: 200, body: 5 },
    {
      get status() {
        throw new Error('mine');
      },
    },
  ];
  for (const [i, answer] of answers.entries()) {
    const started = performance.now();
    const { error, times } = await paying(t, async () => answer, { maxRetries: 2, timeoutMs: 5000 });
    assert.deepEqual(
      [error?.code, error?.outcome, error?.retryable, times()],
      ['CALLER_ERROR', 'unknown', false, 1],
      `answer ${i}`,
    );
    assert.match(error.message, /^Payment request failed: .*fetch (must|answer)/);
    assert.ok(performance.now() - started < 2000);
  }
  const gateway = await startGateway(t);
  const login = await rejection(
    gateway.sdk('azampay', {}, { fetch: async () => undefined, maxRetries: 2 }).pay(PAYMENTS.azampay),
  );
  assert.deepEqual([login.code, login.outcome], ['CALLER_ERROR', 'not_sent']);
  const mock = gateway.sdk(
    'azampay',
    {},
    { fetch: async (url) => ({ status: 200, json: async () => (isPayment(url) ? PAID : LOGIN) }) },
  );
  assert.deepEqual(await mock.pay(PAYMENTS.azampay), PAID);
});

test('what an answer throws when it is read tells no token and no telephone number', async (t) => {
  const { error } = await paying(t, async (_, init) => ({
    get status() {
      throw new Error(`${init.headers.authorization} ${init.body}`);
    },
  }));
  assert.deepEqual([error.code, error.outcome], ['CALLER_ERROR', 'unknown']);
  const shown = error.message + error.stack + JSON.stringify(error);
  assert.match(shown, /\[redacted\]/);
  assert.doesNotMatch(shown, /Bearer [A-Za-z0-9]{4}|712345678/);
});

test("what axios answers is the caller's mistake, and no empty answer", async () => {
  const answers = [
    { status: 200, headers: {}, data: { success: true } },
    { status: 200, data: '' },
  ];
  for (const answer of answers) {
    const config = { baseUrl: 'https://gateway.example', CLICKPESA_CLIENT_ID: 'id', CLICKPESA_API_KEY: 'key' };
    const sdk = new FintechSDK({ provider: 'clickpesa', config, fetch: async () => answer });
    const { code, message } = await rejection(sdk.exchangeRates());
    assert.equal(code, 'CALLER_ERROR', message);
    assert.match(message, /axios/);
  }
});
