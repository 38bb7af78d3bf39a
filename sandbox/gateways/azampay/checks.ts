import { type Fields, isFields, textOf } from '../../http/message.js';
import { isAccount } from './account.js';
import type { World } from './world.js';

const MAX_AMOUNT = 5_000_000;
const MAX_PROPERTIES = 4_096;

export type Errors = Record<string, string[]>;

export function amountErrors(fields: Fields, world: World): Errors {
  const amount = textOf(fields['amount']);
  if (!amount) return { amount: ['The amount field is required.'] };
  if (!/^\d{1,20}(\.\d{1,10})?$/.test(amount))
    return { amount: [`Could not convert string to decimal: ${amount.slice(0, 100)}. Path 'amount'.`] };
  const nothing = Number(amount) === 0 && world.switches.azampayStrictPayments;
  return nothing || Number(amount) > MAX_AMOUNT ? { amount: ['The field amount must be between 0 and 5000000.'] } : {};
}

export function currencyErrors(fields: Fields, name: string, world: World): Errors {
  const errors = textErrors(fields, name, 32);
  const other = textOf(fields[name]) !== 'TZS' && world.switches.azampayStrictPayments;
  return other && !errors[name] ? { [name]: [`The field ${name} is invalid: only TZS is supported.`] } : errors;
}

export function phoneErrors(fields: Fields, name: string, world: World, provider?: string): Errors {
  if (!world.switches.azampayStrictPayments || isAccount(textOf(fields[name]), provider)) return {};
  return { [name]: [`The field ${name} is not a valid phone number.`] };
}

export function textErrors(fields: Fields, name: string, max = Infinity): Errors {
  const value = textOf(fields[name]);
  if (!value) return { [name]: [`The ${name} field is required.`] };
  return value.length > max ? { [name]: [`The field ${name} must be a string with a maximum length of ${max}.`] } : {};
}

export function propertiesErrors(fields: Fields): Errors | undefined {
  const properties = fields['additionalProperties'];
  if (properties === undefined || properties === null) return undefined;
  if (!isFields(properties)) return { additionalProperties: ['The additionalProperties field must be an object.'] };
  return Buffer.byteLength(JSON.stringify(properties)) > MAX_PROPERTIES
    ? { additionalProperties: [`The additionalProperties field must not exceed ${MAX_PROPERTIES} bytes.`] }
    : undefined;
}

export function matchName(names: string[], given: unknown, world: World): string | undefined {
  const fold = (name: unknown) => (world.switches.azampayProviderCase === 'any' ? String(name).toLowerCase() : name);
  return names.find((name) => fold(name) === fold(given));
}

export const badProvider = (given: unknown, type: string) =>
  `Error converting value ${JSON.stringify(given ?? null)} to type '${type}'. Path 'provider', line 1, position 1.`;
