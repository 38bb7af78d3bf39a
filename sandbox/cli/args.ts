import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

type Read<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** Reads options strictly, and an argument for each of `names`; anything else is a UsageError. */
export function readArgs<T extends Options>(args: string[], options: T, names: readonly string[]): Read<T> {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true });
    const { length } = parsed.positionals;
    if (length > names.length) throw new Error(`There is no place for ${parsed.positionals[names.length]}`);
    if (length < names.length) throw new Error(`Missing: ${names[length]}`);
    return parsed as Read<T>;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `name=value` split at the first equals sign. */
export function pair(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${option} takes name=value; got ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export function wholeNumber(
  text: string | undefined,
  option: string,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) > max)
    throw new UsageError(`${option} takes a whole number up to ${max}; got ${text}`);
  return Number(text);
}

/** Runs a check that throws on bad input, as a UsageError. */
export function usage<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error));
  }
}
