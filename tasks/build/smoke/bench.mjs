// The other end of the smoke: two HTTPS sandboxes, one with a certificate that the smoke's own authority
// signed and one without, and the plan that tells the smoke where they are.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../lib/run.mjs';

/** Starts both sandboxes, of the package that is under test. */
export async function startBench({ generateTestCallback, startSandbox }) {
  const certificates = makeCertificates();
  const [trusted, untrusted] = await Promise.all(
    [certificates.trusted, certificates.untrusted].map((tls) => startSandbox({ tls })),
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = generateTestCallback('azampay', { key: privateKey });
  return {
    authority: certificates.authority,
    plan: {
      configs: {
        pesapal: trusted.config('pesapal'),
        clickpesa: trusted.config('clickpesa'),
        azampay: trusted.config('azampay'),
      },
      untrusted: untrusted.config('azampay'),
      publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }),
      signed: signed.body,
      forged: { ...signed.body, utilityref: 'ANOTHER-ORDER' },
    },
    /** Stays 0: nothing is sent past a certificate that nobody trusts. */
    untrustedRequests: () => untrusted.requests().length,
    close: () => Promise.all([trusted.close(), untrusted.close()]),
  };
}

function makeCertificates() {
  const folder = mkdtempSync(join(tmpdir(), 'finconnect-certificates-'));
  const openssl = (...args) => run('openssl', args, { cwd: folder });
  const key = (file) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', file];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  try {
    openssl('req', '-x509', ...key('ca.key'), '-out', 'ca.pem', '-days', '2', '-subj', '/CN=finconnect test authority');
    const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE', ...names];
    openssl(
      'req',
      '-x509',
      ...key('leaf.key'),
      '-out',
      'leaf.pem',
      '-days',
      '1',
      '-subj',
      '/CN=sandbox',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      ...leaf,
    );
    openssl('req', '-x509', ...key('other.key'), '-out', 'other.pem', '-days', '1', '-subj', '/CN=sandbox', ...leaf);
    const text = (file) => readFileSync(join(folder, file), 'utf8');
    return {
      authority: text('ca.pem'),
      trusted: { key: text('leaf.key'), cert: text('leaf.pem') },
      untrusted: { key: text('other.key'), cert: text('other.pem') },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
