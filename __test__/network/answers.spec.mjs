import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { authority } from '../support/certificates.mjs';
import { LOGIN_ROUTES, PAY_ROUTES, PAYMENTS, rejection, startGateway } from '../support/gateway.mjs';
import { startH2Peer } from '../support/h2-peer.mjs';
import { startPeer } from '../support/peer.mjs';

const PAID = { success: true, message: 'Your request has been received', transactionId: 'T-1' };
const BODY = JSON.stringify(PAID);
const MAX_ANSWER = 1 << 20;

/** A gateway whose answers to payments are written as they stand. */
async function scripted(t) {
  const gateway = await startGateway(t);
  const peer = await startPeer({ origin: gateway.sandbox.url, keepAlive: true });
  t.after(() => peer.close());
  const { baseUrl: authBaseUrl } = gateway.sandbox.config('azampay');
  const sdk = gateway.sdk('azampay', { baseUrl: peer.url, authBaseUrl }, { timeoutMs: 5000 });
  /** What comes of a payment that is answered by `bytes`, after which the connection ends. */
  const answered = (bytes) => {
    peer.arm({ request: (socket) => socket.end(bytes) });
    return sdk.pay(PAYMENTS.azampay);
  };
  return { peer, gateway, sdk, answered };
}

/** Whether one of Node's own clients reads that answer. */
async function nodeReads({ peer }, bytes) {
  peer.arm({ request: (socket) => socket.end(bytes), times: 2 });
  const fetched = await fetch(peer.url, { method: 'POST', body: '{}' })
    .then((response) => response.text())
    .catch(() => '');
  if (fetched === BODY) return true;
  return new Promise((resolve) => {
    const request = http.request(peer.url, { method: 'POST', agent: false }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part) => (text += part))
        .on('end', () => resolve(text === BODY))
        .on('error', () => resolve(false));
    });
    request.on('error', () => resolve(false)).end('{}');
  });
}

const head = (...lines) =>
  Buffer.from(['HTTP/1.1 200 OK', ...lines, `Content-Length: ${BODY.length}`, '', BODY].join('\r\n'), 'latin1');
const many = (count) => head(...Array.from({ length: count }, (_, n) => `X-${n}: ${n}`));
const status = (line, rest = '') =>
  Buffer.from(`${line}\r\nContent-Length: ${BODY.length}\r\n${rest}\r\n${BODY}`, 'latin1');
const chunked = (...lines) =>
  Buffer.from(
    ['HTTP/1.1 200 OK', ...lines, '', `${BODY.length.toString(16)};a=b`, BODY, '0', 'X-Trailer: 1', '', ''].join(
      '\r\n',
    ),
    'latin1',
  );

/** Heads that gateways, proxies and firewalls have been seen to write. */
const HEADS = {
  'a folded line': head('X-Long: one', '  two', '\tthree', 'Content-Type: application/json'),
  'a folded line whose first part is empty': head('X-Long:', ' one'),
  'a folded Content-Type': head('Content-Type: application/json;', '  charset=utf-8'),
  'a blank before the colon': head('X-Odd : 1', 'Content-Type\t: application/json'),
  'a blank before the colon of what counts': Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Length : ${BODY.length}\r\n\r\n${BODY}`,
  ),
  '101 lines': many(100),
  '500 lines': many(500),
  '1,500 short lines': head(...Array.from({ length: 1500 }, (_, n) => `a${n}:1`)),
  'a line of 15,000 bytes': head(`X-Long: ${'x'.repeat(15_000)}`),
  'eight-bit bytes in a value': head('X-Name: Dar es Salaam \xe9\xff'),
  'eight-bit bytes in the reason': status('HTTP/1.1 200 D\xe9j\xe0 vu'),
  'an empty value': head('X-Empty:', 'X-Blank:   '),
  'no reason': status('HTTP/1.1 200 '),
  'no reason and no blank': status('HTTP/1.1 200'),
  'HTTP/1.0': status('HTTP/1.0 200 OK'),
  'HTTP/1.0, to the end of the connection': Buffer.from(`HTTP/1.0 200 OK\r\n\r\n${BODY}`),
  'HTTP/1.1, to the end of the connection': Buffer.from(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${BODY}`),
  'line feeds alone': Buffer.from(`HTTP/1.1 200 OK\nContent-Length: ${BODY.length}\n\n${BODY}`),
  'an empty line before it': Buffer.concat([Buffer.from('\r\n'), head()]),
  'odd letters in names': head("!#$%&'*+-.^_`|~1: 1"),
  'a name with a blank': head('X Odd: 1'),
  'a line without a colon': head('nonsense'),
  'a control character in a value': head('X-Odd: a\x01b'),
  '100 Continue before it': Buffer.concat([Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), head()]),
  '102 and 103 before it': Buffer.concat([
    Buffer.from('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'),
    head(),
  ]),
  'one length, said twice': head(`Content-Length: ${BODY.length}`),
  'chunks, with extensions and trailers': chunked('Transfer-Encoding: chunked'),
  'chunks, in capitals': chunked('TRANSFER-ENCODING: CHUNKED'),
  'a blank after a value': head('Content-Type: application/json   '),
  'two Set-Cookie lines': head('Set-Cookie: a=1', 'Set-Cookie: b=2'),
  'Connection and Keep-Alive': head('Connection: keep-alive', 'Keep-Alive: timeout=5, max=100'),
};

test('a head that Node reads costs no payment its answer', async (t) => {
  const peer = await scripted(t);
  for (const [what, bytes] of Object.entries(HEADS))
    await t.test(what, async () => {
      const read = await nodeReads(peer, bytes);
      const told = await peer.answered(bytes).catch((error) => error);
      const ours = told.transactionId === 'T-1';
      t.diagnostic(`${what}: Node ${read ? 'reads it' : 'does not'}, we ${ours ? 'read it' : 'do not'}`);
      assert.ok(ours || !read, `${what}: ${told.message}`);
      if (!ours) assert.deepEqual([told.outcome, told.retryable], ['unknown', false], what);
    });
});

test('a head that cannot be read leaves the payment unknown', async (t) => {
  const { answered } = await scripted(t);
  const unreadable = {
    // Node reads these two.
    'HTTP/2.0 in a line': status('HTTP/2.0 200 OK'),
    'chunks in HTTP/1.0': Buffer.from(chunked('Transfer-Encoding: chunked').toString().replace('1.1', '1.0')),
    'too many lines': many(2100),
    'too large': head(...Array.from({ length: 300 }, () => `X-Long: ${'x'.repeat(1000)}`)),
    'no HTTP': Buffer.from('SSH-2.0-OpenSSH\r\n\r\n'),
    'two lengths': head('Content-Length: 1'),
    nothing: Buffer.alloc(0),
  };
  for (const [what, bytes] of Object.entries(unreadable))
    await t.test(what, async () => {
      const error = await answered(bytes).then(
        () => assert.fail(`${what} was read`),
        (reason) => reason,
      );
      assert.deepEqual([error.outcome, error.retryable], ['unknown', false], what);
      assert.match(error.message, /127\.0\.0\.1:\d+: .*let recover\(\) say/, what);
    });
});

/** Each coding, by whoever made it. */
const CODINGS = {
  gzip: zlib.gzipSync,
  GZip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  deflate: zlib.deflateSync,
  'deflate ': zlib.deflateRawSync,
  br: zlib.brotliCompressSync,
  'gzip, br': (text) => zlib.brotliCompressSync(zlib.gzipSync(text)),
  'deflate, identity, gzip': (text) => zlib.gzipSync(zlib.deflateSync(text)),
  identity: (text) => Buffer.from(text),
  // What some put there instead.
  'utf-8': (text) => Buffer.from(text),
  none: (text) => Buffer.from(text),
  ...(zlib.zstdCompressSync && {
    zstd: zlib.zstdCompressSync,
    'zstd,br': (text) => zlib.brotliCompressSync(zlib.zstdCompressSync(text)),
  }),
};

const compressed = (coding, bytes, line = '200 OK', more = '') =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${line}\r\nContent-Type: application/json\r\nContent-Encoding: ${coding}\r\n${more}Content-Length: ${bytes.length}\r\n\r\n`,
    ),
    bytes,
  ]);

test('an answer that comes compressed, though none was asked for, is read', async (t) => {
  const { peer, answered } = await scripted(t);
  for (const [coding, compress] of Object.entries(CODINGS))
    await t.test(coding, async () => {
      assert.deepEqual(await answered(compressed(coding, compress(BODY))), PAID, coding);
    });
  const twoLines = compressed(
    'gzip',
    zlib.brotliCompressSync(zlib.gzipSync(BODY)),
    '200 OK',
    'Content-Encoding: br\r\n',
  );
  assert.deepEqual(await answered(twoLines), PAID);
  assert.ok(peer.requests.every(({ headers }) => headers['accept-encoding'] === 'identity'));
});

test('a refusal, a login and a callback’s key that come compressed are read', async (t) => {
  const { gateway, answered } = await scripted(t);
  const refusal = compressed('gzip', zlib.gzipSync('{"success":false,"message":"Invalid Vendor"}'), '400 Bad Request');
  const error = await rejection(answered(refusal));
  assert.deepEqual([error.outcome, error.gatewayMessage], ['refused', 'Invalid Vendor']);
  const busy = await rejection(
    answered(
      compressed(
        'br',
        zlib.brotliCompressSync('{"message":"slow down"}'),
        '429 Too Many',
        'Retry-After: Sunday, 06-Nov-94 08:49:37 GMT\r\n',
      ),
    ),
  );
  assert.equal(busy.code, 'RATE_LIMITED');

  const { baseUrl } = gateway.sandbox.config('azampay');
  const zipping = await startPeer({ origin: baseUrl, keepAlive: false });
  t.after(() => zipping.close());
  zipping.arm({
    times: Infinity,
    request: async (socket, answer) => {
      const plain = (await answer()).toString();
      const [line] = plain.split('\r\n');
      socket.end(
        compressed(
          'gzip',
          zlib.gzipSync(plain.slice(plain.indexOf('\r\n\r\n') + 4)),
          line.slice(9),
          'Connection: close\r\n',
        ),
      );
    },
  });
  const sdk = gateway.sdk('azampay', { baseUrl: zipping.url });
  assert.equal((await sdk.pay(PAYMENTS.azampay)).success, true);
  assert.ok(zipping.requests.some(({ path }) => path === LOGIN_ROUTES.azampay));
});

test('an answer that cannot be uncompressed leaves the payment unknown, and says why', async (t) => {
  const { answered } = await scripted(t);
  const whole = zlib.gzipSync(BODY);
  const spoilt = Buffer.from(whole);
  spoilt[20] ^= 0xff;
  const cases = [
    [compressed('gzip', whole.subarray(0, 40)), /cut off, or not gzip/],
    [compressed('gzip', spoilt), /cut off, or not gzip/],
    [compressed('br', whole), /cut off, or not br/],
    [compressed('zstd', Buffer.from(BODY)), /cut off, or not zstd/],
    [compressed('deflate', Buffer.from(BODY)), /cut off, or not deflate/],
    [compressed('gzip', Buffer.from(BODY)), /cut off, or not gzip/],
    [compressed('compress', Buffer.from(BODY)), /compressed by "compress", which is not known/],
    [compressed('gzip,gzip,gzip,gzip,gzip', whole), /compressed more than 4 times/],
    [compressed('gzip', whole).subarray(0, -3), /cut off/],
  ];
  for (const [bytes, why] of cases) {
    const error = await rejection(answered(bytes));
    assert.deepEqual(
      [error.code, error.outcome, error.retryable],
      ['INVALID_RESPONSE', 'unknown', false],
      error.message,
    );
    assert.match(error.message, why);
  }
});

test('a bomb is refused without all of it being read', async (t) => {
  const { answered } = await scripted(t);
  const zeros = Buffer.alloc(64 << 20);
  const bombs = {
    gzip: zlib.gzipSync(zeros),
    br: zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
    deflate: zlib.deflateSync(zeros),
  };
  bombs['gzip, gzip'] = zlib.gzipSync(bombs.gzip);
  const before = process.memoryUsage().rss;
  for (const [coding, bomb] of Object.entries(bombs))
    await t.test(coding, async () => {
      assert.ok(bomb.length < MAX_ANSWER);
      const started = performance.now();
      const error = await rejection(answered(compressed(coding, bomb)));
      assert.deepEqual([error.code, error.outcome], ['INVALID_RESPONSE', 'unknown'], coding);
      assert.match(error.message, /larger than 1048576 bytes/, coding);
      assert.ok(performance.now() - started < 2000, coding);
    });
  assert.ok(process.memoryUsage().rss - before < 64 << 20);
  const fits = JSON.stringify({ ...PAID, padding: 'x'.repeat(MAX_ANSWER - 200) });
  assert.equal((await answered(compressed('gzip', zlib.gzipSync(fits)))).transactionId, 'T-1');
});

test('over HTTP/2, too', async (t) => {
  const ours = authority();
  const gateway = await startGateway(t);
  const peer = await startH2Peer({ origin: gateway.sandbox.url, identity: ours.issue() });
  t.after(() => peer.close());
  const { baseUrl: authBaseUrl } = gateway.sandbox.config('azampay');
  const sdk = gateway.sdk('azampay', { baseUrl: peer.url, authBaseUrl }, { ca: ours.cert });
  const lines = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x-${n}`, `${n}`]));
  peer.arm(
    (stream) => (
      stream.respond({ ':status': 200, 'content-encoding': 'gzip', ...lines }), stream.end(zlib.gzipSync(BODY))
    ),
  );
  assert.deepEqual(await sdk.pay(PAYMENTS.azampay), PAID);
  assert.equal(peer.requests[0].headers['accept-encoding'], 'identity');
});

test('what the caller’s own fetch has uncompressed is not uncompressed again', async (t) => {
  const { gateway, peer } = await scripted(t);
  const { baseUrl: authBaseUrl } = gateway.sandbox.config('azampay');
  const sdk = gateway.sdk('azampay', { baseUrl: peer.url, authBaseUrl }, { fetch });
  peer.arm({ request: (socket) => socket.end(compressed('gzip', zlib.gzipSync(BODY))) });
  assert.deepEqual(await sdk.pay(PAYMENTS.azampay), PAID);
  assert.equal(peer.requests.find(({ path }) => path === PAY_ROUTES.azampay).headers['accept-encoding'], 'identity');
});
