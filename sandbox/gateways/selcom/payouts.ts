import { openPayment } from '../../engine/lifecycle.js';
import { type Fields, type Reply, textOf } from '../../http/message.js';
import { given, invalid, isPhone, missing, signed } from './checks.js';
import { done, fail, number, P, tell, unknown } from './replies.js';
import { type Call, FLOAT, type Rail, type Route, type World } from './world.js';

const MINIMUM = 1_000;
const BAD_NUMBER = 'Invalid mobile number or operator not supported';

/** How the numbers of an operator began when they were given out, by its code. */
const BEGINNINGS: Record<string, RegExp> = {
  VMCASHIN: /^2557[24569]/,
  AMCASHIN: /^255(6[0689]|78)/,
  TPCASHIN: /^255(6[57]|7[017])/,
  EZCASHIN: /^25577/,
  HPCASHIN: /^2556[123]/,
  TTCASHIN: /^25573/,
  CASHIN: /^255/,
};

/** How each rail names what it takes. */
const RAILS = {
  walletcashin: {
    process: ['transid', 'utilitycode', 'utilityref', 'amount', 'vendor', 'pin'],
    lookup: ['utilitycode', 'utilityref', 'transid'],
    to: 'utilityref',
    way: 'utilitycode',
  },
  qwiksend: {
    process: [
      ...['transid', 'recipientFiCode', 'recipientAccount', 'recipientName', 'senderAccount', 'senderName'],
      ...['amount', 'vendor', 'pin', 'msisdn', 'purpose'],
    ],
    lookup: ['bank', 'account', 'transid'],
    to: 'recipientAccount',
    way: 'recipientFiCode',
  },
} as const satisfies Record<Rail, object>;

const known = (rail: Rail, way: string, to: string): boolean =>
  rail === 'qwiksend' ? /^[A-Z]{3,14}$/.test(way) && to !== '' : way in BEGINNINGS && isPhone(to);

/** The record of a payout; each rail knows its own alone. */
const payoutOf = (world: World, rail: Rail, transid: string) => {
  const payment = world.payments.byRef('selcom', transid, 'payout');
  return payment?.detail['rail'] === rail ? payment : undefined;
};

const process =
  (rail: Rail) =>
  async (call: Call): Promise<Reply> => {
    const { world } = call;
    const fields = given(call);
    const { process: names, to, way } = RAILS[rail];
    const lacking = missing(fields, names);
    if (lacking) return invalid(world, lacking);
    const text = (name: string) => textOf(fields[name]);
    const transid = text('transid');
    if (text('pin') !== FLOAT.SELCOM_PIN) return fail(world, '403', 'Invalid PIN', transid);
    if (world.own.transids.has(`${rail} ${transid}`)) {
      if (world.switches.selcomDuplicateTransid === '999') return unknown(world, transid);
      return fail(world, '403', `Duplicate transid ${transid}`, transid);
    }
    if (!known(rail, text(way), text(to))) return fail(world, '010', BAD_NUMBER, transid);
    const amount = Number(text('amount'));
    if (!(amount >= MINIMUM))
      return fail(world, '013', 'Payment amount must be greater than or equal to TZS 1,000.', transid);
    if (amount > left(world))
      return fail(world, '990', 'Insufficient account balance to complete transaction', transid);
    world.own.transids.add(`${rail} ${transid}`);
    const { selcomPayout: how } = world.switches;
    if (how === '999-lost') return unknown(world, transid);
    world.own.spent += amount;
    const payment = await openPayment(call, {
      kind: 'payout',
      id: `S${number(world).padStart(11, '0')}`,
      reference: transid,
      amount: text('amount'),
      currency: 'TZS',
      phone: text(to),
      operator: text(way),
      detail: { rail, isLater: how !== '000', isHidden: how === '999-later' },
    });
    if (how === '999-paid' || how === '999-later') return unknown(world, transid);
    const said =
      how === '111'
        ? { code: '111', result: 'INPROGRESS', message: 'Request in progress' }
        : { code: '000', result: 'SUCCESS', message: 'Selcom Qwikpay' };
    return tell(world, { transid, reference: payment.id, ...said });
  };

/** What the float holds. */
const left = (world: World): number => world.switches.selcomFloat - world.own.spent;

const query =
  (rail: Rail) =>
  (call: Call): Reply => {
    const { world } = call;
    const transid = textOf(given(call)['transid']);
    if (transid === '') return invalid(world, 'transid');
    const payment = payoutOf(world, rail, transid);
    // The same of a payout that was never sent.
    if (!payment) return unknown(world, transid);
    const { selcomLaterMs } = world.switches;
    if (payment.detail['isHidden'] && world.clock.now() < payment.createdAt + selcomLaterMs)
      return unknown(world, transid);
    if (payment.status === 'pending' && payment.detail['isLater'])
      return tell(world, { transid, code: '111', result: 'INPROGRESS', message: 'Request in progress' });
    if (['reversed', 'refunded', 'failed'].includes(payment.status)) return fail(world, '400', 'Failed', transid);
    const receipt: Fields = { receipt: (payment.receipt ||= world.random.receipt(10)) };
    return tell(world, {
      transid,
      reference: payment.id,
      code: '000',
      result: 'SUCCESS',
      message: 'Query successful',
      data: [receipt],
    });
  };

const lookUp =
  (rail: Rail) =>
  (call: Call): Reply => {
    const { world } = call;
    const fields = given(call);
    const names = RAILS[rail].lookup;
    const lacking = missing(fields, names);
    if (lacking) return invalid(world, lacking);
    const [way, to, transid] = names.map((name) => textOf(fields[name])) as [string, string, string];
    const isOthers = rail === 'walletcashin' && !BEGINNINGS[way]?.test(to);
    if (!known(rail, way, to) || isOthers) return fail(world, '010', BAD_NUMBER, transid);
    return done(world, 'Name fetch successful', [{ name: 'Asha Juma' }], transid);
  };

function balance(call: Call): Reply {
  const { world } = call;
  const fields = given(call);
  const lacking = missing(fields, ['vendor', 'pin', 'transid']);
  if (lacking) return invalid(world, lacking);
  const transid = textOf(fields['transid']);
  if (textOf(fields['pin']) !== FLOAT.SELCOM_PIN) return fail(world, '403', 'Invalid PIN', transid);
  if (world.own.transids.has(`balance ${transid}`)) return fail(world, '403', `Duplicate transid ${transid}`, transid);
  world.own.transids.add(`balance ${transid}`);
  const amount = world.switches.selcomNumbers ? left(world) : String(left(world));
  return done(world, 'Balance fetch successful', [{ balance: amount }], transid);
}

const routesOf = (rail: Rail, look: string): Route[] => [
  signed(rail, { method: 'POST', path: P(`${rail}/process`), creates: true, handle: process(rail) }),
  signed(rail, { method: 'GET', path: P(`${rail}/${look}`), handle: lookUp(rail) }),
  signed(rail, { method: 'GET', path: P(`${rail}/query`), handle: query(rail) }),
];

export const payoutRoutes: Route[] = [
  ...routesOf('walletcashin', 'namelookup'),
  ...routesOf('qwiksend', 'lookup'),
  signed('balance', { method: 'POST', path: P('vendor/balance'), handle: balance }),
];
