// What the customer of the example shop sees.

const STYLE = `
:root{--bg:#faf6ef;--card:#fff;--ink:#221a12;--soft:#6b5f52;--line:#8d8172;--faint:#e8dfd2;--go:#9a3412;--on:#fff;
 --good:#166534;--bad:#b3261e;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--bg:#17130f;--card:#221c16;--ink:#f5ede2;--soft:#bcae9d;--line:#8d8172;
 --faint:#3a3128;--go:#f59e5b;--on:#2a1204;--good:#6ee7a0;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:560px;padding:20px 16px 48px;background:var(--bg);color:var(--ink);
 font:17px/1.5 system-ui,'Noto Sans','DejaVu Sans',sans-serif}
a{color:var(--go)}
.brand{display:inline-flex;align-items:center;min-height:44px;font-weight:700;text-decoration:none}
.cloth{height:150px;border-radius:16px;background:
 radial-gradient(circle at 50% 50%,#facc15 0 14px,#7c2d12 15px 20px,transparent 21px) 0 0/72px 72px,
 radial-gradient(circle at 50% 50%,#fde68a 0 6px,transparent 7px) 36px 36px/72px 72px,
 linear-gradient(120deg,#c2410c,#9a3412)}
h1{margin:18px 0 0;font-size:28px;line-height:1.2}
h2{margin:32px 0 8px;font-size:19px}
p{margin:6px 0 16px}
.soft{color:var(--soft)}
form,.card{display:grid;gap:14px;padding:18px;border:1px solid var(--faint);border-radius:16px;background:var(--card)}
label,legend{font-weight:600;padding:0 0 6px}
fieldset{display:grid;gap:8px;margin:0;padding:0;border:0}
.choice{display:flex;align-items:center;gap:12px;min-height:52px;padding:6px 14px;border:1px solid var(--line);
 border-radius:12px;font-weight:400}
.choice:has(:checked){border-color:var(--go);box-shadow:0 0 0 1px var(--go)}
.choice small{display:block;color:var(--soft)}
input{accent-color:var(--go);font:inherit;color:inherit}
.field{display:grid;gap:4px}
.field input{width:100%;min-width:0;min-height:48px;padding:0 12px;border:1px solid var(--line);border-radius:12px;
 background:var(--bg)}
button,.button{display:grid;place-items:center;min-height:52px;padding:8px 18px;border:0;border-radius:12px;
 background:var(--go);color:var(--on);font:inherit;font-weight:700;text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--go);outline-offset:2px}
ul{margin:0;padding:0;list-style:none}
li a{display:grid;grid-template-columns:1fr auto;gap:0 12px;min-height:60px;padding:10px 0;
 border-top:1px solid var(--faint);color:inherit;text-decoration:none}
li small{color:var(--soft);overflow-wrap:anywhere}
.succeeded{color:var(--good)}.failed,.reversed{color:var(--bad)}
.state{margin:0;font-size:26px;font-weight:700}
dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0}
dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}`;

const GATEWAYS = {
  azampay: ['AzamPay', 'M-Pesa: a request comes to the phone'],
  clickpesa: ['ClickPesa', 'mobile money: a request comes to the phone'],
  pesapal: ['PesaPal', 'card or mobile money, on its own page'],
};
const WAITING = ['Waiting for you to pay', 'Look at your phone and enter your PIN. This page follows by itself.'];
const STATES = {
  pending: WAITING,
  processing: WAITING,
  unknown: ['We are checking your payment', 'Please wait, and do not pay again. This page follows by itself.'],
  succeeded: ['Paid, asante!', 'Your kitenge is on its way.'],
  failed: ['The payment failed', 'Nothing was taken. You may order again.'],
  reversed: ['Paid back', 'The money went back to you.'],
};

const escaped = (value) => String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const money = (amount) => `TZS ${Number(amount).toLocaleString('en')}`;
const stateOf = (order) => STATES[order.status] ?? [order.status, ''];

const page = (title, body, { follow = false } = {}) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${follow ? '<meta http-equiv="refresh" content="2">' : ''}<title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><header><a class="brand" href="/">Duka la Kitenge</a></header><main>${body}</main></body></html>`;

/** The cloth, how to pay for it, and the orders so far. */
export function homePage(orders) {
  const choices = Object.entries(GATEWAYS).map(
    ([gateway, [name, how]], index) =>
      `<label class="choice"><input type="radio" name="gateway" value="${gateway}"${index ? '' : ' checked'}><span>${name}<small>${how}</small></span></label>`,
  );
  const rows = orders.map(
    (
      order,
    ) => `<li><a href="/orders/${escaped(order.reference)}"><b>${money(order.amount)}</b><b class="${escaped(order.status)}">${escaped(order.status)}</b>
<small>${escaped(order.reference)}, ${GATEWAYS[order.gateway][0]}</small></a></li>`,
  );
  return page(
    'Duka la Kitenge',
    `<div class="cloth"></div><h1>Kitenge, six yards</h1><p class="soft">Printed in Dar es Salaam. Pay what you like.</p>
<form method="post" action="/orders">
<div class="field"><label for="amount">Amount in shillings</label><input id="amount" name="amount" value="1500" inputmode="numeric" required></div>
<div class="field"><label for="phone">Your phone</label><input id="phone" name="phone" value="255712345678" inputmode="tel" autocomplete="tel" required></div>
<fieldset><legend>Pay with</legend>${choices.join('')}</fieldset>
<button>Order and pay</button></form>
${rows.length ? `<h2>Your orders</h2><ul>${rows.reverse().join('')}</ul>` : ''}`,
  );
}

/** One order, and what became of its payment; it looks again by itself while that is open. */
export function orderPage(order) {
  const [title, usual] = stateOf(order);
  const words = order.advice?.customer.en ?? usual;
  return page(
    `${title}: ${order.reference}`,
    `<h1>Your order</h1><p class="soft">Kitenge, six yards</p>
<div class="card"><p class="state ${escaped(order.status)}" role="status">${escaped(title)}</p><p>${escaped(words)}</p>
<dl><dt>Amount</dt><dd>${money(order.amount)}</dd><dt>Paid with</dt><dd>${GATEWAYS[order.gateway][0]}</dd><dt>Reference</dt><dd>${escaped(order.reference)}</dd></dl>
<a class="button" href="/">Back to the shop</a></div>`,
    { follow: ['pending', 'processing', 'unknown'].includes(order.status) },
  );
}

/** Something that did not work, in the customer's words. */
export const problemPage = (words) =>
  page('Something went wrong', `<h1>${escaped(words)}</h1><p><a class="button" href="/">Back to the shop</a></p>`);
