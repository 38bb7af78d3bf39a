import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { FAULTS } from '../../sandbox/dist/engine/faults.js';
import { SWITCHES } from '../../sandbox/dist/gateways/index.js';
import { startSandbox } from '../../sandbox/dist/index.js';

const { ARGUMENTS, ask } = createRequire(import.meta.url)('../support/arguments.cjs');

const doc = await readFile(new URL('../../docs/guide/sandbox.md', import.meta.url), 'utf8');
const rows = doc.split('\n').filter((line) => line.startsWith('|'));

describe('docs/guide/sandbox.md', () => {
  test('lists every fault with its magic phone and amount, in the words of the code', () => {
    for (const [name, { magic, about }] of Object.entries(FAULTS)) {
      const number = String(magic).padStart(2, '0');
      assert.ok(
        rows.some((row) => row.startsWith(`| \`…0000${number}\` | \`9900${number}\` | \`${name}\` | ${about} |`)),
        name,
      );
    }
    assert.equal(new Set(Object.values(FAULTS).map(({ magic }) => magic)).size, Object.keys(FAULTS).length);
  });

  test('lists every switch with its default, its choices and the words of the code', () => {
    for (const [name, row] of Object.entries(SWITCHES)) {
      const line = rows.find((text) => text.startsWith(`| \`${name}\` | \`${row.default}\` |`));
      assert.ok(line?.endsWith(` | ${row.about} |`), name);
      for (const choice of row.choices ?? []) assert.ok(line.includes(`\`${choice}\``), `${name} ${choice}`);
    }
  });

  test('names only specs that exist', async () => {
    const facts = rows.filter((row) => /^\| (PesaPal|ClickPesa|AzamPay) [\d.]/.test(row));
    assert.ok(facts.length > 25);
    for (const row of facts) {
      const proofs = row.split('|').at(-2);
      const named = [...proofs.matchAll(/`([\w-]+\.spec\.mjs)`: ([^`]+)/g)];
      assert.ok(named.length, row);
      for (const [, file, titles] of named) {
        const spec = await readFile(new URL(file, import.meta.url), 'utf8');
        for (const title of titles.split(';').map((text) => text.trim().replace(/\.$/, '')))
          assert.ok(spec.includes(title), `${file}: ${title}`);
      }
    }
  });

  test('tells for every operation which route its request takes', async (t) => {
    const sandbox = await startSandbox();
    t.after(() => sandbox.close());
    const part = doc.slice(doc.indexOf('| operation |'));
    const [head, , ...lines] = part.slice(0, part.indexOf('\n\n')).split('\n');
    const cellsOf = (line) => line.split('|').slice(1, -1);
    const gateways = cellsOf(head)
      .slice(1)
      .map((title) => title.trim().toLowerCase());
    const told = new Set();
    for (const [names, ...routes] of lines.map(cellsOf)) {
      for (const [, operation] of names.matchAll(/`([\w.]+)`/g)) {
        told.add(operation);
        for (const [at, provider] of gateways.entries()) {
          const sdk = new FintechSDK({ provider, config: sandbox.config(provider), maxRetries: 0 });
          const route = /`(.+)`/.exec(routes[at])?.[1];
          assert.equal(route !== undefined, sdk.supports(operation), `${operation} of ${provider}`);
          if (route === undefined) continue;
          sandbox.next({ name: 'delay', route, gateway: provider, delayMs: 1 });
          sandbox.clearFaults();
          if (['pay', 'waitForPayment'].includes(operation)) continue;
          await ask(sdk, operation, await argumentsOf(sdk, operation, sandbox)).catch(() => {});
          const paths = sandbox
            .requests()
            .slice(-2)
            .map(({ path }) => path.toLowerCase());
          assert.ok(
            paths.some((path) => path.includes(route.toLowerCase())),
            `${operation} of ${provider}: ${paths}`,
          );
        }
      }
    }
    const names = JSON.parse(createRequire(import.meta.url)('../../binding.js').operations()).map(([name]) => name);
    assert.deepEqual([...told].sort(), names.filter((name) => name !== 'handleCallback').sort());
  });
});

/** What an operation of that gateway is asked with. */
async function argumentsOf(sdk, operation, sandbox) {
  const { provider } = sdk.capabilities();
  const reference = `${provider}${operation.replace('.', '')}`.slice(0, 20);
  const id = '11111111-2222-4333-8444-555555555555';
  const ipnId = sdk.supports('registerIpn') ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
  const azampay = provider === 'azampay' ? [{ operator: 'M-Pesa' }] : [];
  if (operation === 'getPayoutStatus' && provider === 'selcom') return ['PAY1WC'];
  if (operation === 'getPaymentStatus' || operation === 'getPayoutStatus') return [id, ...azampay];
  if (operation === 'cancel') return [id];
  if (operation === 'refund') {
    const { transactionId } = await sdk.charge(ARGUMENTS.charge(reference, ipnId)[0]);
    await sandbox.approve(transactionId);
    return [{ transactionId, amount: '1500', reason: 'Not there', requestedBy: 'Asha Juma' }];
  }
  return ARGUMENTS[operation]?.(reference, ipnId) ?? [];
}
