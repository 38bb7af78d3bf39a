// What the sandbox's types take, and what they must refuse.

import type { Sandbox, SandboxOptions, TestCallbackOptions } from 'finconnect/sandbox';
import { generateTestCallback, startSandbox } from 'finconnect/sandbox';

const options: SandboxOptions = {
  webhooks: { azampay: 'http://127.0.0.1:3000' },
  allowRemote: true,
  balances: { TZS: 5 },
};

export async function used(): Promise<void> {
  const sandbox: Sandbox & AsyncDisposable = await startSandbox(options);
  sandbox.next({ name: 'hang', gateway: 'azampay' });
  await sandbox[Symbol.asyncDispose]();

  // @ts-expect-error: no such gateway
  await startSandbox({ webhooks: { azampai: 'http://127.0.0.1' } });
  // @ts-expect-error: no such option
  await startSandbox({ webhoks: {} });
  // @ts-expect-error: no such switch
  await startSandbox({ switches: { azampayPhones: 'any' } });
  // @ts-expect-error: no such fault
  sandbox.next('reset');
  // @ts-expect-error: no such member
  sandbox.next({ name: 'hang', gatway: 'azampay' });
  // @ts-expect-error: no such option
  await sandbox.redeliver(1, { tampre: true });
}

const signing: TestCallbackOptions = { key: 'private', outcome: 'failure' };
generateTestCallback('azampay', { ...signing, utilityref: 'ORDER-7', amount: '2000' });
generateTestCallback('clickpesa', { key: 'CHKkey', orderReference: 'ORD9', data: { more: true } });
generateTestCallback('pesapal', { method: 'POST', OrderMerchantReference: 'ORDER-7' });
// @ts-expect-error: no such option or member
generateTestCallback('azampay', { outcom: 'failure' });
// @ts-expect-error: ClickPesa's member
generateTestCallback('azampay', { orderReference: 'ORD9' });
// @ts-expect-error: no such value
generateTestCallback('azampay', { signedFields: 'three' });
