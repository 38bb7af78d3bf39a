'use strict';

// This package.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { credentials } = require('../lib/wire.cjs');

/** A folder whose modules find the package, laid out by `build.mjs`. */
const installed = join(__dirname, '../../../target/bench/installed');
// Made beforehand: a program there has a `require` of its own.
const ours = createRequire(`${installed}/`);

function open(origin, load = ours) {
  const { FintechSDK } = load('finconnect');
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
