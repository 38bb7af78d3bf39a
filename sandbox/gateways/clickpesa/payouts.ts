import { openPayment } from '../../engine/lifecycle.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { type Fields, json, type Reply, textOf } from '../../http/message.js';
import { BANKS, LIPA_PROVIDERS } from './account.js';
import { refuseChecksum, refuseLongText, refuseReference } from './checks.js';
import { badRequest, created, nest, nestList, P, page, usedReference } from './replies.js';
import { type Payout, payoutRow } from './rows.js';
import { type Call, CREDENTIALS, type Route, type World } from './world.js';

const COOLDOWN_MS = 60_000;
const RATE = 2_510;
const FEE_SHARE = 0.02;

/** Least and most of a payout, TZS, as ClickPesa's own limits have it; the words of the refusal are ours. */
const MOBILE: [number, number] = [100, 5_000_000];
const BANK: Record<string, [number, number]> = { ACH: [1, 20_000_000], RTGS: [1, 1_000_000_000] };

type Destination = Pick<Payout, 'channel' | 'channelProvider' | 'beneficiary' | 'transferType'>;
type Reader = (fields: Fields) => Destination | Reply;

const toMobile: Reader = (fields) => {
  const accountNumber = textOf(fields['phoneNumber']);
  if (!/^255\d{9}$/.test(accountNumber)) return badRequest('Invalid / unsupported phone number');
  const channelProvider = /^2557[4569]/.test(accountNumber) ? 'MPESA TANZANIA' : 'TIGO PESA';
  return { channel: 'MOBILE MONEY', channelProvider, beneficiary: { accountNumber, accountName: 'ASHA JUMA' } };
};

const toBank: Reader = (fields) => {
  const bank = BANKS.find(({ bic }) => bic === fields['bic']);
  if (!bank) return badRequest('Invalid bank BIC code');
  const accountNumber = textOf(fields['accountNumber']);
  const tooLong = refuseLongText(fields);
  if (tooLong) return tooLong;
  if (!accountNumber) return nestList('accountNumber should not be empty');
  const wish = textOf(fields['transferType']);
  if (wish && !['ACH', 'RTGS'].includes(wish))
    return nestList('transferType must be one of the following values: ACH, RTGS');
  // The gateway chooses, whatever was asked for.
  const isLarge = fields['currency'] === 'USD' || Number(fields['amount']) > BANK['ACH']![1];
  const transferType = isLarge ? 'RTGS' : 'ACH';
  const beneficiary = { accountNumber, accountName: textOf(fields['accountName']), swiftNumber: bank.bic };
  return { channel: 'BANK TRANSFER', channelProvider: bank.name, beneficiary, transferType };
};

const toLipaNamba: Reader = (fields) => {
  const provider = LIPA_PROVIDERS.find(({ providerCode }) => providerCode === textOf(fields['providerCode']));
  const tooLong = refuseLongText(fields);
  if (tooLong) return tooLong;
  const till = textOf(fields['lipaNamba']);
  const code = textOf(fields['qrCode']);
  if (!till === !code) return nestList('Provide either lipaNamba and providerCode, or qrCode');
  // Whose till it is cannot be told.
  if (code ? !code.includes('tz.go.bot.tips') : !provider) return badRequest('Unable to resolve beneficiary name');
  const accountNumber = till || code;
  return {
    channel: 'TIPS LIPA NAMBA',
    channelProvider: provider?.name ?? 'TANQR',
    beneficiary: { accountNumber, accountName: 'DUKA LA ASHA' },
  };
};

function read({ world, fields }: Call, destination: Reader): Payout | Reply {
  if (!fields) return nestList('Unexpected end of JSON input');
  const refused = refuseChecksum(fields, world) ?? refuseReference(fields);
  if (refused) return refused;
  const reference = textOf(fields['orderReference']);
  const { amount, currency } = fields;
  if (typeof amount !== 'number' || !(amount > 0)) return nestList('amount must be a positive number');
  if (currency !== 'TZS' && currency !== 'USD')
    return nestList('currency must be one of the following values: TZS, USD');
  const to = destination(fields);
  if ('status' in to) return to;
  const [least, most] = BANK[to.transferType ?? ''] ?? MOBILE;
  if (amount < least || amount > most) return badRequest(`Amount should be between ${least} and ${most}`);
  const fee = round(amount * FEE_SHARE);
  const exchanged = currency === 'USD';
  const total = exchanged ? round((amount + fee) / RATE) : round(amount + fee);
  if (total > (world.own.balances[currency] ?? 0))
    return badRequest(`Insufficient balance in your ${currency} account`);
  return { amount, currency, reference, total, fee: exchanged ? round(fee / RATE) : fee, exchanged, ...to };
}

const round = (value: number) => Math.round(value * 100) / 100;
const exchangeOf = ({ exchanged, total }: Payout) =>
  exchanged ? { exchange: { sourceCurrency: 'USD', targetCurrency: 'TZS', sourceAmount: total, rate: RATE } } : {};

const preview =
  (destination: Reader) =>
  (call: Call): Reply => {
    const payout = read(call, destination);
    if ('status' in payout) return payout;
    const { amount, total, fee, currency, channelProvider, exchanged, transferType, beneficiary } = payout;
    const named = payout.channel === 'BANK TRANSFER' ? {} : { accountName: beneficiary['accountName'] };
    return created(call.world, {
      amount: total,
      balance: call.world.own.balances[currency] ?? 0,
      channelProvider,
      fee,
      exchanged,
      ...exchangeOf(payout),
      order: { amount, currency: 'TZS', id: payout.reference },
      payoutFeeBearer: 'merchant',
      ...(transferType && {
        transferType,
        estimatedArrival: transferType === 'RTGS' ? 'Instant' : '1-3 Working Days',
        nameLookupStatus: 'UNAVAILABLE',
      }),
      receiver: { ...named, accountNumber: beneficiary['accountNumber'], accountCurrency: 'TZS', amount },
    });
  };

const create =
  (destination: Reader) =>
  async (call: Call): Promise<Reply> => {
    const { world } = call;
    const payout = read(call, destination);
    if ('status' in payout) return payout;
    if (world.payments.byRef('clickpesa', payout.reference, 'payout')) return usedReference(payout.reference);
    const left = world.own.payoutAt + COOLDOWN_MS - world.clock.now();
    if (left > 0) {
      return nest(
        world.switches.clickpesaCooldownStatus,
        `Payout request is already in progress, please retry after ${Math.ceil(left / 1000)} seconds`,
      );
    }
    world.own.payoutAt = world.clock.now();
    world.own.balances[payout.currency] = round((world.own.balances[payout.currency] ?? 0) - payout.total);
    const payment = await openPayment(call, {
      kind: 'payout',
      id: `PAY${world.random.receipt(7)}`,
      reference: payout.reference,
      amount: String(payout.amount),
      currency: payout.currency,
      phone: textOf(payout.beneficiary['accountNumber']),
      operator: payout.channelProvider,
      detail: { ...payout },
    });
    return created(world, {
      ...payoutRow(payment),
      exchanged: payout.exchanged,
      ...exchangeOf(payout),
      order: { amount: payout.amount.toFixed(2), currency: 'TZS' },
      beneficiary: { ...payout.beneficiary, amount: payout.amount.toFixed(2) },
    });
  };

/** A payout that did not go out comes back to its account; a collection that settles is added to its own. */
export function moveBalance(payment: PaymentRecord, world: World): void {
  const back = payment.kind === 'payout' && (payment.status === 'refunded' || payment.status === 'reversed');
  const amount = back
    ? (payment.detail as unknown as Payout).total
    : payment.status === 'settled'
      ? Number(payment.amount)
      : 0;
  world.own.balances[payment.currency] = round((world.own.balances[payment.currency] ?? 0) + amount);
}

function payout({ world, params: { reference = '' } }: Call): Reply {
  const found = world.payments.byRef('clickpesa', reference, 'payout');
  return found ? json(200, [payoutRow(found)]) : nest(404, `Invalid or missing payout: ${reference}`);
}

function payoutLink(call: Call): Reply {
  const { world, fields, origin } = call;
  if (!fields) return nestList('Unexpected end of JSON input');
  const refused = refuseChecksum(fields, world) ?? refuseReference(fields);
  if (refused) return refused;
  const reference = textOf(fields['orderReference']);
  if (typeof fields['amount'] !== 'string' || !(Number(fields['amount']) > 0))
    return nestList('amount must be a string');
  return created(world, {
    payoutLink: `${origin}/_sandbox/payout-link/${reference}`,
    clientId: CREDENTIALS.CLICKPESA_CLIENT_ID,
  });
}

const kinds: [string, Reader][] = [
  ['mobile-money', toMobile],
  ['bank', toBank],
  ['lipa-namba', toLipaNamba],
];

export const payoutRoutes: Route[] = [
  ...kinds.flatMap(([name, reader]): Route[] => [
    { method: 'POST', path: P(`payouts/preview-${name}-payout`), handle: preview(reader) },
    { method: 'POST', path: P(`payouts/create-${name}-payout`), creates: true, handle: create(reader) },
  ]),
  { method: 'POST', path: P('payout-link/generate-payout-url', 'payouts/generate-payout-url'), handle: payoutLink },
  {
    method: 'GET',
    path: P('payouts/all'),
    handle: ({ world, query }) =>
      page(
        world.payments.all().filter((found) => found.gateway === 'clickpesa' && found.kind === 'payout'),
        query,
        (found) => payoutRow(found),
      ),
  },
  { method: 'GET', path: P('payouts/lipa-namba-providers'), handle: () => json(200, LIPA_PROVIDERS) },
  { method: 'GET', path: P('payouts/:reference'), handle: payout },
];
