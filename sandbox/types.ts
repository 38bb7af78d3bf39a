/** What `config()` gives for each gateway. With `PortalGateway`, all that types must be told of a new one. */
interface Configs {
  pesapal: { baseUrl: string; PESAPAL_CONSUMER_KEY: string; PESAPAL_CONSUMER_SECRET: string };
  clickpesa: {
    baseUrl: string;
    CLICKPESA_CLIENT_ID: string;
    CLICKPESA_API_KEY: string;
    CLICKPESA_CHECKSUM_KEY?: string;
  };
  azampay: {
    baseUrl: string;
    AZAMPAY_APP_NAME: string;
    AZAMPAY_CONSUMER_KEY: string;
    AZAMPAY_CONSUMER_SECRET: string;
    AZAMPAY_SOURCE_ACCOUNT: string;
    AZAMPAY_SOURCE_NAME: string;
  };
  selcom: {
    baseUrl: string;
    SELCOM_VENDOR: string;
    SELCOM_API_KEY: string;
    SELCOM_API_SECRET: string;
    SELCOM_PIN: string;
    SELCOM_SENDER_ACCOUNT: string;
    SELCOM_SENDER_NAME: string;
    SELCOM_SENDER_PHONE: string;
  };
}

export type Gateway = keyof Configs;
export type ConfigOf<G extends Gateway> = Configs[G];

/** A gateway whose callbacks go to a URL that is set at its portal. */
export type PortalGateway = 'azampay' | 'clickpesa';
