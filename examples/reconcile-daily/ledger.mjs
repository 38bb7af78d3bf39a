// The ledger of your shop, opened beside it: your own module may stand here. `npx finconnect sweep ./ledger.mjs` takes
// it too.
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';

const { CLICKPESA_BASE_URL, CLICKPESA_CLIENT_ID, CLICKPESA_API_KEY, SHOP_DB = 'shop.db' } = process.env;
const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } = process.env;

/** All gateways of the shop: the sweep puts up for attention what is open at any other. */
export const gateways = {
  clickpesa: new FintechSDK({
    provider: 'clickpesa',
    config: { baseUrl: CLICKPESA_BASE_URL, CLICKPESA_CLIENT_ID, CLICKPESA_API_KEY },
  }),
  azampay: new FintechSDK({
    provider: 'azampay',
    config: { baseUrl: AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET },
  }),
};

/** The handlers are the shop's: this process writes statuses down, and leaves the telling to it. */
export const ledger = () => openLedger(sqlite(SHOP_DB), { gateways, delivers: false });
