// The operations in one vocabulary: what they take and give, and which gateway does not have them.

import type { Charge, ChargeRequest, Payment, PayoutResult, Reconciled } from 'finconnect';
import { FinConnectError, FintechSDK, mayBecome, PaymentRouter } from 'finconnect';
import { redisReplayStore } from 'finconnect/replay';
import { redisTokenStore } from 'finconnect/tokens';

const config = process.env;
const pesapal = new FintechSDK({ provider: 'pesapal', config });
const clickpesa = new FintechSDK({ provider: 'clickpesa', config, limits: { chargeMaximum: false } });
const azampay = new FintechSDK({ provider: 'azampay', config, limits: { chargeMaximum: 1_000_000 } });
const anyGateway = new FintechSDK({ provider: 'clickpesa' as string, config, limits: false });

const request: ChargeRequest = {
  amount: { value: 25_000n, currency: 'TZS' },
  currency: 'TZS',
  phone: '0712345678',
  reference: 'BOOKING-17',
};

export async function money(signal: AbortSignal): Promise<(string | null)[]> {
  const charge: Charge = await clickpesa.charge(request, { signal });
  const payment: Payment = charge;
  const page = await clickpesa.checkout({ items: [{ name: 'Tea', price: 500 }], currency: 'TZS', reference: 'B1' });
  const payout: PayoutResult = await clickpesa.payout({
    amount: 1000,
    currency: 'TZS',
    reference: 'OUT1',
    to: { bank: 'CORUTZTZ', accountNumber: '1', accountName: 'Asha' },
  });
  const states: 'authorized' | 'processing' | 'succeeded' | 'failed' | 'reversed' | 'refunded' | 'unknown' =
    payout.status;
  const preview = await clickpesa.preview({ for: 'payout', ...request, to: { qrCode: 'x' } });
  return [payment.amount, page.redirectUrl, states, preview.fee, charge.operator?.name ?? null];
}

export async function books(): Promise<number> {
  let count = 0;
  for await (const row of clickpesa.listPayments({ status: 'SETTLED' })) count += row.reference?.length ?? 0;
  for await (const row of clickpesa.listPayouts({ transferType: 'ACH' })) count += Number(row.fee);
  const rows: AsyncGenerator<Reconciled> = clickpesa.reconcile([{ reference: 'A', status: 'pending' }, 'B']);
  for await (const { was, now, error } of rows)
    if (error === undefined && was !== null && now !== null && mayBecome(was, now)) count += 1;
  const { payment, next, after } = await pesapal.recover('ORDER-1', { since: new Date() });
  if (payment?.kind === 'payout') count += Number(payment.fee);
  else count += payment?.payer?.length ?? 0;
  if (next === 'ask-again') count += after;
  const { balances } = await clickpesa.getBalance();
  const { number, active } = await clickpesa.bills.create({ amount: '5000', mode: 'exact' });
  const { errors } = await clickpesa.bills.createMany([{ customer: { name: 'Asha', phone: '0712345678' } }]);
  const { limits, recovery } = pesapal.capabilities();
  return (
    count +
    balances.length +
    number.length +
    Number(active) +
    errors.length +
    (limits['descriptionLength'] ?? 0) +
    recovery.payment.afterMs
  );
}

export async function routed(): Promise<string> {
  const router = new PaymentRouter([clickpesa, pesapal], (refusal) => refusal.outcome === 'refused');
  try {
    await router.charge(request);
  } catch (error) {
    if (error instanceof FinConnectError) return String(error.asked?.length);
  }
  await azampay.preview({ for: 'payout', currency: 'TZS', to: { phone: '0712345678' } });
  const { asked, redirectUrl } = await router.charge(request);
  return `${asked.map(({ provider, outcome }) => `${provider}: ${outcome}`).join()} ${redirectUrl}`;
}

// @ts-expect-error a client of Redis is known by more
redisTokenStore({ get: async () => null, set: async () => 'OK', del: async () => 1 });
// @ts-expect-error a client of Redis is known by more
redisReplayStore({ get: async () => null, set: async () => 'OK' });
redisTokenStore({ get: async () => null, set: async () => 'OK', SET: async () => 'OK', del: async () => 1 });
redisReplayStore({ get: async () => null, set: async () => 'OK', eval: async () => 1, defineCommand: () => undefined });
// @ts-expect-error money goes to one place
void azampay.payout({ ...request, to: { phone: '0712345678', bank: 'CRDB', accountNumber: '1', accountName: 'A' } });
void anyGateway.getBalance();
void anyGateway.bills.get('1');

// @ts-expect-error PesaPal tells no balance
void pesapal.getBalance();
// @ts-expect-error and has no bills
void pesapal.bills.get('1');
// @ts-expect-error nor payouts
void pesapal.payout({ amount: 1, currency: 'KES', reference: 'A', to: { phone: '0712345678' } });
export async function byPesapal(): Promise<(string | null)[]> {
  const ipnId: string = await pesapal.ensureIpn('https://shop.example/ipn', { timeoutMs: 5 });
  const [ipn] = await pesapal.listIpns();
  const common = { amount: '1500', currency: 'KES', reference: 'A1', description: 'Shoes', ipnId };
  const subscription = { startDate: '2026-01-24', endDate: '2026-12-31', frequency: 'MONTHLY' } as const;
  const returnUrl = 'https://shop.example/back';
  const charge = await pesapal.charge({ ...common, callbackUrl: returnUrl, accountNumber: '555-678', subscription });
  const page = await pesapal.checkout({ ...common, returnUrl, customer: { email: 'asha@example.com' } });
  const transactionId = page.transactionId ?? '';
  const refund = await pesapal.refund({ transactionId, amount: 1500n, reason: 'Late', requestedBy: 'Asha' });
  const status: 'queued' | 'done' | 'unknown' = refund.status;
  return [charge.redirectUrl, status, (await pesapal.cancel(transactionId)).message, ipn?.type ?? null];
}

// @ts-expect-error PesaPal pays nothing out
void pesapal.payout({ amount: 1, currency: 'KES', reference: 'A', to: { phone: '0712345678' } });
// @ts-expect-error a refund says who asks for it
void pesapal.refund({ transactionId: 'A', amount: 1, reason: 'x' });
// @ts-expect-error an IPN comes by GET or POST; RECURRING is a kind of IPN
void pesapal.ensureIpn('https://shop.example/ipn', 'RECURRING');
// @ts-expect-error ClickPesa refunds nothing by its API
void clickpesa.refund({ transactionId: 'A', amount: 1, reason: 'x', requestedBy: 'y' });
// @ts-expect-error a target is one of several shapes
void clickpesa.payout({ amount: 1, currency: 'TZS', reference: 'A', to: { account: '1' } });
// @ts-expect-error a charge has a reference
void clickpesa.charge({ amount: 1, currency: 'TZS', phone: '0712345678' });
