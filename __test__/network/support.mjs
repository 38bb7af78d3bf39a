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
