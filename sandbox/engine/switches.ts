import { isFields } from '../http/message.js';
import { shown } from './known.js';

/** A switch: what a gateway leaves undocumented, or answers in more than one way. `default` is the first choice. */
export interface SwitchRow {
  default: string | number | boolean;
  choices?: readonly (string | number)[];
  /** The words that a text of several, with commas between, may hold. */
  list?: readonly string[];
  about: string;
}

export type SwitchTable = Readonly<Record<string, SwitchRow>>;
type Widened<T> = T extends number ? number : T extends boolean ? boolean : string;

/** The value of each switch of a table. */
export type SwitchesOf<Table extends SwitchTable> = {
  -readonly [Name in keyof Table]: Table[Name] extends { choices: readonly (infer Choice)[] }
    ? Choice
    : Widened<Table[Name]['default']>;
};

/** The table's defaults with `given` over them; an unknown name or choice is a TypeError. */
export function readSwitches<Table extends SwitchTable>(table: Table, given: unknown = {}): SwitchesOf<Table> {
  if (!isFields(given)) throw new TypeError('switches must be an object');
  const out: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(table)) out[name] = row.default;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const row = rowOf(table, name);
    if (!fits(row, value)) {
      const wanted = row.choices?.join(', ') ?? row.list?.join(', ') ?? typeof row.default;
      throw new TypeError(`Sandbox switch ${name} takes ${wanted}; got ${shown(value)}`);
    }
    out[name] = value;
  }
  return out as SwitchesOf<Table>;
}

function rowOf(table: SwitchTable, name: string): SwitchRow {
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!row) throw new TypeError(`Unknown sandbox switch: ${name}; known are ${Object.keys(table).join(', ')}`);
  return row;
}

function fits({ default: usual, choices, list }: SwitchRow, value: unknown): boolean {
  if (typeof value !== typeof usual || Number.isNaN(value)) return false;
  if (list) return wordsOf(value as string).every((word) => list.includes(word));
  return !choices || choices.includes(value as string);
}

/** The words of a text with commas between. */
export const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

/** Reads `name=value` as given on a command line. */
export function parseSwitch(table: SwitchTable, pair: string): Record<string, string | number | boolean> {
  const at = pair.indexOf('=');
  const name = pair.slice(0, at < 0 ? undefined : at);
  const raw = at < 0 ? 'true' : pair.slice(at + 1);
  const type = typeof rowOf(table, name).default;
  if (type === 'number' && !/^-?\d+$/.test(raw))
    throw new TypeError(`Sandbox switch ${name} takes a number; got ${raw}`);
  if (type === 'boolean' && !/^(true|false)$/.test(raw))
    throw new TypeError(`Sandbox switch ${name} takes true or false; got ${raw}`);
  const given = { [name]: type === 'number' ? Number(raw) : type === 'boolean' ? raw === 'true' : raw };
  readSwitches(table, given);
  return given;
}
