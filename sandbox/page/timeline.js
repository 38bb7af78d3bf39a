import { ask, byId, clockTime, copy, gateways, h, at as memberAt, titleOf, toast } from './dom.js';

const MAX_ROWS = 500;
const FILTERS = { all: 'All', request: 'Requests', webhook: 'Webhooks', problem: 'Problems' };

/** Requests in, webhooks out, newest first; each row opens to show what went over the wire. */
export function createTimeline() {
  const rows = byId('rows');
  const open = new Set();
  let filter = 'all';

  byId('filters').replaceChildren(
    ...Object.entries(FILTERS).map(([name, label]) =>
      h(
        'button',
        { type: 'button', 'data-filter': name, 'aria-pressed': String(name === filter), onclick: () => choose(name) },
        label,
      ),
    ),
  );

  function choose(name) {
    filter = name;
    for (const button of byId('filters').children)
      button.setAttribute('aria-pressed', String(button.dataset.filter === name));
    for (const row of rows.children) show(row);
  }

  const show = (row) => {
    row.hidden = !(
      filter === 'all' ||
      row.dataset.kind === filter ||
      (filter === 'problem' && row.dataset.problem === 'yes')
    );
  };

  function load({ requests, webhooks }) {
    rows.replaceChildren();
    const all = [
      ...requests.map((request) => ['request', request]),
      ...webhooks.map((webhook) => ['webhook', webhook]),
    ];
    for (const [kind, item] of all.sort((a, b) => a[1].at.localeCompare(b[1].at))) put(kind, item);
  }

  function put(kind, item) {
    const id = `${kind}-${item.id}`;
    const before = byId(id);
    const row = kind === 'request' ? requestRow(id, item) : webhookRow(id, item);
    row.dataset.kind = kind;
    show(row);
    if (before) {
      const focused = before.contains(document.activeElement);
      before.replaceWith(row);
      if (focused) row.querySelector('.head').focus();
    } else {
      rows.prepend(row);
      if (rows.children.length > MAX_ROWS) rows.lastElementChild.remove();
    }
    byId('empty').hidden = true;
  }

  function frame(id, gateway, problem, head, body) {
    const panel = h('div', { class: 'panel', id: `${id}-panel`, hidden: !open.has(id) });
    if (open.has(id)) panel.append(...body());
    const toggle = () => {
      const opening = !open.has(id);
      if (opening) open.add(id);
      else open.delete(id);
      panel.replaceChildren(...(opening ? body() : []));
      panel.hidden = !opening;
      button.setAttribute('aria-expanded', String(opening));
    };
    const button = h(
      'button',
      {
        type: 'button',
        class: 'head',
        'aria-expanded': String(open.has(id)),
        'aria-controls': `${id}-panel`,
        onclick: toggle,
      },
      head,
    );
    return h('li', { id, class: `row ${gateway}`, 'data-problem': problem ? 'yes' : 'no' }, button, panel);
  }

  function requestRow(id, request) {
    const { gateway, method, path, query, status, ms, fault, at } = request;
    const waiting = status === null && !fault;
    const problem = !waiting && (status === null || status >= 400 || Boolean(fault));
    return frame(
      id,
      gateway,
      problem,
      [
        time(at),
        badge(gateway),
        h(
          'span',
          { class: 'what' },
          h('i', { class: 'arrow', 'aria-label': 'request' }, '→'),
          h('b', {}, method),
          ' ',
          h('span', { class: 'path' }, path),
          reference(referenceIn(gateway, request.body)),
        ),
        fault ? h('span', { class: 'tag fault' }, fault) : '',
        h(
          'span',
          { class: `pill ${waiting ? 'wait' : problem ? 'bad' : 'good'}` },
          waiting ? '…' : status === null ? 'no answer' : String(status),
        ),
        h('span', { class: 'ms' }, waiting ? '' : `${ms} ms`),
      ],
      () => [block('Request', withQuery(request.body, query), request.headers), block('Answer', request.response)],
    );
  }

  function webhookRow(id, webhook) {
    const { gateway, event, url, state, attempts, tampered, at } = webhook;
    const last = attempts.at(-1);
    const problem = state === 'failed' || state === 'retrying';
    return frame(
      id,
      gateway,
      problem,
      [
        time(at),
        badge(gateway),
        h(
          'span',
          { class: 'what' },
          h('i', { class: 'arrow out', 'aria-label': 'webhook' }, '←'),
          h('b', {}, event),
          ' ',
          h('span', { class: 'path' }, url),
          reference(webhook.reference),
        ),
        tampered ? h('span', { class: 'tag fault' }, 'tampered') : '',
        h(
          'span',
          { class: `pill ${state === 'delivered' ? 'good' : problem ? 'bad' : 'wait'}` },
          last ? (last.refused ? 'not sent' : last.status === null ? 'no answer' : String(last.status)) : '…',
        ),
        h('span', { class: 'ms' }, last ? `${last.ms} ms` : ''),
      ],
      () => [block('Sent', webhook.body || queryOf(url)), attemptsBlock(webhook), actions(webhook)],
    );
  }

  function attemptsBlock({ attempts, state }) {
    const lines = attempts.map((attempt, index) => {
      const outcome = attempt.status === null ? attempt.error : `app answered ${attempt.status}`;
      return h(
        'li',
        {},
        `${clockTime(attempt.at)}  ${outcome} in ${attempt.ms} ms`,
        attempt.note ? h('em', {}, ` ${attempt.note}`) : '',
        index === attempts.length - 1 && attempt.answer ? h('pre', { tabindex: '0' }, pretty(attempt.answer)) : '',
      );
    });
    const next = { retrying: 'It will be sent again.', failed: 'It will not be sent again.' }[state];
    return h(
      'div',
      { class: 'block' },
      h('h3', {}, 'Attempts'),
      h('ol', { class: 'attempts' }, lines),
      next ? h('p', { class: 'hint' }, next) : '',
    );
  }

  const actions = (webhook) =>
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', onclick: (event) => resend(event, webhook, false) }, 'Redeliver'),
      h('button', { type: 'button', onclick: (event) => resend(event, webhook, true) }, 'Send a tampered copy'),
    );

  async function resend(event, webhook, tamper) {
    event.target.disabled = true;
    try {
      const sent = await ask(`webhooks/${webhook.id}/redeliver`, { tamper });
      const answer = sent.attempts.at(-1);
      toast(
        `${tamper ? 'Tampered copy' : 'Redelivered'}: ${answer.status === null ? answer.error : `your app answered ${answer.status}`}`,
        tamper === answer.status >= 400 ? '' : 'bad',
      );
    } catch (error) {
      toast(error.message, 'bad');
    }
    event.target.disabled = false;
  }

  return { load, request: (item) => put('request', item), webhook: (item) => put('webhook', item) };
}

const reference = (text) => (text ? h('span', { class: 'ref' }, text) : '');

/** What the merchant calls the payment, in the gateway's words. */
function referenceIn(gateway, body) {
  try {
    const fields = JSON.parse(body);
    const found = gateways.get(gateway)?.reference.map((path) => memberAt(fields, path));
    return String(found?.find((value) => value != null) ?? '');
  } catch {
    return '';
  }
}

const time = (at) => h('time', { datetime: at }, clockTime(at));

function badge(gateway) {
  const element = h('span', { class: 'badge' }, titleOf(gateway));
  for (const [ground, colour] of Object.entries(gateways.get(gateway)?.colour ?? {}))
    element.style.setProperty(`--on-${ground}`, colour);
  return element;
}

const withQuery = (body, query) => [query?.replaceAll('&', '\n'), body].filter(Boolean).join('\n');

/** A URL's query, a member a line; a URL may be anything that an app registered. */
const queryOf = (url) =>
  [...new URLSearchParams(url.split('?').slice(1).join('?'))].map((member) => member.join('=')).join('\n');

function block(title, body, headers) {
  const text = pretty(body);
  return h(
    'div',
    { class: 'block' },
    h(
      'h3',
      {},
      title,
      text
        ? h('button', { type: 'button', class: 'quiet', onclick: () => copy(text, title.toLowerCase()) }, 'Copy')
        : '',
    ),
    h('pre', { tabindex: '0' }, text || '(empty)'),
    headers
      ? h(
          'details',
          { class: 'headers' },
          h('summary', {}, 'Headers'),
          h(
            'pre',
            { tabindex: '0' },
            Object.entries(headers)
              .map(([name, value]) => `${name}: ${value}`)
              .join('\n'),
          ),
        )
      : '',
  );
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
