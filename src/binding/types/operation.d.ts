/** The methods that a gateway may have. */
export type Operation =
  | 'pay'
  | 'registerIpn'
  | 'handleCallback'
  | 'getPaymentStatus'
  | 'waitForPayment'
  | 'verifyCredentials'
  | 'exchangeRates';
