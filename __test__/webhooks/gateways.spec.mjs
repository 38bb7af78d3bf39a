// The gateways, as the sandbox plays them, and a shop on Express that takes all their callbacks at one place.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import express from 'express';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { prepared } from '../support/gateway.mjs';
import { GATEWAYS, PROVIDERS } from '../support/gateways.cjs';
import { listen } from '../support/shop.mjs';
import { shopOf } from './shop.mjs';

/** A shop whose handler fails as often as `failures` says, and what it has to pay with. */
async function startShop(t, options = {}) {
  const app = express().use(express.json());
  const shop = await listen(createServer(app));
  const url = (name) => `${shop.url}/hooks/${name}`;
  const sandbox = await startSandbox({
    clock: 'manual',
    webhooks: { azampay: url('azampay'), clickpesa: url('clickpesa') },
    switches: { selcomFailedWebhook: true },
  });
  t.after(() => Promise.all([sandbox.close(), shop.close()]));
  const sdk = Object.fromEntries(
    PROVIDERS.map((provider) => [
      provider,
      new FintechSDK({ provider, config: sandbox.config(provider), maxRetries: 0 }),
    ]),
  );
  const orders = new Map();
  const state = { failures: 0 };
  const handled = [];
  const { hooks, events } = shopOf({
    sdk,
    expect: (_callback, { reference }) => orders.get(reference),
    onPayment({ status, reference }, { source, duplicate }) {
      if (state.failures-- > 0) throw new Error('the database is down');
      handled.push([source, reference, status, duplicate]);
    },
    ...options,
  });
  app.use('/hooks', hooks);
  const ipnId = await sdk.pesapal.registerIpn(url('pesapal'), 'POST');
  /** Pays an order; gives what it is asked for by. */
  const pay = async (provider, reference) => {
    const gateway = GATEWAYS[provider];
    const { notification_id: _, ...order } = gateway.order(reference);
    if (provider === 'selcom') await prepared(sdk.selcom, provider, url(provider), reference);
    const answer = await sdk[provider].pay(order, provider === 'pesapal' ? ipnId : undefined);
    const id = gateway.id(answer);
    orders.set(reference, { reference, amount: gateway.amount, ...(id && { transactionId: id }) });
    return gateway.asked(order, answer);
  };
  const sent = () => sandbox.webhooks().at(-1);
  const statuses = () => sent().attempts.map(({ status }) => status);
  return { sandbox, pay, sent, statuses, handled, events, state, orders };
}

for (const provider of PROVIDERS) {
  test(`${provider}: a handler that fails once is called again by the gateway, and the order is handled once`, async (t) => {
    const { sandbox, pay, handled, state } = await startShop(t);
    // ClickPesa tells of a success twice: later it is settled.
    const sent = () => sandbox.webhooks()[0];
    const statuses = () => sent().attempts.map(({ status }) => status);
    state.failures = 1;
    await sandbox.approve(await pay(provider, 'ORDER1'));
    assert.deepEqual([statuses(), handled], [[500], []]);
    for (let minutes = 0; sent().state !== 'delivered' && minutes < 60; minutes++) await sandbox.clock.advance(60_000);
    assert.deepEqual([sent().state, statuses()], ['delivered', [500, 200]]);
    assert.deepEqual(handled, [[provider, 'ORDER1', 'succeeded', true]]);

    await sandbox.redeliver(sent().id);
    assert.equal(sent().attempts.at(-1).status, 200);
    assert.equal(handled.length, 1, 'a copy');
  });

  test(`${provider}: a failure, an order of another amount and an order that nobody knows`, async (t) => {
    const { sandbox, pay, statuses, handled, events, orders } = await startShop(t);
    await sandbox.decline(await pay(provider, 'ORDER1'));
    assert.deepEqual([handled, statuses()], [[[provider, 'ORDER1', 'failed', false]], [200]]);
    const id = await pay(provider, 'ORDER2');
    orders.get('ORDER2').amount = 1;
    await sandbox.approve(id);
    assert.deepEqual([events.at(-1).outcome, events.at(-1).reason, statuses()[0]], ['refused', 'AMOUNT_MISMATCH', 400]);
    const other = await pay(provider, 'ORDER3');
    orders.delete('ORDER3');
    await sandbox.approve(other);
    assert.deepEqual([events.at(-1).reason, statuses()[0]], ['REFERENCE_MISMATCH', 400]);
    assert.equal(handled.length, 1);
  });

  test(`${provider}: a forger’s copy is not handled, and learns nothing`, async (t) => {
    const { sandbox, pay, sent, handled, events } = await startShop(t);
    await sandbox.approve(await pay(provider, 'ORDER1'));
    const { attempts } = await sandbox.redeliver(sent().id, { tamper: true });
    const { status, answer } = attempts.at(-1);
    assert.ok([400, 503].includes(status), String(status));
    assert.doesNotMatch(answer, /SIGNATURE|MISMATCH|UNCONFIRMED/);
    assert.ok(['refused', 'undecided'].includes(events.at(-1).outcome));
    assert.equal(handled.length, 1);
  });
}

test('azampay: while its key cannot be fetched it is asked to come again', async (t) => {
  const { sandbox, pay, sent, statuses, handled } = await startShop(t);
  const id = await pay('azampay', 'ORDER1');
  sandbox.next({ name: '500-empty', route: GATEWAYS.azampay.proof, times: 1 });
  await sandbox.approve(id);
  assert.deepEqual([statuses(), handled], [[503], []]);
  for (let minutes = 0; sent().state !== 'delivered' && minutes < 60; minutes++) await sandbox.clock.advance(60_000);
  assert.deepEqual([statuses(), handled.length], [[503, 200], 1]);
});
