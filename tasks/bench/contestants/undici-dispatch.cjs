'use strict';

// undici's Pool.dispatch with a cached token: no streams, the least work undici can be asked to do.
const { LOGIN, cachedToken, credentials } = require('../lib/wire.cjs');

function open(origin) {
  const { Pool } = require('undici');
  const pool = new Pool(origin, { connections: 128 });
  const post = (path, authorization, body) =>
    new Promise((resolve, reject) => {
      const headers = ['content-type', 'application/json'];
      if (authorization) headers.push('authorization', authorization);
      const chunks = [];
      pool.dispatch(
        { method: 'POST', path, headers, body: JSON.stringify(body) },
        {
          onConnect() {},
          onHeaders: () => true,
          onData: (chunk) => chunks.push(chunk) > 0,
          onComplete: () => resolve(JSON.parse(Buffer.concat(chunks).toString())),
          onError: reject,
        },
      );
    });
  const token = cachedToken(() => post(LOGIN, null, credentials));
  return {
    async pay(order) {
      return post('/azampay/mno/checkout', await token(), order);
    },
  };
}

module.exports = { open };
