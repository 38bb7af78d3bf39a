// What each gateway leaves `null` in the unified answers, as the sandbox gives them.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ARGUMENTS, ask } = require('../../../__test__/support/arguments.cjs');

/** Methods whose answer has members of its own, in the order of the page. */
const TOLD = ['charge', 'checkout', 'payBank', 'getPaymentStatus', 'payout', 'getPayoutStatus', 'refund'];
/** What a preview is of, in words, and what it is asked with beside the usual. */
const PREVIEWED = [
  ["`preview` for `'charge'`", { for: 'charge' }],
  ["`preview` for `'card'`", { for: 'card', currency: 'USD' }],
  ["`preview` for `'payout'` to a phone", { for: 'payout' }],
  [
    "`preview` for `'payout'` to a bank",
    { for: 'payout', to: { bank: 'CORUTZTZ', accountNumber: '0150123456789', accountName: 'Asha Juma' } },
  ],
];

/** `[what, [members that are null by gateway]]`, of the gateways that have the method. */
export async function untold(sdks, sandbox) {
  const rows = [];
  for (const method of TOLD) {
    const cells = [];
    for (const sdk of sdks) cells.push(sdk.supports(method) ? await nulls(sdk, method, sandbox) : undefined);
    rows.push([`\`${method}\``, cells]);
  }
  for (const [words, more] of PREVIEWED) {
    const cells = [];
    for (const sdk of sdks) cells.push(await previewed(sdk, more));
    rows.push([words, cells]);
  }
  return rows;
}

/** A preview that a gateway does not have, it has none of. */
async function previewed(sdk, more) {
  if (!sdk.supports('preview')) return undefined;
  const [payout] = ARGUMENTS.preview('PREVIEW');
  const [charge] = ARGUMENTS.charge('PREVIEW');
  const { ipnId, ...asked } = more.for === 'payout' ? payout : { ...charge, customer: undefined };
  try {
    return namesOfNull(await sdk.preview({ ...asked, ...more }));
  } catch (error) {
    if (['INVALID_REQUEST', 'NOT_SUPPORTED'].includes(error.code)) return undefined;
    throw error;
  }
}

const namesOfNull = (answer) => Object.keys(answer).filter((name) => answer[name] === null);

async function nulls(sdk, method, sandbox) {
  const { provider, recovery } = sdk.capabilities();
  const reference = `${provider}${method}`.slice(0, 20);
  const ipnId = sdk.supports('registerIpn') ? await sdk.registerIpn('https://shop.example/ipn') : undefined;
  const answer = await told();
  return namesOfNull(answer);

  async function told() {
    if (method === 'getPayoutStatus') {
      const payout = await ask(sdk, 'payout', ARGUMENTS.payout(reference));
      await sandbox.clock.advance(60_000);
      return sdk.getPayoutStatus(key(payout, recovery.payout), operatorOf(provider));
    }
    if (method !== 'getPaymentStatus' && method !== 'refund') {
      const answered = await ask(sdk, method, ARGUMENTS[method](reference, ipnId));
      await sandbox.clock.advance(60_000);
      return answered;
    }
    const charge = await ask(sdk, 'charge', ARGUMENTS.charge(reference, ipnId));
    await sandbox.approve(charge.gatewayReference);
    if (method === 'refund') {
      const why = { reason: 'Not there', requestedBy: 'Asha Juma' };
      return sdk.refund({ transactionId: charge.transactionId, amount: charge.amount, ...why });
    }
    return sdk.getPaymentStatus(key(charge, recovery.payment), operatorOf(provider));
  }
}

const key = (made, { askedBy }) => (askedBy === 'reference' ? made.gatewayReference : made.transactionId);
const operatorOf = (provider) => (provider === 'azampay' ? { operator: 'Mpesa' } : {});
