import { FintechSDK } from 'finconnect';

export const dynamic = 'force-dynamic';

export async function POST(request) {
  const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CLIENT_ID, AZAMPAY_API_KEY } = process.env;
  const sdk = new FintechSDK({
    provider: 'azampay',
    config: {
      baseUrl: AZAMPAY_BASE_URL,
      AZAMPAY_APP_NAME,
      AZAMPAY_CONSUMER_KEY: AZAMPAY_CLIENT_ID,
      AZAMPAY_CONSUMER_SECRET: AZAMPAY_API_KEY,
    },
  });
  const { transactionId } = await sdk.pay(await request.json());
  return Response.json({ transactionId });
}
