import { ask, copy, gateways, h, titleOf, toast } from './dom.js';

/** The lines to paste, one gateway at a time, and where its callbacks go. */
export function renderConnect(root, state) {
  const names = [...gateways.keys()];
  const panel = h('div', { role: 'tabpanel', id: 'connect-panel' });
  const tabs = names.map((gateway) =>
    h(
      'button',
      { type: 'button', role: 'tab', 'aria-controls': 'connect-panel', onclick: () => show(gateway) },
      titleOf(gateway),
    ),
  );
  const show = (gateway) => {
    names.forEach((name, index) => tabs[index].setAttribute('aria-selected', String(name === gateway)));
    const { calls } = gateways.get(gateway);
    const code = snippet(gateway, state.config[gateway]);
    panel.replaceChildren(
      h(
        'div',
        { class: 'code' },
        h('pre', { tabindex: '0' }, code),
        h(
          'button',
          { type: 'button', class: 'quiet', onclick: () => copy(code, `${titleOf(gateway)}'s configuration`) },
          'Copy',
        ),
      ),
      calls ? h('p', { class: 'hint' }, calls) : webhookForm(gateway, state),
    );
  };
  root.replaceChildren(h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Gateway' }, tabs), panel);
  show(names.find((name) => gateways.get(name).testPush) ?? names[0]);
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
        input.value.trim() ? `${titleOf(gateway)} calls ${input.value.trim()}` : `${titleOf(gateway)} calls nobody`,
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
