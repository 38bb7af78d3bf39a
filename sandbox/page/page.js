import { renderConnect } from './connect.js';
import { ask, byId, copy, gateways, h, titleOf, toast } from './dom.js';
import { createPayments } from './payments.js';
import { createPhone } from './phone.js';
import { createTimeline } from './timeline.js';

const phone = createPhone(load);
const payments = createPayments();
const timeline = createTimeline();

/** For each state that is on its way, what happens meanwhile: the state may be older. */
const meanwhile = new Set();

async function load() {
  const happened = [];
  meanwhile.add(happened);
  try {
    show(await (await fetch('/_sandbox/api/state')).json());
    happened.forEach(take);
  } finally {
    meanwhile.delete(happened);
  }
}

function show(state) {
  gateways.clear();
  for (const gateway of state.gateways) gateways.set(gateway.name, gateway);
  byId('origin').textContent = state.url.replace(/^https?:\/\//, '');
  byId('origin').onclick = () => copy(state.url, 'the base URL');
  renderConnect(byId('connect-body'), state);
  renderFaults(state.faults);
  renderRotate();
  renderArmed(state.pendingFaults);
  phone.load(state);
  payments.load(state);
  timeline.load(state);
}

const STAGES = {
  answer: 'The answer to your app',
  callback: 'The callback to your app',
  outcome: 'What the customer does',
};

/** Faults by what they break; what the chosen one does stands below. */
function renderFaults(faults) {
  const select = byId('fault');
  const chosen = select.value;
  const place = byId('fault-gateway');
  if (place.options.length === 1)
    for (const { name, title } of gateways.values()) place.append(h('option', { value: name }, title));
  select.replaceChildren(
    ...Object.entries(STAGES).map(([stage, label]) =>
      h(
        'optgroup',
        { label },
        faults.filter((fault) => fault.stage === stage).map(({ name }) => h('option', { value: name }, name)),
      ),
    ),
  );
  if (chosen) select.value = chosen;
  const tell = () => {
    const { about, magic, gateways: places } = faults.find(({ name }) => name === select.value);
    const number = String(magic).padStart(2, '0');
    for (const option of place.options) option.disabled = option.value !== '' && !places.includes(option.value);
    if (place.selectedOptions[0]?.disabled) place.value = '';
    const only = places.length < gateways.size ? `, only at ${places.map(titleOf).join(' and ')}` : '';
    byId('fault-about').textContent =
      `${about[0].toUpperCase()}${about.slice(1)}${only}. Without this page: a phone that ends in 0000${number}, or the amount 9900${number}.`;
  };
  select.onchange = tell;
  tell();
}

/** The gateways that sign with a key pair. */
function renderRotate() {
  const titles = [...gateways.values()].filter(({ keys }) => keys).map(({ title }) => title);
  const button = byId('rotate');
  button.hidden = titles.length === 0;
  button.textContent = `Rotate ${titles.join(' and ')} key`;
  button.onclick = () => act(() => ask('rotate-key'), `${titles.join(' and ')} signs with a new key`);
}

function renderArmed(pending) {
  byId('armed').replaceChildren(
    ...pending.map((fault) =>
      h(
        'span',
        { class: 'tag fault' },
        `${fault.name}${fault.gateway ? ` at ${fault.gateway}` : ''}${fault.left > 1 ? ` ×${fault.left}` : ''}`,
      ),
    ),
    ...(pending.length
      ? [
          h(
            'button',
            { type: 'button', class: 'quiet', onclick: () => act(() => ask('faults', {}, 'DELETE')) },
            'Clear',
          ),
        ]
      : []),
  );
}

async function refreshArmed() {
  const state = await (await fetch('/_sandbox/api/state')).json();
  renderArmed(state.pendingFaults);
}

async function act(task, done) {
  try {
    await task();
    if (done) toast(done);
  } catch (error) {
    toast(error.message, 'bad');
  }
}

byId('fault-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const gateway = byId('fault-gateway').value;
  const name = byId('fault').value;
  void act(() => ask('faults', { name, ...(gateway && { gateway }) }), `The next matching request meets: ${name}`);
});

const dark = matchMedia('(prefers-color-scheme: dark)');
const showTheme = () => {
  const theme = localStorage.getItem('theme') ?? (dark.matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = theme;
  byId('theme').textContent = theme === 'dark' ? '☀' : '☾';
};
byId('theme').addEventListener('click', () => {
  localStorage.setItem('theme', document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  showTheme();
});
dark.addEventListener('change', showTheme);
showTheme();

const source = new EventSource('/_sandbox/api/events');
const live = (text, on) => {
  byId('live').textContent = text;
  byId('live').classList.toggle('on', on);
};
source.onopen = () => {
  live('live', true);
  void load();
};
source.onerror = () => live('reconnecting', false);
source.onmessage = ({ data }) => {
  const event = JSON.parse(data);
  for (const happened of meanwhile) happened.push(event);
  take(event);
};

function take(event) {
  if (event.type === 'payment') {
    phone.update(event.payment);
    payments.update(event.payment);
  }
  if (event.type === 'request') timeline.request(event.request);
  if (event.type === 'webhook') timeline.webhook(event.webhook);
  if (event.type === 'faults' || event.request?.fault) void refreshArmed();
}
