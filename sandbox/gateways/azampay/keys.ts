import { checkPrime, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPair } from '../../engine/gateway.js';
import { seededBytes } from '../../engine/random.js';

const BITS = 2048;
const EXPONENT = 65537n;
const isPrime = promisify(checkPrime);
const newPair = promisify(generateKeyPair);

/** Keys of sandboxes that are closed, for the next of this process: to make one takes longer than most tests. */
const spare: KeyObject[] = [];

/** AzamPay's signing keys. None is made before it is first needed: a start stays cheap. */
export class KeyRing implements KeyPair {
  private current?: Promise<KeyObject>;
  private stranger?: Promise<KeyObject>;
  private previous?: Promise<KeyObject>;
  private generation = 0;

  constructor(private readonly seed?: string | number) {}

  /** The key callbacks are signed with, and whose public half is served. */
  signing(): Promise<KeyObject> {
    return (this.current ??= this.make(`azampay-key-${this.generation}`));
  }

  async publicPem(): Promise<string> {
    return publicPem(await this.signing());
  }

  /** A key whose public half is served nowhere. */
  foreign(): Promise<KeyObject> {
    return (this.stranger ??= this.make('azampay-foreign-key'));
  }

  /** The key that was served before the last rotation. */
  retired(): Promise<KeyObject> {
    return this.previous ?? this.foreign();
  }

  async rotate(): Promise<void> {
    this.previous = this.signing();
    this.generation++;
    this.current = undefined;
    await this.signing();
  }

  async idle(): Promise<void> {
    const made = await Promise.allSettled([this.current, this.stranger, this.previous]);
    this.current = this.stranger = this.previous = undefined;
    if (this.seed !== undefined) return;
    for (const key of made) if (key.status === 'fulfilled' && key.value) spare.push(key.value);
  }

  private async make(label: string): Promise<KeyObject> {
    if (this.seed !== undefined) return seededKey(`${this.seed}:${label}`);
    return spare.pop() ?? (await newPair('rsa', { modulusLength: BITS })).privateKey;
  }
}

export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/** .NET's `RSAKeyValue`, AzamPay's other public key format. */
export function publicXml(key: KeyObject): string {
  const { n, e } = createPublicKey(key).export({ format: 'jwk' });
  const base64 = (part: string | undefined) => Buffer.from(part ?? '', 'base64url').toString('base64');
  return `<RSAKeyValue><Modulus>${base64(n)}</Modulus><Exponent>${base64(e)}</Exponent></RSAKeyValue>`;
}

/** Keys made from seeds; the oldest is forgotten. A test suite starts many sandboxes on one seed. */
const seeded = new Map<string, Promise<KeyObject>>();
const MAX_SEEDED = 100;

/** An RSA key that is the same on every machine for one seed; good for tests, worthless as a secret. */
function seededKey(seed: string): Promise<KeyObject> {
  const key = seeded.get(seed) ?? makeSeededKey(seed);
  seeded.set(seed, key);
  if (seeded.size > MAX_SEEDED) seeded.delete(seeded.keys().next().value ?? '');
  return key;
}

async function makeSeededKey(seed: string): Promise<KeyObject> {
  const bytes = seededBytes(seed);
  const p = await seededPrime(bytes);
  const q = await seededPrime(bytes);
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const jwk = { kty: 'RSA', n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const encoded = Object.fromEntries(
    Object.entries(jwk).map(([name, part]) => [name, typeof part === 'bigint' ? base64url(part) : part]),
  );
  return createPrivateKey({ key: encoded, format: 'jwk' });
}

async function seededPrime(bytes: (count: number) => Buffer): Promise<bigint> {
  const start = bytes(BITS / 16);
  start[0]! |= 0xc0;
  start[start.length - 1]! |= 1;
  for (let candidate = BigInt(`0x${start.toString('hex')}`); ; candidate += 2n) {
    if (SMALL_PRIMES.some((prime) => candidate % prime === 0n) || candidate % EXPONENT === 1n) continue;
    if (await isPrime(candidate)) return candidate;
  }
}

const SMALL_PRIMES = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n, 67n, 71n, 73n];

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url');
}
