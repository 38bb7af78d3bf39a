import { type KeyObject, sign } from 'node:crypto';
import { type Fields, textOf } from '../../http/message.js';

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
