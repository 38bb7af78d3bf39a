'use strict';

// Pictures of numbers, each with words for those who do not see it.

const { html } = require('./html.js');

module.exports = { bars, bar };

const STEP = 10;
const HEIGHT = 100;

/** A bar for each of `values`, which are `{ value, title }`, from left to right. */
function bars(values, label) {
  let most = 0n;
  for (const { value } of values) if (value > most) most = value;
  const one = ({ value, title }, at) => {
    // Something is never as small as nothing.
    const height = most === 0n ? 0 : Math.max(value > 0n ? 2 : 0, Number((value * 1_000n) / most) / (1_000 / HEIGHT));
    const top = (HEIGHT - height).toFixed(1);
    return html`<rect x="${at * STEP + 1.5}" y="${top}" width="${STEP - 3}" height="${height.toFixed(1)}"><title>${title}</title></rect>`;
  };
  return html`<svg class="bars" role="img" aria-label="${label}" viewBox="0 0 ${values.length * STEP} ${HEIGHT}" preserveAspectRatio="none">${values.map(one)}</svg>`;
}

/** One bar, as long as `part` is of `whole`. Words beside it say the same. */
function bar(part, whole, look = '') {
  const width = whole === 0 ? 0 : Math.max(part > 0 ? 0.5 : 0, (part / whole) * 100);
  return html`<svg class="bar ${look}" aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none"><rect class="rest" width="100" height="8"/><rect width="${width.toFixed(1)}" height="8"/></svg>`;
}
