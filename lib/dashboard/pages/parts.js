'use strict';

// Pieces that several pages have.

const { html } = require('../html.js');
const { ATTENTION, LOOKS, money } = require('../words.js');

module.exports = { pill, timeOf, entry, askForm, resolveLink, placeOf };

function pill(status) {
  return html`<span class="pill ${LOOKS[status] ?? 'wait'}">${status}</span>`;
}

function timeOf(clock, time, write = clock.full) {
  return html`<time datetime="${time.toISOString()}">${write(time)}</time>`;
}

function placeOf(base, reference) {
  return `${base}/payment?reference=${encodeURIComponent(reference)}`;
}

/** One payment in a list. `act`: what can be done about it there. */
function entry({ base, clock }, payment, act) {
  const { reference, kind, status, gateway, operator, phone, amount, currency, attention, advice, createdAt } = payment;
  const facts = [kind !== 'payment' && kind, gateway, operator, phone].filter(Boolean).join(' · ');
  const why = attention !== null ? ATTENTION[attention] : status === 'failed' && advice?.reason.replaceAll('-', ' ');
  return html`<li class="entry">
<span class="when">${timeOf(clock, createdAt, clock.day)} ${timeOf(clock, createdAt, clock.time)}</span>
<a class="ref" href="${placeOf(base, reference)}">${reference}</a>
<span class="facts">${facts}</span>
<b class="amount">${money(amount, currency)}</b>
${pill(status)}
${why && html`<span class="why${attention !== null && ' warn'}">${why}</span>`}${act}
</li>
`;
}

/** Asks the gateway about a payment now. */
function askForm(base, { reference }, isNamed = false) {
  const about = isNamed && html`<span class="unseen"> about ${reference}</span>`;
  return html`<form class="ask" method="post" action="${base}/ask"><input type="hidden" name="reference" value="${reference}"><button>Ask again${about}</button></form>`;
}

/** Leads to where a person writes down what it is. */
function resolveLink(base, { reference }) {
  return html`<a class="button" href="${placeOf(base, reference)}#act">Resolve<span class="unseen"> ${reference}</span></a>`;
}
