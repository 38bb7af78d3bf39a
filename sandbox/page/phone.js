import { ask, at, byId, clockTime, gateways, h, money, pageOf, titleOf, toast } from './dom.js';
import { sms } from './sms.js';

const OPERATORS = {
  Tigo: ['Mixx by Yas', '#f5c400'],
  'TIGO-PESA': ['Mixx by Yas', '#f5c400'],
  Mpesa: ['M-Pesa', '#e4002b'],
  'M-PESA': ['M-Pesa', '#e4002b'],
  Airtel: ['Airtel Money', '#ff3b30'],
  'AIRTEL-MONEY': ['Airtel Money', '#ff3b30'],
  Halopesa: ['HaloPesa', '#ff8a1f'],
  HALOPESA: ['HaloPesa', '#ff8a1f'],
  Azampesa: ['AzamPesa', '#2f80ed'],
};
/** Of payment pages that wait; the list of payments leads to every one. */
const MAX_PAGES = 3;
const MAX_MESSAGES = 20;
const TEST_WITHIN_MS = 10_000;

/**
 * The customer's handset: one prompt at a time above the messages, which stay in reach. `reload` fetches the state
 * anew.
 */
export function createPhone(reload) {
  const payments = new Map();
  /** Newest first: `{ payment }`, or `{ problem }` in the sandbox's own words. */
  const messages = [];
  let state;
  let shown;
  let language = localStorage.getItem('sms') === 'sw' ? 'sw' : 'en';

  const key = (payment) => `${payment.gateway}:${payment.id}`;
  const waiting = (matches) =>
    [...payments.values()].filter((payment) => payment.status === 'pending' && matches(payment));
  const prompts = () => waiting(({ kind }) => kind === 'push');
  const pages = () => waiting(pageOf).reverse().slice(0, MAX_PAGES);
  const operator = (payment) =>
    OPERATORS[payment.operator] ?? [payment.operator || titleOf(payment.gateway), '#8a94a6'];

  function load(fresh) {
    state = fresh;
    payments.clear();
    const problems = messages.filter(({ problem }) => problem);
    messages.length = 0;
    for (const payment of fresh.payments) payments.set(key(payment), payment);
    const ended = fresh.payments.filter(({ status }) => status !== 'pending');
    for (const payment of ended.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt)))
      remember({ payment, at: payment.updatedAt });
    for (const message of problems) remember(message);
    render();
  }

  function update(payment) {
    const known = payments.get(key(payment));
    if (known?.updatedAt > payment.updatedAt) return;
    const before = known?.status;
    payments.set(key(payment), payment);
    // The merchant's money settles without a word to the customer.
    if (!['pending', 'settled', before].includes(payment.status)) remember({ payment, at: payment.updatedAt });
    if (payment.status === 'pending' && payment.kind === 'push') {
      byId('announce').textContent =
        `${operator(payment)[0]}, ${payment.phone}: pay ${money(payment.amount, payment.currency)} to ${state?.merchant ?? ''}?`;
    }
    render();
  }

  function remember(message) {
    if (message.payment && !sms(message.payment, '', 'en')) return;
    messages.unshift(message);
    messages.length = Math.min(messages.length, MAX_MESSAGES);
  }

  function render() {
    const [prompt] = prompts();
    const others = prompts().length - 1;
    byId('clock').textContent = clockTime(new Date());
    byId('owner').textContent = prompt ? `Phone of ${prompt.phone || 'an unknown number'}` : 'No request waits';
    byId('queue').textContent = others > 0 ? `${others} more waiting` : '';
    byId('notes').replaceChildren(...pages().map(pageNote), ...messages.map(messageNote));
    // Typing goes on undisturbed while other payments come and go.
    if (shown === (prompt && key(prompt))) return;
    const answered = shown !== undefined;
    shown = prompt && key(prompt);
    byId('prompt').replaceChildren(...(prompt ? [dialog(prompt)] : []));
    // The phone takes the focus for a prompt, and keeps it after, but not from someone at work beside it.
    if (!document.activeElement?.closest('.desk, .top') && (prompt || answered))
      byId(prompt ? 'pin' : 'try').focus({ preventScroll: true });
  }

  function messageNote({ payment, problem, at }) {
    return h(
      'li',
      { class: `note ${problem ? 'bad' : ''}` },
      h('b', {}, payment ? operator(payment)[0] : 'Sandbox'),
      h('time', { datetime: at }, clockTime(at).slice(0, 5)),
      h('p', { lang: problem ? 'en' : language }, problem ?? sms(payment, state?.merchant ?? '', language)),
    );
  }

  function pageNote(payment) {
    return h(
      'li',
      { class: 'note' },
      h('b', {}, `${titleOf(payment.gateway)} checkout`),
      h('p', {}, `${money(payment.amount, payment.currency)}, ${payment.reference}`),
      h('a', { href: pageOf(payment), target: '_blank', rel: 'noopener' }, 'Open the payment page'),
    );
  }

  function dialog(payment) {
    const [name, colour] = operator(payment);
    const pin = h('input', {
      id: 'pin',
      type: 'password',
      inputmode: 'numeric',
      pattern: '[0-9]{4,6}',
      minlength: '4',
      maxlength: '6',
      autocomplete: 'off',
      required: true,
      'aria-label': 'PIN',
      'aria-describedby': 'pin-hint',
    });
    const fields = (disabled) => form.querySelectorAll('button, input').forEach((field) => (field.disabled = disabled));
    const answer = async (body) => {
      fields(true);
      try {
        await ask(`payments/${payment.gateway}/${encodeURIComponent(payment.id)}/answer`, body);
      } catch (error) {
        await refused(payment, error);
        fields(false);
      }
    };
    const form = h(
      'form',
      {
        class: 'ussd',
        role: 'dialog',
        'aria-label': `${name} payment request`,
        onsubmit: (event) => {
          event.preventDefault();
          const value = pin.value;
          pin.value = '';
          void answer({ pin: value });
        },
        onkeydown: (event) => event.key === 'Escape' && void answer({ decline: true }),
      },
      h('p', { class: 'operator' }, dot(colour), h('b', {}, name)),
      h('p', { class: 'sum' }, money(payment.amount, payment.currency)),
      h('p', { class: 'ask' }, 'Pay ', h('b', {}, state?.merchant ?? ''), `, ref ${payment.reference}?`),
      pin,
      h('p', { class: 'hint', id: 'pin-hint' }, 'Your PIN: any four digits. 0000 is a wrong one.'),
      h(
        'div',
        { class: 'keys' },
        h('button', { type: 'button', class: 'cancel', onclick: () => answer({ decline: true }) }, 'Cancel'),
        h('button', { type: 'submit', class: 'send' }, 'Send'),
      ),
    );
    return form;
  }

  /** The sandbox knows better what became of a payment: what waits no more makes room for the next. */
  async function refused(payment, error) {
    remember({ problem: `${payment.reference}: ${error.message}.`, at: new Date().toISOString() });
    try {
      await reload();
    } catch {
      toast(error.message, 'bad');
      render();
    }
  }

  function dot(colour) {
    const element = h('i', { class: 'dot', 'aria-hidden': 'true' });
    element.style.background = colour;
    return element;
  }

  /** A push as an app would send it, over the same wire. */
  async function tryPush() {
    const { title, testPush: push } = [...gateways.values()].find(({ testPush }) => testPush);
    const post = async (path, body, headers) => {
      const response = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TEST_WITHIN_MS),
      });
      if (!response.ok) throw new Error(`${title} answered ${response.status}`);
      return response.json();
    };
    try {
      const login = await post(push.login.path, push.login.body);
      const order = { ...push.payment.body, [push.reference]: `TEST-${Date.now().toString(36).toUpperCase()}` };
      const answer = await post(push.payment.path, order, { Authorization: `Bearer ${at(login, push.token)}` });
      if (!at(answer, push.accepted)) throw new Error(at(answer, push.problem));
    } catch (error) {
      toast(`The push failed: ${error.message}`, 'bad');
    }
  }

  function speak(chosen) {
    language = chosen;
    localStorage.setItem('sms', chosen);
    byId('swahili').setAttribute('aria-checked', String(chosen === 'sw'));
    render();
  }

  byId('try').addEventListener('click', tryPush);
  byId('swahili').addEventListener('click', () => speak(language === 'sw' ? 'en' : 'sw'));
  speak(language);
  return { load, update };
}
