'use strict';

// undici's Pool.request with a cached token: the best that most authors would write.
const { LOGIN, cachedToken, credentials } = require('../lib/wire.cjs');

function open(origin) {
  return payments(require('undici'), origin, { connections: 128 });
}

function payments({ Pool }, origin, options) {
  const pool = new Pool(origin, options);
  const post = async (path, headers, body) => {
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return answer.body.json();
  };
  const token = cachedToken(() => post(LOGIN, {}, credentials));
  return {
    async pay(order) {
      return post('/azampay/mno/checkout', { authorization: await token() }, order);
    },
  };
}

module.exports = { open, payments };
