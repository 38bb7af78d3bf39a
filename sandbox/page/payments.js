import { byId, clockTime, h, money, pageOf, titleOf } from './dom.js';

const MAX_SHOWN = 100;
const STATES = {
  pending: ['waiting', 'wait'],
  paid: ['paid', 'good'],
  settled: ['settled', 'good'],
  failed: ['failed', 'bad'],
  cancelled: ['cancelled', 'bad'],
  refunded: ['refunded', 'bad'],
  reversed: ['reversed', 'bad'],
};
const REASONS = {
  declined: 'declined',
  'insufficient-funds': 'too little money',
  'wrong-pin': 'wrong PIN',
  'prompt-expired': 'no answer in time',
};

/** Every payment with its state and amount, the newest first. */
export function createPayments() {
  const payments = new Map();
  let drawn = false;

  function load(state) {
    payments.clear();
    for (const payment of state.payments) payments.set(`${payment.gateway}:${payment.id}`, payment);
    draw();
  }

  function update(payment) {
    payments.set(`${payment.gateway}:${payment.id}`, payment);
    draw();
  }

  /** At most once a frame, however fast payments come. */
  function draw() {
    if (drawn) return;
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      const all = [...payments.values()].reverse();
      const pending = all.filter(({ status }) => status === 'pending').length;
      byId('payments-count').textContent = all.length
        ? `${all.length} in all, ${pending} waiting${all.length > MAX_SHOWN ? `; the newest ${MAX_SHOWN} are shown` : ''}`
        : 'None yet.';
      byId('book').replaceChildren(...all.slice(0, MAX_SHOWN).map(entry));
    });
  }

  function entry(payment) {
    const { gateway, kind, reference, amount, currency, phone, operator, status, reason, receipt, createdAt } = payment;
    const [word, look] = STATES[status];
    const facts = [titleOf(gateway), operator, kind, phone, receipt && `receipt ${receipt}`, REASONS[reason]];
    return h(
      'li',
      { class: `entry ${gateway}` },
      h('time', { datetime: createdAt }, clockTime(createdAt)),
      h('b', { class: 'who' }, reference),
      h('span', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
      h('b', { class: 'amount' }, money(amount, currency)),
      h('span', { class: `pill ${look}` }, word),
      status === 'pending' && pageOf(payment)
        ? h(
            'a',
            { class: 'open', href: pageOf(payment), target: '_blank', rel: 'noopener' },
            `Pay ${reference} on its page`,
          )
        : '',
    );
  }

  return { load, update };
}
