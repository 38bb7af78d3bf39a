import { ask, byId, GATEWAYS, h, money, toast } from './dom.js';

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
const REASONS = {
  declined: 'You cancelled the request.',
  'insufficient-funds': 'Your balance is too low.',
  'wrong-pin': 'The PIN was wrong.',
  'prompt-expired': 'The request ran out of time.',
};
const MAX_MESSAGES = 4;

/** The customer's handset: prompts as they come, one at a time, and an SMS for each end. */
export function createPhone() {
  const payments = new Map();
  const messages = [];
  let state;
  let shown;

  const key = (payment) => `${payment.gateway}:${payment.id}`;
  const prompts = () =>
    [...payments.values()].filter((payment) => payment.status === 'pending' && payment.kind === 'push');
  const pages = () =>
    [...payments.values()].filter(
      (payment) => payment.status === 'pending' && ['order', 'card', 'checkout'].includes(payment.kind),
    );
  const operator = (payment) =>
    OPERATORS[payment.operator] ?? [payment.operator || GATEWAYS[payment.gateway], '#8a94a6'];

  function load(fresh) {
    state = fresh;
    payments.clear();
    messages.length = 0;
    for (const payment of fresh.payments) {
      payments.set(key(payment), payment);
      if (payment.status !== 'pending') remember(payment);
    }
    render();
  }

  function update(payment) {
    const before = payments.get(key(payment))?.status;
    payments.set(key(payment), payment);
    if (payment.status !== 'pending' && before !== payment.status) remember(payment);
    if (payment.status === 'pending' && payment.kind === 'push') {
      byId('announce').textContent =
        `${operator(payment)[0]}: pay ${money(payment.amount, payment.currency)} to ${state?.merchant ?? ''}?`;
    }
    render();
  }

  function remember(payment) {
    const text = sms(payment);
    if (!text) return;
    messages.unshift({
      id: key(payment),
      from: operator(payment)[0],
      text,
      at: payment.updatedAt,
      good: payment.status === 'paid',
    });
    messages.length = Math.min(messages.length, MAX_MESSAGES);
  }

  function sms(payment) {
    const sum = money(payment.amount, payment.currency);
    if (payment.kind === 'payout')
      return payment.status === 'paid' ? `You have received ${sum}. Ref ${payment.reference}.` : undefined;
    if (payment.status === 'paid')
      return `${payment.receipt} confirmed. You have paid ${sum} to ${state.merchant}. Ref ${payment.reference}.`;
    if (payment.status === 'failed')
      return `Payment of ${sum} to ${state.merchant} failed. ${REASONS[payment.reason] ?? ''}`;
    return payment.status === 'reversed' || payment.status === 'refunded'
      ? `${sum} from ${state.merchant} was returned to you. Ref ${payment.reference}.`
      : undefined;
  }

  function render() {
    const [prompt] = prompts();
    // Typing goes on undisturbed while other payments come and go.
    if (prompt && shown === key(prompt)) return renderQueue();
    const answered = shown !== undefined;
    shown = prompt && key(prompt);
    byId('screen').replaceChildren(statusBar(), home(Boolean(prompt)), prompt ? dialog(prompt) : '');
    renderQueue();
    // The phone takes the focus for a prompt, and keeps it after, but not from someone at work beside it.
    if (!document.activeElement?.closest('.desk, .top') && (prompt || answered))
      byId(prompt ? 'pin' : 'try').focus({ preventScroll: true });
  }

  function renderQueue() {
    const waiting = prompts().length - 1;
    const queue = byId('queue');
    if (queue) queue.textContent = waiting > 0 ? `${waiting} more waiting` : '';
    byId('notes')?.replaceChildren(...pages().map(pageNote), ...messages.map(messageNote));
  }

  const statusBar = () =>
    h(
      'div',
      { class: 'status', 'aria-hidden': 'true' },
      h('span', { class: 'clock' }, new Date().toTimeString().slice(0, 5)),
      h('span', {}, 'LTE ▂▄▆ ▮'),
    );

  const home = (covered) =>
    h(
      'div',
      { class: 'home', inert: covered },
      h('p', { class: 'time', 'aria-hidden': 'true' }, new Date().toTimeString().slice(0, 5)),
      h(
        'p',
        { class: 'date', 'aria-hidden': 'true' },
        new Date().toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }),
      ),
      h('ul', { class: 'notes', id: 'notes', 'aria-label': 'Messages' }),
      h(
        'div',
        { class: 'try' },
        h('p', {}, 'Pushes from your app appear here.'),
        h('button', { type: 'button', id: 'try', onclick: tryPush }, 'Send a test push'),
      ),
    );

  const messageNote = (message) =>
    h(
      'li',
      { class: `note ${message.good ? 'good' : ''}` },
      h('b', {}, message.from),
      h('time', {}, message.at.slice(11, 16)),
      h('p', {}, message.text),
    );

  function pageNote(payment) {
    const href =
      payment.gateway === 'pesapal'
        ? `/pesapaliframe/PesapalIframe3/Index?OrderTrackingId=${payment.id}`
        : `/_sandbox/checkout/${payment.gateway}/${payment.id}`;
    return h(
      'li',
      { class: 'note' },
      h('b', {}, `${GATEWAYS[payment.gateway]} checkout`),
      h(
        'p',
        {},
        `${money(payment.amount, payment.currency)}, ${payment.reference}: `,
        h('a', { href, target: '_blank', rel: 'noopener' }, 'open the payment page'),
      ),
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
    });
    const answer = async (body) => {
      form.querySelectorAll('button, input').forEach((field) => (field.disabled = true));
      try {
        await ask(`payments/${payment.gateway}/${encodeURIComponent(payment.id)}/answer`, body);
      } catch (error) {
        toast(error.message, 'bad');
        shown = undefined;
        render();
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
      h('p', { class: 'operator' }, dot(colour), h('b', {}, name), h('span', { class: 'queue', id: 'queue' })),
      h('p', { class: 'sum' }, money(payment.amount, payment.currency)),
      h(
        'p',
        { class: 'ask' },
        'Pay ',
        h('b', {}, state?.merchant ?? ''),
        `, ref ${payment.reference}? Enter your PIN to confirm.`,
      ),
      pin,
      h('p', { class: 'hint' }, 'Any four digits. 0000 is a wrong PIN.'),
      h(
        'div',
        { class: 'keys' },
        h('button', { type: 'button', class: 'cancel', onclick: () => answer({ decline: true }) }, 'Cancel'),
        h('button', { type: 'submit', class: 'send' }, 'Send'),
      ),
    );
    return h('div', { class: 'shade' }, form);
  }

  function dot(colour) {
    const element = h('i', { class: 'dot', 'aria-hidden': 'true' });
    element.style.background = colour;
    return element;
  }

  /** A push as an app would send it, over the same wire. */
  async function tryPush() {
    const {
      AZAMPAY_APP_NAME: appName,
      AZAMPAY_CONSUMER_KEY: clientId,
      AZAMPAY_CONSUMER_SECRET: clientSecret,
    } = state.config.azampay;
    const post = async (path, body, headers) => {
      const response = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`AzamPay answered ${response.status}`);
      return response.json();
    };
    try {
      const { data } = await post('/AppRegistration/GenerateToken', { appName, clientId, clientSecret });
      const order = {
        accountNumber: '255712345678',
        amount: '2000',
        currency: 'TZS',
        externalId: `TEST-${Date.now().toString(36).toUpperCase()}`,
        provider: 'Tigo',
      };
      const answer = await post('/azampay/mno/checkout', order, { Authorization: `Bearer ${data?.accessToken}` });
      if (!answer.success) throw new Error(answer.message);
    } catch (error) {
      toast(`The push failed: ${error.message}`, 'bad');
    }
  }

  return { load, update };
}
