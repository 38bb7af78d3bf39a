// The integration of docs/SKILL.md, as an agent would write it down.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, start } from '../support/child.mjs';
import { startGateway } from '../support/gateway.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';
import { blocksOf, buildFolder } from './blocks.mjs';

const PAGE = 'docs/SKILL.md';
const Database = createRequire(import.meta.url)('better-sqlite3');

test('its first lines say what it is and when to use it', () => {
  const [, name, description] = /^---\nname: ([a-z-]+)\ndescription: (.+)\n---\n/.exec(
    readFileSync(join(root, PAGE), 'utf8'),
  );
  assert.equal(name, 'finconnect');
  assert.ok(description.length <= 1_024);
});

test('the integration takes a payment, and fulfils it once', async (t) => {
  const { sandbox } = await startGateway(t);
  const [integration, ...others] = blocksOf(PAGE, ['js', 'ts']);
  assert.deepEqual(others, []);
  const folder = buildFolder(t);
  const db = new Database(join(folder, 'payments.db'));
  t.after(() => db.close());
  db.pragma('journal_mode = WAL');
  db.exec("CREATE TABLE booking (reference text, paid integer); INSERT INTO booking VALUES ('BOOKING-17', 0)");
  const listening = 'const server = app.listen(0, () => console.log(server.address().port));\n';
  writeFileSync(join(folder, 'app.mjs'), integration.code + listening);
  const { baseUrl, ...config } = sandbox.config('azampay');
  const env = { AZAMPAY_BASE_URL: baseUrl, ...config };
  const { child, ended } = start(nodeWithSqlite(), ['app.mjs'], { cwd: folder, env });
  t.after(() => (child.kill('SIGKILL'), ended));
  const port = await Promise.race([
    new Promise((resolve) => child.stdout.once('data', resolve)),
    ended.then(({ stderr }) => assert.fail(stderr)),
  ]);
  const url = `http://127.0.0.1:${String(port).trim()}`;
  sandbox.setWebhook('azampay', `${url}/hooks/azampay`);

  const pay = async () => {
    const body = JSON.stringify({ phone: '0712 345 678' });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${url}/bookings/BOOKING-17/pay`, { method: 'POST', headers, body })).json();
  };
  const isPaid = () => db.prepare('SELECT paid FROM booking').get().paid;
  assert.deepEqual([(await pay()).status, (await pay()).status, isPaid()], ['pending', 'pending', 0]);
  const [payment, ...more] = sandbox.payments();
  assert.deepEqual(more, []);
  await sandbox.approve(payment.reference);
  assert.deepEqual([isPaid(), (await pay()).status], [1, 'succeeded']);
  child.kill('SIGKILL');
  await ended;
});
