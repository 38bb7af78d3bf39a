// The gateways: one SDK object for each whose keys are in the environment, kept as long as the process lives.
import { FintechSDK } from 'finconnect';

// #region sdk
export function openGateways(env) {
  const configs = {
    azampay: {
      baseUrl: env.AZAMPAY_BASE_URL,
      AZAMPAY_APP_NAME: env.AZAMPAY_APP_NAME,
      AZAMPAY_CONSUMER_KEY: env.AZAMPAY_CONSUMER_KEY, // the portal says Client ID
      AZAMPAY_CONSUMER_SECRET: env.AZAMPAY_CONSUMER_SECRET, // and Client Secret
      AZAMPAY_SOURCE_ACCOUNT: env.AZAMPAY_SOURCE_ACCOUNT, // your own account, from which hosts are paid
      AZAMPAY_SOURCE_NAME: env.AZAMPAY_SOURCE_NAME,
    },
    clickpesa: {
      baseUrl: env.CLICKPESA_BASE_URL,
      CLICKPESA_CLIENT_ID: env.CLICKPESA_CLIENT_ID,
      CLICKPESA_API_KEY: env.CLICKPESA_API_KEY,
      CLICKPESA_CHECKSUM_KEY: env.CLICKPESA_CHECKSUM_KEY,
    },
    selcom: {
      baseUrl: env.SELCOM_BASE_URL,
      SELCOM_VENDOR: env.SELCOM_VENDOR,
      SELCOM_API_KEY: env.SELCOM_API_KEY,
      SELCOM_API_SECRET: env.SELCOM_API_SECRET,
      SELCOM_PIN: env.SELCOM_PIN,
      SELCOM_WEBHOOK_URL: `${env.PUBLIC_URL}/hooks/selcom`, // Selcom has no portal for it: each order names it
    },
    pesapal: {
      baseUrl: env.PESAPAL_BASE_URL,
      PESAPAL_CONSUMER_KEY: env.PESAPAL_CONSUMER_KEY,
      PESAPAL_CONSUMER_SECRET: env.PESAPAL_CONSUMER_SECRET,
    },
  };
  const used = Object.entries(configs).filter(([, { baseUrl }]) => baseUrl);
  return Object.fromEntries(used.map(([provider, config]) => [provider, new FintechSDK({ provider, config })]));
}
// #endregion sdk
