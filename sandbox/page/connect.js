import { ask, copy, GATEWAYS, h, toast } from './dom.js';

/** The lines to paste, one gateway at a time, and where its callbacks go. */
export function renderConnect(root, state) {
  const panel = h('div', { role: 'tabpanel', id: 'connect-panel' });
  const tabs = Object.keys(GATEWAYS).map((gateway) =>
    h(
      'button',
      { type: 'button', role: 'tab', 'aria-controls': 'connect-panel', onclick: () => show(gateway) },
      GATEWAYS[gateway],
    ),
  );
  const show = (gateway) => {
    Object.keys(GATEWAYS).forEach((name, index) => tabs[index].setAttribute('aria-selected', String(name === gateway)));
    const code = snippet(gateway, state.config[gateway]);
    panel.replaceChildren(
      h(
        'div',
        { class: 'code' },
        h('pre', { tabindex: '0' }, code),
        h(
          'button',
          { type: 'button', class: 'quiet', onclick: () => copy(code, `${GATEWAYS[gateway]}'s configuration`) },
          'Copy',
        ),
      ),
      gateway === 'pesapal'
        ? h('p', { class: 'hint' }, 'PesaPal calls the IPN URL your app registers with registerIpn().')
        : webhookForm(gateway, state),
    );
  };
  root.replaceChildren(h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Gateway' }, tabs), panel);
  show('azampay');
}

function snippet(gateway, config) {
  const lines = Object.entries(config).map(([name, value]) => `    ${name}: '${value}',`);
  return `const sdk = new FintechSDK({\n  provider: '${gateway}',\n  config: {\n${lines.join('\n')}\n  },\n})`;
}

function webhookForm(gateway, state) {
  const input = h('input', {
    type: 'url',
    id: 'webhook-url',
    value: state.webhookUrls[gateway],
    placeholder: `http://localhost:3000/${gateway}/callback`,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const save = async (event) => {
    event.preventDefault();
    try {
      await ask('webhook-urls', { gateway, url: input.value.trim() });
      state.webhookUrls[gateway] = input.value.trim();
      toast(
        input.value.trim() ? `${GATEWAYS[gateway]} calls ${input.value.trim()}` : `${GATEWAYS[gateway]} calls nobody`,
      );
    } catch (error) {
      toast(error.message, 'bad');
    }
  };
  return h(
    'form',
    { class: 'webhook', onsubmit: save },
    h('label', { for: 'webhook-url' }, 'Callbacks go to'),
    input,
    h('button', { type: 'submit' }, 'Save'),
  );
}
