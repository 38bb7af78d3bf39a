// The reconciliation of a day: one where all agrees, then one where the gateway tells otherwise in each way.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FintechSDK } from 'finconnect';
import { startSandbox } from '../../sandbox/dist/index.js';
import { run } from '../support/child.mjs';
import { settingsOf } from './project.mjs';

const BOOKS = fileURLToPath(new URL('books.mjs', import.meta.url));

export async function driveReconciliation(folder, node) {
  const sandbox = await startSandbox({ seed: 'specs' });
  const env = { SHOP_DB: 'shop.db', ...settingsOf(sandbox, 'clickpesa'), ...settingsOf(sandbox, 'azampay') };
  const ran = (args) => run(node, args, { cwd: folder, env });
  const reconcile = async (...args) => {
    const { code, stdout, stderr } = await ran(['reconcile.mjs', ...args]);
    return { code, said: stdout.trim(), told: stderr };
  };
  const books = async (step) => {
    const { code, stdout, stderr } = await ran([BOOKS, step]);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  try {
    const day = await books('charge');
    for (const reference of ['PAID1', 'BACK1', 'PUSH1']) await sandbox.approve(reference);
    await books('settle');

    const agrees = await reconcile('--day', day);
    assert.deepEqual([agrees.code, agrees.said], [0, 'All agrees.'], agrees.told);
    assert.match(agrees.told, new RegExp(`clickpesa, ${day}: 2`));

    // Money goes back, a payment comes that nobody asked for, and one is believed that the gateway never got.
    await sandbox.reverse('BACK1');
    const clickpesa = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
    await clickpesa.charge({ reference: 'STRANGER1', amount: '9000', currency: 'TZS', phone: '255712345678' });
    await sandbox.approve('STRANGER1');
    await books('believe');
    const differs = await reconcile('--day', day);
    assert.equal(differs.code, 1, differs.told);
    assert.equal(differs.said, '1 differs, 1 missing-here, 1 missing-there: see differences.csv');
    assert.deepEqual(readFileSync(join(folder, 'differences.csv'), 'utf8').trim().split('\r\n').sort(), [
      'differs,BACK1,status,25000,25000,succeeded,reversed',
      'kind,reference,fields,ourAmount,theirAmount,ourStatus,theirStatus',
      'missing-here,STRANGER1,,,9000,,succeeded',
      'missing-there,LOST1,,25000,,succeeded,',
    ]);

    // AzamPay has no list: its statement is a file.
    const statement = (amount) =>
      writeFileSync(join(folder, 'azampay.csv'), `Reference,Amount,Currency,Status\nPUSH1,${amount},TZS,Success\n`);
    const ofFile = ['--day', day, '--gateway', 'azampay', '--statement', 'azampay.csv'];
    statement('"25,000.00"');
    assert.deepEqual((await reconcile(...ofFile)).said, 'All agrees.');
    statement('2500');
    assert.deepEqual((await reconcile(...ofFile)).said, '1 differs: see differences.csv');

    for (const [args, words] of [
      [['--gateway', 'azampay'], /has no list/],
      [['--gateway', 'nobody'], /has no gateway nobody/],
      [['--day', 'yesterday'], /a day such as/],
      [['--statement', 'nothing.csv'], /nothing\.csv/],
      [['--colour'], /--colour/],
    ]) {
      const wrong = await reconcile(...args);
      assert.equal(wrong.code, 2, `${args}: ${wrong.said}${wrong.told}`);
      assert.match(wrong.told, words);
    }
  } finally {
    await sandbox.close();
  }
}
