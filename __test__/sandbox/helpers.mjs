import { startSandbox } from '../../sandbox/dist/index.js';
import { startShop } from '../support/shop.mjs';

export async function call(
  url,
  {
    method,
    headers,
    body,
    json = body === undefined ? undefined : JSON.stringify(body),
    redirect = 'manual',
    signal,
  } = {},
) {
  const response = await fetch(url, {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: json,
    redirect,
    signal,
  });
  const text = await response.text();
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, text, json: parsed };
}

/** Each gateway by hand: what a client must send, and nothing of a client's own. */
export function azampay(sandbox) {
  const config = sandbox.config('azampay');
  const login = () =>
    call(`${config.baseUrl}/AppRegistration/GenerateToken`, {
      body: {
        appName: config.AZAMPAY_APP_NAME,
        clientId: config.AZAMPAY_CONSUMER_KEY,
        clientSecret: config.AZAMPAY_CONSUMER_SECRET,
      },
    });
  const bearer = async () => ({ authorization: `Bearer ${(await login()).json.data.accessToken}` });
  const push = async (body = {}, headers) =>
    call(`${config.baseUrl}/azampay/mno/checkout`, {
      headers: headers ?? (await bearer()),
      body: {
        accountNumber: '255712345678',
        amount: '2000',
        currency: 'TZS',
        externalId: 'ORDER-1',
        provider: 'Tigo',
        ...body,
      },
    });
  return {
    config,
    login,
    bearer,
    push,
    get: async (path, headers) => call(config.baseUrl + path, { headers: headers ?? (await bearer()) }),
  };
}

export function clickpesa(sandbox) {
  const config = sandbox.config('clickpesa');
  const base = `${config.baseUrl}/third-parties`;
  const login = (headers = {}) =>
    call(`${base}/generate-token`, {
      body: {},
      headers: { 'client-id': config.CLICKPESA_CLIENT_ID, 'api-key': config.CLICKPESA_API_KEY, ...headers },
    });
  const bearer = async () => ({ authorization: (await login()).json.token });
  const post = async (path, body, headers) => call(`${base}/${path}`, { headers: headers ?? (await bearer()), body });
  const get = async (path, headers) => call(`${base}/${path}`, { headers: headers ?? (await bearer()) });
  const push = (body = {}, headers) =>
    post(
      'payments/initiate-ussd-push-request',
      { amount: '1000', currency: 'TZS', orderReference: 'ORD1', phoneNumber: '255712345678', ...body },
      headers,
    );
  return { config, base, login, bearer, post, get, push };
}

export function pesapal(sandbox) {
  const config = sandbox.config('pesapal');
  const base = `${config.baseUrl}/api`;
  const login = (body = {}) =>
    call(`${base}/Auth/RequestToken`, {
      body: { consumer_key: config.PESAPAL_CONSUMER_KEY, consumer_secret: config.PESAPAL_CONSUMER_SECRET, ...body },
    });
  const bearer = async () => ({ authorization: `Bearer ${(await login()).json.token}` });
  const post = async (path, body, headers) => call(`${base}/${path}`, { headers: headers ?? (await bearer()), body });
  const registerIpn = async (url, ipn_notification_type = 'GET') =>
    (await post('URLSetup/RegisterIPN', { url, ipn_notification_type })).json;
  const order = (body = {}, headers) =>
    post(
      'Transactions/SubmitOrderRequest',
      {
        id: 'ORDER-1',
        currency: 'KES',
        amount: 1500,
        description: 'Shoes',
        callback_url: 'http://127.0.0.1:1/return',
        billing_address: { email_address: 'asha@example.com', phone_number: '254712345678', first_name: 'Asha' },
        ...body,
      },
      headers,
    );
  const status = async (id, headers) =>
    call(`${base}/Transactions/GetTransactionStatus?orderTrackingId=${id}`, { headers: headers ?? (await bearer()) });
  const page = (url, form) =>
    fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form),
    });
  return { config, base, login, bearer, post, registerIpn, order, status, page };
}

/** Waits for a condition that another party brings about; fails after ten seconds, for busy machines. */
export async function until(condition, what = 'the condition') {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what} did not come about within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/**
 * Starts a sandbox, and an app that its callbacks reach; both end with the test. One seed: AzamPay's keys are made once
 * a process.
 */
export async function start(t, options = {}, answer) {
  const app = await startShop(answer);
  const sandbox = await startSandbox({
    seed: 'specs',
    webhooks: { azampay: `${app.url}/azampay`, clickpesa: `${app.url}/clickpesa` },
    ...options,
  });
  t.after(async () => {
    await sandbox.close();
    await app.close();
  });
  return { sandbox, app, azampay: azampay(sandbox), clickpesa: clickpesa(sandbox), pesapal: pesapal(sandbox) };
}

/** An order at PesaPal whose IPNs reach the app. */
export async function openOrder({ pesapal: client, app }, body = {}, ipnMethod = 'GET') {
  const { ipn_id } = await client.registerIpn(`${app.url}/ipn`, ipnMethod);
  const answer = await client.order({ notification_id: ipn_id, callback_url: `${app.url}/return`, ...body });
  return { ipn_id, ...answer.json };
}
