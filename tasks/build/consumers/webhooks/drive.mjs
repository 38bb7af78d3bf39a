// `node drive.mjs fastify`: one framework's webhooks, driven by the gateways of the sandbox to the end of a payment.
import assert from 'node:assert/strict';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { webhooks } from 'finconnect/webhooks';

const { ways } = await import(`./${process.argv[2]}.mjs`);

for (const [name, listen] of Object.entries(ways)) {
  const sandbox = await startSandbox();
  const config = (provider) => ({ provider, config: sandbox.config(provider) });
  const azampay = new FintechSDK(config('azampay'));
  const pesapal = new FintechSDK(config('pesapal'));
  const handled = [];
  let fails = true;
  const hooks = webhooks(
    { azampay, pesapal },
    {
      expect: (_callback, { reference }) => ({ reference, amount: 1000 }),
      onPayment({ reference, status }, { source, duplicate }) {
        handled.push([source, reference, status, duplicate]);
        if (fails) throw new Error('the database is down');
      },
    },
  );
  const { url, close } = await listen(hooks);
  try {
    sandbox.setWebhook('azampay', `${url}/hooks/azampay`);
    const { transactionId } = await azampay.pay({
      accountNumber: '255712345678',
      amount: '1000',
      currency: 'TZS',
      externalId: 'ORDER-1',
      provider: 'Mpesa',
    });
    await sandbox.approve(transactionId);
    const [{ id }] = sandbox.webhooks();
    const answered = async (more) => (await sandbox.redeliver(id, more)).attempts.at(-1).status;
    assert.equal(sandbox.webhooks()[0].attempts[0].status, 500, `${name}: the handler threw`);
    fails = false;
    assert.deepEqual([await answered(), await answered()], [200, 200], name);
    assert.equal(await answered({ tamper: true }), 400, `${name}: forged`);
    assert.deepEqual(
      handled.map(([, , , duplicate]) => duplicate),
      [false, true],
      name,
    );
    for (const type of ['GET', 'POST']) {
      const ipnId = await pesapal.registerIpn(`${url}/hooks/pesapal`, type);
      const { order_tracking_id } = await pesapal.pay(
        {
          id: `ORDER-${type}`,
          currency: 'TZS',
          amount: 1000,
          description: 'Shoes',
          callback_url: 'https://shop.example/back',
          billing_address: { phone_number: '255712345678', country_code: 'TZ' },
        },
        ipnId,
      );
      await sandbox.approve(order_tracking_id);
      assert.deepEqual(handled.at(-1), ['pesapal', `ORDER-${type}`, 'succeeded', false], name);
      assert.equal(sandbox.webhooks().at(-1).attempts[0].status, 200, name);
    }
    for (const [method, body, status] of [
      ['PUT', '{}', 405],
      ['POST', JSON.stringify({ text: 'x'.repeat(300 * 1024) }), 413],
      ['POST', '{}', 400],
    ]) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/hooks/azampay`, { method, body, headers });
      assert.equal(response.status, status, `${name}: ${method}`);
    }
  } finally {
    await close();
    await sandbox.close();
  }
}
console.log('paid');
process.exit(0);
