// The shop that README.md shows, run as it stands against the sandbox.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSandbox } from '../../sandbox/dist/index.js';
import { until } from '../sandbox/helpers.mjs';
import { root, start } from '../support/child.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';
import { settingsOf } from './project.mjs';

const file = join(root, 'examples/quickstart.mjs');
const MOST_LINES = 25;
/** It prints no address: this does, of whatever listens. */
const TELLS_PORT = `data:text/javascript,${encodeURIComponent(`
  import { Server } from 'node:http';
  const { listen } = Server.prototype;
  Server.prototype.listen = function (...args) {
    return listen.apply(this.once('listening', () => console.log('PORT ' + this.address().port)), args);
  };`)}`;

test('the quickstart has at most 25 lines', () => {
  const [, region] = /\/\/ #region all\n(.*)\/\/ #endregion all\n/s.exec(readFileSync(file, 'utf8'));
  assert.ok(region.trimEnd().split('\n').length <= MOST_LINES);
});

test('the quickstart asks for money once, and tells once what became of it', { timeout: 60_000 }, async (t) => {
  const sandbox = await startSandbox();
  const cwd = mkdtempSync(join(tmpdir(), 'finconnect-quickstart-'));
  const env = { PORT: '0', ...settingsOf(sandbox, 'azampay') };
  const shop = start(nodeWithSqlite(), ['--no-warnings', '--import', TELLS_PORT, file], { cwd, env });
  t.after(async () => {
    shop.child.kill();
    await shop.ended;
    await sandbox.close();
    rmSync(cwd, { recursive: true, force: true });
  });
  let ended;
  shop.ended.then((how) => (ended = how));
  const [, port] = await until(() => {
    if (ended) throw new Error(ended.stderr);
    return /^PORT (\d+)$/m.exec(shop.out.stdout);
  }, 'the shop');
  const url = `http://127.0.0.1:${port}`;
  sandbox.setWebhook('azampay', `${url}/hooks/azampay`);

  const pay = async (reference) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ phone: '0712345678' });
    return (await fetch(`${url}/orders/${reference}/pay`, { method: 'POST', headers, body })).json();
  };
  const [first, second] = await Promise.all([pay('ORDER1'), pay('ORDER1')]);
  assert.deepEqual([first, second], Array(2).fill({ status: 'pending', advice: null }));
  assert.equal(sandbox.payments().length, 1);
  await sandbox.approve('ORDER1');
  const [{ id }] = sandbox.webhooks();
  assert.equal((await sandbox.redeliver(id)).attempts.at(-1).status, 200);
  assert.equal((await sandbox.redeliver(id, { tamper: true })).attempts.at(-1).status, 400);
  await pay('ORDER2');
  await sandbox.decline('ORDER2', 'wrong-pin');
  assert.equal((await pay('ORDER2')).advice.reason, 'wrong-pin');
  const told = shop.out.stdout.split('\n').filter((line) => line.startsWith('ORDER'));
  assert.deepEqual(told, ['ORDER1 is succeeded', 'ORDER2 is failed']);
  assert.equal(shop.out.stderr, '');
});
