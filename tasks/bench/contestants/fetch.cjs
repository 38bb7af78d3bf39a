'use strict';

// Node's own fetch with a cached token.
const { LOGIN, cachedToken, credentials } = require('../lib/wire.cjs');

function open(origin) {
  const post = async (path, headers, body) => {
    const answer = await fetch(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  const token = cachedToken(() => post(LOGIN, {}, credentials));
  return {
    async pay(order) {
      return post('/azampay/mno/checkout', { authorization: await token() }, order);
    },
  };
}

module.exports = { open };
