// The TypeScript package's documented behaviour: axios, a login before every payment, and before every
// callback a login and a request for the public key.
import { createVerify } from 'node:crypto';
import { createRequire } from 'node:module';
import { LOGIN, credentials, signedText } from '../lib/wire.mjs';

export function open(origin) {
  const axios = createRequire(import.meta.url)('axios');
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
