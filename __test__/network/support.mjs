import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PAYMENTS } from '../support/gateway.mjs';

const DEADLINE_MS = 60_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const OF_THE_NETWORK = /^(https?_proxy|all_proxy|no_proxy|node_extra_ca_certs|ssl_cert_file|ssl_cert_dir)$/i;

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
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_NETWORK.test(name)));
  const PAY = JSON.stringify({ config, payment: { ...PAYMENTS.azampay, ...payment }, options });
  const child = spawn(process.execPath, ['-e', source], { cwd: root, env: { ...clean, ...env, PAY }, stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (written.stdout += data));
  child.stderr.on('data', (data) => (written.stderr += data));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the process ended with ${code}: ${written.stderr}`);
  return JSON.parse(written.stdout);
}
