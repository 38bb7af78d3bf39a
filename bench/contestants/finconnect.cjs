'use strict';

// This package.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { credentials } = require('../lib/wire.cjs');

/** A folder whose modules find the package, laid out by `build.mjs`. */
const installed = join(__dirname, '../../target/bench/installed');

function open(origin) {
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

module.exports = { open, installed };
