import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { runNode } from './support/child.mjs';
import { binding, PAY_ROUTES, PAYMENTS, rejection, startGateway } from './support/gateway.mjs';

const DEADLINE_MS = 20_000;

/** Runs a script that finds the gateway's config in `config`; resolves with its exit and all it wrote. */
async function run(gateway, script, flags = []) {
  const config = JSON.stringify(gateway.sandbox.config('azampay'));
  const source = `const { FintechSDK } = require('finconnect'); const config = ${config}; const payment = ${JSON.stringify(PAYMENTS.azampay)};
    const sdk = new FintechSDK({ provider: 'azampay', config }); ${script}`;
  const started = performance.now();
  const { code, signal, stdout, stderr } = await runNode([...flags, '-e', source], { timeout: DEADLINE_MS });
  return { code, signal, output: stdout + stderr, took: performance.now() - started };
}

test('eight workers terminated with calls pending harm nobody', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ name: 'hang', route: PAY_ROUTES.azampay, times: 800 });
  const source = `
    const { workerData, parentPort } = require('node:worker_threads');
    const { FintechSDK, FinConnectError } = require('finconnect');
    const sdk = new FintechSDK({ provider: 'azampay', config: workerData.config });
    sdk.pay({ n: 1n }).catch((error) => {
      const known = error instanceof FinConnectError;
      for (let i = 0; i < 100; i++) sdk.pay(workerData.payment).catch(() => {});
      parentPort.postMessage(known);
    });`;
  const workerData = { config: gateway.sandbox.config('azampay'), payment: PAYMENTS.azampay };
  const workers = Array.from({ length: 8 }, () => new Worker(source, { eval: true, workerData }));
  const known = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  assert.deepEqual(known, Array(8).fill(true), 'instanceof holds in a worker');
  while (gateway.to(PAY_ROUTES.azampay).length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all(workers.map((worker) => worker.terminate()));
  gateway.sandbox.clearFaults();
  const answer = await gateway.sdk('azampay').pay(PAYMENTS.azampay);
  assert.equal(answer.success, true);
});

test('workers that end by themselves settle their calls first', async (t) => {
  const gateway = await startGateway(t);
  const source = `
    const { workerData } = require('node:worker_threads');
    const { FintechSDK } = require('finconnect');
    const sdk = new FintechSDK({ provider: 'azampay', config: workerData.config });
    sdk.pay(workerData.payment).then((answer) => require('node:worker_threads').parentPort.postMessage(answer.success));`;
  const workerData = { config: gateway.sandbox.config('azampay'), payment: PAYMENTS.azampay };
  for (let round = 0; round < 3; round++) {
    const worker = new Worker(source, { eval: true, workerData });
    const [message, [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    assert.deepEqual([message[0], code], [true, 0]);
  }
});

test('process.exit in the middle of a call leaves at once with its code', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ name: 'hang', route: PAY_ROUTES.azampay, times: 50 });
  const exited = await run(
    gateway,
    `
    for (let i = 0; i < 50; i++) sdk.pay(payment).catch(() => {});
    setTimeout(() => process.exit(7), 100);`,
  );
  assert.deepEqual([exited.code, exited.signal, exited.output], [7, null, '']);
  assert.ok(exited.took < 5000);
});

test('a pending call keeps the process alive until it settles, and an idle SDK does not', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ name: 'delay', delayMs: 300, route: PAY_ROUTES.azampay });
  const paid = await run(gateway, `sdk.pay(payment).then((answer) => console.log(answer.success));`);
  assert.deepEqual([paid.code, paid.output], [0, 'true\n']);
  const twice = await run(gateway, `sdk.pay(payment).then(() => sdk.pay(payment)).then(() => console.log('twice'));`);
  assert.deepEqual([twice.code, twice.output], [0, 'twice\n']);
  const idle = await run(gateway, '');
  assert.deepEqual([idle.code, idle.output], [0, '']);
});

test('SDK objects are collected, with their connections', async (t) => {
  const gateway = await startGateway(t);
  const { code, output } = await run(
    gateway,
    `
    (async () => {
      const { readdirSync, readlinkSync } = require('node:fs');
      const link = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } };
      const sockets = () => process.platform === 'linux' ? readdirSync('/proc/self/fd').filter((fd) => link(fd).startsWith('socket:')).length : 0;
      const before = sockets();
      let collected = 0;
      const registry = new FinalizationRegistry(() => collected++);
      for (let i = 0; i < 20; i++) {
        const one = new FintechSDK({ provider: 'azampay', config });
        registry.register(one);
        await one.pay(payment);
      }
      for (let i = 0; i < 50 && collected < 20; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
      for (let i = 0; i < 50 && sockets() > before + 1; i++) await new Promise((resolve) => setTimeout(resolve, 20));
      console.log(collected >= 19, sockets() <= before + 1);
    })();`,
    ['--expose-gc'],
  );
  assert.deepEqual([code, output], [0, 'true true\n']);
});

test('memory does not grow with calls', async (t) => {
  const gateway = await startGateway(t);
  const { code, output } = await run(
    gateway,
    `
    (async () => {
      const batch = async (n) => {
        const one = () => sdk.handleCallback({ signature: 'x' });
        for (let i = 0; i < n; i++) await Promise.all(Array.from({ length: 50 }, one));
        for (let i = 0; i < 5; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
        return process.memoryUsage().rss;
      };
      await batch(400);
      const before = await batch(400);
      const after = await batch(400);
      console.log(after - before < 8 * 1024 * 1024 ? 'flat' : after - before);
    })();`,
    ['--expose-gc'],
  );
  assert.deepEqual([code, output], [0, 'flat\n']);
});

test('a panic inside costs one call, and nothing is printed', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  binding.panicNextCall();
  const error = await rejection(sdk.pay(PAYMENTS.azampay));
  assert.deepEqual([error.code, error.outcome, error.retryable], ['INTERNAL', 'unknown', false]);
  assert.deepEqual([error.operation, error.provider], ['pay', 'azampay']);
  assert.match(error.message, /^Payment request failed: an internal error/);
  assert.equal((await sdk.pay(PAYMENTS.azampay)).success, true);

  const { code, output } = await run(
    gateway,
    `
    require('./binding.js').panicNextCall();
    sdk.pay(payment).catch(() => sdk.pay(payment)).then(() => {});`,
  );
  assert.deepEqual([code, output], [0, '']);
});

test('nothing is printed whatever happens', async (t) => {
  const gateway = await startGateway(t);
  for (const name of ['401', '500-empty', 'reset-after', 'truncated', '502-html'])
    gateway.sandbox.next({ name, route: PAY_ROUTES.azampay });
  const { code, output } = await run(
    gateway,
    `
    (async () => {
      for (let i = 0; i < 6; i++) await sdk.pay(payment).catch(() => {});
      await sdk.handleCallback({ signature: 'x'.repeat(344) }).catch(() => {});
      try { new FintechSDK({}); } catch {}
    })();`,
  );
  assert.deepEqual([code, output], [0, '']);
});

test('a module that is evaluated twice, as test runners do, goes on working', async (t) => {
  const gateway = await startGateway(t);
  const { code, output } = await run(
    gateway,
    `
    (async () => {
      const first = sdk.pay(payment);
      for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
      const again = require('finconnect');
      const other = new again.FintechSDK({ provider: 'azampay', config });
      const error = await other.pay(null).catch((error) => error);
      const [one, two] = [(await first).success, (await other.pay(payment)).success];
      console.log(one, two, error instanceof again.FinConnectError, (await sdk.pay(payment)).success);
    })();`,
  );
  assert.deepEqual([code, output], [0, 'true true true true\n']);
});

test('a call under way during a second evaluation fails with the error of the first', async (t) => {
  const gateway = await startGateway(t);
  gateway.answer(PAY_ROUTES.azampay, 400, '{"message":"no"}');
  const { code, output } = await run(
    gateway,
    `
    (async () => {
      const { FinConnectError } = require('finconnect');
      const refused = sdk.pay(payment).catch((error) => error);
      for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
      const again = require('finconnect');
      const error = await refused;
      console.log(error.code, error instanceof FinConnectError, error instanceof again.FinConnectError);
    })();`,
  );
  assert.deepEqual([code, output], [0, 'REFUSED true false\n']);
});

test('a method kept from before a second evaluation goes on working, and so does a frozen object', async (t) => {
  const gateway = await startGateway(t);
  const { code, output } = await run(
    gateway,
    `
    (async () => {
      const [pay, handleCallback] = [sdk.pay.bind(Object.freeze(sdk)), sdk.handleCallback.bind(sdk)];
      for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
      require('finconnect');
      const refused = await pay(null).catch((error) => error.code);
      const burst = await Promise.all(Array.from({ length: 5 }, () => handleCallback({ utilityref: 'x' })));
      console.log((await pay(payment)).success, refused, burst.map(({ reason }) => reason).join());
    })();`,
  );
  assert.deepEqual([code, output], [0, `true INVALID_REQUEST ${Array(5).fill('MISSING_SIGNATURE')}\n`]);
});

test('a stack that another library has taken over costs no field', async (t) => {
  const gateway = await startGateway(t);
  const { code, output } = await run(
    gateway,
    `
    Error.prepareStackTrace = () => { throw new Error('mine'); };
    sdk.pay(null).catch((error) => console.log(error.code, error.outcome));`,
  );
  assert.deepEqual([code, output], [0, 'INVALID_REQUEST not_sent\n']);
});
