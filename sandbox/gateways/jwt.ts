import { createHmac } from 'node:crypto';
import type { Fields } from '../http/message.js';

/** A compact HS256 JSON web token. */
export function jwt(claims: Fields, secret: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
