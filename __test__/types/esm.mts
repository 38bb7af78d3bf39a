import { FinConnectError, FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';

const sandbox = await startSandbox();
const sdk = new FintechSDK({ provider: 'clickpesa', config: sandbox.config('clickpesa') });
await sdk.pay({}).catch((error: unknown) => error instanceof FinConnectError);
await sandbox.close();
