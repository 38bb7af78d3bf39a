import type { Money } from './charge';

/**
 * Gives an amount that is to be paid as decimal text, in its shortest form: `'25000'`, `'10.5'`. Nothing is rounded.
 *
 * A currency has the decimals that are paid in practice: TZS, UGX and RWF none, all others two, among them KES, USD,
 * ZMW and MWK. `'25000.00'` TZS is `'25000'`, and `'25000.50'` TZS is refused.
 *
 * @param value Major units, above zero, with at most 15 digits before the point. A number may have 15 digits in all,
 * for JavaScript keeps no more of every decimal.
 * @param currency A code of ISO 4217 in capital letters. Where `value` names one too, both must be the same.
 * @throws {@link FinConnectError} `INVALID_REQUEST`: `0.1 + 0.2`, `'1,000'`, `'1e3'`, `NaN`, zero, negative amounts and
 * excess decimals, each by name.
 * @example
 * parseAmount(25000, 'TZS'); // '25000'
 * parseAmount({ value: '10.50', currency: 'KES' }); // '10.5'
 */
export declare function parseAmount(value: Money, currency: string): string;
export declare function parseAmount(value: Exclude<Money, string | number | bigint>): string;
