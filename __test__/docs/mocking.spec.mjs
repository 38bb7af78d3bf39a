// The examples of docs/guide/mocking.md, each run as it stands there.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { transform } from 'esbuild';
import { runNode } from '../support/child.mjs';
import { startGateway } from '../support/gateway.mjs';
import { listen } from '../support/shop.mjs';
import { blocksOf, buildFolder } from './blocks.mjs';

const [nock, msw, proxy, plain, ...others] = blocksOf('docs/guide/mocking.md', ['ts', 'js']);

async function runs(t, { code }) {
  const file = join(buildFolder(t), 'example.mjs');
  writeFileSync(file, (await transform(code, { loader: 'ts' })).code);
  const { code: exit, stdout, stderr } = await runNode([file]);
  assert.deepEqual([exit, stderr], [0, '']);
  return stdout;
}

test('every example is run', () => {
  assert.deepEqual(others, []);
  for (const [block, word] of [
    [nock, 'nock'],
    [msw, 'setupServer'],
    [proxy, 'ProxyAgent'],
    [plain, 'Response'],
  ]) {
    assert.ok(block.code.includes(word), block.code);
  }
});

test('nock', async (t) => assert.match(await runs(t, nock), /transactionId: '0a1b'/));

test('msw', async (t) => assert.match(await runs(t, msw), /transactionId: '0a1b'/));

test('a plain function', async (t) => assert.match(await runs(t, plain), /transactionId: '0a1b'/));

test('a proxy of your own, but for the addresses', async (t) => {
  const gateway = await startGateway(t);
  let tunnels = 0;
  const connecting = createServer().on('connect', (request, socket) => {
    tunnels++;
    const [host, port] = request.url.split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => {});
  });
  const server = await listen(connecting);
  t.after(server.close);
  const { baseUrl, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } =
    gateway.sandbox.config('azampay');
  const addresses = {
    'http://proxy.example:8080': server.url,
    'https://sandbox.azampay.co.tz': baseUrl,
    "'Shop'": `'${AZAMPAY_APP_NAME}'`,
    "'key'": `'${AZAMPAY_CONSUMER_KEY}'`,
    "'secret'": `'${AZAMPAY_CONSUMER_SECRET}'`,
  };
  const code = Object.entries(addresses).reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  }, proxy.code);
  assert.match(await runs(t, { code }), /success: true/);
  assert.ok(tunnels > 0);
});
