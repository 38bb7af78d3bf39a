// What the types add, and what they must refuse.
import { FinConnectError, FintechSDK } from 'finconnect';
import type { CallbackResult, FinConnectErrorCode, FintechConfig, FintechSDKOptions, ProviderName } from 'finconnect';

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

// @ts-expect-error the options are required
new FintechSDK();
// @ts-expect-error a config is required
new FintechSDK({ provider: 'pesapal' });
// @ts-expect-error the type of an IPN is GET or POST
void sdk.registerIpn('https://shop.example', 'PUT');
// @ts-expect-error a callback needs a body
void sdk.handleCallback();
