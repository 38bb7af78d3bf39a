'use strict';

// Callbacks as the ledger takes them in.

const { webhooks } = require('../webhooks/index.js');
const { plain } = require('./decimal.js');
const isAsMade = require('./mismatch.js');
const { iso, scrubbed } = require('./rows.js');
const { nextAsk } = require('./schedule.js');

const TAKEN = ['expect', 'onPayment', 'onPayout', 'on'];

module.exports = function hooks(ledger, options) {
  const taken = TAKEN.find((name) => options?.[name] !== undefined);
  if (taken !== undefined)
    throw new TypeError(`ledger.webhooks takes no ${taken}: openLedger takes the functions that handle payments.`);
  const about = (payment) =>
    ledger.run('webhooks', 'about', {
      gateway: payment.provider,
      reference: payment.reference,
      transactionId: payment.transactionId,
    });

  async function told(payment, { eventId, raw }) {
    const attempt = await about(payment);
    if (attempt === undefined) return;
    const { status, transactionId, receipt, message } = payment;
    const now = ledger.now();
    const { recovery, isPage } = ledger.facts[payment.provider];
    const createdAt = Number(new Date(attempt.created_at));
    const news = ledger.news({
      reference: attempt.reference,
      number: Number(attempt.number),
      status,
      source: 'callback',
      outcome: 'accepted',
      message,
      told: { transactionId, receipt },
      body: scrubbed(raw),
      dueAt: nextAsk({
        status,
        asks: Number(attempt.asks),
        createdAt,
        now,
        recovery,
        isPage: isPage && attempt.kind === 'payment',
      }),
    });
    await ledger.settle({ ...news, inbox: { key: `callback/${eventId}`, body: scrubbed(raw) }, now: iso(now) });
  }

  const { onEvent } = options ?? {};
  const counted = (event) => {
    ledger.counts.callback(event);
    return onEvent?.(event);
  };
  // What is no function is refused below.
  const heard = typeof (onEvent ?? counted) === 'function' ? counted : onEvent;
  const sdks = Object.values(ledger.gateways);
  // One gateway alone needs no name in the path.
  return webhooks(sdks.length === 1 ? sdks[0] : ledger.gateways, {
    ...options,
    /** What the tables say of the callback's payment; nothing of one that is not there. */
    async expect(_, payment) {
      const attempt = await about(payment);
      if (attempt === undefined) return undefined;
      const { amount, currency, reference, number } = attempt;
      if (payment.kind === 'payment') {
        const asked = { reference, number: Number(number), gateway: payment.provider, amount, currency };
        await isAsMade(ledger, asked, payment, 'callback');
      }
      return {
        reference: payment.reference,
        amount: plain(String(amount)),
        ...(payment.currency !== null && { currency }),
      };
    },
    onPayment: told,
    onPayout: told,
    onEvent: heard,
  });
};
