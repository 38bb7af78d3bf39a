import { json, type Reply } from '../../http/message.js';
import { nest, nestList, P } from './replies.js';
import type { Call, Route } from './world.js';

export const BANKS = [
  { name: 'Equity Bank Tanzania Limited', value: 'equity_bank_tanzania_limited', bic: 'EQBLTZTZ' },
  { name: 'CRDB Bank Plc', value: 'crdb_bank_plc', bic: 'CORUTZTZ' },
  { name: 'Amana Bank Limited', value: 'amana_bank_limited', bic: 'AMANTZTZ' },
];

export const LIPA_PROVIDERS = [
  { name: 'M-Pesa', providerCode: '503' },
  { name: 'Airtel', providerCode: '502' },
  { name: 'Mixx', providerCode: '504' },
  { name: 'CRDB', providerCode: '003' },
];

function balance({ world }: Call): Reply {
  const { clickpesaNoBalance, clickpesaBalanceShape } = world.switches;
  if (clickpesaNoBalance) return nest(404, 'No balance account is linked to this merchant yet.');
  const balances = Object.entries(world.own.balances).map(([currency, amount]) => ({ currency, balance: amount }));
  return json(200, clickpesaBalanceShape === 'object' ? { balances } : balances);
}

function statement({ world, query }: Call): Reply {
  const currency = query.get('currency');
  if (!currency) return nestList('currency should not be empty');
  const closingBalance = world.own.balances[currency] ?? 0;
  const moved = world.payments
    .all()
    .filter((payment) => payment.gateway === 'clickpesa' && payment.currency === currency);
  const transactions = moved
    .filter(({ status, kind }) => kind === 'payout' || status === 'settled')
    .map((payment) => ({
      balance: closingBalance,
      date: new Date(payment.updatedAt).toISOString(),
      description: payment.kind === 'payout' ? 'Payout' : 'Payment',
      entry: payment.kind === 'payout' ? 'Debit' : 'Credit',
      amount: Number(payment.amount),
      currency,
      orderReference: payment.reference,
      id: payment.id,
      type: payment.kind === 'payout' ? 'Payout' : 'Payment',
    }));
  const sum = (entry: string) =>
    transactions.filter((row) => row.entry === entry).reduce((total, row) => total + row.amount, 0);
  const totalCredits = sum('Credit');
  const totalDebits = sum('Debit');
  const openingBalance = closingBalance - totalCredits + totalDebits;
  return json(200, {
    accountDetails: { currency, openingBalance, closingBalance, totalCredits, totalDebits },
    transactions,
  });
}

function rates({ world, query }: Call): Reply {
  const date = new Date(world.clock.now()).toISOString().slice(0, 10);
  const all = [
    { source: 'USD', target: 'TZS', rate: 2510, date },
    { source: 'TZS', target: 'USD', rate: 0.0003984, date },
  ];
  const wanted = (name: 'source' | 'target', value: string) => !query.get(name) || query.get(name) === value;
  return json(
    200,
    all.filter((rate) => wanted('source', rate.source) && wanted('target', rate.target)),
  );
}

export const accountRoutes: Route[] = [
  { method: 'GET', path: P('account/balance'), handle: balance },
  { method: 'GET', path: P('account/statement'), handle: statement },
  { method: 'GET', path: P('exchange-rates/all'), handle: rates },
  { method: 'GET', path: P('list/banks'), handle: () => json(200, BANKS) },
];
