// What must not happen at all, or not more often: payments that leave after their worker has ended, and look-ups by
// forged callbacks.
import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { GATEWAYS } from '../support/gateways.cjs';
import { newOrder } from './operations.mjs';

const PAYMENTS = 600;
const ANSWER_MS = 200;
const WATCHED_MS = 1000;
const FORGED = 1000;
/** The documented pace of look-ups. */
const LOOKUPS = { pesapal: { burst: 64, everyMs: 100 }, clickpesa: { burst: 40, everyMs: 3000 } };
const FORGERS = {
  pesapal: () => ({
    OrderTrackingId: randomUUID(),
    OrderMerchantReference: 'ORDER',
    OrderNotificationType: 'IPNCHANGE',
  }),
  clickpesa: () => {
    const { amount, currency, orderReference } = newOrder('clickpesa');
    return {
      event: 'PAYMENT RECEIVED',
      data: { id: 'P1', status: 'SUCCESS', orderReference, collectedAmount: amount, collectedCurrency: currency },
    };
  },
};

/** How many payments a gateway gets after the worker that asked for them was terminated. */
export async function ended(provider, { sandbox, requests }) {
  const paid = () => requests.filter(({ path }) => path.endsWith(GATEWAYS[provider].pay)).length;
  sandbox.next({ name: 'delay', delayMs: ANSWER_MS, route: GATEWAYS[provider].pay, times: PAYMENTS });
  const source = `
    const { workerData: { provider, config, orders }, parentPort } = require('node:worker_threads');
    const { FintechSDK } = require('finconnect');
    const sdk = new FintechSDK({ provider, config });
    for (const order of orders) sdk.pay(order).catch(() => {});
    parentPort.on('message', () => {});`;
  const orders = Array.from({ length: PAYMENTS }, () => newOrder(provider));
  const worker = new Worker(source, { eval: true, workerData: { provider, config: sandbox.config(provider), orders } });
  while (paid() === 0) await after(1);
  await worker.terminate();
  // What was on its way when the worker ended arrives meanwhile; nothing can leave before the first answer comes.
  await after(ANSWER_MS / 4);
  const before = paid();
  await after(WATCHED_MS);
  sandbox.clearFaults();
  return counted(
    `${GATEWAYS[provider].brand}: ${PAYMENTS} payments of a worker that is terminated, after that`,
    paid() - before,
    0,
    'payments',
  );
}

/** How often a gateway is asked because of forged callbacks, each about another payment. */
export async function lookups(provider, { requests, make }) {
  const asked = () => requests.filter(({ path }) => new RegExp(GATEWAYS[provider].proof).test(path)).length;
  const sdk = make();
  await sdk.getPaymentStatus('WARM').catch(() => {});
  const before = asked();
  const started = performance.now();
  const judge = () => sdk.handleCallback(FORGERS[provider]()).catch(({ retryable }) => ({ isValid: !retryable }));
  const judged = await Promise.all(Array.from({ length: FORGED }, judge));
  if (judged.some(({ isValid }) => isValid)) throw new Error('a forged callback was believed');
  const { burst, everyMs } = LOOKUPS[provider];
  const most = burst + Math.ceil((performance.now() - started) / everyMs);
  return counted(`${GATEWAYS[provider].brand}: ${FORGED} forged callbacks`, asked() - before, most, 'look-ups');
}

export const counted = (what, figure, limit, unit) => ({
  what,
  figures: [figure],
  limit,
  unit,
  attempt: 1,
  holds: figure <= limit,
});
