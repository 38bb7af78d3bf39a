import { createServer } from 'node:http';
import { metrics, trace } from '@opentelemetry/api';
import express from 'express';
import type { Payment, PaymentStatus } from 'finconnect';
import { FinConnectError, FintechSDK } from 'finconnect';
import type { FinConnectCall } from 'finconnect/otel';
import { instrument } from 'finconnect/otel';
import type { RedisReplayClient } from 'finconnect/replay';
import { postgresReplayStore, redisReplayStore } from 'finconnect/replay';
import { startSandbox } from 'finconnect/sandbox';
import type { RedisTokenClient } from 'finconnect/tokens';
import { postgresTokenStore, redisTokenStore } from 'finconnect/tokens';
import type { WebhookHandler } from 'finconnect/webhooks';
import { returned, webhooks } from 'finconnect/webhooks';

const sandbox = await startSandbox();
const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
const push = { amount: '1000', currency: 'TZS', orderReference: 'ORDER1', phoneNumber: '255712345678' };
await sdk.pay(push).catch((error: unknown) => error instanceof FinConnectError);
await sandbox.close();

declare const redis: RedisReplayClient;
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

const onPayment: WebhookHandler<Payment> = async ({ status }, { eventId, signal, duplicate }) => {
  signal.throwIfAborted();
  return duplicate ? undefined : `${status satisfies PaymentStatus} ${eventId}`;
};
const azampay = new FintechSDK({ provider: 'azampay', config: {} });
const hooks = webhooks(azampay, {
  onPayment,
  expect: async (_callback, { reference }) => (reference ? { reference } : null),
});
createServer(hooks);
express()
  .use('/hooks', webhooks({ azampay, clickpesa: sdk }, { onPayment, on: { failed: () => {} } }))
  .all('/x', hooks);
const answer: Response = await hooks.handle(new Request('http://shop.example'), { gateway: 'azampay', body: {} });
express().get(
  '/back',
  returned(sdk, { reference: () => 'ORDER1', onReturn: ({ status }, _req, res) => res.send(status) }),
);
answer.status satisfies number;
// @ts-expect-error without onPayment nobody handles a payment
webhooks(azampay, {});
// @ts-expect-error no such option
webhooks(azampay, { onPayment, onPaymnt: onPayment });
// @ts-expect-error no such gateway
webhooks({ mpesa: azampay }, { onPayment });

instrument({ trace, metrics })();
instrument({ trace });
// @ts-expect-error an exporter is no api
instrument({ trace: { export: () => {} } });
const heard = ({ attributes, error }: FinConnectCall): string | undefined =>
  error === undefined ? attributes['finconnect.payment.status'] : attributes['error.type'];
heard({ name: 'finconnect charge azampay', attributes: { 'finconnect.operation': 'charge' } });

const claimed = await azampay.handleCallback({}, { claim: true });
if (claimed.isValid) (await claimed.commit()) satisfies boolean;
const plain = await azampay.handleCallback({});
// @ts-expect-error it was not claimed
plain.commit;
