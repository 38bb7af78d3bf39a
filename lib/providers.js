'use strict';

// What the documented provider classes do beside the methods of FintechSDK.

module.exports = function createProviders({ addon, method }) {
  const operation = (name) => method(name, addon.numberOf(name));
  const authenticate = operation('authenticate');
  const getPublicKey = operation('getPublicKey');

  return {
    authenticate: (sdk, options) => authenticate.call(sdk, options),
    getPublicKey: (sdk, options) => getPublicKey.call(sdk, options),

    initiateUssdPushRequest(sdk, request, options) {
      if (!isWrapped(request)) return sdk.pay(request, undefined, options);
      return sdk.pay(request.payload, request.ipnId, options);
    },
  };
};

/** Whether a request is `{ payload, ipnId }`, and not the payload itself. */
function isWrapped(request) {
  if (typeof request !== 'object' || request === null || !('payload' in request)) return false;
  return Object.keys(request).every((name) => name === 'payload' || name === 'ipnId');
}
