import { type Fields, type Reply, textOf } from '../../http/message.js';
import { type ChecksumMethod, clickpesaChecksum } from './checksum.js';
import { badRequest, nestList } from './replies.js';
import { CREDENTIALS, type World } from './world.js';

/** An amount as text; its length is bounded, which no document does. */
export const AMOUNT = /^\d{1,15}(\.\d{1,10})?$/;

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
  } else if (!AMOUNT.test(textOf(amount)) || Number(amount) <= 0)
    errors.push('amount must be a positive number string');
  if (fields['currency'] !== currency) errors.push(`currency must be one of the following values: ${currency}`);
  return errors.length ? nestList(...errors) : undefined;
}

export function refuseChecksum(fields: Fields, world: World): Reply | undefined {
  if (!world.own.checksum) return undefined;
  const given = fields['checksum'];
  if (given === undefined) return nestList('checksum is required');
  const method: ChecksumMethod = fields['checksumMethod'] === 'legacy' ? 'legacy' : 'canonical';
  const right = clickpesaChecksum(fields, CREDENTIALS.CLICKPESA_CHECKSUM_KEY, method);
  return typeof given === 'string' && given.toLowerCase() === right ? undefined : nestList('Invalid checksum');
}

const MAX_TEXT = 2_048;

/** The refusal of an over-long text, if there is one. No document bounds texts. */
export function longText(fields: Fields): string | undefined {
  const name = Object.keys(fields).find((member) => textOf(fields[member]).length > MAX_TEXT);
  return name && `${name.slice(0, 100)} must be shorter than or equal to ${MAX_TEXT} characters`;
}

export function refuseLongText(fields: Fields): Reply | undefined {
  const long = longText(fields);
  return long === undefined ? undefined : nestList(long);
}

export function refuseReference(fields: Fields): Reply | undefined {
  const reference = fields['orderReference'];
  return typeof reference === 'string' && /^[A-Za-z0-9]{1,128}$/.test(reference)
    ? undefined
    : badRequest('Invalid Order Reference, should only contain alphanumeric characters and cannot be blank');
}
