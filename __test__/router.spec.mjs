// A PaymentRouter before the sandbox, by the rule that the documents print.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FinConnectError, FintechSDK, PaymentRouter } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';

const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

for (const file of ['docs/guide/recovery.md', 'index.d.ts']) {
  test(`the rule that ${file} prints lets the second gateway be asked after AzamPay's "Invalid Vendor"`, async (t) => {
    const sandbox = await startSandbox();
    t.after(() => sandbox.close());
    const sdkOf = (provider) => new FintechSDK({ provider, config: sandbox.config(provider) });
    const [, printed] = /new PaymentRouter\(\[azampay, clickpesa\], (.+)\);/.exec(read(file));
    const rule = new Function(`return ${printed}`)();
    sandbox.next({ name: 'success-false', route: '/mno/checkout' });
    const router = new PaymentRouter([sdkOf('azampay'), sdkOf('clickpesa')], rule);
    const charge = { amount: '25000', currency: 'TZS', phone: '0712345678', reference: 'BOOKING-17' };
    const { provider, asked } = await router.charge(charge);
    assert.equal(provider, 'clickpesa');
    assert.deepEqual(
      asked.map(({ provider, outcome }) => `${provider}: ${outcome}`),
      ['azampay: refused', 'clickpesa: accepted'],
    );
  });
}

test('what is no list of gateways, or no rule, is a FinConnectError', () => {
  const sdk = { charge() {} };
  for (const [given, message] of [
    [[undefined], /^Invalid configuration: A PaymentRouter takes a list of FintechSDK objects\.$/],
    [[[]], /takes a list/],
    [[[{}]], /takes a list/],
    [[[sdk], true], /^Invalid configuration: The rule of a PaymentRouter must be a function\.$/],
  ]) {
    assert.throws(
      () => new PaymentRouter(...given),
      (error) => {
        assert.ok(error instanceof FinConnectError);
        assert.match(error.message, message);
        assert.deepEqual([error.code, error.operation, error.outcome], ['INVALID_CONFIG', 'constructor', 'not_sent']);
        return true;
      },
    );
  }
});
