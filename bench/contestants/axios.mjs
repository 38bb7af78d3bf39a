// axios with a keep-alive agent and a cached token.
import https from 'node:https';
import { createRequire } from 'node:module';
import { LOGIN, cachedToken, credentials } from '../lib/wire.mjs';

export function open(origin) {
  const axios = createRequire(import.meta.url)('axios');
  const client = axios.create({ baseURL: origin, httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 128 }) });
  const token = cachedToken(async () => (await client.post(LOGIN, credentials)).data);
  return {
    async pay(order) {
      const headers = { authorization: await token() };
      return (await client.post('/azampay/mno/checkout', order, { headers })).data;
    },
  };
}
