import { textOf, type Fields, type Reply } from '../http.js';
import { clickpesaChecksum, type ChecksumMethod } from '../signing.js';
import type { World } from '../world.js';
import { badRequest, nestList } from './clickpesa-replies.js';

/** The checks every collection starts with, in the order the server makes them. */
export function refuseCollection(
  fields: Fields | undefined,
  world: World,
  currency: 'TZS' | 'USD',
  maxReference?: number,
): Reply | undefined {
  if (!fields) return nestList('Unexpected end of JSON input');
  const checksum = refuseChecksum(fields, world);
  if (checksum) return checksum;
  const reference = refuseReference(fields);
  if (reference) return reference;
  if (maxReference && textOf(fields['orderReference']).length > maxReference) {
    return badRequest(`Order Reference should be less than or equal to ${maxReference} characters`);
  }
  const errors = [];
  const amount = fields['amount'];
  if (
    typeof amount !== 'string' &&
    !(world.switches.clickpesaNumberAmounts === 'accept' && typeof amount === 'number')
  ) {
    errors.push('amount must be a string');
  } else if (!/^\d+(\.\d+)?$/.test(textOf(amount)) || Number(amount) <= 0)
    errors.push('amount must be a positive number string');
  if (fields['currency'] !== currency) errors.push(`currency must be one of the following values: ${currency}`);
  return errors.length ? nestList(...errors) : undefined;
}

export function refuseChecksum(fields: Fields, world: World): Reply | undefined {
  if (!world.checksum) return undefined;
  const given = fields['checksum'];
  if (given === undefined) return nestList('checksum is required');
  const method: ChecksumMethod = fields['checksumMethod'] === 'legacy' ? 'legacy' : 'canonical';
  const right = clickpesaChecksum(fields, world.credentials.CLICKPESA_CHECKSUM_KEY, method);
  return typeof given === 'string' && given.toLowerCase() === right ? undefined : nestList('Invalid checksum');
}

export function refuseReference(fields: Fields): Reply | undefined {
  const reference = fields['orderReference'];
  return typeof reference === 'string' && /^[A-Za-z0-9]+$/.test(reference)
    ? undefined
    : badRequest('Invalid Order Reference, should only contain alphanumeric characters and cannot be blank');
}
