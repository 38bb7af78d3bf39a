import { createHash } from 'node:crypto';

/** Bytes for a key of the sandbox, the same at every start. They open nothing anywhere else. */
export const derive = (label: string, algorithm = 'sha256') =>
  createHash(algorithm).update(`finconnect sandbox ${label}`).digest();
export const letters = (label: string, length: number) =>
  derive(label, 'sha512')
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length);
