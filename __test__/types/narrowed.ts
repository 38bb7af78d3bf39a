// A provider that is written out types what that gateway takes and gives; any other keeps `any`.

import type {
  ClickpesaPush,
  FintechConfig,
  FintechSDKOptions,
  PesapalOrderAnswer,
  ProviderFace,
  ProviderName,
} from 'finconnect';
import { AzampayProvider, ClickpesaProvider, FintechSDK, PesapalProvider } from 'finconnect';

const config = process.env;
const pesapal = new FintechSDK({ provider: 'pesapal', config });
const clickpesa = new FintechSDK({ provider: 'clickpesa', config });
const azampay = new FintechSDK({ provider: 'AzamPay', config });
const selcom = new FintechSDK({ provider: 'selcom', config });
const push: ClickpesaPush = { amount: '1', currency: 'TZS', orderReference: 'A1', phoneNumber: '255712345678' };

export async function typed(): Promise<string[]> {
  const ipnId: string = await pesapal.registerIpn('https://shop.example/ipn', 'POST');
  const billing_address = { phone_number: '0712345678' };
  const order = { id: 'A1', currency: 'KES', amount: 1, description: 'Shoes', callback_url: 'x', billing_address };
  const opened: PesapalOrderAnswer = await pesapal.pay(order, ipnId);
  const { transactionId, somethingNew } = await azampay.pay({
    accountNumber: '255712345678',
    amount: 1000,
    currency: 'TZS',
    externalId: 'A1',
    provider: 'Tigo',
    aFieldOfTomorrow: true,
  });
  const { id, status } = await clickpesa.pay(push, undefined, { timeoutMs: 5 });
  const { resultcode, reference } = await selcom.pay({
    transid: 'T1',
    order_id: 'A1',
    msisdn: '255712345678',
    more: 1,
  });
  const [card] = await selcom.listCards({ id: 'buyer', gatewayId: 'g' });
  const payment = await clickpesa.waitForPayment('A1', { pollMs: 50 });
  const checked: { valid: true; world: 'sandbox' | 'live' | null } = await azampay.verifyCredentials({ timeoutMs: 5 });
  if (checked.world === 'live') return [];
  return [
    opened.redirect_url,
    transactionId,
    somethingNew,
    id.trim(),
    status,
    payment.status,
    resultcode,
    reference,
    card?.id ?? '',
  ];
}

export async function byClasses(): Promise<string[]> {
  const provider = new AzampayProvider(config, { timeoutMs: 5, replay: 'memory' });
  const { transactionId } = await provider.sdk.getPaymentStatus('a');
  const faces: ProviderFace<any>[] = [provider, new ClickpesaProvider(config), new PesapalProvider(config)];
  return [
    transactionId ?? '',
    await provider.getPublicKey(),
    ...(await Promise.all(faces.map((f) => f.authenticate()))),
  ];
}

// @ts-expect-error PesaPal has no key
void new PesapalProvider(config).getPublicKey();
// @ts-expect-error a second config is no option
new ClickpesaProvider(config, { config });
// @ts-expect-error ClickPesa has no IPN registration
void clickpesa.registerIpn('https://shop.example/ipn');
// @ts-expect-error nor has AzamPay, whatever the case of its name
void azampay.registerIpn('https://shop.example/ipn');
// @ts-expect-error ClickPesa takes amounts as text
void clickpesa.pay({ ...push, amount: 1000 });
// @ts-expect-error a push needs a phone number
void clickpesa.pay({ amount: '1', currency: 'TZS', orderReference: 'A1' });
// @ts-expect-error Selcom signs no nested value
void selcom.pay({ transid: 'T1', order_id: 'A1', msisdn: '255712345678', billing: {} });
// @ts-expect-error it has no refunds
void selcom.refund({});
// @ts-expect-error nor has ClickPesa cards
void clickpesa.listCards({ id: 'buyer', gatewayId: 'g' });
// @ts-expect-error an order is no push
void pesapal.pay(push);
// @ts-expect-error a key is a text
new FintechSDK({ provider: 'clickpesa', config: { CLICKPESA_API_KEY: 5 } });
void clickpesa
  .pay(push)
  // @ts-expect-error an id is a text
  .then((answer) => answer.id.toFixed());

export async function untyped(name: string, one: ProviderName, options: FintechSDKOptions, all: any) {
  const plain = new FintechSDK({ provider: name, config });
  const known = new FintechSDK({ provider: one, config });
  const either = new FintechSDK({ provider: Math.random() < 0.5 ? 'pesapal' : 'azampay', config });
  const sdks: FintechSDK[] = [plain, known, either, new FintechSDK(options), new FintechSDK(all)];
  // What is known to be one gateway stands for any.
  sdks.push(pesapal, clickpesa, azampay, selcom, new Mine(options), new Till());
  for (const sdk of sdks) {
    await sdk.registerIpn('https://shop.example/ipn');
    await sdk.pay({ anything: true }).then((answer) => answer.whatever.it.says);
  }
  await plain.pay(5);
  await known.pay({ name });
  await either.registerIpn('https://shop.example/ipn');
  await new Mine(options).pay('anything');
  return (await new Till().pay(push)).channel.trim();
}

// Which gateway it is, a factory knows only when it is called.
export function gatewayFor<T extends ProviderName>(provider: T, config: FintechConfig): FintechSDK {
  return new FintechSDK({ provider, config });
}

export function anyGatewayFor<T extends string>(provider: T, config: any) {
  return new FintechSDK({ provider, config }).pay({ anything: true });
}

export function ownGatewayFor<P extends ProviderName>(provider: P, config: FintechConfig): FintechSDK<P> {
  return new FintechSDK<P>({ provider, config });
}

export class Shop<P extends ProviderName> {
  private readonly sdk: FintechSDK;
  readonly own: FintechSDK<P>;

  constructor(provider: P, config: FintechConfig) {
    this.sdk = new FintechSDK({ provider, config });
    this.own = new FintechSDK({ provider, config, timeoutMs: 5 });
  }

  pay(amount: number): Promise<any> {
    return this.sdk.pay({ amount });
  }
}

class Mine extends FintechSDK {
  override async pay(paymentData: unknown): Promise<any> {
    return super.pay(paymentData);
  }

  override registerIpn(url: string): Promise<string> {
    return super.registerIpn(url.trim());
  }
}

class Till extends FintechSDK<'clickpesa'> {
  readonly name = 'till';

  constructor() {
    super({ provider: 'clickpesa', config });
  }
}

export type Instance = InstanceType<typeof FintechSDK>;
export const kept: Instance = clickpesa;
export const named: FintechSDK<'clickpesa'> = clickpesa;
