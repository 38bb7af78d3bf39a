// What single blocks of documents need beside `given.mjs`, by the name in `<!-- run: name -->`: `before` sets it up,
// `after` looks at what came of the block, `packages` stand in for what is not installed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FintechSDK } from 'finconnect';
import { listen } from '../support/shop.mjs';

const HOUR_MS = 3_600_000;
const CHARGE = {
  amount: '25000',
  currency: 'TZS',
  phone: '0712345678',
  description: '2 nights',
  callbackUrl: 'https://shop.example/thanks',
};

/** Asks by the ledger for a payment, lets the customer do `action`, and lets the ledger find out. */
async function booked(world, reference, via, action) {
  const ledger = await world.given('ledger');
  const ipnId = via === 'pesapal' ? await world.given('ipnId') : undefined;
  const { transactionId } = await ledger.charge({ ...CHARGE, reference, via, ...(ipnId && { ipnId }) });
  await world.sandbox[action](transactionId);
  await ledger.sweep({ now: Date.now() + HOUR_MS });
}

/** Each callback is valid once. */
async function comesOnce(sdk, world) {
  const { text } = await world.callback('azampay');
  assert.equal((await sdk.handleCallback(text)).isValid, true);
  assert.equal((await sdk.handleCallback(text)).reason, 'REPLAY');
}

/** The gateways call an app at their own paths. */
async function eachCalls(world, url, gateways) {
  for (const gateway of gateways) assert.equal((await world.paid(gateway, `${url}/hooks/${gateway}`)).status, 200);
}

export const CASES = {
  'BOOKING-17 has failed': {
    before: (world) => booked(world, 'BOOKING-17', 'azampay', 'decline'),
    after: async ({ ledger }) => assert.equal((await ledger.get('BOOKING-17')).attempts.length, 2),
  },
  'nobody knows what became of BOOKING-17': {
    async before(world) {
      const ledger = await world.given('ledger');
      world.sandbox.next({ name: 'reset-after', route: '/mno/checkout' });
      const { status } = await ledger.charge({ ...CHARGE, reference: 'BOOKING-17', via: 'azampay' });
      assert.equal(status, 'unknown');
    },
    after: async ({ ledger }) => assert.equal((await ledger.get('BOOKING-17')).status, 'succeeded'),
  },
  'BOOKING-17 and BOOKING-18 are paid': {
    async before(world) {
      for (const reference of ['BOOKING-17', 'BOOKING-18']) await booked(world, reference, 'pesapal', 'approve');
    },
    async after({ ledger }) {
      const statuses = [];
      for await (const { status } of ledger.find()) statuses.push(status);
      assert.deepEqual(statuses.length, 6);
      assert.ok(!statuses.includes('failed'), statuses.join());
    },
  },
  'clickpesa.csv is there': {
    before: (_world, folder) =>
      writeFileSync(
        join(folder, 'clickpesa.csv'),
        'Order reference,Amount,Currency,Status\nBOOKING17,25000,TZS,SETTLED\n',
      ),
    after: (_declared, _world, { folder }) =>
      assert.match(readFileSync(join(folder, 'differences.csv'), 'utf8'), /missing-here,BOOKING17/),
  },
  'BOOKING-17 is paid': {
    async before(world) {
      const { gatewayReference } = await world.sdk('clickpesa').charge({ ...CHARGE, reference: 'BOOKING-17' });
      await world.sandbox.approve(gatewayReference);
    },
  },
  'the callback comes twice': {
    after: ({ sdk }, world) => comesOnce(sdk, world),
  },
  'another process has the token': {
    async after({ tokens, config }, world) {
      await new FintechSDK({ provider: 'pesapal', config, tokens }).listIpns();
      const logins = () => world.sandbox.requests().filter(({ path }) => path.endsWith('/RequestToken')).length;
      const before = logins();
      await new FintechSDK({ provider: 'pesapal', config, tokens }).listIpns();
      assert.deepEqual([before, logins()], [1, 1]);
    },
  },
  'ORDER-1 waits at Selcom': {
    async before(world) {
      const order = { amount: '1500', currency: 'TZS', reference: 'ORDER-1', customer: { phone: '0712345678' } };
      await world.sdk('selcom').checkout(order);
    },
  },
  '1,500 shillings are paid at PesaPal': {
    async before(world) {
      const ipnId = await world.given('ipnId');
      const order = { ...CHARGE, amount: '1500', reference: 'ORDER-1', ipnId };
      const { transactionId } = await world.sdk('pesapal').charge(order);
      await world.sandbox.approve(transactionId);
      world.give('transactionId', transactionId);
    },
  },
  'ClickPesa tells of a payout': {
    async after({ app }, world) {
      const { url, close } = await listen(app);
      const payout = { amount: '40000', currency: 'TZS', reference: 'HOST17', to: { phone: '0712345678' } };
      world.orders.set('HOST17', { reference: 'HOST17', status: 'pending' });
      const charge = world.sdk('clickpesa').payout(payout);
      assert.equal((await world.paid('clickpesa', `${url}/clickpesa/callback`, charge)).status, 200);
      await close();
    },
  },
  'gateways call a server': {
    async after(_declared, world, { servers: [server] }) {
      if (!server.listening) await once(server, 'listening');
      const url = `http://127.0.0.1:${server.address().port}`;
      await eachCalls(world, url, ['azampay', 'clickpesa', 'pesapal']);
      assert.equal((await fetch(`${url}/hooks/nobody`)).status, 404);
    },
  },
  'ClickPesa calls the hooks': {
    async after({ hooks }, world) {
      const { url, close } = await listen((req, res) => hooks(req, res));
      assert.equal((await world.paid('clickpesa', url)).status, 200);
      assert.deepEqual(
        world.told.map(([kind, , { status }]) => [kind, status]),
        [['queue', 'succeeded']],
      );
      await close();
    },
  },
  'a controller of Nest': {
    packages: {
      '@nestjs/common': `const decorator = () => () => {};
export { decorator as All, decorator as Controller, decorator as Req, decorator as Res };`,
    },
    async after({ Hooks }, world) {
      const { url, close } = await listen((req, res) => new Hooks().deliver(req, res));
      await eachCalls(world, url, ['azampay', 'pesapal']);
      await close();
    },
  },
};
