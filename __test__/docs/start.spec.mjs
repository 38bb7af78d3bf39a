// docs/start.md, followed word by word by somebody without an account.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, start } from '../support/child.mjs';
import { nodeWithSqlite } from '../support/newer-node.mjs';
import { listen } from '../support/shop.mjs';
import { blocksOf, buildFolder } from './blocks.mjs';

const PAGE = 'docs/start.md';
const BIN = join(root, 'lib/cli/bin.js');
const SANDBOX = 'http://127.0.0.1:4010';
const SHOP = 'http://localhost:3000';

const [install, sandboxCommand, nodeCommand, dashboardCommand, ...others] = blocksOf(PAGE, ['sh']).map(({ code }) =>
  code.trim(),
);
const [shop] = blocksOf(PAGE, ['js']);

/** Starts a command of the page, and ends it with the test. */
function command(t, program, args, options) {
  const { child, out, ended } = start(program, args, options);
  const stop = () => (child.kill('SIGKILL'), ended);
  t.after(stop);
  return { out, stop };
}

async function until(found, what) {
  for (const deadline = Date.now() + 20_000; ; await sleep(20)) {
    const value = await found();
    if (value) return value;
    assert.ok(Date.now() < deadline, what);
  }
}

/** What stands behind `npx finconnect`. */
function argsOf(line, command) {
  const [npx, name, ...args] = line.split(' ');
  assert.deepEqual([npx, name, args[0]], ['npx', 'finconnect', command]);
  return args;
}

test('five minutes, without an account', async (t) => {
  const folder = buildFolder(t);
  const node = nodeWithSqlite();
  const env = { PORT: join(folder, 'shop.sock') };
  // The address that the page gives the shop leads to wherever the shop is: no port has to be free.
  const door = createServer((socket) => {
    const inside = connect(env.PORT);
    for (const end of [socket, inside]) end.on('error', () => socket.destroy());
    socket.pipe(inside).pipe(socket);
  });
  const { url: shopUrl } = await listen(door);
  t.after(() => void door.close());

  assert.equal(install, 'npm install finconnect express');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.ok({ ...dependencies, ...devDependencies }.express);

  assert.ok(sandboxCommand.includes(SHOP));
  const sandboxArgs = argsOf(sandboxCommand.replace(SHOP, shopUrl), 'sandbox');
  const { out } = command(t, node, [BIN, ...sandboxArgs, '--port', '0']);
  const [sandboxUrl] = await until(() => /http:\/\/127\.0\.0\.1:\d+(?=\/)/.exec(out.stdout), 'the sandbox starts');
  const state = async () => (await fetch(`${sandboxUrl}/_sandbox/api/state`)).json();
  const press = async (path, body) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${sandboxUrl}/_sandbox/api/${path}`, init);
    assert.equal(response.status, 200, await response.clone().text());
    return response.json();
  };
  const answer = async (reference, pin) => {
    const { payments } = await state();
    const { id } = payments.find((payment) => payment.reference === reference);
    await press(`payments/clickpesa/${id}/answer`, { pin });
  };

  assert.ok(shop.code.includes(SANDBOX));
  assert.equal(shop.code, readFileSync(join(root, 'examples/start/shop.mjs'), 'utf8'));
  writeFileSync(join(folder, 'shop.mjs'), shop.code.replace(SANDBOX, sandboxUrl));
  assert.equal(nodeCommand, 'node shop.mjs');
  const open = async () => {
    rmSync(env.PORT, { force: true }); // what a killed process leaves behind
    const running = command(t, node, nodeCommand.split(' ').slice(1), { cwd: folder, env });
    await until(() => running.out.stdout.includes('The shop: '), 'the shop starts');
    return running;
  };
  let running = await open();
  const fulfilled = () => [...running.out.stdout.matchAll(/^(ORDER\w+) is paid/gm)].map(([, reference]) => reference);

  const order = async () => {
    const [, action] = /action="([^"]+)"/.exec(await (await fetch(shopUrl)).text());
    const press = () => fetch(new URL(action, shopUrl), { method: 'POST', redirect: 'manual' });
    for (const { headers, status } of await Promise.all([press(), press()]))
      assert.deepEqual([status, headers.get('location')], [303, action], running.out.stderr);
    const reference = action.split('/').at(-1);
    assert.equal((await state()).payments.filter((payment) => payment.reference === reference).length, 1);
    return reference;
  };
  const pageOf = async (reference) => (await fetch(`${shopUrl}/orders/${reference}`)).text();
  const says = (reference, words) => until(async () => (await pageOf(reference)).includes(words), words);

  assert.match(await (await fetch(shopUrl)).text(), /<button>Pay TZS 25,000</);
  const paid = await order();
  await says(paid, 'processing');
  await answer(paid, '1234');
  await says(paid, 'succeeded');
  assert.deepEqual(fulfilled(), [paid]);

  const wrongPin = await order();
  await answer(wrongPin, '0000');
  await says(wrongPin, 'failed');
  assert.match(await pageOf(wrongPin), /try again with the correct PIN/);

  const { webhooks } = await state();
  const callback = webhooks.find(({ reference }) => reference === paid);
  const forged = await press(`webhooks/${callback.id}/redeliver`, { tamper: true });
  assert.equal(forged.attempts.at(-1).status, 503);
  assert.deepEqual(fulfilled(), [paid]);

  await press('faults', { name: 'reset-after' });
  const lost = await order();
  await says(lost, 'unknown');
  await answer(lost, '1234');
  await says(lost, 'succeeded');
  assert.deepEqual(fulfilled(), [paid, lost]);

  const interrupted = await order();
  await running.stop();
  await answer(interrupted, '1234');
  running = await open();
  await press('clock', { advance: 20_000 });
  await says(interrupted, 'succeeded');
  assert.deepEqual(fulfilled(), [interrupted]);

  const books = command(t, node, [BIN, ...argsOf(dashboardCommand, 'dashboard')], { cwd: folder });
  const [dashboard] = await until(() => /http:\S+/.exec(books.out.stdout), 'the dashboard starts');
  assert.ok((await (await fetch(`${dashboard}payments`)).text()).includes(paid));
  assert.deepEqual(others, []);
  await Promise.all([running.stop(), books.stop()]);
});
