// Every observable behaviour of the documented TypeScript package, as rows, and what became of each.
//
// A row has `does`, which docs/guide/migrating.md shows; `calls`, each a method (or `new`) with its arguments; `on`,
// `'provider'` for the documented class; `answers`, what the gateway answers by path in place of the table's own;
// `sent`, all requests; and `value` (the whole), `has` and `holds` (some members), or `error`.
import { azampay } from './azampay.mjs';
import { clickpesa } from './clickpesa.mjs';
import { common } from './common.mjs';
import { pesapal } from './pesapal.mjs';

/** `same`; `fixed`, where `was` says what it did before; `added`, where `instead` says what was done without it. */
export const MARKS = ['same', 'fixed', 'added'];
export const TABLES = [common, pesapal, clickpesa, azampay];
