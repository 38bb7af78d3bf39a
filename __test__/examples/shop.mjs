// What every shop of the examples must do: ask for the money once, fulfil once, believe no forger.
import assert from 'node:assert/strict';
import { startSandbox } from '../../sandbox/dist/index.js';
import { until } from '../sandbox/helpers.mjs';
import { serve, settingsOf } from './project.mjs';

const PHONE = '0712 345 678';
const DEADLINE_MS = 30_000;

/** A shop that takes orders as JSON. `accepted` is what it answers. */
export const ordersByJson = (accepted = 201) => ({
  async order(url, reference, phone) {
    const response = await ask(`${url}/orders`, { reference, phone });
    return { accepted: response.status === accepted, refused: response.status === 400 };
  },
  statusOf: (url, reference) => `${url}/orders/${reference}`,
});

/**
 * Starts the example's server against the sandbox and drives it. `env` is what it has beside the gateway's config;
 * `beside(env)` starts what runs beside it, and gives programs to be ended; `also(shop)` looks at what only this
 * example has, when a payment has succeeded.
 */
export async function driveShop(folder, { command, env, gateway = 'azampay', by = ordersByJson(), beside, also }) {
  const sandbox = await startSandbox({ seed: 'specs', checksum: gateway === 'clickpesa' });
  const settings = { SHOP_DB: 'shop.db', PORT: '0', ...settingsOf(sandbox, gateway), ...env };
  const others = [];
  let server;
  try {
    others.push(...((await beside?.(settings)) ?? []));
    server = await serve(folder, command, { env: settings, ready: /http:\/\/(127\.0\.0\.1|localhost):\d+/ });
    const url = server.found;
    sandbox.setWebhook(gateway, `${url}/hooks/${gateway}`);
    await drive({ sandbox, url, by, also });
  } catch (error) {
    throw new Error(`${error.stack}\n${server?.told() ?? ''}`);
  } finally {
    await Promise.all([server, ...others].map((program) => program?.stop()));
    await sandbox.close();
  }
}

async function drive({ sandbox, url, by, also }) {
  const status = async (reference) => (await ask(by.statusOf(url, reference))).json();
  const prompted = (reference) => sandbox.payments().filter((payment) => payment.reference === reference);
  const answers = () => sandbox.webhooks().flatMap(({ attempts }) => attempts.map((attempt) => attempt.status));

  // A double click.
  const clicks = await Promise.all([by.order(url, 'DRIVE0001', PHONE), by.order(url, 'DRIVE0001', PHONE)]);
  assert.deepEqual(
    clicks.map(({ accepted }) => accepted),
    [true, true],
  );
  await until(() => prompted('DRIVE0001').length > 0, 'the push');
  assert.deepEqual((await status('DRIVE0001')).tickets, []);

  await sandbox.approve('DRIVE0001');
  assert.deepEqual(answers(), [200]);
  const paid = await status('DRIVE0001');
  assert.deepEqual([paid.status, paid.tickets], ['succeeded', [{ number: 1 }]]);

  // The callback comes again, then a forged copy of it.
  const [{ id }] = sandbox.webhooks();
  await sandbox.redeliver(id);
  await sandbox.redeliver(id, { tamper: true });
  assert.deepEqual(answers(), [200, 200, 400]);
  assert.equal((await by.order(url, 'DRIVE0001', PHONE)).accepted, true, 'the customer reloads the page');
  assert.deepEqual(await status('DRIVE0001'), paid);

  await by.order(url, 'DRIVE0002', PHONE);
  await until(() => prompted('DRIVE0002').length > 0, 'the second push');
  await sandbox.decline('DRIVE0002');
  const declined = await status('DRIVE0002');
  assert.deepEqual([declined.status, declined.tickets], ['failed', []]);

  assert.equal((await by.order(url, 'DRIVE0003', '12')).refused, true, 'a number that is none');
  assert.equal((await ask(by.statusOf(url, 'DRIVE0003'))).status, 404);
  assert.equal(sandbox.payments().length, 2);
  await also?.({ url, sandbox });
}

export function ask(url, json) {
  const body = json && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
  return fetch(url, { ...body, signal: AbortSignal.timeout(DEADLINE_MS) });
}
