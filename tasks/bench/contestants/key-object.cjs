'use strict';

// Callbacks as the best JavaScript would verify them: a cached KeyObject, synchronously. It is handed
// its key by the one request that a day needs.
const { createPublicKey, verify } = require('node:crypto');
const { LOGIN, cachedToken, credentials, signedText } = require('../lib/wire.cjs');

function open(origin) {
  const { Pool } = require('undici');
  const pool = new Pool(origin);
  const json = async (options) => (await pool.request(options)).body.json();
  const headers = { 'content-type': 'application/json' };
  const token = cachedToken(() => json({ method: 'POST', path: LOGIN, headers, body: JSON.stringify(credentials) }));
  let key;
  const fetchKey = async () => {
    const authorization = await token();
    const answer = await json({ method: 'GET', path: '/azampay/v1/public-key?format=Pem', headers: { authorization } });
    return createPublicKey(answer.publicKey);
  };
  const isSigned = (body, by) =>
    verify('RSA-SHA256', Buffer.from(signedText(body)), by, Buffer.from(body.signature ?? '', 'base64'));
  return {
    async handleCallback(body) {
      key ??= fetchKey();
      return { isValid: isSigned(body, await key), data: body };
    },
  };
}

module.exports = { open };
