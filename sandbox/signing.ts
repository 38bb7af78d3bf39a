import { createHmac, type KeyObject, sign } from 'node:crypto';
import { type Fields, isFields, textOf } from './http.js';

/**
 * What AzamPay signs: `utilityref + externalreference + transactionstatus + operator`, no separators.
 * `two` is the wrong, two-field text that one line of its documentation names; verifiers must refuse it.
 */
export function azampaySignedText(body: Fields, fields: 'four' | 'two' = 'four'): string {
  const two = textOf(body['utilityref']) + textOf(body['externalreference']);
  return fields === 'two' ? two : two + textOf(body['transactionstatus']) + textOf(body['operator']);
}

/** RSA PKCS#1 v1.5 over SHA-256, base64. */
export function rsaSignature(key: KeyObject | string, message: string): string {
  return sign('sha256', Buffer.from(message, 'utf8'), key).toString('base64');
}

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
