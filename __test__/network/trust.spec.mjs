import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { authority, selfSigned } from '../support/certificates.mjs';
import { run } from '../support/child.mjs';
import { PAY_ROUTES, PAYMENTS, PROVIDERS, pay, rejection, startGateway } from '../support/gateway.mjs';
import { startPeer } from '../support/peer.mjs';
import { payInChild } from './support.mjs';

const ours = authority();

/** A folder for the files of one test. */
function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'finconnect-trust-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

for (const provider of PROVIDERS) {
  test(`${provider}: a payment over TLS, trusted by the ca option`, async (t) => {
    const gateway = await startGateway(t, { tls: ours.issue() });
    const ca = { string: ours.cert, buffer: Buffer.from(ours.cert), list: [authority('Another').cert, ours.cert] };
    for (const [form, given] of Object.entries(ca)) {
      const sdk = gateway.sdk(provider, {}, { ca: given });
      const error = await pay(sdk, provider, { id: form, orderReference: form, externalId: form }).catch((e) => e);
      assert.notEqual(error.code, 'CONNECTION_FAILED', form);
    }
    assert.equal(gateway.to(PAY_ROUTES[provider]).length, Object.keys(ca).length);
  });
}

test('NODE_EXTRA_CA_CERTS and SSL_CERT_FILE name authorities to trust', async (t) => {
  const gateway = await startGateway(t, { tls: ours.issue() });
  const file = join(folder(t), 'authorities.pem');
  writeFileSync(file, authority('Another').cert + ours.cert);
  for (const variable of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']) {
    const before = gateway.to(PAY_ROUTES.azampay).length;
    const paid = await payInChild(gateway.sandbox.config('azampay'), {
      env: { [variable]: file },
      payment: { externalId: variable },
    });
    assert.deepEqual([paid.ok, gateway.to(PAY_ROUTES.azampay).length - before], [true, 1], variable);
  }
  const untrusted = await payInChild(gateway.sandbox.config('azampay'));
  assert.deepEqual(
    [untrusted.code, untrusted.outcome],
    ['CONNECTION_FAILED', 'not_sent'],
    'without them it is not trusted',
  );
});

test('a file of authorities that cannot be read, or is not one, adds none', async (t) => {
  const gateway = await startGateway(t, { tls: ours.issue() });
  const nonsense = join(folder(t), 'nonsense.pem');
  writeFileSync(nonsense, 'not a certificate');
  for (const file of ['/no/such/file.pem', nonsense]) {
    const untrusted = await payInChild(gateway.sandbox.config('azampay'), { env: { SSL_CERT_FILE: file } });
    assert.deepEqual([untrusted.code, untrusted.outcome], ['CONNECTION_FAILED', 'not_sent'], file);
  }
  assert.equal(gateway.requests.length, 0);
  for (const ca of ['not a certificate', [ours.cert, '']]) {
    assert.throws(() => gateway.sdk('azampay', {}, { ca }), {
      code: 'INVALID_CONFIG',
      message: /ca must hold certificates in PEM/,
    });
  }
});

/** Each way a handshake can fail, and what the message must say. */
const HANDSHAKES = [
  {
    what: 'another host’s certificate',
    identity: ours.issue({ names: ['gateway.example'], addresses: [] }),
    says: /not valid for name/,
  },
  {
    what: 'another address’s certificate',
    identity: ours.issue({ names: [], addresses: ['127.0.0.2'] }),
    says: /not valid for name/,
  },
  { what: 'an expired certificate', identity: ours.issue({ from: -3, until: -1 }), says: /certificate expired/ },
  { what: 'a certificate of tomorrow', identity: ours.issue({ from: 1, until: 3 }), says: /not valid yet/ },
  { what: 'a certificate of an unknown authority', identity: authority('Unknown').issue(), says: /UnknownIssuer/ },
  {
    what: 'a fatal alert',
    connection: (socket) => socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 40]))),
    says: /HandshakeFailure/,
  },
  { what: 'plain HTTP', connection: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), says: /could not connect/ },
  { what: 'an end in the handshake', connection: (socket) => socket.once('data', () => socket.end()), says: /eof/ },
  { what: 'silence in the handshake', connection: (socket) => socket.resume(), says: /within 300 ms/, code: 'TIMEOUT' },
];

for (const { what, identity, connection, says, code = 'CONNECTION_FAILED' } of HANDSHAKES) {
  test(`${what} stops a payment before a byte of it is sent`, async (t) => {
    const gateway = await startGateway(t);
    const peer = await startPeer({ origin: gateway.sandbox.url, identity: ours.issue() });
    t.after(() => peer.close());
    const sdk = gateway.sdk('azampay', { baseUrl: peer.url }, { ca: ours.cert });
    await sdk.getPaymentStatus('WARM').catch(() => {});
    const { bytes, connections } = peer;
    assert.ok(bytes > 0, 'it was trusted before');
    peer.arm(identity ? { identity } : { connection, times: Infinity });
    const error = await rejection(sdk.pay(PAYMENTS.azampay, code === 'TIMEOUT' ? { timeoutMs: 300 } : {}));
    assert.deepEqual([error.code, error.outcome, error.retryable], [code, 'not_sent', true]);
    assert.match(error.message, says);
    assert.match(error.message, /Nothing was sent\.$/);
    assert.deepEqual([peer.connections - connections, peer.bytes - bytes], [1, 0]);
    assert.equal(gateway.to(PAY_ROUTES.azampay).length, 0);
  });
}

test('no variable and no option turns the checks off', async (t) => {
  const gateway = await startGateway(t, { tls: authority('Unknown').issue() });
  const config = gateway.sandbox.config('azampay');
  for (const env of [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, { NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_DIR: '/' }]) {
    const refused = await payInChild(config, { env });
    assert.deepEqual([refused.code, refused.outcome], ['CONNECTION_FAILED', 'not_sent'], JSON.stringify(env));
  }
  const error = await rejection(gateway.sdk('azampay', {}, { allowInsecureHttp: true }).pay(PAYMENTS.azampay));
  assert.deepEqual([error.code, error.outcome], ['CONNECTION_FAILED', 'not_sent']);
  for (const options of [{ rejectUnauthorized: false }, { insecure: true }]) {
    assert.throws(() => gateway.sdk('azampay', {}, options), { code: 'INVALID_CONFIG' }, JSON.stringify(options));
  }
  assert.equal(gateway.requests.length, 0);
});

const IS_CA = selfSigned();

/**
 * Each way in which a server can show a certificate that stands in `ca` itself, and what must be said where that is not
 * enough.
 */
const SELF_SIGNED = {
  'an authority’s, as openssl makes it': { shown: IS_CA },
  'an authority’s, with an RSA key': { shown: selfSigned({ type: 'rsa' }) },
  'not an authority’s': { shown: selfSigned({ mayIssue: false }) },
  'one that does not say': { shown: selfSigned({ mayIssue: undefined }) },
  'an authority’s, expired': {
    shown: selfSigned({ from: -3, until: -1 }),
    says: /certificate expired.*must be renewed/,
  },
  expired: {
    shown: selfSigned({ mayIssue: false, from: -3, until: -1 }),
    says: /certificate expired.*must be renewed/,
  },
  'an authority’s, of tomorrow': { shown: selfSigned({ from: 1, until: 3 }), says: /not valid yet.*clock/ },
  'an authority’s, for another host': {
    shown: selfSigned({ names: ['gateway.example'], addresses: [] }),
    says: /not valid for name.*another host/,
  },
  'an authority’s, with a common name alone': {
    shown: selfSigned({ names: [], addresses: [] }),
    says: /no subjectAltName.*-addext subjectAltName=IP:127\.0\.0\.1/,
  },
  'with a common name alone': {
    shown: selfSigned({ mayIssue: false, names: [], addresses: [] }),
    says: /no subjectAltName.*-addext subjectAltName=IP:127\.0\.0\.1/,
  },
  'without any extension': {
    shown: selfSigned({ mayIssue: undefined, names: [], addresses: [] }),
    says: /subjectAltName=IP:127\.0\.0\.1/,
  },
  'an authority’s, of the same key and name but not the one in ca': {
    shown: selfSigned({ like: IS_CA }),
    ca: IS_CA.cert,
    says: /CaUsedAsEndEntity.*pass that very certificate as ca/,
  },
  'an authority’s, while ca holds another': {
    shown: selfSigned(),
    ca: ours.cert,
    says: /pass that very certificate as ca/,
  },
  'not an authority’s, while ca holds another': {
    shown: selfSigned({ mayIssue: false }),
    ca: ours.cert,
    says: /UnknownIssuer.*as ca/,
  },
};

for (const [what, { shown, ca = shown.cert, says }] of Object.entries(SELF_SIGNED)) {
  test(`a self-signed certificate in ca, ${what}: ${says ? 'refused with what to do' : 'trusted'}`, async (t) => {
    const gateway = await startGateway(t, { tls: shown });
    const sdk = gateway.sdk('azampay', {}, { ca });
    if (!says) return assert.equal((await sdk.pay(PAYMENTS.azampay)).success, true);
    const error = await rejection(sdk.pay(PAYMENTS.azampay));
    assert.deepEqual([error.code, error.outcome, gateway.requests.length], ['CONNECTION_FAILED', 'not_sent', 0]);
    assert.match(error.message, /could not connect to AzamPay \(127\.0\.0\.1:\d+: .*Nothing was sent\.$/);
    assert.match(error.message, says);
  });
}

test('a certificate made by openssl req -x509 is trusted where it stands in ca, or in a file of authorities', async (t) => {
  const at = folder(t);
  const [key, cert] = [join(at, 'key.pem'), join(at, 'cert.pem')];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ];
  const made = await run('openssl', [...args, '-addext', 'subjectAltName=IP:127.0.0.1']).catch(() => undefined);
  if (made?.code !== 0) return t.skip('there is no openssl here');
  const shown = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  const gateway = await startGateway(t, { tls: shown });
  assert.equal((await gateway.sdk('azampay', {}, { ca: shown.cert }).pay(PAYMENTS.azampay)).success, true);
  const paid = await payInChild(gateway.sandbox.config('azampay'), {
    env: { NODE_EXTRA_CA_CERTS: cert },
    payment: { externalId: 'BY-FILE' },
  });
  assert.deepEqual(paid, { ok: true });
});

test('ca is read in each form that PEM comes in, and what is none is refused with what to do', async (t) => {
  const gateway = await startGateway(t, { tls: IS_CA });
  const forms = {
    'a bundle': authority('Another').cert + IS_CA.cert + ours.cert,
    CRLF: IS_CA.cert.replaceAll('\n', '\r\n'),
    'text around': `subject=CN=127.0.0.1\nissuer=CN=127.0.0.1\n${IS_CA.cert}\n# the end\n`,
    'a key beside it': IS_CA.key + IS_CA.cert,
    'a byte order mark': `\ufeff${IS_CA.cert}`,
    'the line ends of a variable': JSON.stringify(IS_CA.cert),
    indented: IS_CA.cert.replaceAll(/^/gm, '    '),
    'a list of Buffers': [Buffer.from(ours.cert), Buffer.from(IS_CA.cert)],
  };
  for (const [form, ca] of Object.entries(forms)) {
    const answer = await gateway
      .sdk('azampay', {}, { ca })
      .pay({ ...PAYMENTS.azampay, externalId: form.replaceAll(' ', '-') });
    assert.equal(answer.success, true, form);
  }
  const der = Buffer.from(IS_CA.cert.replace(/-----.*-----|\s/g, ''), 'base64');
  for (const ca of [
    der,
    IS_CA.key,
    IS_CA.cert.slice(0, 200),
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    [IS_CA.cert, der],
  ]) {
    assert.throws(() => gateway.sdk('azampay', {}, { ca }), {
      code: 'INVALID_CONFIG',
      message: /ca must hold certificates in PEM.*openssl x509 -inform der/,
    });
  }
});

test('a handshake with what speaks no TLS says so', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay', { baseUrl: gateway.sandbox.url.replace('http:', 'https:') });
  const error = await rejection(sdk.pay(PAYMENTS.azampay));
  assert.match(error.message, /127\.0\.0\.1:\d+: .*does not speak TLS: is https:\/\/ right\?.*Nothing was sent\.$/);
});

test("a certificate that a fetch of the caller's does not accept has let nothing leave", async (t) => {
  const gateway = await startGateway(t, { tls: authority('Unknown').issue() });
  const config = { ...gateway.sandbox.config('azampay'), authBaseUrl: undefined };
  const open = await startGateway(t);
  // The login goes to a gateway that is trusted, so that the payment meets the one that is not.
  const sdk = open.sdk(
    'azampay',
    {
      ...config,
      authBaseUrl: open.sandbox.config('azampay').baseUrl,
      baseUrl: gateway.sandbox.config('azampay').baseUrl,
    },
    { fetch },
  );
  const error = await rejection(sdk.pay(PAYMENTS.azampay));
  assert.deepEqual([error.code, error.outcome], ['CONNECTION_FAILED', 'not_sent']);
  assert.equal(open.requests.length, 1);
  assert.equal(gateway.requests.length, 0);
});
