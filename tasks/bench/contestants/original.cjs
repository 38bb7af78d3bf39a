'use strict';

// The TypeScript package's documented behaviour: axios, a login before every payment, and before every
// callback a login and a request for the public key.
const { createVerify } = require('node:crypto');
const { LOGIN, credentials, signedText } = require('../lib/wire.cjs');

function open(origin) {
  const axios = require('axios');
  const authenticate = async () => {
    const answer = await axios.post(origin + LOGIN, credentials, { headers: { 'Content-Type': 'application/json' } });
    return { Authorization: `Bearer ${answer.data.data.accessToken}` };
  };
  return {
    async pay(order) {
      const headers = { ...(await authenticate()), 'Content-Type': 'application/json' };
      return (await axios.post(`${origin}/azampay/mno/checkout`, order, { headers })).data;
    },
    async handleCallback(body) {
      const headers = await authenticate();
      const key = await axios.get(`${origin}/azampay/v1/public-key?format=Pem`, { headers });
      const isValid = createVerify('RSA-SHA256')
        .update(signedText(body))
        .verify(key.data.publicKey, body.signature ?? '', 'base64');
      return { isValid, data: body };
    },
  };
}

module.exports = { open };
