'use strict';

// Lists of payments.

const { html } = require('../html.js');
const { STATUSES, span } = require('../words.js');
const { askForm, entry, resolveLink } = require('./parts.js');

module.exports = { attentionPage, listPage, foundPage };

const book = (entries) => html`<ol class="book">${entries}</ol>`;
const nothing = (words) => html`<p class="empty">${words}</p>`;

/** The newest payments, as the form above them limits them. */
function listPage({ base, query, clock, found, next }) {
  const [status, from, to] = ['status', 'from', 'to'].map((name) => query.get(name) ?? '');
  const asked = new URLSearchParams(Object.entries({ status, from, to }).filter(([, value]) => value !== ''));
  const place = (path, more = {}) => `${base}${path}?${new URLSearchParams([...asked, ...Object.entries(more)])}`;
  const option = (value, name) => html`<option value="${value}"${value === status && html` selected`}>${name}</option>`;
  const isFirst = !query.has('before');
  return {
    title: 'Payments',
    body: html`<h1>Payments</h1>
<form class="filter" action="${base}/payments">
<p><label for="status">Status</label><select id="status" name="status">${option('', 'any')}${STATUSES.map((one) => option(one, one))}</select></p>
<p><label for="from">From</label><input id="from" name="from" type="date" value="${from}"></p>
<p><label for="to">To</label><input id="to" name="to" type="date" value="${to}"></p>
<button>Show</button>
<a class="button" href="${place('/payments.csv')}">Export as CSV</a>
</form>
${found.length === 0 ? nothing('There is no such payment.') : book(found.map((payment) => entry({ base, clock }, payment)))}
<nav class="pages" aria-label="More payments">
${!isFirst && html`<a class="button" href="${place('/payments')}">Newest</a>`}
${next && html`<a class="button" href="${place('/payments', { before: next })}">Older</a>`}
</nav>`,
  };
}

function foundPage({ base, clock, text, found }) {
  return {
    title: 'Search',
    body: html`<h1>Search</h1>
<p class="hint" role="status">${found.length === 0 ? 'Nothing was found' : `${found.length} found`} for “${text}”. A reference and a transaction id are looked for as a whole, and four digits as the end of the phone of the newest 20,000 payments.</p>
${found.length > 0 && book(found.map((payment) => entry({ base, clock }, payment)))}`,
  };
}

/** What needs a person, and what is open for too long. */
function attentionPage({ base, clock, now, waiting, most, LATE_MS, mayAct }) {
  const { attention, open } = waiting;
  const rows = (payments) =>
    book(
      payments.map((payment) => {
        const age = html`<span class="hint">${span(now - payment.createdAt)} old</span>`;
        return entry(
          { base, clock },
          payment,
          html`<span class="act">${age}${mayAct && [askForm(base, payment, true), resolveLink(base, payment)]}</span>`,
        );
      }),
    );
  const first = (payments) => payments.length >= most && html`<p class="hint">These are the oldest ${most}.</p>`;
  return {
    title: 'Attention',
    body: html`<h1>What needs you</h1>
<section aria-labelledby="needs"><h2 id="needs">Needs a person</h2>
${attention.length === 0 ? nothing('Nothing. Well done.') : rows(attention)}${first(attention)}</section>
<section aria-labelledby="open"><h2 id="open">Open for more than ${span(LATE_MS)}</h2>
${open.length === 0 ? nothing('Nothing waits.') : rows(open)}${first(open)}</section>`,
  };
}
