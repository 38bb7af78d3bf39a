// This package.
import { createRequire } from 'node:module';
import { installed } from '../lib/build.mjs';
import { credentials } from '../lib/wire.mjs';

export function open(origin) {
  const { FintechSDK } = createRequire(`${installed}/`)('finconnect');
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
