import { type Fields, isFields } from '../http/message.js';

/** What a member must be, in words, and whether a value is that. */
export type Rule = readonly [what: string, holds: (value: unknown) => boolean];

export const isText: Rule = ['text', (value) => typeof value === 'string' && value !== ''];
export const isBoolean: Rule = ['true or false', (value) => typeof value === 'boolean'];
export const isFunction: Rule = ['a function', (value) => typeof value === 'function'];
export const isMilliseconds: Rule = [
  'milliseconds, zero or more',
  (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
];
export const oneOf = (...choices: readonly unknown[]): Rule => [
  choices.join(' or '),
  (value) => choices.includes(value),
];

export const isAmount: Rule = [
  'an amount in major units',
  (value) => typeof value === 'number' && Number.isFinite(value),
];

/** Anything: its own reader checks it. */
export const isAnything: Rule = ['anything', () => true];

/**
 * Refuses, by its name, a member that the table does not have and a value that breaks its rule: a slip of the pen
 * must not pass as the default. An undefined value is no value.
 */
export function checkKnown<Name extends string>(what: string, given: unknown, table: Record<Name, Rule>): void {
  if (!isFields(given)) throw new TypeError(`${what} must be an object`);
  checkNames(what, given, Object.keys(table));
  for (const [name, value] of Object.entries(given)) {
    const [rule, holds] = table[name as Name];
    if (value !== undefined && !holds(value))
      throw new TypeError(`${what}: ${name} takes ${rule}; got ${shown(value)}`);
  }
}

export function checkNames(what: string, given: Fields, known: readonly string[]): void {
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined) throw new TypeError(`${what}: unknown name ${stranger}; known are ${known.join(', ')}`);
}

/** A value in an error message: short, and no object's own text. */
export function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  return String(value).slice(0, 60);
}

/** The rule of an object within the options; what it refuses names the inner member. */
export function inside(what: string, table: Record<string, Rule>): Rule[1] {
  return (value) => {
    checkKnown(what, value, table);
    return true;
  };
}
