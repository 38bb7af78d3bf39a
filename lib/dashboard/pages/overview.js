'use strict';

// The money of a period.

const { bar, bars } = require('../chart.js');
const { html } = require('../html.js');
const { money, NEXT, REASONS, share, span } = require('../words.js');
const { entry } = require('./parts.js');

exports.overviewPage = overviewPage;

const NAMES = { 1: 'Today', 7: '7 days', 30: '30 days', 90: '90 days' };
/** Longer tables begin closed. */
const MOST_OPEN = 7;

function overviewPage({ base, periods, count, clock, totals, waiting }) {
  const { currencies, funnel, failures, times, sample, isPart } = totals;
  const tab = (days) =>
    html`<a href="${base}/?days=${days}"${days === count && html` aria-current="true"`}>${NAMES[days]}</a>`;
  return {
    title: 'Overview',
    body: html`<div class="head"><h1>Money</h1><nav class="tabs" aria-label="Period">${periods.map(tab)}</nav></div>
${isPart && html`<p class="note warn">A day has more than 200,000 payments: only its newest are counted.</p>`}
${waitingPart({ base, clock, waiting })}
${currencies.length === 0 && html`<p class="empty">No payment was begun in this period.</p>`}
<div class="cards">
${currencies.map((one) => currencyPart(base, clock, one))}
<div class="stack">${funnelPart(funnel, sample)}${timesPart(times, sample)}</div>
${failurePart(failures, sample)}
</div>`,
  };
}

/** The oldest of what needs a person stands first: nothing else on this page can wait for less. */
function waitingPart({ base, clock, waiting }) {
  const rows = [...waiting.attention, ...waiting.open].slice(0, 3);
  if (rows.length === 0) return '';
  return html`<section aria-labelledby="waits"><div class="bar-head"><h2 id="waits">Needs you</h2><a class="button" href="${base}/attention">All of them</a></div>
<ol class="book">${rows.map((payment) => entry({ base, clock }, payment))}</ol></section>`;
}

/** From ten-thousandths. */
function amountOf(units, currency) {
  const digits = String(units).padStart(5, '0');
  const part = digits.slice(-4).replace(/0+$/, '');
  return money(`${digits.slice(0, -4)}${part === '' ? '' : `.${part}`}`, currency);
}

function currencyPart(base, clock, { currency, spans, all }) {
  const id = `currency-${currency}`;
  const inOrder = [...spans].reverse();
  const [one, words] = spans[0].first === spans[0].last ? ['day', 'Day by day'] : ['week', 'Week by week'];
  const nameOf = ({ first, last }) => (first === last ? '' : `${clock.day(first.from)} – `) + clock.day(last.from);
  const values = inOrder.map((span) => ({
    value: span.received,
    title: `${nameOf(span)}: ${amountOf(span.received, currency)}, ${span.paid} paid`,
  }));
  const more = [
    ['back', 'Taken back'],
    ['out', 'Paid out'],
  ].filter(([name]) => all[name] > 0n);
  const best = inOrder.reduce((found, span) => (span.received > found.received ? span : found));
  const label = `${currency} received each ${one}; the most on ${nameOf(best)}: ${amountOf(best.received, currency)}`;
  const row = (
    span,
  ) => html`<tr><th scope="row"><a href="${base}/payments?from=${span.first.date}&amp;to=${span.last.date}">${nameOf(span)}</a></th>
<td>${span.asked}</td><td>${span.paid}</td><td>${amountOf(span.received, currency)}</td>${more.map(([name]) => html`<td>${amountOf(span[name], currency)}</td>`)}</tr>`;
  return html`<section class="card" aria-labelledby="${id}">
<h2 id="${id}">Received <span class="hint">${currency}</span></h2>
<p class="figure">${amountOf(all.received, currency)}</p>
<p class="hint">${all.paid} of ${all.asked} payments paid${more.map(([name, what]) => html`; ${what.toLowerCase()}: ${amountOf(all[name], currency)}`)}</p>
${spans.length > 1 && html`${bars(values, label)}<p class="axis" aria-hidden="true"><span>${clock.day(inOrder[0].first.from)}</span><span>${clock.day(inOrder.at(-1).last.from)}</span></p>`}
<details${spans.length <= MOST_OPEN && html` open`}><summary>${words}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${currency} ${words.toLowerCase()}"><table>
<thead><tr><th scope="col">${one === 'day' ? 'Day' : 'Week'}</th><th scope="col">Asked</th><th scope="col">Paid</th><th scope="col">Received</th>${more.map(([, what]) => html`<th scope="col">${what}</th>`)}</tr></thead>
<tbody>${spans.map(row)}</tbody></table></div></details>
</section>
`;
}

function funnelPart({ asked, taken, ended, paid }, sample) {
  const steps = [
    ['Asked for', asked, asked === sample ? 'the newest payments' : 'all payments that were begun'],
    ['Taken by a gateway', taken, 'not refused, and not left unsent'],
    ['Final', ended, 'paid or failed: the rest is open'],
    ['Paid', paid, 'the customer paid'],
  ];
  return html`<section class="card" aria-labelledby="funnel"><h2 id="funnel">How far payments come</h2>
<ol class="steps">${steps.map(
    ([name, count, words]) =>
      html`<li><span>${name} <span class="hint">${words}</span></span><b>${count} <span class="hint">${share(count, asked)}</span></b>${bar(count, asked)}</li>`,
  )}</ol></section>`;
}

function timesPart({ count, p50, p95 }, sample) {
  const words =
    count === 0
      ? 'Nothing was paid in this period.'
      : `From the request to the news that it was paid${count === sample ? `, of the newest ${sample}` : `, of ${count}`}.`;
  return html`<section class="card" aria-labelledby="times"><h2 id="times">Time to pay</h2>
${
  count > 0 &&
  html`<dl class="figures"><div><dt>Half within</dt><dd>${span(p50)}</dd></div><div><dt>95 of 100 within</dt><dd>${span(p95)}</dd></div></dl>`
}<p class="hint">${words}</p></section>`;
}

function failurePart({ all, count, others }, sample) {
  if (count === 0) return '';
  const row = ({
    kind,
    reason,
    next,
    customer,
    count: own,
  }) => html`<li><span><b>${REASONS[reason]}</b>${kind !== 'payment' && html` <span class="tag">${kind}</span>`} <span class="hint">${NEXT[next]}</span></span>
<b>${own} <span class="hint">${share(own, count)}</span></b>${bar(own, count, 'bad')}
<p class="said" lang="en">“${customer.en}”</p></li>
`;
  return html`<section class="card" aria-labelledby="failures"><h2 id="failures">Why payments fail</h2>
<p class="hint">${count === sample ? `The newest ${sample} failures` : `${count} failed`}, what to do, and what to tell the customer.</p>
<ol class="steps">${all.map(row)}${others > 0 && html`<li><span>Other reasons</span><b>${others}</b>${bar(others, count, 'bad')}</li>`}</ol></section>`;
}
