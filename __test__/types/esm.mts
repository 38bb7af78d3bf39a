import { FinConnectError, FintechSDK } from 'finconnect';
import type { RedisClient } from 'finconnect/replay';
import { postgresReplayStore, redisReplayStore } from 'finconnect/replay';
import { startSandbox } from 'finconnect/sandbox';
import type { RedisTokenClient } from 'finconnect/tokens';
import { postgresTokenStore, redisTokenStore } from 'finconnect/tokens';

const sandbox = await startSandbox();
const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
const push = { amount: '1000', currency: 'TZS', orderReference: 'ORDER1', phoneNumber: '255712345678' };
await sdk.pay(push).catch((error: unknown) => error instanceof FinConnectError);
await sandbox.close();

declare const redis: RedisClient;
for (const replay of [redisReplayStore(redis), postgresReplayStore(async (text, values) => [text, values])]) {
  new FintechSDK({ provider: 'azampay', config: {}, replay });
}
// @ts-expect-error a URL is no client
redisReplayStore('redis://127.0.0.1');

declare const tokenClient: RedisTokenClient;
for (const store of [redisTokenStore(tokenClient), postgresTokenStore(async () => [])]) {
  new FintechSDK({ provider: 'azampay', config: {}, tokens: { store, key: 'a secret' } });
}
// @ts-expect-error a store without a key is refused
new FintechSDK({ provider: 'azampay', config: {}, tokens: { store: redisTokenStore(tokenClient) } });
sdk.on('login', ({ from, storeFailure }) => from === 'store' && storeFailure === null);
