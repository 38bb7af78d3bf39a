'use strict';

// One payment's life, and what a person may do about it.

const { hidden } = require('../../ledger/rows.js');
const { html } = require('../html.js');
const { ATTENTION, EVENTS, money, NEXT, REASONS, SOURCES } = require('../words.js');
const { askForm, pill, placeOf, timeOf } = require('./parts.js');

exports.paymentPage = paymentPage;

const PAID = ['succeeded', 'reversed', 'refunded'];
/** As much of a life is shown, the newest, and so many characters of what gateways said in it. */
const MOST_EVENTS = 100;
const MOST_SAID = 262_144;
const TOO_LONG = 'Too long to be shown here: ledger.get() has it.';
const SAID = {
  same: 'The gateway was asked. Nothing has changed.',
  changed: 'The gateway was asked, and the status has changed.',
  silent: 'The gateway could not be asked. Try again in a minute.',
  resolved: 'It is written down.',
};

function paymentPage({ base, clock, payment, may, mayAct, user, said, problem }) {
  const { reference, kind, status, amount, currency, attention, advice } = payment;
  const notice = problem ?? (Object.hasOwn(SAID, said) ? SAID[said] : undefined);
  return {
    title: reference,
    body: html`<div class="head"><h1>${reference}</h1>${pill(status)}</div>
${notice && html`<p class="note ${problem ? 'bad' : 'good'}" role="${problem ? 'alert' : 'status'}">${notice}</p>`}
<p class="figure">${money(amount, currency)} <span class="hint">${kind}</span></p>
${attention && html`<p class="note warn"><b>Needs you.</b> ${ATTENTION[attention]}</p>`}
<div class="cards">
${factsPart({ base, clock, payment })}
<div class="stack">${advice && advicePart(advice)}${mayAct && actPart({ base, payment, may, user })}</div>
</div>
${timelinePart(clock, payment)}`,
  };
}

function factsPart({ base, clock, payment }) {
  const link = (reference) => html`<a href="${placeOf(base, reference)}">${reference}</a>`;
  const facts = [
    ['Gateway', payment.gateway],
    ['Rail', payment.rail],
    ['Operator', payment.operator],
    ['Phone', payment.phone],
    ['Description', hidden(payment.description)],
    ['Part of', payment.of && link(payment.of)],
    [
      'Refunds and parts',
      payment.children.length > 0 && html`<span>${payment.children.map((child) => html`${link(child)} `)}</span>`,
    ],
    ['Gateway’s reference', payment.gatewayReference],
    ['Transaction id', payment.transactionId],
    ['Receipt', payment.receipt],
    ['Outcome of the request', payment.outcome],
    ['Code', payment.code],
    ['Gateway’s words', hidden(payment.message)],
    ['Begun', timeOf(clock, payment.createdAt)],
    ['Changed', timeOf(clock, payment.updatedAt)],
  ].filter(([, value]) => value);
  return html`<section class="card" aria-labelledby="facts"><h2 id="facts">Facts</h2>
<dl class="facts-list">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>`;
}

function advicePart({ reason, next, customer }) {
  return html`<section class="card" aria-labelledby="advice"><h2 id="advice">${REASONS[reason]}</h2>
<p>${NEXT[next]}</p><p class="hint">What to tell the customer</p>
<blockquote lang="en">${customer.en}</blockquote><blockquote lang="sw">${customer.sw}</blockquote></section>`;
}

function actPart({ base, payment, may, user }) {
  const { reference, status } = payment;
  const option = (to) => html`<option value="${to}">${to === status ? `${to}: as it is, seen` : to}</option>`;
  const who =
    user === undefined
      ? html`<p><label for="by">Your name</label><input id="by" name="by" required maxlength="100" autocomplete="name"></p>`
      : html`<p class="hint">Written down in the name of ${user}.</p>`;
  return html`<section class="card" aria-labelledby="act"><h2 id="act">Do something</h2>
${!PAID.includes(status) && html`<p class="hint">Ask the gateway where it stands now. This sends no money.</p>${askForm(base, payment)}`}
<form class="resolve" method="post" action="${base}/resolve">
<h3>Resolve</h3>
<p class="hint">Write down what you have found out. Your app hears of it as of any other news: it may ship the order.</p>
<input type="hidden" name="reference" value="${reference}">
<p><label for="status">It is</label><select id="status" name="status" required><option value="">choose</option>${may.map(option)}</select></p>
${who}
<p><label for="note">Why</label><textarea id="note" name="note" required maxlength="1000" rows="2" placeholder="Who told you so, and where"></textarea></p>
<button>Write it down</button>
</form></section>`;
}

/** Attempts as they began, and every event. */
function timelinePart(clock, { attempts, events }) {
  const begun = attempts.map((attempt) => ({ at: attempt.createdAt, order: -1, row: attemptRow, told: attempt }));
  const came = events.map((event, order) => ({ at: event.createdAt, order, row: eventRow, told: event }));
  const all = [...begun, ...came].sort((one, other) => one.at - other.at || one.order - other.order);
  const newest = all.slice(-MOST_EVENTS).reverse();
  let left = MOST_SAID;
  const rows = newest.map(({ row, told }) => {
    const said = saidIn(told.raw);
    left -= said.length;
    return row(clock, told, left < 0 ? TOO_LONG : said);
  });
  return html`<section aria-labelledby="life"><h2 id="life">Its life</h2>
${newest.length < all.length && html`<p class="hint">The newest ${MOST_EVENTS} of ${all.length}.</p>`}
<ol class="rows">${rows.reverse()}</ol></section>`;
}

/** A body as it was kept, phone numbers masked; in lines where that does not make it much longer. */
function saidIn(raw) {
  if (raw === null) return '';
  if (typeof raw === 'string') return hidden(raw);
  const [short, long] = [0, 2].map((indent) => JSON.stringify(raw, null, indent));
  return hidden(long.length > 2 * short.length + 1_000 ? short : long);
}

function attemptRow(clock, attempt, said) {
  const { number, gateway, rail, gatewayReference, asks, dueAt } = attempt;
  const asked = asks > 0 && `asked about ${asks} ${asks === 1 ? 'time' : 'times'}`;
  const due = dueAt && html`next question ${timeOf(clock, dueAt)}`;
  return html`<li class="row"><span class="when">${timeOf(clock, attempt.createdAt)}</span>
<b class="what">Attempt ${number} begins</b>
<p class="hint">${[gateway, rail, gatewayReference, asked].filter(Boolean).join(' · ')}${due && html` · ${due}`}</p>${bodyOf('The answer', said)}</li>
`;
}

function eventRow(clock, event, said) {
  const { type, status, source, attempt, by, note, createdAt, handledAt, dueAt, tries, error } = event;
  const what = type === 'status' ? (SOURCES[source] ?? 'A status') : (EVENTS[type] ?? type);
  const details = [
    attempt !== null && `attempt ${attempt}`,
    by && `by ${by}`,
    handledAt === null && `your handler is told again${tries > 0 ? `; it has failed ${tries} times` : ''}`,
  ].filter(Boolean);
  return html`<li class="row"><span class="when">${timeOf(clock, createdAt)}</span>
<b class="what">${what}</b>${status && pill(status)}
<p class="hint">${details.join(' · ')}${handledAt === null && dueAt && html` · ${timeOf(clock, dueAt)}`}</p>
${note && html`<p class="said">${hidden(note)}</p>`}${error && html`<p class="note bad">${hidden(error)}</p>`}${bodyOf('What the gateway said', said)}</li>
`;
}

function bodyOf(name, said) {
  return said !== '' && html`<details><summary>${name}</summary><pre tabindex="0">${said}</pre></details>`;
}
