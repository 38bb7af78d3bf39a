'use strict';

// axios with a keep-alive agent and a cached token.
const https = require('node:https');
const { LOGIN, cachedToken, credentials } = require('../lib/wire.cjs');

function open(origin) {
  const axios = require('axios');
  const client = axios.create({ baseURL: origin, httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 128 }) });
  const token = cachedToken(async () => (await client.post(LOGIN, credentials)).data);
  return {
    async pay(order) {
      const headers = { authorization: await token() };
      return (await client.post('/azampay/mno/checkout', order, { headers })).data;
    },
  };
}

module.exports = { open };
