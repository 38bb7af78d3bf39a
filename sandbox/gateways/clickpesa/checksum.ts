import { createHmac } from 'node:crypto';
import { type Fields, isFields } from '../../http/message.js';

export type ChecksumMethod = 'canonical' | 'legacy';

/** ClickPesa's checksum: HMAC-SHA256, lower-case hex, over the payload without `checksum` and `checksumMethod`. */
export function clickpesaChecksum(payload: Fields, key: string, method: ChecksumMethod = 'canonical'): string {
  const { checksum: _checksum, checksumMethod: _method, ...signed } = payload;
  const message = method === 'canonical' ? canonicalJson(signed) : legacyText(signed);
  return createHmac('sha256', key).update(message, 'utf8').digest('hex');
}

/** Keys sorted at every level, arrays in order, printed as `JSON.stringify` prints. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}

function legacyText(payload: Fields): string {
  return Object.keys(payload)
    .sort()
    .map((key) => String(payload[key]))
    .join('');
}
