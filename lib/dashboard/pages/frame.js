'use strict';

// What stands around every page.

const { html } = require('../html.js');

module.exports = { frame, failurePage };

const PLACES = [
  ['/', 'Overview'],
  ['/payments', 'Payments'],
  ['/attention', 'Attention'],
];

/** A page is `{ title, body }`. */
function frame({ base, at, text, mayAct, clock, now, version, count, isMore }, { title, body }) {
  const link = ([path, name]) => {
    const mark =
      path === '/attention' &&
      count > 0 &&
      html` <span class="count">${count}${isMore && '+'}<span class="unseen"> payments</span></span>`;
    const current = path === at && html` aria-current="page"`;
    return html`<a href="${base}${path}"${current}>${name}${mark}</a>`;
  };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · FinConnect</title>
<link rel="icon" href="${base}/logo.svg">
<link rel="stylesheet" href="${base}/style.css?v=${version}">
<link rel="stylesheet" href="${base}/parts.css?v=${version}">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<p class="brand"><img src="${base}/logo.svg" alt="" width="28" height="28">FinConnect <span>money</span></p>
<nav aria-label="Pages">${PLACES.map(link)}</nav>
<form class="search" role="search" action="${base}/search">
<label class="unseen" for="q">Reference, transaction id, or last four digits of the phone</label>
<input id="q" name="q" type="search" value="${text}" placeholder="Reference, id, last 4 digits" maxlength="200">
<button>Search</button>
</form>
</header>
<main id="main" tabindex="-1">
${body}
</main>
<footer>As of <time datetime="${new Date(now).toISOString()}">${clock.full(now)}</time>, ${clock.zone}. ${mayAct ? 'What you do here is written down.' : 'Read-only.'}</footer>
</body>
</html>
`;
}

function failurePage(words) {
  return { title: 'Not done', body: html`<h1>Not done</h1><p class="note bad" role="alert">${words}</p>` };
}
