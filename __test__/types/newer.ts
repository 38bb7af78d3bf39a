// What the types add, and what they must refuse.

import type {
  CallbackResult,
  FinConnectErrorCode,
  FintechConfig,
  FintechSDKOptions,
  PaymentStatus,
  ProviderName,
} from 'finconnect';
import { FinConnectError, FintechSDK, guessOperator, mayBecome, normalizePhone, parseAmount } from 'finconnect';

const options: FintechSDKOptions = { provider: 'azampay', config: {}, timeoutMs: 5000, allowInsecureHttp: false };
const config: FintechConfig = { baseUrl: undefined, CLICKPESA_CHECKSUM_KEY: process.env.KEY };
const sdk = new FintechSDK({ ...options, config });

export async function paid(name: ProviderName): Promise<FinConnectErrorCode | number> {
  const result: CallbackResult = await sdk.handleCallback(Buffer.from('{}'));
  try {
    return (await sdk.pay({ name }, undefined)).anything + Number(result.isValid);
  } catch (error) {
    if (!(error instanceof FinConnectError)) throw error;
    const money: 'not_sent' | 'refused' | 'unknown' = error.outcome;
    return money === 'unknown' && !error.retryable ? (error.statusCode ?? 0) : error.code;
  }
}

export async function safer(signal: AbortSignal): Promise<PaymentStatus> {
  const guarded = new FintechSDK({
    ...options,
    replay: { setIfAbsent: async (key: string, ttlMs: number) => key.length > ttlMs },
    ca: ['-----BEGIN CERTIFICATE-----', new Uint8Array()],
    maxRetries: 0,
    fetch: async (url) => ({ status: url.length }),
  });
  guarded
    .on('response', ({ status, ms, outcome }) => void [status?.toFixed(), ms.toFixed(), outcome === 'unknown'])
    .off('login', () => {});
  const { reason, payment, acknowledgement } = await guarded.handleCallback(
    {},
    {
      expect: async (_callback, told) => (told.reference ? { amount: 1000n, reference: told.reference } : null),
      headers: { 'x-clickpesa-checksum': 'x' },
      signal,
    },
  );
  if (reason === 'REPLAY' || acknowledgement?.status === 500) return payment?.status ?? 'unknown';
  await guarded.pay({}, { signal, timeoutMs: 5 });
  await guarded.pay({}, 'ipn', { signal });
  const { status } = await guarded.waitForPayment('x', { pollMs: 50, operator: 'Mpesa', signal });
  return mayBecome(status, 'reversed') ? (await guarded.getPaymentStatus('x')).status : status;
}

export async function narrowed(): Promise<string> {
  const { isValid, reason, payment } = await sdk.handleCallback({});
  if (isValid) return payment.status;
  // @ts-expect-error nobody may have spoken
  void payment.status;
  return reason.toLowerCase();
}

export const digits: string = normalizePhone('0712345678', 'TZ') + normalizePhone('+255712345678');
export const country: 'TZ' | 'KE' | 'UG' | 'RW' | 'MW' | 'ZM' | 'ZW' | undefined = guessOperator(digits)?.country;
export const amounts: string[] = [
  parseAmount('25000', 'TZS'),
  parseAmount(BigInt(25000), 'TZS'),
  parseAmount({ value: 25000, currency: 'TZS' }, 'TZS'),
  parseAmount({ value: '10.50', currency: 'KES' }),
];
// @ts-expect-error a number has lost its leading zeros
normalizePhone(712345678, 'TZ');
// @ts-expect-error there is no such country
normalizePhone('0712345678', 'TX');
// @ts-expect-error an amount has a currency
parseAmount(25000);
// @ts-expect-error here too
parseAmount({ value: 25000 });

// @ts-expect-error an expectation is of known members
void sdk.handleCallback({}, { expect: { ammount: 5 } });
// @ts-expect-error there is no such event
sdk.on('requests', () => {});
// @ts-expect-error the options are required
new FintechSDK();
// @ts-expect-error a config is required
new FintechSDK({ provider: 'pesapal' });
// @ts-expect-error the type of an IPN is GET or POST
void sdk.registerIpn('https://shop.example', 'PUT');
// @ts-expect-error a callback needs a body
void sdk.handleCallback();
// @ts-expect-error there is no such status
mayBecome('PENDING', 'succeeded');
// @ts-expect-error there is no such option
new FintechSDK({ provider: 'pesapal', config, replays: 'memory' });
// @ts-expect-error an option stands beside config
new FintechSDK({ provider: 'pesapal', config: { ...config, replay: 'memory' } });
new FintechSDK({ provider: 'pesapal', config: process.env });
// @ts-expect-error nor for a call
void sdk.pay({}, { timeout: 5 });
// @ts-expect-error nor for a wait
void sdk.waitForPayment('x', { poll: 5 });
// @ts-expect-error a store answers whether it was new
new FintechSDK({ provider: 'pesapal', config, replay: { setIfAbsent: async () => 'OK' } });

export async function shapes(request: { headers: NodeJS.Dict<string | string[]>; rawHeaders: string[] }) {
  const all = [
    request.headers,
    request.rawHeaders,
    new Map([['a', 'b']]),
    new Headers(),
    [['a', 'b']] as [string, string][],
    { a: ['b'], c: undefined },
  ];
  for (const headers of all) await sdk.handleCallback('{}', { headers, expect: { amount: 1, currency: 'TZS' } });
  const mocks = [
    async () => ({ status: 200, body: 'text' }),
    async () => ({ status: 200, json: async () => ({}) }),
    async () => ({ status: 200, headers: { 'retry-after': '1' } }),
  ];
  return mocks.map((fetch) => new FintechSDK({ provider: 'pesapal', config, fetch }));
}
