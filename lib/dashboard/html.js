'use strict';

// HTML in which every value is text, unless it is HTML itself.

const SIGNS = /[&<>"'`]/g;
/** What no text needs, and what turns the direction of writing: by that an amount could look like another. */
const UNSEEN = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]/gu;

class Html {
  constructor(text) {
    this.text = text;
  }
}

/** `null`, `undefined` and `false` are nothing; the parts of a list follow each other. */
function html(texts, ...values) {
  let all = texts[0];
  for (const [at, value] of values.entries()) all += written(value) + texts[at + 1];
  return new Html(all);
}

function written(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(written).join('');
  if (value === null || value === undefined || value === false) return '';
  return String(value)
    .replace(UNSEEN, '\ufffd')
    .replace(SIGNS, (sign) => `&#${sign.charCodeAt(0)};`);
}

module.exports = { html, Html };
