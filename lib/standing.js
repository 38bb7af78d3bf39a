'use strict';

// Where a payment or a payout stands, by what its caller knows of it. Loaded when it is first asked for.

module.exports = ({ isReferenceOf, refuse }) => ({
  /**
   * By what the gateway is asked: the caller's reference or the gateway's id, as `remedy` says; `undefined` where the
   * caller has none.
   */
  keyOf({ reference, gatewayReference, transactionId }, remedy) {
    return (remedy.askedBy === 'transactionId' ? transactionId : (gatewayReference ?? reference)) ?? undefined;
  },

  /** Asks the gateway by `key`. An answer that names another reference is about another payment, and rejects. */
  async standing(sdk, operation, what, key, options) {
    const { reference, gatewayReference, isPayout } = what;
    const told = await (isPayout ? sdk.getPayoutStatus(key, options) : sdk.getPaymentStatus(key, options));
    const own = [reference, gatewayReference].filter((name) => typeof name === 'string');
    if (told.reference === null || own.length === 0 || own.some((name) => isReferenceOf(told.reference, name)))
      return told;
    const rule = `the gateway tells of another ${isPayout ? 'payout' : 'payment'} under this id, not of ${own[0]}. Its state is not yours.`;
    throw refuse(operation, rule, 'INVALID_RESPONSE');
  },
});
