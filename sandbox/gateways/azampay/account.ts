/** Tanzanian numbers as AzamPay's plugin takes them, and the one its documentation samples use. */
const PHONE = /^(?:\+?255|0)?[67]\d{8}$|^1292-123$/;
/** An AzamPesa wallet has account numbers of its own. */
const WALLET = /^(?:\+?255|0)?\d{9,10}$/;

/** Whether a text can be the account of an operator, by any of its names. */
export const isAccount = (text: string, operator = ''): boolean =>
  PHONE.test(text) || (operator.toLowerCase() === 'azampesa' && WALLET.test(text));
