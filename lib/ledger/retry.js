'use strict';

// The next attempt of a payment or payout.

const { attemptOn, KINDS, ofPhone, send } = require('./charge.js');
const { checked, intentOf } = require('./intent.js');
const { failure, refuse } = require('./parts.js');
const { iso } = require('./rows.js');
const { PAID } = require('./states.js');
const { advised } = require('./sweep.js');

exports.retry = retry;

async function retry(ledger, reference, changes, options) {
  const { via: asked, phone, ...others } = changes;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw refuse('retry', `what is asked for keeps its ${unknown}; only phone and via may change`);
  const life = await ledger.run('retry', 'life', { reference });
  if (life === undefined) throw refuse('retry', `there is no payment ${reference}`);
  const { row, attempts } = life;
  const last = attempts.at(-1);
  const { kind } = row;
  if (kind === 'refund') throw refuse('retry', 'a refund that failed is asked for again under a new reference');
  if (phone !== undefined && kind !== 'payment') throw refuse('retry', 'the phone of a payment alone may change');
  if (asked === undefined && ledger.gateways[last.gateway] === undefined)
    throw refuse('retry', `this ledger has no gateway ${last.gateway}: pass via`);
  const kept = ledger.opened(row);
  if (kept === null)
    throw refuse(
      'retry',
      'the credentials were changed since, by which the request was sealed: charge under a new reference',
    );
  const request = { ...JSON.parse(kept), ...(phone !== undefined && { phone }) };
  const number = Number(last.number);
  const { operation } = KINDS[kind];
  const via = asked ?? [last.gateway];
  for (const name of via.slice(1)) checked(ledger.gateways[name], operation, request, retry);
  const about = { kind, operation, gateway: via[0], asked: request, parent: row.parent };
  const intent = intentOf(ledger, about, retry);
  const sending = (attempt, gateways) =>
    ledger.sending(reference, attempt.token, () =>
      send(ledger, { kind, operation, request, options, intent, attempt, via: gateways, source: 'retry' }),
    );
  const now = iso(ledger.now());

  const remedy = await remedyOf(ledger, row, last, options);
  if (remedy === 'same') {
    // It never arrived: the gateway knows the same reference again, should it come a second time.
    const again = attemptOn(ledger, last.gateway, { reference, number, kind, request, options, intent });
    const taken = await ledger.run('retry', 'resend', { reference, number, ...again, now });
    if (taken.refusal !== undefined) throw failure('retry', 'NOT_COVERED', `${taken.refusal}. Nothing was sent.`);
    if (!taken.isNew) throw notFinal(reference, 'asked for by somebody else');
    return sending({ ...again, gatewayReference: last.gateway_reference, number, id: taken.id }, [last.gateway]);
  }
  const next = attemptOn(ledger, via[0], {
    ...about,
    reference,
    number: number + 1,
    request,
    options,
    intent,
  });
  const from = remedy === 'new' ? ['failed', 'unknown'] : ['failed'];
  const begun = await ledger.run('retry', 'again', {
    ...{ reference, number, next, source: 'retry', who: null, now, from },
    ofPhone: ofPhone(ledger, next),
  });
  if (begun.refusal !== undefined) throw failure('retry', 'NOT_COVERED', `${begun.refusal}. Nothing was sent.`);
  if (!begun.isNew) throw notFinal(reference, begun.row?.status ?? 'asked for by somebody else');
  return sending({ ...next, ...begun }, via);
}

/** How an attempt may be followed: after a failure by the next one, after an unknown outcome as its gateway allows. */
async function remedyOf(ledger, row, last, options) {
  const { reference, status } = row;
  if (status === 'failed') return 'next';
  if (last.status !== 'unknown' || last.outcome !== 'unknown') throw notFinal(reference, status);
  const sdk = ledger.gateways[last.gateway];
  const { next } = await advised(ledger, sdk, last, options?.signal);
  const { recovery } = ledger.facts[last.gateway];
  const { resend } = recovery[row.kind === 'payout' ? 'payout' : 'payment'];
  if (next !== 'safe-to-send-again' || resend === 'never') throw notFinal(reference, status);
  return resend;
}

function notFinal(reference, status) {
  const words = `${reference} is ${status}${PAID.includes(status) ? '' : ': it may still go through'}. Nothing was sent.`;
  return failure('retry', 'NOT_FINAL', words, undefined, retry);
}
