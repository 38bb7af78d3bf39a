// The documented call sites, driven to the end of each payment. The same text runs as CommonJS, as ESM and
// compiled by tsc, in projects that have installed finconnect from a registry.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startSandbox } from 'finconnect/sandbox';

async function main() {
  const sandbox = await startSandbox();
  const [pesapal, clickpesa, azampay] = [
    sandbox.config('pesapal'),
    sandbox.config('clickpesa'),
    sandbox.config('azampay'),
  ];
  Object.assign(process.env, {
    ...pesapal,
    ...clickpesa,
    PESAPAL_BASE_URL: pesapal.baseUrl,
    CLICKPESA_BASE_URL: clickpesa.baseUrl,
    AZAMPAY_BASE_URL: azampay.baseUrl,
    AZAMPAY_APP_NAME: azampay.AZAMPAY_APP_NAME,
    AZAMPAY_CLIENT_ID: azampay.AZAMPAY_CONSUMER_KEY,
    AZAMPAY_API_KEY: azampay.AZAMPAY_CONSUMER_SECRET,
  });
  const site = await import('./callsites.js');
  const server = site.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shop = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox.setWebhook('azampay', `${shop}/azampay/callback`);

  const { redirect } = await site.payByPesapal(`${shop}/ipn`);
  check(redirect.startsWith(sandbox.url), 'PesaPal gives a page to send the customer to');
  const push = { amount: '1000', currency: 'TZS', orderReference: 'ORDER9', phoneNumber: '255712345678' };
  check((await site.payByClickpesa(push)) === 'PROCESSING', 'ClickPesa takes the push');
  await sandbox.approve(await site.payByAzampay());
  check(site.seen.join() === 'ORDER-9,success', 'the AzamPay callback verifies');
  check(
    (await site.registerElsewhere()) === 'IPN registration not supported by this provider',
    'the documented rejection',
  );
  check(site.misconfigured().startsWith('Invalid configuration: '), 'the documented throw');

  server.close();
  server.closeAllConnections();
  await sandbox.close();
  console.log('paid');
}

function check(holds: boolean, what: string) {
  if (!holds) throw new Error(`Not so: ${what}`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
