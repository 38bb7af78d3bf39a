// Certificates for servers on this machine, made without a tool beside Node.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

const DAY_MS = 86_400_000;
let serial = 1;

/** What a certificate says of whom it may vouch for. */
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
const MAY_ISSUE = extension(BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.from([0xff]))), true);
const MAY_NOT_ISSUE = extension(BASIC_CONSTRAINTS, sequence(), true);

/** A certificate authority: its own certificate in PEM, and `issue` for the servers it vouches for. */
export function authority(name = 'Test authority') {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificate({ subject: name, keys, issuer: name, by: keys, extensions: [MAY_ISSUE] });
  return {
    cert,
    /**
     * A server's `{ key, cert }` in PEM. `names`: DNS names; `addresses`: IPv4; `from` and `until`:
     * days from now.
     */
    issue({ names = ['localhost'], addresses = ['127.0.0.1'], from = -1, until = 1 } = {}) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = alternatives(names, addresses);
      const cert = certificate({ subject: 'Test gateway', keys: own, issuer: name, by: keys, extensions, from, until });
      return { key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert };
    },
  };
}

/**
 * A server's `{ key, cert }` that nobody but itself vouches for, as `openssl req -x509` makes it. `mayIssue`: whether
 * it calls itself an authority, or `undefined` for one that does not say; `like`: with the key of an earlier one.
 */
export function selfSigned({
  mayIssue = true,
  type = 'ec',
  names = ['localhost'],
  addresses = ['127.0.0.1'],
  from,
  until,
  like,
} = {}) {
  const made = () => generateKeyPairSync(type, type === 'ec' ? { namedCurve: 'P-256' } : { modulusLength: 2048 });
  const keys = like ? { privateKey: createPrivateKey(like.key), publicKey: createPublicKey(like.key) } : made();
  const constraints = { true: [MAY_ISSUE], false: [MAY_NOT_ISSUE], undefined: [] }[mayIssue];
  const extensions = [...constraints, ...alternatives(names, addresses)];
  const cert = certificate({ subject: '127.0.0.1', keys, issuer: '127.0.0.1', by: keys, extensions, from, until });
  return { key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert };
}

/** The extension that names hosts, when there are any. */
function alternatives(names, addresses) {
  const dns = names.map((text) => der(0x82, Buffer.from(text)));
  const ip = addresses.map((text) => der(0x87, Buffer.from(text.split('.').map(Number))));
  return dns.length + ip.length > 0 ? [extension([0x55, 0x1d, 0x11], sequence(...dns, ...ip))] : [];
}

function certificate({ subject, keys, issuer, by, extensions, from = -1, until = 1 }) {
  const ecdsaWithSha256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const rsaWithSha256 = sequence(
    oid([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]),
    der(0x05, Buffer.alloc(0)),
  );
  const algorithm = by.privateKey.asymmetricKeyType === 'rsa' ? rsaWithSha256 : ecdsaWithSha256;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial++ & 0x7f])),
    algorithm,
    named(issuer),
    sequence(time(from), time(until)),
    named(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, by.privateKey)]));
  const text = sequence(body, algorithm, signature)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function der(tag, content) {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function extension(id, value, critical = false) {
  const flag = critical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...flag, der(0x04, value));
}

function sequence(...parts) {
  return der(0x30, Buffer.concat(parts));
}

function oid(bytes) {
  return der(0x06, Buffer.from(bytes));
}

const named = (text) => sequence(der(0x31, sequence(oid([0x55, 0x04, 0x03]), der(0x0c, Buffer.from(text)))));

function time(days) {
  const digits = new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return der(0x18, Buffer.from(`${digits}Z`));
}
