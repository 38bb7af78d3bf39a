import { createHash, randomBytes } from 'node:crypto';

/** Where every id, token and nonce comes from: the machine's randomness, or one seed's repeatable stream. */
export interface Random {
  bytes(count: number): Buffer;
  hex(characters: number): string;
  guid(): string;
  /** Upper-case letters and digits, as operators print on receipts. */
  receipt(characters: number): string;
}

const RECEIPT = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export function createRandom(seed?: string | number): Random {
  const bytes = seed === undefined ? (count: number) => randomBytes(count) : seededBytes(String(seed));
  return {
    bytes,
    hex: (characters) =>
      bytes(Math.ceil(characters / 2))
        .toString('hex')
        .slice(0, characters),
    guid() {
      const raw = bytes(16);
      raw[6] = (raw[6]! & 0x0f) | 0x40;
      raw[8] = (raw[8]! & 0x3f) | 0x80;
      return raw.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    },
    receipt: (characters) => Array.from(bytes(characters), (byte) => RECEIPT[byte % RECEIPT.length]).join(''),
  };
}

/** SHA-256 in counter mode: repeatable, and far from the machine's own randomness. */
export function seededBytes(seed: string): (count: number) => Buffer {
  let counter = 0;
  let pool = Buffer.alloc(0);
  return (count) => {
    while (pool.length < count) {
      pool = Buffer.concat([pool, createHash('sha256').update(`${seed}:${counter++}`).digest()]);
    }
    const out = Buffer.from(pool.subarray(0, count));
    pool = pool.subarray(count);
    return out;
  };
}
