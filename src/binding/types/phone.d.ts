/** A country whose mobile numbers are known, by its code in ISO 3166-1. */
export type PhoneCountry = 'TZ' | 'KE' | 'UG' | 'RW' | 'MW' | 'ZM' | 'ZW';

/** A mobile operator by the brand that its customers see today, or the wallet AzamPesa, which belongs to none. */
export type OperatorName =
  | 'Vodacom'
  | 'Yas'
  | 'Airtel'
  | 'Halotel'
  | 'AzamPesa'
  | 'TTCL'
  | 'Safaricom'
  | 'Telkom'
  | 'Equitel'
  | 'Faiba'
  | 'MTN'
  | 'Lycamobile'
  | 'UTel'
  | 'TNM'
  | 'Zamtel'
  | 'Econet'
  | 'NetOne'
  | 'Telecel';

/** What {@link guessOperator} answers. */
export interface OperatorGuess {
  name: Exclude<OperatorName, 'AzamPesa'>;
  country: PhoneCountry;
  /** Always `true`: people keep their number when they change the operator. */
  guessed: true;
}

/**
 * Gives the digits of a mobile number as the gateways want them: calling code and number, without `+`, as in
 * `'255712345678'`. It reads what people write: `'0712 345 678'`, `'+255 712-345-678'`, `'00255712345678'`,
 * `'255712345678'`, in Arabic digits too, up to 64 characters.
 *
 * What is a mobile number of a country comes from Google's libphonenumber, of autumn 2026.
 *
 * @param country Whose number it is. A number with a calling code needs none; one of another country is refused.
 * @throws {@link FinConnectError} `INVALID_REQUEST`: it is no mobile number of these countries, or none of `country`.
 * The message says why, and shows at most eight digits of the number.
 * @example
 * normalizePhone('0712 345 678', 'TZ'); // '255712345678'
 */
export declare function normalizePhone(phone: string, country?: PhoneCountry): string;

/**
 * Guesses the operator of a mobile number by its first digits. It takes a number with calling code, in every form that
 * {@link normalizePhone} reads. `null` for a number without calling code, for what is no mobile number, and where the
 * digits belong to no operator with mobile money.
 *
 * It is a guess: a number may be carried to another operator. Let the customer choose where it matters. The table is
 * that of Google's libphonenumber, of July 2026; for Tanzania it agrees with the gateways' own tables.
 *
 * @example
 * guessOperator('255741234567'); // { name: 'Vodacom', country: 'TZ', guessed: true }
 */
export declare function guessOperator(phone: string): OperatorGuess | null;
