// This package.
import { createRequire } from 'node:module';
import { credentials } from '../lib/wire.mjs';

export function open(origin) {
  const { FintechSDK } = createRequire(import.meta.url)('../../index.js');
  return new FintechSDK({
    provider: 'azampay',
    config: {
      baseUrl: origin,
      AZAMPAY_APP_NAME: credentials.appName,
      AZAMPAY_CONSUMER_KEY: credentials.clientId,
      AZAMPAY_CONSUMER_SECRET: credentials.clientSecret,
    },
  });
}
