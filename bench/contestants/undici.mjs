// undici's Pool.request with a cached token: the best that most authors would write.
import { createRequire } from 'node:module';
import { LOGIN, cachedToken, credentials } from '../lib/wire.mjs';

export function open(origin) {
  const { Pool } = createRequire(import.meta.url)('undici');
  const pool = new Pool(origin, { connections: 128 });
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
