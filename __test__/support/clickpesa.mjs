import { FintechSDK } from 'finconnect';

/** A ClickPesa that answers as `answer(path, body)` says, and what it was asked. */
export function clickpesa(answer, options = {}) {
  const asked = [];
  const fetch = async (url, init) => {
    const [, path] = url.split('/third-parties');
    if (path === '/generate-token') return { status: 200, body: '{"success":true,"token":"Bearer t"}' };
    asked.push(path);
    const given = answer(path, init.body && JSON.parse(init.body));
    return { status: 200, ...given, body: JSON.stringify(given.body) };
  };
  const config = { baseUrl: 'https://gateway.example', CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' };
  return { sdk: new FintechSDK({ provider: 'clickpesa', config, fetch, maxRetries: 0, ...options }), asked };
}
