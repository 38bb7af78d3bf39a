import assert from 'node:assert/strict';
import { setTimeout as after } from 'node:timers/promises';
import { runNode } from '../support/child.mjs';
import { PAYMENTS } from '../support/gateway.mjs';

/**
 * One AzamPay payment by a process of its own, whose network is what `env` says and nothing else. Resolves with
 * `{ ok }`, or the error's `{ code, outcome, message }`.
 */
export async function payInChild(config, { env = {}, payment = {}, options = {} } = {}) {
  const source = `const { FintechSDK } = require('finconnect');
    const { config, payment, options } = JSON.parse(process.env.PAY);
    new FintechSDK({ provider: 'azampay', config, maxRetries: 0, ...options }).pay(payment).then(
      () => ({ ok: true }),
      ({ code, outcome, message }) => ({ code, outcome, message }),
    ).then((result) => console.log(JSON.stringify(result)));`;
  const PAY = JSON.stringify({ config, payment: { ...PAYMENTS.azampay, ...payment }, options });
  const { code, stdout, stderr } = await runNode(['-e', source], { env: { ...env, PAY } });
  if (code !== 0) throw new Error(`the process ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Sets variables of this process for the length of `work`, and all others that name proxies to nothing. */
export async function within(variables, work) {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  const before = names.map((name) => [name, process.env[name]]);
  const set = (name, value) => (value === undefined ? delete process.env[name] : (process.env[name] = value));
  for (const name of names) set(name, variables[name]);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

/** Waits until `holds()`, for 10 s at most. */
export async function until(holds, what) {
  for (const end = Date.now() + 10_000; !holds(); await after(5)) assert.ok(Date.now() < end, what);
}
