import { FintechSDK } from 'finconnect';
import { webhooks } from 'finconnect/webhooks';

export const dynamic = 'force-dynamic';

let hooks;

/** `next build` loads this file, without the keys. */
function handle(request) {
  const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CLIENT_ID, AZAMPAY_API_KEY } = process.env;
  const config = {
    baseUrl: AZAMPAY_BASE_URL,
    AZAMPAY_APP_NAME,
    AZAMPAY_CONSUMER_KEY: AZAMPAY_CLIENT_ID,
    AZAMPAY_CONSUMER_SECRET: AZAMPAY_API_KEY,
  };
  hooks ??= webhooks(
    { azampay: new FintechSDK({ provider: 'azampay', config }) },
    { expect: (_callback, { reference }) => ({ reference, amount: 1000 }), onPayment: () => {} },
  );
  return hooks.handle(request);
}

export { handle as GET, handle as POST };
